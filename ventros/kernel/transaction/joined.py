"""A transaction that the caller began and will end, of which a unit of work has a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.driver import terminate, translate_driver_error, without_values
from ventros.kernel.connection.observed import connection_for
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import UnitOfWorkError
from ventros.kernel.outbox import inbox
from ventros.kernel.outcome import CommitMarker, Outcome
from ventros.kernel.telemetry import Telemetry
from ventros.kernel.transaction.begin import AuditContext, restore_local, set_local
from ventros.kernel.transaction.transaction import Transaction, is_closed, when_aborted

# Not the name of a unit's own savepoints: to roll back to this one takes all that were set after it along.
SAVEPOINT_JOIN, RELEASE_JOIN = "SAVEPOINT ventros_join", "RELEASE SAVEPOINT ventros_join"
ROLLBACK_JOIN = "ROLLBACK TO SAVEPOINT ventros_join; RELEASE SAVEPOINT ventros_join"


CALLER_SETTINGS_QUERY = (
    "SELECT coalesce(current_setting('app.tenant_id', true), ''), "
    "coalesce(current_setting('app.user_id', true), ''), "
    "coalesce(current_setting('app.actor', true), ''), coalesce(current_setting('app.use_case', true), ''), "
    "'true'::jsonb"
)
"""No statement of sql/: it is about no table, but the caller's transaction, and, by its last column, about
his connection: without our codec the driver hands out JSON as text.
"""


class JoinedTransaction(Transaction):
    """A part of a transaction that the caller began and will end, between a savepoint and its release.

    ``app.tenant_id`` and ``app.user_id`` are afterwards what they were before: a setting outlives the release
    of a savepoint, and the caller's next statement must not run for the unit's tenant or user. So are actor
    and use case; a unit that names none has those of its caller, but no unit has its caller's user.
    """

    commits_on_exit = True

    def __init__(self, driver: Any, settings: Settings, telemetry: Telemetry) -> None:
        super().__init__(settings, telemetry, {})
        self._driver = driver
        self._connection = connection_for(driver, settings.statement_timeout, telemetry)
        self._connection.read_only = True  # for all we know: the caller began it
        self._timeout = settings.statement_timeout
        self._restore = ""

    async def begin(
        self, tenant: str, user: UUID | None, command_id: UUID | None, audit: AuditContext
    ) -> Connection:
        """Open the savepoint. Raises UnitOfWorkError when the connection has no transaction open."""
        if is_closed(self._driver) or not self._driver.is_in_transaction():
            raise UnitOfWorkError("join() takes part in a transaction; this connection has none open")
        settings = await caller_settings(self._driver, self._timeout)
        self._restore = "; ".join(restore_local(settings, audit))
        await self._connection.control(SAVEPOINT_JOIN)
        self.outcome = Outcome.ACTIVE
        try:
            await self._connection.control("; ".join(set_local(tenant, audit, user or "")))
            if command_id is not None:
                await self._connection.together([inbox.claim(tenant, command_id)])
        except BaseException:
            await self.end()
            raise
        return self._connection

    async def commit(
        self, connection: Connection, marker: CommitMarker | None, calls: Sequence[Call]
    ) -> None:
        """Release the savepoint; whether the work is stored is for the caller's COMMIT to decide."""
        with when_aborted("would take no more statements"):
            await connection.together(calls)
        try:
            with when_aborted("would not release the savepoint"):
                await connection.control(f"{RELEASE_JOIN}; {self._restore}")
        finally:
            if connection.interrupted:  # released or not: the caller could commit a part of the unit
                terminate(self._driver)
        self.outcome = Outcome.LEFT_TO_CALLER

    async def lsn(self) -> str:
        """Raises UnitOfWorkError: nothing is committed before the caller does."""
        raise UnitOfWorkError(
            "lsn() of a unit that takes part in its caller's transaction: commit that first"
        )

    async def end(self) -> None:
        """Unless the savepoint was released, roll back to it; the caller's connection goes if that fails."""
        if self.outcome is not Outcome.ACTIVE:
            return
        self.outcome = Outcome.ROLLED_BACK
        rolled_back = False
        try:
            rolled_back = await self._connection.roll_back_to(ROLLBACK_JOIN, self.release_timeout)
        finally:
            if not rolled_back:
                terminate(self._driver)


async def caller_settings(driver: Any, timeout: float) -> tuple[str, str, str, str]:  # noqa: ASYNC109 - the driver's own
    """The transaction's ``app.tenant_id``, ``user_id``, ``actor`` and ``use_case``, each empty if not set.

    Raises UnitOfWorkError for a connection that has not been prepared.
    """
    try:
        row = await driver.fetchrow(CALLER_SETTINGS_QUERY, timeout=timeout)
    except Exception as error:  # noqa: BLE001 - raised as ours
        raise translate_driver_error(error) from without_values(error)
    tenant, user, actor, use_case, true = row
    if true is not True:
        raise UnitOfWorkError(
            "this connection reads JSON as text: call ventros.prepare_driver(connection) once, when it "
            "is made"
        )
    return tenant, user, actor, use_case
