"""No value that reaches a public method raises anything but one of our errors."""

from __future__ import annotations

import asyncio
import inspect
import os
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.hostile import Choices, Tally, methods, settle
from tests.support.subjects import FACTORIES
from ventros import Database, Retry, Settings, Telemetry, UnitOfWork
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.seed import seed_tenant
from ventros.kernel.ids import new_id
from ventros.kernel.repository import EntityRepository
from ventros.kernel.transaction.begin import TransactionOptions
from ventros.kernel.transaction.held import Held

EXAMPLES = 6
"""Sets of arguments to a method."""
CONSTRUCTORS = {kind.__name__: kind for kind in (Settings, Retry, Telemetry, TransactionOptions)}


@pytest.fixture
def runner(dsn: str) -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def world(runner: asyncio.Runner, dsn: str) -> Iterator[tuple[Database[UnitOfWork], dict[str, Choices]]]:
    """A database, and for each aggregate, in a tenant of its own, what a caller might well give."""
    db = runner.run(Database.open(UnitOfWork, dsn))
    yield db, runner.run(choices(db))
    assert db.stats().in_use == 0, "a connection was not given back"
    runner.run(db.close())


async def choices(db: Database[UnitOfWork]) -> dict[str, Choices]:
    found: dict[str, Choices] = {}
    await seed_tenant(db, TENANT, "acme-phone", NOW)
    for factory in FACTORIES:
        seed = await seed_tenant(db, f"of-{factory.resource}", factory.resource, NOW)
        async with db.unit_of_work(seed.tenant, user=seed.user_id) as uow:
            refs = await factory.prepare(uow, seed)
            added = await factory.repository(uow).add(factory.new(seed, refs))
            await uow.commit()
        found[factory.resource] = {
            "aggregate": (added, factory.new(seed, refs)),
            "ids": ([added.id], []),
            "user": (seed.user_id,),
            "UUID": (added.id, new_id(), *refs.values(), seed.project_id),
        }
    return found


HOOKS = {"before_update", "calls_after_insert", "calls_after_update"}
"""What a slice overrides and the kernel calls, with what has been looked at."""
FOR_SLICES = {"as_written", "load", "load_all", "load_found"}
"""What a slice calls, with rows as the connection gave them and with what has been looked at."""


def repositories(uow: UnitOfWork) -> dict[str, EntityRepository[Any]]:
    """By the name that the unit of work gives them."""
    members = inspect.getmembers_static(type(uow))
    found = {name: getattr(uow, name) for name, member in members if isinstance(member, Held)}
    return {name: member for name, member in found.items() if isinstance(member, EntityRepository)}


def drive_repositories(
    tally: Tally, runner: asyncio.Runner, db: Database[UnitOfWork], known: dict[str, Choices]
) -> None:
    for attribute, repository in repositories(db.unit_of_work(TENANT)).items():
        tenant = f"of-{repository.resource}"
        fitting = known.get(repository.resource, {})
        (user,) = fitting.get("user", (None,))

        async def call(
            name: str,
            args: list[Any],
            kwargs: dict[str, Any],
            attribute: str = attribute,
            tenant: str = tenant,
            user: UUID | None = user,
        ) -> None:
            async with db.unit_of_work(tenant, user=user) as uow:
                await settle(getattr(getattr(uow, attribute), name)(*args, **kwargs))
                await uow.commit()

        inner = HOOKS | FOR_SLICES
        driven = {name: method for name, method in methods(repository).items() if name not in inner}
        tally.drive(runner, type(repository).__name__, driven, call, fitting, EXAMPLES)


def drive_unit_of_work(
    tally: Tally, runner: asyncio.Runner, db: Database[UnitOfWork], known: dict[str, Choices]
) -> None:
    async def call(name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        async with db.unit_of_work(TENANT) as uow:
            await settle(getattr(uow, name)(*args, **kwargs))
            await uow.commit()

    async def join(_name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        if driver.is_in_transaction():
            await driver.execute("ROLLBACK")
        await driver.execute("BEGIN")
        await settle(UnitOfWork.join(*args, **kwargs))

    driver: Any = None

    async def take() -> None:
        nonlocal driver
        driver = await db._pool.acquire(1)

    async def give_back() -> None:
        await driver.execute("ROLLBACK")
        await db._pool.give_back(driver, 1)

    runner.run(take())
    asked = methods(db.unit_of_work(TENANT))
    tally.drive(runner, "UnitOfWork", {"join": asked.pop("join")}, join, {"driver": (driver,)}, 8 * EXAMPLES)
    runner.run(give_back())
    aggregates = {"aggregates": known["contact"]["aggregate"], "aggregate": known["chat"]["aggregate"]}
    tally.drive(runner, "UnitOfWork", asked, call, aggregates, 8 * EXAMPLES)


def drive_database(tally: Tally, runner: asyncio.Runner, db: Database[UnitOfWork], dsn: str) -> None:
    async def call(name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        await settle(getattr(db, name)(*args, **kwargs))

    async def construct(name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        CONSTRUCTORS[name](*args, **kwargs)

    fitting = {"dsn": (dsn,), "unit_of_work": (UnitOfWork,)}
    tally.drive(runner, "Database", methods(db), call, fitting, 8 * EXAMPLES)
    tally.drive(runner, "", CONSTRUCTORS, construct, {}, 8 * EXAMPLES)


def test_every_public_method_refuses_hostile_values_with_an_error_of_ours(
    runner: asyncio.Runner,
    world: tuple[Database[UnitOfWork], dict[str, Choices]],
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in [*os.environ]:
        if variable.startswith("PG") or variable.endswith("DATABASE_URL"):
            monkeypatch.delenv(variable)
    db, known = world
    tally = Tally(random.randrange(2**32))
    drive_database(tally, runner, db, dsn)
    drive_unit_of_work(tally, runner, db, known)
    drive_repositories(tally, runner, db, known)
    print(f"{len(tally.calls)} methods, {tally.values} hostile values, {tally.refused} refused, {tally.seed}")
    found = [f"{count} x {kind}: {tally.examples[kind]}" for kind, count in tally.raw.items()]
    assert not found, "\n".join((f"{sum(tally.raw.values())} raw errors, seed {tally.seed}", *found))
    assert len(tally.calls) > 300
    assert tally.values > len(tally.calls) * EXAMPLES / 2
    assert min(tally.calls.values()) > 3


def test_control_a_method_without_a_check_is_found(
    runner: asyncio.Runner,
    world: tuple[Database[UnitOfWork], dict[str, Choices]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def find_shouting(self: ContactRepository, name: str) -> object:
        return await self.connection.many(self.GET, name.upper())

    monkeypatch.setattr(ContactRepository, "find_shouting", find_shouting, raising=False)
    db, _ = world
    tally = Tally(random.randrange(2**32))

    async def call(name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        async with db.unit_of_work(TENANT) as uow:
            await settle(getattr(uow.contacts, name)(*args, **kwargs))

    found = methods(db.unit_of_work(TENANT).contacts)
    tally.drive(runner, "contacts", {"find_shouting": found["find_shouting"]}, call, {}, EXAMPLES)
    assert set(tally.raw) == {"contacts.find_shouting: AttributeError"}
