"""The way to the server: settings from one place, a pool in which nothing waits without a bound."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, Self, TypeVar, Unpack
from weakref import WeakValueDictionary

import asyncpg
import attrs

from ventros.kernel.connection.address import read_address
from ventros.kernel.connection.call import SAVEPOINT
from ventros.kernel.connection.connect import Connector
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.observed import connection_for
from ventros.kernel.connection.pool import AsyncpgPool, OwnPool, Pool, PoolStats
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import ValidationError, VentrosError
from ventros.kernel.outcome import CommitMarker, Outcome
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.retry import Retry, run_with_retry
from ventros.kernel.telemetry import NO_TELEMETRY, Telemetry
from ventros.kernel.transaction import commit_markers
from ventros.kernel.transaction.begin import (
    DEFAULT_OPTIONS,
    TransactionKeywords,
    TransactionOptions,
    set_keys,
)
from ventros.kernel.transaction.pooled import PooledTransaction
from ventros.kernel.transaction.unit_of_work import UnitKeywords, UnitOfWork
from ventros.kernel.validators import bound, function, instance_of, named_for, shown

U_co = TypeVar("U_co", bound=UnitOfWork, covariant=True)
T = TypeVar("T")


_ASKING = TransactionOptions(read_only=True)
_RESOLVING = TransactionOptions(isolation="read committed")


class UnitOptions(UnitKeywords, TransactionKeywords, total=False):
    """What :meth:`Database.unit_of_work` takes beside the tenant, and with it :meth:`Database.run`."""


class Database(Generic[U_co]):
    """A pool, and the kind of unit of work that it serves. Close it, or use it as ``async with``."""

    def __init__(
        self,
        pool: asyncpg.Pool[Any] | Pool,
        unit_of_work: type[U_co],
        settings: Settings | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> None:
        self.settings = _checked(unit_of_work, settings, telemetry)
        self.telemetry = telemetry
        instance_of(asyncpg.Pool | Pool, pool, "pool")
        self._pool = pool if isinstance(pool, Pool) else AsyncpgPool(pool, telemetry)
        self._unit_of_work = unit_of_work
        self._in_doubt: WeakValueDictionary[CommitMarker, WriteScope] = WeakValueDictionary()

    @classmethod
    async def open(
        cls,
        unit_of_work: type[U_co],
        dsn: str | None = None,
        settings: Settings | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> Self:
        """Connect. ``dsn`` as in :func:`ventros.kernel.connection.address.read_address`.

        What it says goes before ``settings``. Raises ConfigurationError for an address that cannot be used,
        ServerUnreachable when the server cannot be reached or does not let us in, ValidationError for another
        argument that is not what it should be.
        """
        chosen = _checked(unit_of_work, settings, telemetry)
        address = read_address(dsn, insecure=chosen.insecure)
        chosen = address.settings(chosen)
        pool = OwnPool(Connector(address, chosen), chosen, telemetry)
        await pool.fill()
        return cls(pool, unit_of_work, chosen, telemetry)

    def unit_of_work(self, tenant: str | None = None, **options: Unpack[UnitOptions]) -> U_co:
        """A new unit of work for ``tenant``, or, without one, for the ``user`` alone.

        User, ids, actor and use case are as in :class:`UnitOfWork`, the options as in
        :class:`ventros.kernel.transaction.begin.TransactionOptions`. Raises ValidationError for a tenant,
        user, id, actor, use case or option that cannot be, or is misspelt.
        """
        keywords: dict[str, Any] = {**options}
        begin = DEFAULT_OPTIONS
        if keywords:
            if unknown := keywords.keys() - UnitOptions.__annotations__.keys():
                raise _unknown_option(min(unknown))
            own = {
                name: keywords.pop(name) for name in TransactionKeywords.__annotations__ if name in keywords
            }
            begin = TransactionOptions(**own) if own else DEFAULT_OPTIONS
        return self._unit_of_work(self._transaction(begin), tenant, **keywords)

    def _transaction(self, begin: TransactionOptions) -> PooledTransaction:
        return PooledTransaction(self._pool, self.settings, begin, self.telemetry, self._in_doubt)

    async def run(
        self,
        tenant: str | None,
        use_case: Callable[[U_co], Awaitable[T]],
        /,
        *,
        attempts: int | None = None,
        deadline: float | None = None,
        retry: Retry | None = None,
        on_conflict: Callable[[VentrosError, int], None] | None = None,
        **options: Unpack[UnitOptions],
    ) -> T:
        """Run ``use_case`` in a unit of work and commit; on a conflict, again from the start.

        ``use_case`` may run several times, so its only effects are those on the unit of work. It may
        end the unit itself, by ``rollback()`` when there is nothing to store. ``attempts``, 1 or more, and
        ``deadline``, 0 for no second attempt, replace those of ``retry``; ``options`` as in
        :meth:`unit_of_work`. Where they name an actor and no use case, the function's own name is sent for
        it; never without an actor, for each setting takes the server some time. Raises ValidationError for
        an argument that cannot be, before a connection is asked for.
        """
        policy = Retry() if retry is None else retry
        instance_of(Retry, policy, "retry")
        if attempts is not None:
            policy = attrs.evolve(policy, attempts=attempts)
        if deadline is not None:
            policy = attrs.evolve(policy, deadline=deadline)
        function(use_case, "use_case")
        if on_conflict is not None:
            function(on_conflict, "on_conflict")
        if options.get("actor") is not None and "use_case" not in options:
            options["use_case"] = _name(use_case)

        async def once() -> T:
            async with self.unit_of_work(tenant, **options) as unit:
                work = use_case(unit)
                if not inspect.isawaitable(work):
                    raise ValidationError("use_case must be an async function", field="use_case")
                result = await work
                if unit.outcome is Outcome.ACTIVE:
                    await unit.commit()
            return result

        return await run_with_retry(once, policy, on_conflict, on_retry=self.telemetry.retry)

    async def resolve(self, marker: CommitMarker, *, deadline: float = 60.0) -> Outcome:
        """Whether the unit of work with that marker was committed or rolled back.

        To be asked once the unit has ended, as after CommitInDoubt. Waits for the unit's transaction should
        it still be at work, and for a server that is away, for at most ``deadline`` seconds: then
        CommitInDoubt again.
        """
        instance_of(CommitMarker, marker, "marker")
        bound(deadline, "deadline")
        tenant, user = named_for(marker.tenant)

        async def ask() -> bool:
            transaction = self._transaction(_RESOLVING)
            async with self._unit_of_work(transaction, tenant, user=user) as unit:
                committed = await commit_markers.probe(unit.connection, marker)
                await transaction.commit(unit.connection, marker, ())  # it needs no marker of its own
                return committed

        patience = max(deadline - self.settings.release_timeout, deadline / 2)
        committed = await commit_markers.resolve(ask, marker, patience)
        outcome = Outcome.COMMITTED if committed else Outcome.ROLLED_BACK
        if (scope := self._in_doubt.pop(marker, None)) is not None:
            scope.outcome = outcome
        return outcome

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection without a transaction and without a tenant, for look-ups that belong to none."""
        self._pool.require_home()
        driver = await self._pool.acquire(self.settings.acquire_timeout)
        connection = connection_for(driver, self.settings.statement_timeout, self.telemetry)
        try:
            yield connection
        finally:
            idle = not (connection.interrupted or connection.foreign)
            await self._pool.give_back(driver, self.settings.release_timeout, idle=idle)

    @asynccontextmanager
    async def asking(self, **keys: str) -> AsyncIterator[Connection]:
        """A read-only transaction without a tenant, for a look-up in a directory by keys that the caller has.

        Each is the setting ``app.<name>`` of the transaction, 1 to 100 characters of ``[A-Za-z0-9_.:@-]``: a
        policy that compares it shows the one row, and nobody can list the others. Raises ValidationError for
        a key that cannot be set.
        """
        transaction = self._transaction(_ASKING)
        connection = transaction.open(set_keys(keys))
        try:
            yield connection
            await transaction.commit(connection, None, ())
        finally:
            await transaction.end()

    @asynccontextmanager
    async def across_tenants(self) -> AsyncIterator[Connection]:
        """A transaction without a tenant, committed when the block is left without an error.

        For a role that has policies of its own, such as the relay's: to any other the tables of tenants raise
        without a tenant. It leaves no marker: after ConnectionLost or a timeout it may have been committed or
        not, so what is done in it must bear being done again.
        """
        transaction = self._transaction(DEFAULT_OPTIONS)
        connection = transaction.open(())
        try:
            yield connection
            await transaction.commit(connection, None, ())
        finally:
            await transaction.end()

    async def ping(self) -> None:
        """Return when the pool had a connection and the server answered on it.

        Else raises as the first statement of a unit of work does, within the same bounds.
        """
        async with self.unit_of_work("ping") as unit:
            await unit.connection.control(SAVEPOINT)

    def stats(self) -> PoolStats:
        """What the pool is doing in this moment; it asks nobody."""
        return self._pool.stats()

    async def close(self) -> None:
        """Close the pool; connections still in use after the release timeout are terminated.

        Raises UnitOfWorkError in another process or event loop than that which opened it.
        """
        self._pool.require_home()
        await self._pool.close(self.settings.release_timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _checked(unit_of_work: object, settings: Settings | None, telemetry: object) -> Settings:
    """The settings, by default ours. Raises ValidationError for what no database is made of."""
    if not (isinstance(unit_of_work, type) and issubclass(unit_of_work, UnitOfWork)):
        raise ValidationError(f"{shown(unit_of_work)} is no class of units of work", field="unit_of_work")
    instance_of(Telemetry, telemetry, "telemetry")
    instance_of(Settings | None, settings, "settings")
    return settings or Settings()


def _unknown_option(name: str) -> ValidationError:
    near = difflib.get_close_matches(name, UnitOptions.__annotations__, n=2)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return ValidationError(f"a unit of work has no option {name}{hint}", field=name)


def _name(use_case: Callable[..., Any]) -> str | None:
    """The function's own, also that of a partial; of any other object its class's. None of a lambda."""
    if isinstance(use_case, functools.partial):
        use_case = use_case.func
    name: str = getattr(use_case, "__name__", type(use_case).__name__)
    return name if name.isascii() and name.isidentifier() else None
