"""One connection, one transaction, one tenant, one task: what a use case did happens wholly or not at all."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import asyncpg

from ventros.kernel import batch, outbox
from ventros.kernel.connection import Connection, acquire, give_back, translated
from ventros.kernel.errors import (
    CommitInDoubt,
    ConnectionLost,
    DatabaseError,
    TransactionRolledBack,
    UnitOfWorkError,
)
from ventros.kernel.events import Envelope
from ventros.kernel.validators import tenant_id

if TYPE_CHECKING:
    from types import TracebackType

    from ventros.kernel.database import Settings


IN_FAILED_TRANSACTION = "25P02"
"""SQLSTATE of any statement but ROLLBACK after one of the transaction has failed."""


class Outcome(enum.Enum):
    """What became of a unit of work."""

    NOT_STARTED = "not started"
    ACTIVE = "active"
    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    IN_DOUBT = "in doubt"


def begin_message(tenant: str) -> str:
    """BEGIN and the tenant in one message, so in one round trip.

    SET LOCAL takes no parameters; the literal is safe because of the form of a tenant's name (see
    :func:`ventros.kernel.validators.tenant_id`), which is checked here once more. SET LOCAL rather than
    set_config(): Citus passes it on to its workers.
    """
    return f"BEGIN; SET LOCAL app.tenant_id = '{tenant_id(tenant)}'"


class UnitOfWork:
    """An async context manager; it rolls back unless :meth:`commit` was called.

    BEGIN and COMMIT are sent by the unit itself, because PostgreSQL answers the COMMIT of a
    transaction in which a statement failed with ROLLBACK and no error, and asyncpg's own transaction
    object drops that answer.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        settings: Settings,
        tenant: str,
        *,
        correlation_id: UUID | None = None,
        causation_id: UUID | None = None,
    ) -> None:
        self.tenant = tenant_id(tenant)
        self.outcome = Outcome.NOT_STARTED
        self.started_at = datetime.now(UTC)
        self.events_written = 0
        self.verified: dict[batch.Key, batch.Target] = {}
        self._pool = pool
        self._settings = settings
        self._correlation_id = correlation_id
        self._causation_id = causation_id
        self._driver: Any = None  # asyncpg's pool proxy, typed by its stubs as something narrower
        self._connection: Connection | None = None
        self._events: list[Envelope] = []

    @property
    def connection(self) -> Connection:
        """The transaction's connection. Raises UnitOfWorkError outside of the ``async with`` block."""
        if self._connection is None or self.outcome is not Outcome.ACTIVE:
            raise UnitOfWorkError(
                f"the unit of work is {self.outcome.value}; use it inside its async with block"
            )
        return self._connection

    def record(self, events: Iterable[Envelope]) -> None:
        """Keep ``events`` for the outbox; they are written by :meth:`commit`."""
        self._events.extend(events)

    async def __aenter__(self) -> Self:
        if self.outcome is not Outcome.NOT_STARTED:
            raise UnitOfWorkError("a unit of work serves once; open a new one")
        self._driver = await acquire(self._pool, self._settings.acquire_timeout)
        try:
            await self._driver.execute(begin_message(self.tenant))
        except BaseException as error:
            # Whether BEGIN arrived is unknown: such a connection may be inside a transaction.
            await self._discard()
            if isinstance(error, Exception):
                raise translated(error) from error
            raise
        self._connection = Connection(self._driver)
        self.outcome = Outcome.ACTIVE
        return self

    async def commit(self) -> None:
        """Write the outbox, COMMIT, and see that the answer is COMMIT.

        Raises TransactionRolledBack when the server rolled back instead because a statement had
        failed, OptimisticLockErrors when something that was to be verified has changed, CommitInDoubt
        when the answer did not come: the work may or may not be stored.
        """
        connection = self.connection
        await batch.verify(self)
        if self._events:
            await self._write_outbox(connection)
        tag = await self._send_commit()
        if tag != "COMMIT":
            raise self._rolled_back(f"answered COMMIT with {tag}")
        self.outcome = Outcome.COMMITTED
        self.events_written = len(self._events)

    async def _write_outbox(self, connection: Connection) -> None:
        try:
            await outbox.append(
                connection,
                self.tenant,
                self._events,
                correlation_id=self._correlation_id,
                causation_id=self._causation_id,
            )
        except DatabaseError as error:
            if error.sqlstate != IN_FAILED_TRANSACTION:
                raise
            raise self._rolled_back("would take no more statements") from error

    def _rolled_back(self, what: str) -> TransactionRolledBack:
        self.outcome = Outcome.ROLLED_BACK
        return TransactionRolledBack(
            f"the server {what}: a statement of this unit of work failed and its error was swallowed; "
            "nothing was stored"
        )

    async def _send_commit(self) -> str:
        try:
            return str(await self._driver.execute("COMMIT", timeout=self._settings.commit_timeout))
        except asyncpg.PostgresError as error:
            refused = translated(error)
            if isinstance(refused, ConnectionLost):
                raise self._in_doubt() from error
            self.outcome = Outcome.ROLLED_BACK
            raise refused from error
        except Exception as error:
            raise self._in_doubt() from error
        except asyncio.CancelledError:
            self.outcome = Outcome.IN_DOUBT
            raise

    def _in_doubt(self) -> CommitInDoubt:
        self.outcome = Outcome.IN_DOUBT
        return CommitInDoubt(
            "COMMIT was sent and its answer never came: the work is either stored wholly or not at all"
        )

    async def rollback(self) -> None:
        """Undo everything; also what leaving the block without :meth:`commit` does."""
        _ = self.connection
        self.outcome = Outcome.ROLLED_BACK
        await self._release()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.outcome is Outcome.ACTIVE:
            self.outcome = Outcome.ROLLED_BACK
        await self._release()

    async def _release(self) -> None:
        """Give the connection back idle, or not at all; within the release timeout either way."""
        driver, self._driver, self._connection = self._driver, None, None
        if driver is None:
            return
        idle = False
        try:
            idle = self.outcome is not Outcome.IN_DOUBT and await self._make_idle(driver)
        finally:
            await give_back(self._pool, driver, self._settings.release_timeout, idle=idle)

    async def _discard(self) -> None:
        driver, self._driver = self._driver, None
        await give_back(self._pool, driver, self._settings.release_timeout, idle=False)

    async def _make_idle(self, driver: Any) -> bool:
        try:
            if driver.is_in_transaction():
                await driver.execute("ROLLBACK", timeout=self._settings.release_timeout)
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return True
