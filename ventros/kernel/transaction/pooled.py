"""A transaction of its own from BEGIN to its end: every step bounded, and the truth about how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, MutableMapping
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg

from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.driver import DRIVER_FAILURES, translate_driver_error
from ventros.kernel.connection.observed import connection_for
from ventros.kernel.connection.pool import Pool
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import CommitInDoubt, Conflict, ConnectionLost, UnitOfWorkError, VentrosError
from ventros.kernel.outcome import CommitMarker, Outcome, attach_outcome
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.telemetry import Telemetry
from ventros.kernel.transaction.begin import AuditContext, TransactionOptions, set_local
from ventros.kernel.transaction.deferral import DeferCancellation
from ventros.kernel.transaction.transaction import Transaction, check_claim, is_closed, transaction_aborted


class PooledTransaction(Transaction):
    """A transaction of its own, on a connection of the pool."""

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
        self._driver: Any = None  # asyncpg's pool proxy, typed by its stubs as something narrower

    async def begin(self, tenant: str, command_id: UUID | None, audit: AuditContext) -> Connection:
        """Acquire and BEGIN. Whatever happens, no connection is left behind in an unknown state.

        A pooled connection may have died unseen. Its BEGIN carries no COMMIT, so nothing was stored and
        another is taken, once for each that the pool can hold and until the acquire timeout is over.
        """
        text = f"{self._options.begin}; {set_local(tenant, command_id, audit)}"
        chances, give_up = self._settings.max_size, monotonic() + self._settings.acquire_timeout
        while True:
            driver = await self._pool.acquire(self._settings.acquire_timeout)
            try:
                return await self._begin_on(driver, text, tenant, command_id)
            except ConnectionLost as lost:
                chances -= 1
                if type(lost) is not ConnectionLost or chances < 0 or monotonic() > give_up:
                    raise

    async def _begin_on(self, driver: Any, text: str, tenant: str, command_id: UUID | None) -> Connection:
        bound = self._options.statement_timeout or self._settings.statement_timeout
        answered = False
        try:
            if driver.is_in_transaction():
                raise UnitOfWorkError(
                    "the pool gave a connection that is already in a transaction: somebody used it past its "
                    "release; it has been closed"
                )
            tag = await driver.execute(text, timeout=bound)
            answered = True
            check_claim(tag, tenant, command_id)
        except BaseException as error:
            failure = translate_driver_error(error, read_only=self._options.read_only)
            # After an error the server has said in which state it is; else, whether BEGIN arrived is unknown.
            known = answered or isinstance(error, asyncpg.PostgresError)
            await self._give_back(driver, known=known and not isinstance(failure, ConnectionLost))
            if isinstance(error, Exception):
                raise failure from error
            raise
        self._driver = driver
        self.outcome = Outcome.ACTIVE
        connection = connection_for(driver, bound, self.telemetry)
        connection.read_only = self._options.read_only
        return connection

    async def commit(self, connection: Connection, marker: CommitMarker | None) -> None:
        """Send COMMIT and see that the answer is COMMIT; ``marker`` is None when nothing was written.

        A cancellation meanwhile is held back until the answer is there, or its bound is over, and then
        raised with the outcome on it.
        """
        if is_closed(self._driver):
            self.outcome = Outcome.ROLLED_BACK
            raise ConnectionLost("the connection was gone before COMMIT was sent: nothing was stored")
        self.outcome = Outcome.IN_DOUBT  # from the moment on that the bytes may leave
        answer = DeferCancellation(self._driver.execute("COMMIT", timeout=self._settings.commit_timeout))
        failure = await self._read_answer(answer, marker)
        if answer.cancelled is not None:
            raise attach_outcome(answer.cancelled, self.outcome, marker) from failure
        if failure is not None:
            raise failure

    async def _read_answer(self, answer: Awaitable[str], marker: CommitMarker | None) -> VentrosError | None:
        """None when the answer to COMMIT is COMMIT; else what any other, or none, means for the unit."""
        try:
            tag = await answer
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - the caller's is kept
            return self._commit_failure(error, marker)
        self.outcome = Outcome.COMMITTED if tag == "COMMIT" else Outcome.ROLLED_BACK
        return None if tag == "COMMIT" else transaction_aborted(f"answered COMMIT with {tag}")

    def _commit_failure(self, error: BaseException, marker: CommitMarker | None) -> VentrosError:
        failure = translate_driver_error(error)
        refused = isinstance(error, asyncpg.PostgresError) and not isinstance(failure, ConnectionLost)
        if refused or marker is None:
            self.outcome = Outcome.ROLLED_BACK  # of a unit that wrote nothing there is nothing to doubt
        else:
            failure = CommitInDoubt(marker)
        if isinstance(failure, Conflict):
            self.telemetry.report_conflict(failure)
        failure.__cause__ = error
        return failure

    async def end(self) -> None:
        """Give the connection back idle, or not at all; within the release timeout either way."""
        driver, self._driver = self._driver, None
        if self.outcome is Outcome.ACTIVE:
            self.outcome = Outcome.ROLLED_BACK
        if driver is not None:
            await self._give_back(driver, known=self.outcome is not Outcome.IN_DOUBT)

    async def _give_back(self, driver: Any, *, known: bool) -> None:
        idle = False
        try:
            idle = known and await _ensure_idle(driver, self.release_timeout)
        finally:
            await self._pool.give_back(driver, self.release_timeout, idle=idle)


async def _ensure_idle(driver: Any, timeout: float) -> bool:  # noqa: ASYNC109 - the driver's own
    """Whether ``driver`` is in no transaction, if need be after a ROLLBACK."""
    try:
        if not driver.is_in_transaction():
            return True
        await driver.execute("ROLLBACK", timeout=timeout)
        return not driver.is_in_transaction()
    except DRIVER_FAILURES:
        return False
