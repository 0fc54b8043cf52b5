"""The way to the server: settings from one place, a pool in which nothing waits without a bound."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, Unpack
from urllib.parse import urlsplit
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
import attrs

from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.driver import acquire, give_back, prepare_driver
from ventros.kernel.connection.observed import connection_for
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import ConfigurationError, ConnectionLost, VentrosError
from ventros.kernel.outcome import CommitMarker, Outcome
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.retry import Retry, run_with_retry
from ventros.kernel.telemetry import NO_TELEMETRY, Telemetry
from ventros.kernel.transaction import commit_markers
from ventros.kernel.transaction.begin import TransactionKeywords, transaction_options
from ventros.kernel.transaction.pooled import PooledTransaction
from ventros.kernel.transaction.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)
T = TypeVar("T")

_DSN_VARIABLES = ("VENTROS_DATABASE_URL", "DATABASE_URL")
_MORE_THAN_ALL_STATEMENTS = 1000
_LIBPQ_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE")


def resolve_dsn(dsn: str | None = None) -> str | None:
    """``dsn``, else VENTROS_DATABASE_URL, else DATABASE_URL, else None for libpq's own PG* variables.

    Raises ConfigurationError when none of them is set.
    """
    if dsn:
        return dsn
    for variable in _DSN_VARIABLES:
        if os.environ.get(variable):
            return os.environ[variable]
    if any(os.environ.get(variable) for variable in _LIBPQ_VARIABLES):
        return None
    raise ConfigurationError(
        "no database is named: give a DSN (postgresql://user:password@host/database), or set "
        f"{' or '.join(_DSN_VARIABLES)}, or libpq's PG* variables"
    )


class Database(Generic[U]):
    """A pool, and the kind of unit of work that it serves. Close it, or use it as ``async with``."""

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        unit_of_work: type[U],
        settings: Settings | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> None:
        self._pool = pool
        self._unit_of_work = unit_of_work
        self.settings = settings or Settings()
        self.telemetry = telemetry
        self._in_doubt: WeakValueDictionary[CommitMarker, WriteScope] = WeakValueDictionary()

    @classmethod
    async def open(
        cls,
        unit_of_work: type[U],
        dsn: str | None = None,
        settings: Settings | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> Self:
        """Connect. ``dsn`` as in :func:`resolve_dsn`.

        Raises ConfigurationError for a DSN that is none, ConnectionLost when the server cannot be reached
        or does not let us in.
        """
        chosen = settings or Settings()
        target = resolve_dsn(dsn)
        try:
            pool = await asyncpg.create_pool(
                target,
                min_size=chosen.min_size,
                max_size=chosen.max_size,
                timeout=chosen.connect_timeout,
                command_timeout=chosen.statement_timeout,
                server_settings=chosen.server_settings(),
                init=prepare_driver,
                reset=_nothing_to_reset,
                # Asyncpg waits without a bound for the server to forget a statement that its cache lets go.
                statement_cache_size=_MORE_THAN_ALL_STATEMENTS,
                max_cached_statement_lifetime=0,
            )
        except (OSError, asyncpg.PostgresError) as error:
            # Of these only the server's own refusals are known to quote no password.
            reason = str(error) if isinstance(error, asyncpg.PostgresError) else type(error).__name__
            raise ConnectionLost(f"cannot reach the database {describe(target)}: {reason}") from error
        except (asyncpg.InterfaceError, ValueError) as error:
            raise ConfigurationError(
                "the DSN cannot be read: write postgresql://user:password@host:port/database, with %, @, : "
                "and / inside the password percent-encoded"
            ) from error
        return cls(pool, unit_of_work, chosen, telemetry)

    def unit_of_work(
        self,
        tenant: str,
        *,
        command_id: UUID | None = None,
        correlation_id: UUID | None = None,
        causation_id: UUID | None = None,
        actor: str | None = None,
        use_case: str | None = None,
        **options: Unpack[TransactionKeywords],
    ) -> U:
        """A new unit of work for ``tenant``.

        Ids, actor and use case are as in :class:`UnitOfWork`, the options as in
        :class:`ventros.kernel.transaction.begin.TransactionOptions`. Raises ValidationError for a tenant,
        actor, use case or option that cannot be.
        """
        return self._unit_of_work(
            PooledTransaction(
                self._pool, self.settings, transaction_options(**options), self.telemetry, self._in_doubt
            ),
            tenant,
            command_id=command_id,
            correlation_id=correlation_id,
            causation_id=causation_id,
            actor=actor,
            use_case=use_case,
        )

    async def run(
        self,
        tenant: str,
        use_case: Callable[[U], Awaitable[T]],
        /,
        *,
        attempts: int | None = None,
        deadline: float | None = None,
        retry: Retry | None = None,
        on_conflict: Callable[[VentrosError, int], None] | None = None,
        **options: Any,
    ) -> T:
        """Run ``use_case`` in a unit of work and commit; on a conflict, again from the start.

        ``use_case`` may run several times, so its only effects are those on the unit of work. It may
        end the unit itself, by ``rollback()`` when there is nothing to store. ``attempts`` and
        ``deadline`` replace those of ``retry``; ``options`` as in :meth:`unit_of_work`. Where they name an
        actor and no use case, the function's own name is sent for it; never without an actor, for each
        setting takes the server some time.
        """
        if options.get("actor") is not None and "use_case" not in options:
            options["use_case"] = _name(use_case)

        async def once() -> T:
            async with self.unit_of_work(tenant, **options) as unit:
                result = await use_case(unit)
                if unit.outcome is Outcome.ACTIVE:
                    await unit.commit()
            return result

        policy = retry or Retry()
        policy = attrs.evolve(
            policy, attempts=attempts or policy.attempts, deadline=deadline or policy.deadline
        )
        return await run_with_retry(once, policy, on_conflict, on_retry=self.telemetry.retry)

    async def resolve(self, marker: CommitMarker, *, deadline: float = 60.0) -> Outcome:
        """Whether the unit of work with that marker was committed or rolled back.

        To be asked once the unit has ended, as after CommitInDoubt. Waits for the unit's transaction should
        it still be at work, and for a server that is away, for at most ``deadline`` seconds: then
        CommitInDoubt again.
        """

        async def ask() -> bool:
            async with self.unit_of_work(marker.tenant, isolation="read committed") as unit:
                return await commit_markers.probe(unit.connection, marker)

        bound = max(deadline - self.settings.release_timeout, deadline / 2)
        committed = await commit_markers.resolve(ask, marker, bound)
        outcome = Outcome.COMMITTED if committed else Outcome.ROLLED_BACK
        if (scope := self._in_doubt.pop(marker, None)) is not None:
            scope.outcome = outcome
        return outcome

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection without a transaction and without a tenant, for look-ups that belong to none."""
        driver = await acquire(self._pool, self.settings.acquire_timeout)
        try:
            yield connection_for(driver, self.settings.statement_timeout, self.telemetry)
        finally:
            await give_back(self._pool, driver, self.settings.release_timeout)

    async def close(self) -> None:
        """Close the pool; connections still in use after the release timeout are terminated."""
        try:
            async with asyncio.timeout(self.settings.release_timeout):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _name(use_case: Callable[..., Any]) -> str | None:
    """The function's own, also that of a partial; of any other object its class's. None of a lambda."""
    if isinstance(use_case, functools.partial):
        use_case = use_case.func
    name: str = getattr(use_case, "__name__", type(use_case).__name__)
    return name if name.isascii() and name.isidentifier() else None


async def _nothing_to_reset(_driver: Any) -> None:
    """Stands for asyncpg's four reset statements, which cost each release a round trip.

    A unit sets nothing beyond its transaction, and asyncpg itself still rolls back what is open.
    """


def describe(dsn: str | None) -> str:
    """Host and database of ``dsn``, never its password."""
    if dsn is None:
        return "named by the PG* variables"
    parts = urlsplit(dsn)
    place = parts.hostname or "the local socket"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.path.lstrip('/') or '?'} at {place}{port}"
