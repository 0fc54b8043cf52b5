"""What a repository asks of the unit of work that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ventros.kernel.connection.connection import Connection
from ventros.kernel.events import Envelope
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.telemetry import Telemetry

Key = tuple[str, UUID]
"""Resource and id."""


class UnitContext(Protocol):
    """The part of a unit of work that a repository sees.

    ``events`` are those recorded and not undone, in the order in which the outbox will have them;
    ``verified`` holds the repository and the aggregate that the commit is to compare, ``written`` the scope
    of the last write; ``scope`` is that of the innermost open savepoint, or the unit's own.
    """

    tenant: str
    user: UUID | None
    started_at: datetime
    telemetry: Telemetry
    events: list[Envelope]
    verified: dict[Key, tuple[Any, Any]]
    written: dict[Key, WriteScope]
    scope: WriteScope

    @property
    def connection(self) -> Connection:
        """Raises UnitOfWorkError outside of the unit's block, or in another task."""

    def record(self, events: Iterable[Envelope]) -> None:
        """Keep ``events`` for the outbox, which the commit writes."""
