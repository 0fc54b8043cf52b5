"""The audit of another's application, whose table has the name of one of the CRM's in another schema."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import attrs
import psycopg
import pytest

from tests.support import customers, shop
from tests.support.audit_faults import TABLE_FAULTS, table_fault
from tests.support.findings import psql, subjects_of
from ventros import CRM, KERNEL, Application, Database
from ventros.audit.checks import audit, questions
from ventros.devserver import DevServer
from ventros.ops import history
from ventros.schema import create_database

NAMES = itertools.count(1)


@attrs.frozen
class Shop:
    """The application, and a database with some customers of two tenants that is there to be copied."""

    application: Application
    below: Application
    server: DevServer
    template: str

    def copy(self) -> str:
        """The superuser's DSN of one."""
        name = f"{self.template}_{next(NAMES)}"
        self.server.create_database(name, self.template)
        return self.server.superuser_dsn(name)


@pytest.fixture(scope="module")
def durable_server() -> Iterator[DevServer]:
    with DevServer(statistics=True) as running:
        yield running


@pytest.fixture(scope="module", params=[KERNEL, CRM], ids=lambda below: below.name)
def shop_(
    request: pytest.FixtureRequest, durable_server: DevServer, tmp_path_factory: pytest.TempPathFactory
) -> Shop:
    below: Application = request.param
    application = shop.build(tmp_path_factory.mktemp(below.name) / "shop", durable_server, below)
    template = f"shop_on_{below.name}"
    dsn = create_database(durable_server, application, template)
    asyncio.run(fill(application, dsn))
    return Shop(application, below, durable_server, template)


async def fill(application: Application, dsn: str) -> None:
    async with await Database.open(application.unit_of_work, dsn) as db:
        for tenant in ("bakery", "garage"):
            async with db.unit_of_work(tenant) as uow:
                new = customers.Customer.create(tenant, "Ann", ("a", "b"))
                repository = uow.repository_of(new)
                added = await repository.add(new)
                await repository.save(added.rename("Anna"))
                await uow.commit()


def test_it_is_clean(shop_: Shop) -> None:
    with psycopg.connect(shop_.copy(), autocommit=True) as connection:
        assert audit(connection, shop_.application) == []
    asked = {question.name for question in questions(shop_.application)}
    assert asked >= {"history", "outbox_versions", "row_security", "tables", "version_guards"}


@pytest.mark.parametrize("fault", TABLE_FAULTS)
def test_a_fault_of_its_table_is_found_and_mended(shop_: Shop, fault: str) -> None:
    plant, expected = table_fault(fault, "shop.contacts", "shop.contact_lines", "contact_id")
    dsn = shop_.copy()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(plant.encode())
        findings = audit(connection, shop_.application)
        assert subjects_of(findings) == expected
        if shop_.below is CRM:
            assert [finding for finding in audit(connection, CRM) if finding.subject != "ventros_app"] == []
        for finding in findings:
            psql(dsn, "-c", finding.mend)
        assert audit(connection, shop_.application) == []


@pytest.mark.parametrize(
    ("plant", "subject", "text"),
    [
        (
            "CREATE INDEX a ON shop.visits (tenant_id, visits)",
            "shop.a",
            "the index shop.a on shop.visits holds visits, which changes with most updates: ",
        ),
        (
            "CREATE INDEX a ON shop.visits (tenant_id, seen_at)",
            "shop.a",
            "the index shop.a on shop.visits holds seen_at, which changes with most updates: ",
        ),
    ],
)
def test_what_changes_is_read_off_its_statements(shop_: Shop, plant: str, subject: str, text: str) -> None:
    with psycopg.connect(shop_.copy(), autocommit=True) as connection:
        connection.execute(plant.encode())
        (finding,) = audit(connection, shop_.application)
    assert (finding.check, finding.subject) == ("hot_indexes", subject)
    assert finding.text.startswith(text)


@pytest.mark.parametrize(
    ("plant", "check", "text"),
    [
        (
            "DELETE FROM outbox_events WHERE aggregate_version = 2 AND tenant_id = 'bakery'",
            "outbox_versions",
            "the customer is at version 2, and the outbox ends at version 1",
        ),
        (
            (
                "SET session_replication_role = replica;"
                "UPDATE shop.contacts SET version = 7 WHERE tenant_id = 'bakery'"
            ),
            "outbox_versions",
            "the customer is at version 7, and the outbox ends at version 2",
        ),
    ],
)
def test_a_gap_of_its_versions_is_found_and_mended(shop_: Shop, plant: str, check: str, text: str) -> None:
    dsn = shop_.copy()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(plant.encode())
        (finding,) = audit(connection, shop_.application)
        assert (finding.check, finding.text) == (check, text)
        psql(dsn, "-c", finding.mend)
        assert audit(connection, shop_.application) == []


def test_its_history_is_recorded_and_replayed(shop_: Shop) -> None:
    dsn = shop_.copy()
    assert history.enable(dsn, shop_.application) > 0
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert audit(connection, shop_.application) == []
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE shop.contacts SET name = 'x' WHERE tenant_id = 'bakery'")
        (finding,) = audit(connection, shop_.application)
    assert (finding.check, finding.subject.split()[0]) == ("history", "shop.contacts")
    assert finding.text.endswith("differs from its replayed history in name")


def test_a_search_path_does_not_mislead(shop_: Shop) -> None:
    dsn = shop_.copy()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET search_path = shop, public")
        assert audit(connection, shop_.application) == []
