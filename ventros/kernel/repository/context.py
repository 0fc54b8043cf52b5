"""What a repository asks of the unit of work that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ventros.kernel.connection.connection import Connection
from ventros.kernel.events import Envelope
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.telemetry import Telemetry


class UnitContext(Protocol):
    """``verified`` holds the repository and the aggregate that the commit is to compare, ``written`` the
    scope of the last write, each by resource and id; ``scope`` is that of the innermost open savepoint.
    """

    tenant: str
    started_at: datetime
    verified: dict[tuple[str, UUID], tuple[Any, Any]]
    written: dict[tuple[str, UUID], WriteScope]
    scope: WriteScope

    @property
    def connection(self) -> Connection: ...

    @property
    def telemetry(self) -> Telemetry: ...

    @property
    def events(self) -> Sequence[Envelope]: ...

    @property
    def in_savepoint(self) -> bool: ...

    def record(self, events: Iterable[Envelope]) -> None: ...
