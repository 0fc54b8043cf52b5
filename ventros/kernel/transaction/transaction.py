"""What a unit of work needs of its transaction, whoever began it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

import asyncpg

from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.settings import Settings
from ventros.kernel.connection.sqlstates import IN_FAILED_TRANSACTION
from ventros.kernel.errors import DatabaseError, TransactionRolledBack
from ventros.kernel.outcome import CommitMarker, Outcome
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.telemetry import Telemetry
from ventros.kernel.transaction.begin import AuditContext


class Transaction(ABC):
    """What a unit of work needs of its transaction: the pool's, or a part of its caller's.

    ``in_doubt`` takes the scope of a unit that ends in doubt, for whoever resolves its marker.
    """

    commits_on_exit: ClassVar[bool]

    def __init__(
        self, settings: Settings, telemetry: Telemetry, in_doubt: MutableMapping[CommitMarker, WriteScope]
    ) -> None:
        self.outcome = Outcome.NOT_STARTED
        self.release_timeout = settings.release_timeout
        self.telemetry = telemetry
        self.in_doubt = in_doubt

    @abstractmethod
    async def begin(
        self, tenant: str, user: UUID | None, command_id: UUID | None, audit: AuditContext
    ) -> Connection:
        """Begin, at the latest with the first statement, which also claims ``command_id``.

        That statement raises AlreadyProcessed when a stored unit has it.
        """

    @abstractmethod
    async def commit(
        self, connection: Connection, marker: CommitMarker | None, calls: Sequence[Call]
    ) -> None:
        """Send ``calls``, then set ``outcome`` to what became of the work.

        ``marker`` is None when nothing was written. Raises what the calls do, TransactionRolledBack,
        ConnectionLost, or CommitInDoubt when the answer never came.
        """

    @abstractmethod
    async def lsn(self) -> str:
        """Where the server is in its log."""

    @abstractmethod
    async def end(self) -> None:
        """Roll back what is not committed, let go of the connection, within ``release_timeout`` seconds."""


def is_closed(driver: Any) -> bool:
    """Whether no statement can be sent any more, also because the pool has taken the connection back."""
    try:
        return bool(driver.is_closed())
    except asyncpg.InterfaceError:  # a lost connection has left the pool, and its proxy refuses every call
        return True


def transaction_aborted(what: str) -> TransactionRolledBack:
    """For a server that answered COMMIT with ROLLBACK, or with SQLSTATE 25P02; ``what`` it did."""
    return TransactionRolledBack(
        f"the server {what}: a statement of this unit of work failed and its error was swallowed; "
        "nothing was stored"
    )


@contextmanager
def when_aborted(what: str) -> Iterator[None]:
    """Raises what :func:`transaction_aborted` returns for SQLSTATE 25P02."""
    try:
        yield
    except DatabaseError as error:
        if error.sqlstate != IN_FAILED_TRANSACTION:
            raise
        raise transaction_aborted(what) from error
