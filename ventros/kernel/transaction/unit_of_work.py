"""One connection, one transaction, one tenant, one task: what a use case did happens wholly or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Self, TypedDict, TypeVarTuple, Unpack, cast
from uuid import UUID

import asyncpg

from ventros.kernel.connection.call import RELEASE, ROLLBACK, SAVEPOINT, Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import TransactionRolledBack, UnitOfWorkError
from ventros.kernel.events import Envelope
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import inbox, outbox
from ventros.kernel.outcome import CommitMarker, Outcome, attach_outcome
from ventros.kernel.repository import save_all
from ventros.kernel.repository.context import Key
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.repository.save_all import Target
from ventros.kernel.telemetry import NO_TELEMETRY, Telemetry, clock
from ventros.kernel.transaction import commit_markers
from ventros.kernel.transaction.begin import AuditContext
from ventros.kernel.transaction.held import HoldsRepositories
from ventros.kernel.transaction.joined import JoinedTransaction
from ventros.kernel.transaction.transaction import Transaction, transaction_aborted, when_aborted
from ventros.kernel.validators import instance_of, tenant_of_unit

Aggregates = TypeVarTuple("Aggregates")

_NOBODY = AuditContext()


class UnitKeywords(TypedDict, total=False):
    """What a unit may be told of itself, see :class:`UnitOfWork`."""

    user: UUID | None
    command_id: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    actor: str | None
    use_case: str | None


class UnitOfWork(HoldsRepositories):
    """An async context manager; it rolls back unless :meth:`commit` was called.

    BEGIN and COMMIT are sent by the unit itself, because PostgreSQL answers the COMMIT of a
    transaction in which a statement failed with ROLLBACK and no error, and asyncpg's own transaction
    object drops that answer.

    BEGIN goes with the first statement, and the connection is taken with it: a unit that sends nothing costs
    nothing.

    ``user`` is the id of the user for whom the unit works: it sees what belongs to him and to no tenant, and
    no other user's. Without a ``tenant`` the unit is of the user alone; its events, marker and command id
    are under ``user:<id>``, a tenant that no caller can name.

    ``command_id`` names what the caller wants done: the first statement of a second unit with the same one,
    or its :meth:`commit`, raises AlreadyProcessed, once the first was committed, and waits for one that is
    still at work.
    ``actor`` ("user:0190…") and ``use_case`` say who does what, 1 to 100 characters of ``[A-Za-z0-9_.:@-]``:
    the database records them where its history is enabled.
    """

    def __init__(
        self,
        transaction: Transaction,
        tenant: str | None,
        *,
        user: UUID | None = None,
        command_id: UUID | None = None,
        correlation_id: UUID | None = None,
        causation_id: UUID | None = None,
        actor: str | None = None,
        use_case: str | None = None,
    ) -> None:
        if user is not None:
            instance_of(UUID, user, "user")
        self.user = user
        self.tenant = tenant_of_unit(tenant, user)
        self.audit_context = _NOBODY
        if actor is not None or use_case is not None:
            self.audit_context = AuditContext(actor, use_case)
        for name, value in (
            ("command_id", command_id),
            ("correlation_id", correlation_id),
            ("causation_id", causation_id),
        ):
            if value is not None:
                instance_of(UUID, value, name)
        self.command_id = command_id
        self._correlation_id, self._causation_id = correlation_id, causation_id
        self.started_at = datetime.now(UTC)
        self.telemetry = transaction.telemetry
        self.events: list[Envelope] = []
        self.events_written = 0
        self.verified: dict[Key, Target] = {}
        self.written: dict[Key, WriteScope] = {}
        self._unit_scope = self.scope = WriteScope()
        self._transaction = transaction
        self._connection: Connection | None = None
        self._task: asyncio.Task[Any] | None = None
        self._timer: float | None = None
        self._marker: CommitMarker | None = None
        self._with_commit: list[Call] = []

    @classmethod
    def join(
        cls,
        driver: asyncpg.Connection[Any],
        tenant: str | None,
        *,
        settings: Settings | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
        **keywords: Unpack[UnitKeywords],
    ) -> Self:
        """Take part in the transaction that the caller has open on ``driver``, through a savepoint.

        Leaving the block writes the outbox and releases the savepoint; an error rolls back to it. To
        commit is the caller's. ``driver`` was prepared by
        :func:`ventros.kernel.connection.driver.prepare_driver`; ``keywords`` as in :class:`UnitOfWork`, but
        that without actor or use_case the caller's stands. If the savepoint cannot be rolled back, ``driver``
        is terminated.
        """
        instance_of(asyncpg.Connection, driver, "driver")
        instance_of(Settings | None, settings, "settings")
        instance_of(Telemetry, telemetry, "telemetry")
        return cls(JoinedTransaction(driver, settings or Settings(), telemetry), tenant, **keywords)

    @property
    def outcome(self) -> Outcome:
        """What became of the unit, or where it stands."""
        return self._transaction.outcome

    @property
    def marker(self) -> CommitMarker:
        """Names the unit for :meth:`ventros.kernel.database.Database.resolve`."""
        if self._marker is None:
            self._marker = CommitMarker(self.tenant, new_id())
        return self._marker

    @property
    def connection(self) -> Connection:
        """The transaction's connection. Raises UnitOfWorkError outside of the block, or in another task."""
        if self._connection is None or self.outcome is not Outcome.ACTIVE:
            raise UnitOfWorkError(
                f"the unit of work is {self.outcome.value}; use it inside its async with block"
            )
        if _current_task() is not self._task:
            raise UnitOfWorkError(
                "the unit of work belongs to the task that entered it; one unit of work, one task "
                "(asyncio.wait_for makes a task of its own before Python 3.12: use asyncio.timeout)"
            )
        return self._connection

    def record(self, events: Iterable[Envelope]) -> None:
        """Keep ``events`` for the outbox; they are written by :meth:`commit`.

        Raises ValidationError for what is no event in its envelope.
        """
        if not isinstance(events, list):
            instance_of(Iterable, events, "events")
            events = list(events)
        for event in events:
            if type(event) is not Envelope:
                instance_of(Envelope, event, "events")
        self.events += events

    async def first_time(self, consumer: str, event_id: UUID) -> bool:
        """Whether ``consumer`` has not dealt with the event yet; to be asked before anything else.

        The answer is kept with what the unit stores, and only then. Waits for another unit that is at work on
        the same event, within the lock timeout. ``consumer`` is 1 to 100 characters of ``[A-Za-z0-9_.:@-]``,
        and not "command".
        """
        return await inbox.first_time(self.connection, self.tenant, consumer, event_id)

    async def __aenter__(self) -> Self:
        if self._task is not None:
            raise UnitOfWorkError("a unit of work serves once; open a new one")
        self._task = _current_task()
        self._timer = clock(self.telemetry.outcome)
        try:
            self._connection = await self._transaction.begin(
                self.tenant, self.user, self.command_id, self.audit_context
            )
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                attach_outcome(error, self.outcome, self.marker)
            self._report_outcome(error)
            raise
        return self

    async def commit(self, *aggregates: *Aggregates) -> tuple[*Aggregates]:
        """Store ``aggregates``, write the outbox, COMMIT, and see that the answer is COMMIT; what is stored.

        ``await uow.commit(contact, session)`` is the shortest form: versioned UPDATEs, and INSERTs of what is
        new, go in one message with the events and COMMIT; one that cannot be done fails it as a whole, with
        the first OptimisticLockError or AlreadyExists. Where an aggregate has children, or something is to be
        verified, all are written before, as by ``save_all`` and ``add``.

        Raises TransactionRolledBack when the server rolled back instead because a statement had
        failed, OptimisticLockErrors when something that was to be verified has changed, CommitInDoubt
        when the answer did not come: the work may or may not be stored. A cancellation is raised after the
        answer, with ``outcome`` and ``marker`` on it.
        """
        connection = self.connection
        if self.scope is not self._unit_scope:
            raise UnitOfWorkError("commit() inside a savepoint's block; leave the block first")
        if connection.interrupted:
            raise transaction_aborted("was not asked to COMMIT")
        saved: list[Any] = []
        calls: list[Call] = []
        if aggregates:
            targets = [(self._holder_of(aggregate), aggregate) for aggregate in aggregates]
            saved, calls = await save_all.prepare(self, targets)
        elif self.verified:
            await save_all.verify(self)
        calls += self._with_commit
        calls += self._events_and_marker(connection, writing=bool(calls))
        marker = self.marker if connection.wrote or calls else None
        try:
            await self._transaction.commit(connection, marker, calls)
        finally:
            self._settle_scope()
        self.events_written = len(self.events)
        return cast("tuple[*Aggregates]", tuple(saved))

    def _events_and_marker(self, connection: Connection, *, writing: bool) -> list[Call]:
        """The marker goes with the first event if that is the tenant's. One that wrote nothing needs none."""
        if not (self.events or self.command_id or connection.wrote or writing):
            return []
        marker: UUID | None = self.marker.id
        calls = []
        if not self.events or self.events[0].tenant_id not in {None, self.tenant}:
            calls, marker = [commit_markers.add(self.marker)], None
        return calls + outbox.append(
            self.tenant,
            self.events,
            correlation_id=self._correlation_id,
            causation_id=self._causation_id,
            marker=marker,
        )

    async def lsn(self) -> str:
        """Once it is committed: a position in the server's log behind it, in one round trip.

        ``replicas.unit_of_work(tenant, read_only=True, after=position)`` sees what it stored. Of a unit on a
        replica, what it read is before the position. Raises UnitOfWorkError before, and of a joined unit.
        """
        if self.outcome not in {Outcome.COMMITTED, Outcome.LEFT_TO_CALLER}:
            raise UnitOfWorkError(
                f"the unit of work is {self.outcome.value}; lsn() is for one that is committed"
            )
        return await self._transaction.lsn()

    async def save_all(self, *aggregates: *Aggregates) -> tuple[*Aggregates]:
        """Save any mix of versioned aggregates, none of them when one is stale.

        ``contact, session = await uow.save_all(contact, session)``. All are locked in one order, so that two
        units of work never wait for each other in a circle. Raises OptimisticLockErrors with all conflicts,
        else as the repositories' ``save``; see :func:`ventros.kernel.repository.save_all.save_all`.
        """
        return cast("tuple[*Aggregates]", tuple(await save_all.save_all(self, self._targets(aggregates))))

    async def add_all(self, *aggregates: *Aggregates) -> tuple[*Aggregates]:
        """Add any mix of new aggregates in the order given, so what is referred to comes first.

        Raises NotNew before anything is sent, else as the repositories' ``add``.
        """
        return cast("tuple[*Aggregates]", tuple(await save_all.add_all(self, self._targets(aggregates))))

    async def remove_all(self, *aggregates: object) -> None:
        """Remove any mix of versioned aggregates, none of them when one is stale; locks as ``save_all`` does.

        They are removed in the order given, so what refers comes first. Raises OptimisticLockErrors with all
        conflicts, else as the repositories' ``remove``.
        """
        await save_all.remove_all(self, self._targets(aggregates))

    def _targets(self, aggregates: Iterable[object]) -> list[Target]:
        return [(self.repository_of(aggregate), aggregate) for aggregate in aggregates]

    def send_with_commit(self, call: Call) -> None:
        """Send a statement behind what :meth:`commit` writes, in front of the events; a counter, say.

        How many rows it touched is not looked at; one that is a matter of the transaction fails by itself.
        """
        instance_of(Call, call, "call")
        self._with_commit.append(call)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of the unit that can fail by itself.

        An error that leaves the block undoes this part only, with the events recorded in it, and the unit can
        go on. Raises TransactionRolledBack when a statement in the block failed and its error was swallowed.
        """
        connection, recorded = self.connection, len(self.events)
        await connection.control(SAVEPOINT)
        around, self.scope = self.scope, WriteScope(parent=self.scope)
        try:
            yield
        except BaseException:
            await self._roll_back_to_savepoint(connection, recorded)
            raise
        else:
            await self._release(connection, recorded)
        finally:
            self.scope = around

    async def _release(self, connection: Connection, recorded: int) -> None:
        if self.outcome is not Outcome.ACTIVE:  # rolled back in the block
            return
        try:
            with when_aborted("would not release the savepoint"):
                await connection.control(RELEASE)
        except TransactionRolledBack:
            await self._roll_back_to_savepoint(connection, recorded)
            raise

    async def _roll_back_to_savepoint(self, connection: Connection, recorded: int) -> None:
        del self.events[recorded:]
        self.scope.outcome = Outcome.ROLLED_BACK
        if self.outcome is Outcome.ACTIVE:
            await connection.roll_back_to(ROLLBACK, self._transaction.release_timeout)

    async def rollback(self) -> None:
        """Undo everything; also what leaving the block without :meth:`commit` does."""
        _ = self.connection
        await self._end()

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        failure = error
        try:
            if error is None and self._transaction.commits_on_exit and self.outcome is Outcome.ACTIVE:
                await self.commit()
        except BaseException as raised:
            failure = raised
            raise
        finally:
            await self._end(failure)
        if isinstance(error, asyncio.CancelledError):
            attach_outcome(error, self.outcome, self.marker)

    async def _end(self, failure: BaseException | None = None) -> None:
        try:
            await self._transaction.end()
        except asyncio.CancelledError as cancelled:
            attach_outcome(cancelled, self.outcome, self.marker)
            raise
        finally:
            self._settle_scope()
            self._report_outcome(failure)

    def _settle_scope(self) -> None:
        """What the unit's writes returned stands or falls with it."""
        self._unit_scope.outcome = self.outcome
        if self.outcome is Outcome.IN_DOUBT:
            self._transaction.in_doubt[self.marker] = self._unit_scope

    def _report_outcome(self, failure: BaseException | None) -> None:
        """Once, though a unit may be rolled back before it is left."""
        started, self._timer = self._timer, None
        tell = self.telemetry.outcome
        if started is not None and tell is not None:
            wrote = self._connection is not None and self._connection.wrote
            tell(self.outcome, clock(tell) - started, len(self.events), wrote, failure)


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # a thread without an event loop
        return None
