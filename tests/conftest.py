"""One server a run, one migrated template, a clone of it for each test that asks for a database."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from types import ModuleType

import attrs
import psycopg
import pytest
from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor

from tests.support.constants import NOW, OTHER_TENANT, SEEDED, TENANT
from tests.support.left_behind import sessions
from tests.support.library import LIBRARY
from ventros import CRM, Database, UnitOfWork, roles
from ventros.audit.expectations import seed as fill
from ventros.audit.statistics import entries, reconcile
from ventros.demo.seed import Seed, seed_tenant
from ventros.devserver import DevServer
from ventros.migrate import migrate

STARTERS = {id(subprocess), id(DevServer)}


def starts_programs(module: ModuleType) -> bool:
    """Whether it has a starter, or a helper from a module that has one."""
    values = list(vars(module).values())
    helpers = {str(getattr(value, "__module__", "")) for value in values}
    modules = [sys.modules[name] for name in helpers if name.startswith("tests.support.")]
    reachable = {id(value) for module in modules for value in vars(module).values()}.union(map(id, values))
    return not STARTERS.isdisjoint(reachable)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast is what needs no server, and is in a module that starts no program."""
    for item in items:
        assert isinstance(item, pytest.Function)
        served = not {"server", "bench_server"}.isdisjoint(item.fixturenames)
        if not served and not starts_programs(item.module) and not item.get_closest_marker("slow"):
            item.add_marker("fast")


@attrs.frozen
class Cluster:
    """The server as pytest-postgresql wants to be told of it."""

    host: str
    port: int
    user: str
    password: str
    options: str = ""
    maintenance_dbname: str = "postgres"
    template_dbname: str | None = None


@pytest.fixture(scope="session")
def server() -> Iterator[DevServer]:
    # Room for what every test's own database counts: what has no room pushes others out.
    with DevServer(durable=False, statistics=True, settings={"pg_stat_statements.max": "100000"}) as running:
        yield running


@pytest.fixture(scope="session")
def cluster(server: DevServer) -> Cluster:
    return Cluster(
        host=server.host, port=server.port, user=server.superuser, password=server.superuser_password
    )


postgresql_noproc = factories.postgresql_noproc(depends_on="cluster", dbname="ventros_test")
postgresql = factories.postgresql("postgresql_noproc")


@pytest.fixture(scope="session")
def migrated(server: DevServer, postgresql_noproc: NoopExecutor) -> Iterator[None]:
    """The template, migrated as a database that others have made is.

    Afterwards: in no database has the app executed anything but statements and shapes. So a test that has
    SQL of its own sends it as the owner, or as the superuser.
    """
    template = postgresql_noproc.template_dbname
    roles.set_up(server.superuser_dsn(template), CRM)
    migrate(server.owner_dsn(template), CRM)
    roles.set_up(server.owner_dsn(template), CRM)
    yield
    with psycopg.connect(server.superuser_dsn(template), autocommit=True) as connection:
        executed = entries(connection, roles.APP, everywhere=True)
        unknown = [entry.text for entry in reconcile(connection, LIBRARY, executed).unknown]
        pushed_out = connection.execute("SELECT dealloc FROM statistics.pg_stat_statements_info").fetchone()
    assert unknown == [], "the app executed what is no statement"
    assert pushed_out == (0,), "pg_stat_statements.max is too small to tell"


@pytest.fixture(scope="session")
def seeded_dsn(server: DevServer, migrated: None, postgresql_noproc: NoopExecutor) -> str:
    """The owner's, of a database with 20,000 rows in every table, for tests that leave it as they find it."""
    server.create_database(SEEDED, postgresql_noproc.template_dbname)
    fill(server.superuser_dsn(SEEDED), LIBRARY)
    return server.owner_dsn(SEEDED)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with a database no session of the application is left: no transaction, lock or connection.

    It is set up before the test's pools and so looks after they are closed. Of a test that is a coroutine no
    task is left either.
    """
    names = request.fixturenames
    look = request.getfixturevalue("superuser") if "superuser" in names else None
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
def superuser(migrated: None, postgresql: psycopg.Connection) -> psycopg.Connection:
    """A look at the test's database past every policy."""
    postgresql.autocommit = True
    roles.revoke_temporary(postgresql, roles.OWNER, roles.APP)  # a clone does not have it of its template
    return postgresql


@pytest.fixture
def dsn(request: pytest.FixtureRequest, server: DevServer, superuser: psycopg.Connection) -> str:
    """A database of this test's own, for the app: it sends nothing but statements of sql/. A test that spoils
    one of them is marked so, and gets the owner's.
    """
    spoiled = request.node.get_closest_marker("spoiled")
    return (server.owner_dsn if spoiled else server.dsn)(superuser.info.dbname)


@pytest.fixture
def owner_dsn(server: DevServer, superuser: psycopg.Connection) -> str:
    """The same for the owner, whom row-level security binds too: for a test's own SQL."""
    return server.owner_dsn(superuser.info.dbname)


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
