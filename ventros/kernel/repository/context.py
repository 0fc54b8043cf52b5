"""What a repository asks of the unit of work that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from ventros.kernel.connection.connection import Connection
from ventros.kernel.events import Envelope
from ventros.kernel.telemetry import Telemetry


class LoadedVersion(NamedTuple):
    """An aggregate and the version that it was loaded with."""

    resource: str
    id: UUID
    version: int


class UnitContext(Protocol):
    """``verified`` holds the repository and the aggregate of each version that the commit is to compare."""

    tenant: str
    started_at: datetime
    verified: dict[LoadedVersion, tuple[Any, Any]]

    @property
    def connection(self) -> Connection: ...

    @property
    def telemetry(self) -> Telemetry: ...

    @property
    def events(self) -> Sequence[Envelope]: ...

    @property
    def in_savepoint(self) -> bool: ...

    def record(self, events: Iterable[Envelope]) -> None: ...
