"""A transaction of its own from BEGIN to its end: every step bounded, and the truth about how it ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, MutableMapping, Sequence
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg

from ventros.kernel.connection.answers import UNCONFIRMED, Answer, State
from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.driver import DRIVER_FAILURES, translate_driver_error, without_values
from ventros.kernel.connection.log_position import current_position, wait_for_position
from ventros.kernel.connection.observed import connection_for
from ventros.kernel.connection.pool import Pool
from ventros.kernel.connection.settings import Settings
from ventros.kernel.connection.sqlstates import (
    COMPLETION_UNKNOWN,
    IN_FAILED_TRANSACTION,
    is_decided_before_commit,
)
from ventros.kernel.errors import (
    CommitInDoubt,
    CommitUnconfirmed,
    Conflict,
    ConnectionLost,
    UnitOfWorkError,
    VentrosError,
)
from ventros.kernel.outbox import inbox
from ventros.kernel.outcome import CommitMarker, Outcome, attach_outcome
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.telemetry import Telemetry
from ventros.kernel.transaction.begin import AuditContext, TransactionOptions, set_local
from ventros.kernel.transaction.deferral import DeferCancellation
from ventros.kernel.transaction.transaction import (
    Transaction,
    is_closed,
    transaction_aborted,
    when_aborted,
)


class PooledTransaction(Transaction):
    """A transaction of its own, on a connection of the pool that it takes with the first statement.

    One that sends nothing takes none. A pooled connection may have died unseen: as long as no COMMIT goes
    with it, the first statement is then tried on another, once for each that the pool can hold and until the
    acquire timeout is over.
    """

    commits_on_exit = False

    def __init__(
        self,
        pool: Pool,
        settings: Settings,
        options: TransactionOptions,
        telemetry: Telemetry,
        in_doubt: MutableMapping[CommitMarker, WriteScope],
    ) -> None:
        super().__init__(settings, telemetry, in_doubt)
        self._pool = pool
        self._settings = settings
        self._options = options
        self._connection: Connection | None = None
        self._at_rest = False  # COMMIT or ROLLBACK was sent, and nobody waits for its answer
        self._chances = settings.max_size
        self._give_up = 0.0

    async def begin(
        self, tenant: str, user: UUID | None, command_id: UUID | None, audit: AuditContext
    ) -> Connection:
        """Without a word to the pool or the server yet."""
        connection = self.open(set_local(tenant, audit, user))
        if command_id is not None:
            connection.defer(inbox.claim(tenant, command_id))
        return connection

    def open(self, settings: tuple[str, ...]) -> Connection:
        """Begin with the first statement; ``settings`` are SET LOCAL, which go behind BEGIN."""
        self._pool.require_home()
        connection = self._connection = connection_for(
            None,
            self._options.statement_timeout or self._settings.statement_timeout,
            self.telemetry,
            source=self,
            opening=(*self._options.begin, *settings),
        )
        connection.read_only = self._options.read_only
        self.outcome = Outcome.ACTIVE
        return connection

    async def take(self) -> Any:
        """A connection of the pool that is in no transaction."""
        self._give_up = self._give_up or monotonic() + self._settings.acquire_timeout
        driver = await self._pool.acquire(self._settings.acquire_timeout)
        if getattr(driver, "wire", None) is None and driver.is_in_transaction():
            await self._pool.give_back(driver, self.release_timeout, idle=False)
            raise UnitOfWorkError(
                "the pool gave a connection that is already in a transaction: somebody used it past its "
                "release; it has been closed"
            )
        if self._options.after is not None:
            try:
                await wait_for_position(driver, self._options.after, self._settings.acquire_timeout)
            except BaseException as error:
                await self._pool.give_back(driver, self.release_timeout, idle=False)
                if not isinstance(error, DRIVER_FAILURES):
                    raise
                raise translate_driver_error(error) from without_values(error)
        return driver

    async def replace(self, driver: Any) -> bool:
        """Whether the pool may have one that lives."""
        await self._pool.give_back(driver, self.release_timeout, idle=False)
        self._chances -= 1
        return self._chances >= 0 and monotonic() <= self._give_up

    async def leave(self) -> None:
        """All that the pool has now lead to the same server."""
        await self._pool.let_go()

    async def lsn(self) -> str:
        """Asked on the unit's own connection, while it has it, else on another."""
        driver = self._connection.link if self._connection is not None else None
        own = driver is not None
        if not own:
            self._pool.require_home()
            driver = await self._pool.acquire(self._settings.acquire_timeout)
        idle = False
        try:
            position = await current_position(driver, self._settings.statement_timeout)
            idle = True
        except DRIVER_FAILURES as error:
            raise translate_driver_error(error) from without_values(error)
        finally:
            if not own:
                await self._pool.give_back(driver, self.release_timeout, idle=idle)
        return position

    async def commit(
        self, connection: Connection, marker: CommitMarker | None, calls: Sequence[Call]
    ) -> None:
        """Send what is left and COMMIT, over a wire in one message, and see that the answer is COMMIT.

        A cancellation meanwhile is raised when the answer is there, or its bound is over, with the outcome on
        it; should what goes with COMMIT still wait for a lock, it is cancelled on the server. A unit that
        wrote nothing does not wait for the answer, but for a serializable one, whose reads hold only then.
        """
        if calls:
            await connection.take_driver()
        if not connection.begun and not calls:
            self.outcome = Outcome.COMMITTED  # nothing was sent
        elif connection.link is not None and is_closed(connection.link):
            self.outcome = Outcome.ROLLED_BACK
            raise ConnectionLost("the connection was gone before COMMIT was sent: nothing was stored")
        elif not calls and self._options.isolation != "serializable" and connection.end_unawaited("COMMIT"):
            self._at_rest = True
            self.outcome = Outcome.COMMITTED
        elif calls and connection.wire is not None:
            await self._commit_together(connection, marker, calls)
        else:
            with when_aborted("would take no more statements"):
                await connection.together(calls)
            await self._commit_alone(connection, marker)

    async def _commit_together(
        self, connection: Connection, marker: CommitMarker | None, calls: Sequence[Call]
    ) -> None:
        answer = Answer()
        failure: BaseException | None = None
        cancelled: asyncio.CancelledError | None = None
        self.outcome = Outcome.IN_DOUBT  # from the moment on that the bytes may leave
        try:
            await connection.commit_with(calls, answer, self._settings.commit_timeout)
        except asyncio.CancelledError as error:  # asyncpg has asked the server to cancel
            await DeferCancellation(_settled(answer, self._settings.commit_timeout))
            failure = cancelled = error
        except VentrosError as error:
            failure = error
        refusal = self._judge(answer, failure, marker)
        if cancelled is not None:
            raise attach_outcome(cancelled, self.outcome, marker)
        if refusal is not None:
            raise refusal

    def _judge(
        self, answer: Answer, failure: BaseException | None, marker: CommitMarker | None
    ) -> BaseException | None:
        """What the answer to COMMIT, or none, means for the unit; None when it is COMMIT."""
        if answer.state is State.DONE:
            return self._read_tag(answer.tags[0] if answer.tags else "COMMIT", marker, answer.unconfirmed)
        said = getattr(failure, "sqlstate", None)
        undone = answer.state in {State.UNSENT, State.SKIPPED} and said != COMPLETION_UNKNOWN
        if undone or marker is None or is_decided_before_commit(answer.sqlstate or ""):
            self.outcome = Outcome.ROLLED_BACK
            if said == IN_FAILED_TRANSACTION:
                return transaction_aborted("would take no more statements")
            return failure or transaction_aborted("was not asked to COMMIT")
        doubt = CommitInDoubt(marker)
        doubt.__cause__ = failure
        return doubt

    async def _commit_alone(self, connection: Connection, marker: CommitMarker | None) -> None:
        self.outcome = Outcome.IN_DOUBT
        answer = DeferCancellation(connection.link.execute("COMMIT", timeout=self._settings.commit_timeout))
        try:
            with _unconfirmed(connection.link if marker else None) as warnings:
                tag = await answer
            failure: BaseException | None = self._read_tag(tag, marker, bool(warnings))
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - the caller's is kept
            failure = self._commit_failure(error, marker)
        if answer.cancelled is not None:
            raise attach_outcome(answer.cancelled, self.outcome, marker) from failure
        if failure is not None:
            raise failure

    def _read_tag(self, tag: str, marker: CommitMarker | None, unconfirmed: bool) -> VentrosError | None:
        if unconfirmed and marker is not None:
            return CommitUnconfirmed(marker)
        self.outcome = Outcome.COMMITTED if tag == "COMMIT" else Outcome.ROLLED_BACK
        return None if tag == "COMMIT" else transaction_aborted(f"answered COMMIT with {tag}")

    def _commit_failure(self, error: BaseException, marker: CommitMarker | None) -> VentrosError:
        failure = translate_driver_error(error)
        decided = (
            isinstance(error, asyncpg.PostgresError)
            and is_decided_before_commit(error.sqlstate or "")
            and not _ends_session(error)
        )
        if decided or marker is None:
            self.outcome = Outcome.ROLLED_BACK  # of a unit that wrote nothing there is nothing to doubt
        else:
            failure = CommitInDoubt(marker)
        if isinstance(failure, Conflict):
            self.telemetry.report_conflict(failure)
        failure.__cause__ = without_values(error)
        return failure

    async def end(self) -> None:
        """Give the connection back idle, or not at all; within the release timeout either way."""
        connection, self._connection = self._connection, None
        if self.outcome is Outcome.ACTIVE:
            self.outcome = Outcome.ROLLED_BACK
            self._at_rest = connection is not None and (
                not (connection.begun or connection.interrupted or connection.failed)
                or connection.end_unawaited("ROLLBACK")
            )
        if connection is None or connection.link is None:
            return
        idle = False
        try:
            if self.outcome is not Outcome.IN_DOUBT:
                idle = self._at_rest or await _ensure_idle(connection, self.release_timeout)
        finally:
            await self._pool.give_back(
                connection.link, self.release_timeout, idle=idle and not connection.foreign
            )


def _ends_session(error: asyncpg.PostgresError) -> bool:
    """Whoever says so may be a pooler that has lost the server's own answer."""
    severity = getattr(error, "severity_en", None) or getattr(error, "severity", None)
    return severity in {"FATAL", "PANIC"}


@contextlib.contextmanager
def _unconfirmed(driver: Any) -> Iterator[list[object]]:
    """The warnings meanwhile that no synchronous standby has confirmed; none are looked for without a driver.

    asyncpg tells of a warning before it hands out the answer behind it.
    """
    warnings: list[object] = []
    if driver is None:
        yield warnings
        return

    def listen(_driver: object, message: Any) -> None:
        if message.server_source_function == UNCONFIRMED:
            warnings.append(message)

    driver.add_log_listener(listen)
    try:
        yield warnings
    finally:
        with contextlib.suppress(asyncpg.InterfaceError):
            driver.remove_log_listener(listen)


async def _settled(answer: Answer, timeout: float) -> str:  # noqa: ASYNC109
    """Wait for the answer to COMMIT, or until ``timeout`` seconds are over."""
    waiting = asyncio.ensure_future(answer.settled())
    # Not asyncio.timeout(): it cancels the task, and that is what is being deferred.
    await asyncio.wait({waiting}, timeout=timeout)
    waiting.cancel()
    return answer.state.value


async def _ensure_idle(connection: Connection, timeout: float) -> bool:  # noqa: ASYNC109 - the driver's own
    """Whether it is in no transaction, if need be after a ROLLBACK."""
    driver = connection.link
    if is_closed(driver):
        return False
    try:
        if connection.interrupted or driver.is_in_transaction():
            await driver.execute("ROLLBACK", timeout=timeout)
        return not driver.is_in_transaction()
    except DRIVER_FAILURES:
        return False
