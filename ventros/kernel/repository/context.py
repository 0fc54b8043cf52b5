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
    """The part of a unit of work that a repository sees.

    ``verified`` holds the repository and the aggregate that the commit is to compare, ``written`` the scope
    of the last write, each by resource and id; ``scope`` is that of the innermost open savepoint.
    """

    tenant: str
    started_at: datetime
    verified: dict[tuple[str, UUID], tuple[Any, Any]]
    written: dict[tuple[str, UUID], WriteScope]
    scope: WriteScope

    @property
    def connection(self) -> Connection:
        """Raises UnitOfWorkError outside of the unit's block, or in another task."""
        ...

    @property
    def telemetry(self) -> Telemetry:
        """Told of conflicts."""
        ...

    @property
    def events(self) -> Sequence[Envelope]:
        """Recorded so far and not undone, in the order in which the outbox will have them."""
        ...

    @property
    def in_savepoint(self) -> bool:
        """Whether an error now may undo a part of the unit only."""
        ...

    def record(self, events: Iterable[Envelope]) -> None:
        """Keep ``events`` for the outbox, which the commit writes."""
        ...
