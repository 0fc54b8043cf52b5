"""The fixtures of ventros.testing by the names that tests here use, and what no test may leave behind."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from types import ModuleType

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.left_behind import sessions
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed, seed_tenant
from ventros.devserver import DevServer
from ventros.testing.server import Template

pytest_plugins = ["pytester", "ventros.testing.plugin"]

STARTERS = {id(subprocess), id(DevServer)}


def starts_programs(module: ModuleType) -> bool:
    """Whether it has a starter, or something from a module that has one."""
    values = list(vars(module).values())
    helpers = {str(getattr(value, "__module__", "")) for value in values}
    modules = [sys.modules[name] for name in helpers if name.startswith(("tests.support.", "ventros."))]
    reachable = {id(value) for module in modules for value in vars(module).values()}.union(map(id, values))
    return not STARTERS.isdisjoint(reachable)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast is what needs no server, and is in a module that starts no program."""
    for item in items:
        assert isinstance(item, pytest.Function)
        served = not {"ventros_server", "bench_server"}.isdisjoint(item.fixturenames)
        if not served and not starts_programs(item.module) and not item.get_closest_marker("slow"):
            item.add_marker("fast")


@pytest.fixture(scope="session")
def server(ventros_server: DevServer) -> DevServer:
    return ventros_server


@pytest.fixture(scope="session")
def migrated(ventros_template: Template, ventros_closed_world: None) -> Template:
    """A test that has SQL of its own sends it as the owner, or as the superuser."""
    return ventros_template


@pytest.fixture(scope="session")
def seeded_dsn(server: DevServer, ventros_seeded: str) -> str:
    """The owner's."""
    return server.owner_dsn(ventros_seeded)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with a database no session of the application is left: no transaction, lock or connection.

    It is set up before the test's pools and so looks after they are closed. Of a test that is a coroutine no
    task is left either.
    """
    names = request.fixturenames
    look = request.getfixturevalue("superuser") if "ventros_copy" in names else None
    if inspect.iscoroutinefunction(request.function):
        request.getfixturevalue("no_task_left_behind")
    yield
    if look is not None:
        assert sessions(look) == []


@pytest.fixture
async def no_task_left_behind() -> AsyncIterator[None]:
    before = asyncio.all_tasks() - {asyncio.current_task()}
    yield
    assert asyncio.all_tasks() - before == {asyncio.current_task()}, "a task was left behind"


@pytest.fixture
def superuser(migrated: Template, ventros_superuser: psycopg.Connection) -> psycopg.Connection:
    return ventros_superuser


@pytest.fixture
def dsn(request: pytest.FixtureRequest, migrated: Template, ventros_dsn: str, ventros_owner_dsn: str) -> str:
    """The app's. A test that spoils a statement is marked so, and gets the owner's."""
    return ventros_owner_dsn if request.node.get_closest_marker("spoiled") else ventros_dsn


@pytest.fixture
def owner_dsn(ventros_owner_dsn: str) -> str:
    return ventros_owner_dsn


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database[UnitOfWork]]:
    """A pool on it. Afterwards nothing is in use."""
    database = await Database.open(UnitOfWork, dsn)
    yield database
    assert database.stats().in_use == 0, "a connection was not given back"
    await database.close()


@pytest.fixture
async def seed(db: Database[UnitOfWork]) -> Seed:
    """Tenant "acme" with one active channel."""
    return await seed_tenant(db, TENANT, "acme-phone", NOW)


@pytest.fixture
async def other_seed(db: Database[UnitOfWork]) -> Seed:
    """Another tenant with one active channel."""
    return await seed_tenant(db, OTHER_TENANT, "umbrella-phone", NOW)
