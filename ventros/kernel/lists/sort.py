"""What a list is sorted by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from ventros.kernel.enums import ValidatedEnum


class Sort(ValidatedEnum, field="sort"):
    """What a list can be sorted by: a column each. Any other raises ValidationError(field="sort")."""


class Direction(ValidatedEnum, field="direction"):
    """Any other than asc and desc raises ValidationError(field="direction")."""

    ASC = "asc"
    DESC = "desc"


@attrs.frozen
class SortKey:
    """A column that is sorted by: its type, and the direction unless another is asked for.

    Rows without a value come last in either direction.
    """

    type: str
    direction: Direction = Direction.ASC
    nullable: bool = False

    @property
    def python(self) -> Any:
        """What asyncpg makes of the type."""
        return {"text": str, "integer": int, "bigint": int, "timestamptz": datetime}[self.type]
