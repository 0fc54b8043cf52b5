"""The versioned repository: INSERT, SELECT, versioned UPDATE and DELETE, each with its answer checked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import ClassVar, Concatenate, Final, Literal, ParamSpec, get_args
from uuid import UUID

import asyncpg

from ventros.kernel import errors
from ventros.kernel.connection.call import Call
from ventros.kernel.events import Envelope
from ventros.kernel.ids import new_id
from ventros.kernel.repository.root import A, RootRepository
from ventros.kernel.retry import Retry, run_with_retry
from ventros.kernel.statements.definition import Statement
from ventros.kernel.statements.files import or_fail_name
from ventros.kernel.validators import function, instance_of, shown, whole_number

P = ParamSpec("P")

Lock = Literal["share", "no key update", "update"]
"""A row lock by PostgreSQL's name. "share" lets others share and nobody write; "no key update" is what a save
takes; "update" also keeps away rows that refer to this one.
"""

IN_TRANSACTION: Final = Retry(attempts=3)
"""Others may be waiting for the transaction, so a command is tried twice, and then under a lock."""


class Repository(RootRepository[A]):
    """One aggregate's repository: what RootRepository says, and a version.

    The statements that write take the expected version behind the key. What else is written with a root, or
    asked before, is said by overriding :meth:`calls_after_insert`, :meth:`calls_after_update` and
    :meth:`before_update`, never ``get`` or ``save``.
    """

    STANDARD = (
        *("INSERT", "GET", "UPDATE", "DELETE", "STORED_VERSION", "TOUCH"),
        *("LOCK_FOR_SHARE", "LOCK_FOR_NO_KEY_UPDATE", "LOCK_FOR_UPDATE"),
        *("TRY_LOCK_FOR_SHARE", "TRY_LOCK_FOR_NO_KEY_UPDATE", "TRY_LOCK_FOR_UPDATE"),
    )
    UPDATE_OR_FAIL: ClassVar[Statement | None] = None
    DELETE: ClassVar[Statement]
    STORED_VERSION: ClassVar[Statement]
    TOUCH: ClassVar[Statement]
    LOCK_FOR_SHARE: ClassVar[Statement]
    LOCK_FOR_NO_KEY_UPDATE: ClassVar[Statement]
    LOCK_FOR_UPDATE: ClassVar[Statement]
    TRY_LOCK_FOR_SHARE: ClassVar[Statement]
    TRY_LOCK_FOR_NO_KEY_UPDATE: ClassVar[Statement]
    TRY_LOCK_FOR_UPDATE: ClassVar[Statement]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "UPDATE" in vars(cls) and cls.before_update is Repository.before_update:
            form = cls.TABLE.catalogue.get(or_fail_name(cls.UPDATE.name))
            cls.UPDATE_OR_FAIL = form and form.of(cls.resource)
        if cls.CHILDREN:  # of which is compared what is stored, and counted what is written
            cls.UPDATE_OR_FAIL = cls.INSERT_OR_FAIL = None

    async def add(self, aggregate: A) -> A:
        """INSERT a new aggregate.

        Raises NotNew for one that its constructors have not just made, AlreadyExists when its id, or another
        unique key, is taken, WriteSuppressed when a trigger ate the write.
        """
        self.require_new(aggregate)
        (count, *_) = await self.connection.together(self.insertion(aggregate))
        return self.inserted(aggregate, count)

    def insertion(self, aggregate: A) -> list[Call]:
        """What stores a new aggregate: the first call is the root's INSERT."""
        self.require_own(aggregate)
        calls = [Call(self.INSERT, (self.mapper.insert_args(aggregate),))]
        for kind in self.CHILDREN:
            calls += kind.added(aggregate, kind.of(aggregate, ()))
        return calls + self.calls_after_insert(aggregate)

    def inserted(self, aggregate: A, count: int) -> A:
        """The aggregate as it is stored, if its INSERT touched one row."""
        self.require_own(aggregate)
        if count != 1:
            raise self._suppressed(aggregate, "is new")
        self.record_events(aggregate, aggregate.version)
        return self.as_written(aggregate)

    async def get(
        self,
        id: UUID,
        *,
        expected_version: int | None = None,
        lock: Lock | None = None,
        nowait: bool = False,
        skip_locked: bool = False,
    ) -> A:
        """Raises NotFound when there is none for this tenant or user, MappingError when the row is not valid.

        ``expected_version``, as a client sends it in If-Match or as it was read before, raises
        OptimisticLockError when another is stored, which ``db.run`` does not try again.

        ``lock`` holds the row until the transaction ends, by one statement more, sent first. It waits for
        others that hold it, as long as the lock timeout; ``nowait`` raises LockNotAvailable instead, and
        ``skip_locked`` NotFound, as SQL does, which takes a locked row for absent. After either the
        transaction is as usable as before.
        """
        if lock is not None:
            await self._lock(id, lock, nowait=nowait, skip_locked=skip_locked)
        elif nowait or skip_locked:
            raise errors.ValidationError(
                "nowait and skip_locked say how to wait for a lock; name one", field="lock"
            )
        if expected_version is not None:
            whole_number(expected_version, "expected_version", 1)
        loaded = await self._get_one(id)
        if expected_version is not None and loaded.version != expected_version:
            raise self._conflict(id, expected_version, loaded.version, retryable=False)
        return loaded

    async def save(self, aggregate: A) -> A:
        """UPDATE if the stored version is still the loaded one; the result is the aggregate as stored.

        An aggregate without new events is unchanged and costs nothing. Raises OptimisticLockError when
        somebody saved first, with None for the actual version when somebody removed it, WriteSuppressed when
        a trigger ate the write, UndoneWrite for what came back from a write that was rolled back,
        ChangeWithoutEvent for what no command made and no repository returned.
        Several aggregates are better saved by ``save_all`` of the unit of work: two units that save the
        same ones one after the other, each in an order of its own, wait for each other (DeadlockDetected).
        """
        self.require_writable(aggregate)
        if not aggregate.domain_events:
            self.require_change_told(aggregate)
            return aggregate
        (saved,) = await self.write_changes([aggregate])
        self.record_events(aggregate, saved.version)
        return saved

    async def touch(self, aggregate: A) -> A:
        """Step the version without another change; ``<resource>.touched`` tells of it. Raises as ``save``.

        A changed aggregate is saved, which steps its version just as well. What ``touch`` returned can be
        touched again, in the same unit too: each call is one step and one event.
        """
        self.require_writable(aggregate)
        if aggregate.domain_events:
            return await self.save(aggregate)
        self.require_change_told(aggregate)
        row = await self.connection.maybe(self.TOUCH, *self.key(aggregate.id), aggregate.version)
        touched = await self._with_stored_version(aggregate, row)
        self._record_fact(aggregate, "touched")
        return touched

    async def remove(self, aggregate: A) -> None:
        """DELETE if the stored version is still the loaded one; raises as :meth:`save` does.

        Its pending events, then ``<resource>.removed``, tell of it as the next version.
        """
        self.require_writable(aggregate)
        key = self.key(aggregate.id)
        if await self.connection.affected(self.DELETE, *key, aggregate.version) != 1:
            raise await self._explain_no_row(aggregate)
        self._record_fact(aggregate, "removed")

    def verify(self, aggregate: A) -> None:
        """Make the commit fail with OptimisticLockErrors when ``aggregate``, only read, has changed by then.

        Nothing is sent now. All that is to be verified is locked FOR SHARE and compared at the commit, or
        with the next ``save_all``, in one order; what the unit itself saves from that version needs no more.
        Of two verifications of one aggregate the newer counts; :meth:`unverify` withdraws it.

        Save by ``save_all`` where another unit may verify what this one saves: after a plain ``save`` the two
        locks of a unit are in no order, and two such units end in a deadlock, which the server breaks.
        """
        self.require_writable(aggregate)
        self.unit.verified[self.resource, aggregate.id] = (self, aggregate)

    def unverify(self, id: UUID) -> None:
        """Let the commit succeed whatever became of the aggregate; without effect when none is verified."""
        instance_of(UUID, id, "id")
        self.unit.verified.pop((self.resource, id), None)

    async def apply(
        self, id: UUID, command: Callable[Concatenate[A, P], A], *args: P.args, **kwargs: P.kwargs
    ) -> A:
        """Load, apply the pure ``command``, save: ``apply(id, Contact.rename, "Alice", now=now)``.

        On a conflict it is applied again, to the aggregate as it is then. All in this transaction: at READ
        COMMITTED an optimistic conflict leaves it usable, and a load sees what the other has committed. At a
        higher level a conflict is a SerializationFailure, which only ``db.run`` can settle. The last attempt
        locks the row before it is loaded, so that nobody can come between. Raises as :meth:`get` and
        :meth:`save` do.
        """
        function(command, "command")
        attempts = itertools.count(1)

        async def once() -> A:
            last = next(attempts) == IN_TRANSACTION.attempts
            loaded = await self.get(id, lock="no key update" if last else None)
            return await self.save(command(loaded, *args, **kwargs))

        return await run_with_retry(
            once,
            IN_TRANSACTION,
            is_retryable=errors.is_optimistic_lock_error,
            on_retry=self.unit.telemetry.retry,
        )

    async def before_update(self, aggregates: Sequence[A]) -> None:
        """What has to be asked before the roots are written; the kernel's asks nothing."""

    def calls_after_insert(self, aggregate: A) -> list[Call]:
        """What is written with a new root, behind its children."""
        return []

    def calls_after_update(self, aggregate: A) -> list[Call]:
        """What is written with a changed root, whatever is stored, behind its children."""
        return []

    async def write_changes(self, aggregates: Sequence[A]) -> list[A]:
        """Write roots and children: a step of ``save``, which records the events.

        The roots in one round trip, which also reads the stored children, and in a second one what differs.
        The locks on the roots keep the children as they are.
        """
        instance_of(Sequence, aggregates, "aggregates")
        for aggregate in aggregates:
            self.require_own(aggregate)
        await self.before_update(aggregates)
        sets = [self.mapper.update_args(aggregate) for aggregate in aggregates]
        compared = [
            (kind, roots)
            for kind in self.CHILDREN
            if (roots := [aggregate for aggregate in aggregates if kind.may_differ(aggregate)])
        ]
        finds = [kind.found(self.tenant, [root.id for root in roots]) for kind, roots in compared]
        rows, *found = await self.connection.together([Call(self.UPDATE, sets), *finds])
        by_id = {row["id"]: row for row in rows}
        saved = [
            await self._with_stored_version(aggregate, by_id.get(aggregate.id)) for aggregate in aggregates
        ]
        calls = []
        for (kind, roots), stored in zip(compared, found, strict=True):
            by_root = kind.by_root(stored)
            for root in roots:
                calls += kind.saved(self.scope, root, by_root.get(root.id, ()))
        for aggregate in aggregates:
            calls += self.calls_after_update(aggregate)
        await self.connection.together(calls)
        return saved

    def insert_or_fail(self, entity: A) -> list[Call] | None:
        """With what is written behind it."""
        calls = super().insert_or_fail(entity)
        return None if calls is None else calls + self.calls_after_insert(entity)

    def update_or_fail(self, aggregate: A) -> list[Call] | None:
        """What saves it and fails as a whole when it is stale; None when more than that has to be done."""
        self.require_own(aggregate)
        if self.UPDATE_OR_FAIL is None:
            return None
        update = Call(self.UPDATE_OR_FAIL, (self.mapper.update_args(aggregate),))
        return [update, *self.calls_after_update(aggregate)]

    def saved(self, aggregate: A) -> A:
        """As it is stored once such an update has not failed."""
        self.require_own(aggregate)
        self.record_events(aggregate, aggregate.version + 1)
        return self.as_written(aggregate, version=aggregate.version + 1)

    async def _with_stored_version(self, aggregate: A, row: asyncpg.Record | None) -> A:
        """The aggregate as it is stored now, if ``row``, returned by the write, says the next version."""
        if row is None:
            raise await self._explain_no_row(aggregate)
        version = aggregate.version + 1
        if row["version"] != version:
            raise errors.ResultMismatch(
                f"{self.resource} {aggregate.id} was to be stored at version {version} and is at version "
                f"{row['version']}: a trigger stepped it once more",
                table=self.TABLE.name,
            )
        return self.as_written(aggregate, version=version)

    async def _lock(self, id: UUID, lock: Lock, *, nowait: bool, skip_locked: bool) -> None:
        if lock not in get_args(Lock):
            known = ", ".join(get_args(Lock))
            raise errors.ValidationError(f"{shown(lock)} is no lock; there is {known}", field="lock")
        if nowait and skip_locked:
            raise errors.ValidationError("nowait and skip_locked exclude each other", field="lock")
        how = "TRY_LOCK" if nowait or skip_locked else "LOCK"
        locking: Statement = getattr(self, f"{how}_FOR_{lock.upper().replace(' ', '_')}")
        if await self.lock_versions(locking, [id]):
            return
        if nowait and await self.connection.maybe(self.STORED_VERSION, *self.key(id)):
            message = f"{self.resource} {id} is locked by another transaction"
            raise errors.LockNotAvailable(message, table=self.TABLE.name)
        raise errors.NotFound(self.resource, id)

    async def lock_versions(self, locking: Statement, ids: list[UUID]) -> dict[UUID, int]:
        """What is stored of these, locked by that statement in the order of their ids."""
        (rows,) = await self.connection.together([self.locking(locking, ids)])
        return {row["id"]: row["version"] for row in rows}

    def locking(self, locking: Statement, ids: list[UUID]) -> Call:
        """What locks these by that statement, in the order of their ids."""
        instance_of(Statement, locking, "locking")
        return Call(locking, (self.key(ids),))

    def _record_fact(self, aggregate: A, fact: str) -> None:
        """The aggregate's own events, then ``<resource>.<fact>``, of which no command tells."""
        self.record_events(aggregate, aggregate.version + 1, more=True)
        event = Envelope(
            event_id=new_id(),
            event_name=f"{self.resource}.{fact}",
            event_version="v1",
            occurred_at=self.unit.started_at,
            aggregate_type=self.resource,
            aggregate_id=aggregate.id,
            aggregate_version=aggregate.version + 1,
            sequence=len(aggregate.domain_events) + 1,
            payload={f"{self.resource}_id": aggregate.id},
            tenant_id=self._events_tenant,
        )
        self.unit.record([event])

    async def _explain_no_row(self, aggregate: A) -> errors.OptimisticLockError | errors.WriteSuppressed:
        """Why a versioned write touched no row. A second statement sees what the first one lost to."""
        row = await self.connection.maybe(self.STORED_VERSION, *self.key(aggregate.id))
        stored = None if row is None else row["version"]
        if stored == aggregate.version:
            return self._suppressed(aggregate, f"is stored at version {stored} as expected")
        return self._conflict(aggregate.id, aggregate.version, stored)

    def _conflict(
        self, id: UUID, expected: int, actual: int | None, *, retryable: bool = True
    ) -> errors.OptimisticLockError:
        conflict = errors.OptimisticLockError(self.resource, id, expected, actual, retryable=retryable)
        return self.unit.telemetry.report_conflict(conflict)

    def _suppressed(self, aggregate: A, state: str) -> errors.WriteSuppressed:
        return errors.WriteSuppressed(
            f"{self.resource} {aggregate.id} {state}, yet the write touched no row: a trigger or a policy "
            "suppressed it",
            table=self.TABLE.name,
        )
