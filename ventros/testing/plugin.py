"""The pytest plugin: a server, a migrated template, a database for each test, and what is opened on it.

pytest loads it wherever Ventros is installed, so it imports nothing but pytest until a fixture is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import pytest

if TYPE_CHECKING:
    import psycopg

    from ventros.kernel.application import Application
    from ventros.testing.budget import RoundTrips
    from ventros.testing.server import Server, Template

VARIABLE: Final = "VENTROS_TEST_DSN"
CLOSED_WORLD: Final = "the app executed what is no statement: send a test's own SQL by ventros_owner_dsn"

pytest.register_assert_rewrite("ventros.testing.contracts", "ventros.testing.statements")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("ventros").addoption(
        "--ventros-dsn",
        metavar="DSN",
        help=f"A PostgreSQL server, by a superuser's DSN, to make databases on; else {VARIABLE}, else an "
        "embedded one is started.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Fixtures that are coroutines need pytest-asyncio; who has none may have the others."""
    if find_spec("pytest_asyncio") is not None:
        config.pluginmanager.import_plugin("ventros.testing.databases")


@pytest.fixture(scope="session")
def ventros_application(pytestconfig: pytest.Config) -> Application:
    """The one that VENTROS_APP names, else app in [tool.ventros] of pyproject.toml in pytest's root
    directory, else the CRM; to be overridden by a fixture that returns another.
    """
    from ventros.command_line import named_application

    return named_application(None, pytestconfig.rootpath)


@pytest.fixture(scope="session")
def ventros_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """What --ventros-dsn or VENTROS_TEST_DSN names, else an embedded server for this run."""
    from ventros.testing.server import serving

    with serving(pytestconfig.getoption("--ventros-dsn") or os.environ.get(VARIABLE)) as server:
        yield server


@pytest.fixture(scope="session")
def ventros_template(ventros_server: Server, ventros_application: Application) -> Iterator[Template]:
    """A database with the application's roles, schema and grants, of which each test gets a copy."""
    from ventros.testing.server import migrated

    with migrated(ventros_server, ventros_application) as template:
        yield template


@pytest.fixture
def ventros_copy(ventros_template: Template) -> Iterator[str]:
    """The name of a database of this test's own, dropped after it."""
    with ventros_template.copy() as name:
        yield name


@pytest.fixture
def ventros_dsn(request: pytest.FixtureRequest, ventros_server: Server, ventros_copy: str) -> str:
    """The test's own database for the app: no table may be altered, and statements send all that it sends.

    Where the test asks for ``round_trips`` too, the way leads past its counter.
    """
    if "round_trips" in request.fixturenames:
        counter: RoundTrips = request.getfixturevalue("round_trips")
        return counter.dsn
    return ventros_server.dsn(ventros_copy)


@pytest.fixture
def ventros_owner_dsn(ventros_server: Server, ventros_copy: str) -> str:
    """The same for the owner of the tables, whom row-level security binds too: for a test's own SQL."""
    return ventros_server.owner_dsn(ventros_copy)


@pytest.fixture
def ventros_relay_dsn(ventros_server: Server, ventros_copy: str) -> str:
    """The same for the relay, who works for all tenants and may execute statements of ``role: relay``."""
    from ventros import roles

    return ventros_server.dsn(ventros_copy, roles.RELAY)


@pytest.fixture
def ventros_scheduler_dsn(ventros_server: Server, ventros_copy: str) -> str:
    """The same for the scheduler."""
    from ventros import roles

    return ventros_server.dsn(ventros_copy, roles.SCHEDULER)


@pytest.fixture
def ventros_auditor_dsn(ventros_server: Server, ventros_copy: str) -> str:
    """The same for the auditor, who reads every row and no secret."""
    from ventros import roles

    return ventros_server.dsn(ventros_copy, roles.AUDITOR)


@pytest.fixture
def ventros_superuser(ventros_server: Server, ventros_copy: str) -> Iterator[psycopg.Connection]:
    """A look at the test's own database past every policy, in autocommit."""
    import psycopg

    with closing(psycopg.connect(ventros_server.superuser_dsn(ventros_copy), autocommit=True)) as connection:
        yield connection


@pytest.fixture(scope="session")
def ventros_shared_dsn(ventros_server: Server, ventros_template: Template) -> Iterator[str]:
    """For the app, of one database for all tests that roll back what they did."""
    with ventros_template.copy() as name:
        yield ventros_server.dsn(name)


@pytest.fixture(scope="session")
def ventros_seeded(
    ventros_server: Server, ventros_template: Template, ventros_application: Application
) -> Iterator[str]:
    """The name of a database with the rows of every ``plans/seed.sql``, for tests that leave it as it is.

    The owner of the tables owns it too, and may make the schemas in which they are split up.
    """
    from ventros.audit.expectations import seed
    from ventros.audit.library import Library
    from ventros.testing.server import give_to_owner

    with ventros_template.copy() as name:
        give_to_owner(ventros_server, name)
        seed(ventros_server.superuser_dsn(name), Library(ventros_application))
        yield name


@pytest.fixture
def ventros_tenant() -> str:
    """The id of the tenant that a test works for."""
    return "acme"


@pytest.fixture
def ventros_user() -> UUID:
    """The id of the user that a test works for; to be overridden where there is one."""
    return uuid4()


@pytest.fixture
def ventros_seed(ventros_tenant: str) -> Any:
    """What each factory is given first: the tenant's id. To be overridden where aggregates refer to rows."""
    return ventros_tenant


@pytest.fixture
def round_trips(ventros_server: Server, ventros_copy: str) -> Iterator[RoundTrips]:
    """``with round_trips(at_most=3):`` fails when the test waited for the server more often in the block."""
    from ventros.testing.budget import counting

    with counting(ventros_server.dsn(ventros_copy)) as counter:
        yield counter


@pytest.fixture(scope="session")
def ventros_closed_world(
    ventros_server: Server, ventros_template: Template, ventros_application: Application
) -> Iterator[None]:
    """After the last test: in no database has the app's role executed anything but the statements.

    Asked of an embedded server only, where nobody else's queries count.
    """
    yield
    from ventros.devserver import DevServer
    from ventros.testing.statements import unknown_to

    if isinstance(ventros_server, DevServer):
        dsn = ventros_server.superuser_dsn(ventros_template.name)
        assert unknown_to(ventros_application, dsn) == [], CLOSED_WORLD
