"""An aggregate under contract: its factory on a database that has what the aggregate refers to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import attrs
import psycopg
from psycopg import sql

from ventros.kernel.application import Application
from ventros.kernel.database import Database
from ventros.kernel.events import DomainEvent
from ventros.kernel.ids import new_id
from ventros.kernel.repository import Repository
from ventros.kernel.telemetry import Telemetry
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.kernel.validators import user_tenant
from ventros.testing.factory import Factory, Refs

LATER: Final = datetime(2037, 1, 2, 3, 4, 5, tzinfo=UTC)
"""When aggregates are changed; surely after they were made."""
ANOTHER_TENANT: Final = "another-tenant"

_OUTBOX: LiteralString = """
SELECT aggregate_version, sequence, event_name, event_version, aggregate_type, tenant_id,
       occurred_at, payload, event_id
  FROM outbox_events WHERE aggregate_id = %s ORDER BY position
"""


@attrs.frozen(kw_only=True)
class Filled(DomainEvent):
    """Stands for the commands that would have led to drawn values."""

    event_name = "contract.filled"


@attrs.frozen
class Subject:
    """``seed`` and ``refs`` are what the factory is given; ``dsn`` is that of ``db``, for the app.

    Its units are of ``tenant`` and ``user``.
    """

    db: Database[Any]
    dsn: str
    tenant: str
    user: UUID
    factory: Factory
    seed: Any
    refs: Refs
    _sent: list[str]

    @property
    def kind(self) -> type[Repository[Any]]:
        """The repository's class."""
        return self.factory.held_by(type(self.unit()))[1]

    def unit(self) -> Any:
        """A new unit of work."""
        return self.db.unit_of_work(self.tenant, user=self.user)

    def unit_of_others(self) -> Any:
        """One of another tenant; where the aggregate belongs to a user, one of another user."""
        if self.kind.OF_USER:
            return self.db.unit_of_work(self.tenant, user=new_id())
        return self.db.unit_of_work(ANOTHER_TENANT, user=self.user)

    async def run(self, use_case: Callable[[Any], Awaitable[Any]]) -> Any:
        """As ``db.run`` does."""
        return await self.db.run(self.tenant, use_case, user=self.user)

    @property
    def owner(self) -> str:
        """The tenant of its events."""
        return user_tenant(self.user) if self.kind.OF_USER else self.tenant

    def repository(self, unit: UnitOfWork) -> Repository[Any]:
        """The unit's, that stores the aggregate."""
        return self.factory.repository(unit)

    def listen(self) -> list[str]:
        """The names of the statements that are sent from now on, until the next call."""
        self._sent.clear()
        return self._sent

    def new(self) -> Any:
        """One that is not stored."""
        return self.factory.new(self.seed, self.refs)

    async def stored(self) -> Any:
        """A new one, added and committed, as the repository returned it."""
        async with self.unit() as unit:
            added = await self.repository(unit).add(self.new())
            await unit.commit()
        return added

    async def another(self) -> Any:
        """As :meth:`stored`, with what it refers to made anew."""
        async with self.unit() as unit:
            refs = await self.factory.prepare(unit, self.seed)
            added = await self.repository(unit).add(self.factory.new(self.seed, refs))
            await unit.commit()
        return added

    async def load(self, id_: Any) -> Any:
        """As a unit of its own reads it. Raises NotFound."""
        async with self.unit() as unit:
            return await self.repository(unit).get(id_)

    async def save(self, aggregate: Any) -> Any:
        """In a unit of its own; what is stored."""
        async with self.unit() as unit:
            saved = await self.repository(unit).save(aggregate)
            await unit.commit()
        return saved

    async def touch(self, aggregate: Any) -> Any:
        """In a unit of its own; what is stored."""
        async with self.unit() as unit:
            touched = await self.repository(unit).touch(aggregate)
            await unit.commit()
        return touched

    async def remove(self, aggregate: Any) -> None:
        """In a unit of its own."""
        async with self.unit() as unit:
            await self.repository(unit).remove(aggregate)
            await unit.commit()

    def change(self, aggregate: Any) -> Any:
        """The aggregate, changed by the factory's command."""
        return self.factory.change(aggregate, LATER)

    def change_child(self, aggregate: Any) -> Any:
        """The aggregate with a changed child; with a changed root, where it has no children."""
        return (self.factory.change_child or self.factory.change)(aggregate, LATER)

    @property
    def table(self) -> sql.Identifier:
        """The aggregate's table, as it is to stand in SQL."""
        return sql.Identifier(*self.kind.TABLE.path)


@asynccontextmanager
async def under_contract(
    factory: Factory, application: Application, dsn: str, *, tenant: str, user: UUID, seed: Any
) -> AsyncIterator[Subject]:
    """The subject, once what it refers to is stored. Raises ConfigurationError for an unknown resource."""
    factory.held_by(application.unit_of_work)
    sent: list[str] = []
    telemetry = Telemetry(statement=lambda name, *_: sent.append(name))
    async with await Database.open(application.unit_of_work, dsn, telemetry=telemetry) as db:
        async with db.unit_of_work(tenant, user=user) as unit:
            refs = await factory.prepare(unit, seed)
            await unit.commit()
        yield Subject(db, dsn, tenant, user, factory, seed, refs, sent)
        in_use = db.stats().in_use
    assert in_use == 0, "a connection was not given back"


def outbox(superuser: psycopg.Connection, aggregate: Any) -> list[tuple[Any, ...]]:
    """The aggregate's events in their order: version, sequence, name, version of the event, type, tenant,
    time, payload, id.
    """
    return superuser.execute(_OUTBOX, [aggregate.id]).fetchall()
