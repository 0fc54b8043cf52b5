"""All versioned aggregates, each on a database that has what it refers to."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.contract import aggregates
from tests.support.constants import NOW, TENANT
from tests.support.factory import Factory, Refs
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.kernel.events import DomainEvent
from ventros.kernel.repository import Repository

FACTORIES: list[Factory] = [
    importlib.import_module(f"tests.contract.aggregates.{module.name}").FACTORY
    for module in pkgutil.iter_modules(aggregates.__path__)
]
LATER = NOW + timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Filled(DomainEvent):
    """Stands for the commands that would have led to drawn values."""

    event_name = "contract.filled"


@attrs.frozen
class Subject:
    """One aggregate's factory on a database that has what the aggregate refers to."""

    db: Database[UnitOfWork]
    factory: Factory
    seed: Seed
    refs: Refs

    def repository(self, uow: UnitOfWork) -> Repository[Any]:
        return self.factory.repository(uow)

    def new(self) -> Any:
        return self.factory.new(self.seed, self.refs)

    async def stored(self) -> Any:
        """A new one, added and committed, as the repository returned it."""
        async with self.db.unit_of_work(TENANT) as uow:
            added = await self.repository(uow).add(self.new())
            await uow.commit()
        return added

    async def another(self) -> Any:
        """As :meth:`stored`, with what it refers to made anew."""
        async with self.db.unit_of_work(TENANT) as uow:
            refs = await self.factory.prepare(uow, self.seed)
            added = await self.repository(uow).add(self.factory.new(self.seed, refs))
            await uow.commit()
        return added

    async def load(self, id_: Any) -> Any:
        async with self.db.unit_of_work(TENANT) as uow:
            return await self.repository(uow).get(id_)

    async def save(self, aggregate: Any) -> Any:
        async with self.db.unit_of_work(TENANT) as uow:
            saved = await self.repository(uow).save(aggregate)
            await uow.commit()
        return saved

    async def touch(self, aggregate: Any) -> Any:
        async with self.db.unit_of_work(TENANT) as uow:
            touched = await self.repository(uow).touch(aggregate)
            await uow.commit()
        return touched

    def change(self, aggregate: Any) -> Any:
        return self.factory.change(aggregate, LATER)


@pytest.fixture(params=FACTORIES, ids=lambda factory: factory.resource)
async def subject(request: pytest.FixtureRequest, db: Database[UnitOfWork], seed: Seed) -> Subject:
    factory: Factory = request.param
    async with db.unit_of_work(TENANT) as uow:
        refs = await factory.prepare(uow, seed)
        await uow.commit()
    return Subject(db, factory, seed, refs)


def only(which: Callable[[Factory], bool]) -> pytest.MarkDecorator:
    """Run a test of those aggregates alone that it can be asked of."""
    chosen = [factory for factory in FACTORIES if which(factory)]
    return pytest.mark.parametrize("subject", chosen, indirect=True, ids=lambda factory: factory.resource)


def outbox(superuser: psycopg.Connection, aggregate: Any) -> list[tuple[Any, ...]]:
    return superuser.execute(
        """
        SELECT aggregate_version, sequence, event_name, event_version, aggregate_type, tenant_id,
               occurred_at, payload, event_id
          FROM outbox_events WHERE aggregate_id = %s ORDER BY position
        """,
        [aggregate.id],
    ).fetchall()
