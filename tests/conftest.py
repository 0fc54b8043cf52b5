"""One server a run, one migrated template, a clone of it for each test that asks for a database."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import psycopg
import pytest
from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor

from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed, seed_tenant
from ventros.devserver import DevServer
from ventros.migrate import migrate

TENANT = "acme"
OTHER_TENANT = "umbrella"
SEEDED = "seeded"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


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
    with DevServer(durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def cluster(server: DevServer) -> Cluster:
    return Cluster(
        host=server.host, port=server.port, user=server.superuser, password=server.superuser_password
    )


postgresql_noproc = factories.postgresql_noproc(depends_on="cluster", dbname="ventros_test")
postgresql = factories.postgresql("postgresql_noproc")


@pytest.fixture(scope="session")
def migrated(server: DevServer, postgresql_noproc: NoopExecutor) -> None:
    """The template, migrated by the role that owns the tables, whom row-level security does not spare."""
    template = postgresql_noproc.template_dbname
    with psycopg.connect(server.superuser_dsn(template), autocommit=True) as connection:
        connection.execute("ALTER SCHEMA public OWNER TO ventros")
    migrate(server.dsn(template))


@pytest.fixture(scope="session")
def seeded_dsn(server: DevServer, migrated: None, postgresql_noproc: NoopExecutor) -> str:
    """A database with 20,000 rows in every table (see plans.sql), for tests that leave it as they find it."""
    dsn = server.create_database(SEEDED, postgresql_noproc.template_dbname)
    with psycopg.connect(server.superuser_dsn(SEEDED), autocommit=True) as connection:
        connection.execute(Path(__file__).with_name("plans.sql").read_bytes())
        connection.execute("VACUUM (ANALYZE)")
    return dsn


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


def sessions(superuser: psycopg.Connection, patience: int = 200) -> list[tuple[str, str]]:
    """State and last statement of the application's sessions; one that was closed may take a moment to go."""
    for _ in range(patience):
        found = superuser.execute(
            "SELECT state, query FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'ventros'"
        ).fetchall()
        if not found:
            break
        time.sleep(0.01)
    return found


@pytest.fixture
async def no_task_left_behind() -> AsyncIterator[None]:
    before = asyncio.all_tasks() - {asyncio.current_task()}
    yield
    assert asyncio.all_tasks() - before == {asyncio.current_task()}, "a task was left behind"


@pytest.fixture
def superuser(migrated: None, postgresql: psycopg.Connection) -> psycopg.Connection:
    """A look at the test's database past every policy."""
    postgresql.autocommit = True
    return postgresql


@pytest.fixture
def dsn(server: DevServer, superuser: psycopg.Connection) -> str:
    """A database of this test's own, for the role that services log in with."""
    return server.dsn(superuser.info.dbname)


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database[UnitOfWork]]:
    """A pool on it. Afterwards nothing is in use."""
    database = await Database.open(UnitOfWork, dsn)
    yield database
    pool = database._pool
    assert pool.get_idle_size() == pool.get_size(), "a connection was not given back"
    await database.close()


@pytest.fixture
async def seed(db: Database[UnitOfWork]) -> Seed:
    """Tenant "acme" with one active channel."""
    return await seed_tenant(db, TENANT, "acme-phone", NOW)


@pytest.fixture
async def other_seed(db: Database[UnitOfWork]) -> Seed:
    """Another tenant with one active channel."""
    return await seed_tenant(db, OTHER_TENANT, "umbrella-phone", NOW)
