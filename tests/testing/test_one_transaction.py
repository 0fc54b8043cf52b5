"""A service that holds a Database works in one transaction, and nothing of it is left."""

from __future__ import annotations

import asyncio
from typing import Any, LiteralString

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import (
    AlreadyExists,
    Database,
    NotFound,
    Outcome,
    PoolExhausted,
    Settings,
    UnitOfWork,
    ValidationError,
)
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed, seed_tenant
from ventros.testing import RolledBackDatabase, rolled_back

SHORT = Settings(acquire_timeout=0.2)


def contact(seed: Seed, name: str = "Ada") -> Contact:
    return Contact.create(project_id=seed.project_id, tenant_id=TENANT, name=name, now=NOW)


async def test_units_see_what_others_before_them_committed_and_nothing_is_left(
    dsn: str, superuser: psycopg.Connection
) -> None:
    async with rolled_back(UnitOfWork, dsn) as db:
        seed = await seed_tenant(db, TENANT, "phone", NOW)
        added = await db.run(TENANT, lambda uow: uow.contacts.add(contact(seed)))
        async with db.unit_of_work(TENANT) as unit:
            saved = await unit.contacts.save(added.rename("Bea", now=NOW))
            await unit.commit()
            assert unit.outcome is Outcome.LEFT_TO_CALLER
        async with db.unit_of_work(TENANT, read_only=True) as unit:
            assert await unit.contacts.get(added.id) == saved
            assert saved.version == 2
        await db.close()  # a service's shutdown
        assert await db.run(TENANT, lambda uow: uow.contacts.get(added.id)) == saved
    counts: tuple[LiteralString, ...] = (
        "SELECT count(*) FROM contacts",
        "SELECT count(*) FROM outbox_events",
        "SELECT count(*) FROM commit_markers",
        "SELECT count(*) FROM projects",
    )
    for count in counts:
        assert superuser.execute(count).fetchone() == (0,)


async def test_a_unit_that_is_not_committed_or_fails_is_undone_alone(dsn: str) -> None:
    async with rolled_back(UnitOfWork, dsn) as db:
        seed = await seed_tenant(db, TENANT, "phone", NOW)
        stored = await db.run(TENANT, lambda uow: uow.contacts.add(contact(seed)))
        async with db.unit_of_work(TENANT) as unit:
            left = await unit.contacts.add(contact(seed, "Bea"))
        assert unit.outcome is Outcome.ROLLED_BACK
        again = contact(seed, "Cid")
        await db.run(TENANT, lambda uow: uow.contacts.add(again))
        with pytest.raises(AlreadyExists):
            await db.run(TENANT, lambda uow: uow.contacts.add(again))
        with pytest.raises(NotFound):
            await db.run(TENANT, lambda uow: uow.contacts.get(left.id))
        assert await db.run(TENANT, lambda uow: uow.contacts.get(stored.id)) == stored


async def test_units_take_turns_and_one_within_another_is_told_so(dsn: str) -> None:
    async with rolled_back(UnitOfWork, dsn, SHORT) as db:
        seed = await seed_tenant(db, TENANT, "phone", NOW)
        added = await asyncio.gather(
            *(db.run(TENANT, lambda uow: uow.contacts.add(contact(seed))) for _ in range(4))
        )
        async with db.unit_of_work(TENANT) as unit:
            assert await unit.contacts.get_many([one.id for one in added]) == added
            with pytest.raises(PoolExhausted):
                async with db.unit_of_work(TENANT):
                    pytest.fail("two units at once")
        assert db.stats().in_use == 0
        async with db.connection():
            assert db.stats().in_use == 1
        await db.ping()


async def test_what_a_database_refuses_is_refused_here_too(dsn: str) -> None:
    async with rolled_back(UnitOfWork, dsn) as db:
        options: Any = {"isolaton": "serializable"}
        for tenant, wrong in ((TENANT, options), ("no tenant", {})):
            with pytest.raises(ValidationError):
                db.unit_of_work(tenant, **wrong)


async def test_control_on_a_database_the_same_work_stays(dsn: str, superuser: psycopg.Connection) -> None:
    async with await Database.open(UnitOfWork, dsn) as db:
        seed = await seed_tenant(db, TENANT, "phone", NOW)
        await db.run(TENANT, lambda uow: uow.contacts.add(contact(seed)))
    assert superuser.execute("SELECT count(*) FROM contacts").fetchone() == (1,)


async def test_the_fixtures_are_on_one_database_that_stays_empty(
    ventros_rolled_back: RolledBackDatabase[UnitOfWork],
    ventros_unit: UnitOfWork,
    ventros_shared_dsn: str,
    ventros_tenant: str,
) -> None:
    seed = await seed_tenant(ventros_rolled_back, ventros_tenant, "phone", NOW)
    async with ventros_unit as unit:
        added = await unit.contacts.add(contact(seed))
        await unit.commit(added.rename("Bea", now=NOW))
    async with await Database.open(UnitOfWork, ventros_shared_dsn) as db:
        with pytest.raises(NotFound):
            await db.run(ventros_tenant, lambda uow: uow.contacts.get(added.id))
    assert await ventros_rolled_back.run(ventros_tenant, lambda uow: uow.contacts.get(added.id))
