"""What broadcasts, campaigns and sequences have in common: a name, and a status that commands depend on."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import attrs

from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation

DRAFT: Final = "draft"
"""The status that each of them begins with."""


@attrs.frozen(kw_only=True, slots=False)
class Automation(AggregateRoot):
    tenant_id: str = attrs.field(validator=validators.tenant)
    name: str = attrs.field(validator=validators.not_empty)
    status: StrEnum

    def _require(self, command: str, *statuses: str) -> None:
        if self.status not in statuses:
            raise InvariantViolation(f"cannot {command}: {self.resource} {self.id} is {self.status.value}")
