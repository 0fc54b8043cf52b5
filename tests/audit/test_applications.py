"""The audit of another's application, whose table has the name of one of the CRM's in another schema."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import attrs
import psycopg
import pytest

from tests.support import customers, shop
from tests.support.audit_faults import TABLE_FAULTS, table_fault
from tests.support.findings import mend, psql, subjects_of
from tests.support.schema_faults import SCHEMA_FAULTS, spoiled
from ventros import CRM, KERNEL, Application, Database, roles
from ventros.audit.checks import audit, questions
from ventros.audit.declared import lint_tables
from ventros.audit.expectations import expectations_text, read
from ventros.audit.library import Library
from ventros.audit.lint import lint
from ventros.audit.page import page
from ventros.audit.plans import planning
from ventros.audit.shards import PARTITIONS, split
from ventros.audit.statistics import entries, reconcile
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.transaction.held import Held
from ventros.ops import history
from ventros.schema import create_database

NAMES = itertools.count(1)
REFERRING = ("shop.contact_lines.contact_lines_contact_fkey",)


@attrs.frozen
class Shop:
    """The application, and a database with some customers of two tenants that is there to be copied."""

    application: Application
    below: Application
    server: DevServer
    template: str

    @property
    def dsn(self) -> str:
        """The superuser's, of that database, which is to stay as it is."""
        return self.server.superuser_dsn(self.template)

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
    with psycopg.connect(shop_.dsn, autocommit=True) as connection:
        assert audit(connection, shop_.application) == []
    asked = {question.name for question in questions(shop_.application)}
    assert asked >= {"catalogue", "history", "outbox_versions"}


@pytest.mark.parametrize("fault", TABLE_FAULTS)
def test_a_fault_of_its_table_is_found_and_mended(shop_: Shop, fault: str) -> None:
    plant, expected = table_fault(fault, "shop.contacts", "shop.contact_lines", "contact_id", REFERRING)
    with psycopg.connect(shop_.dsn) as connection:
        connection.execute(plant.encode())
        findings = audit(connection, shop_.application)
        assert subjects_of(findings) == expected
        if shop_.below is CRM:  # which knows nothing of the shop
            assert [found for found in audit(connection, CRM) if found.subject != "ventros_app"] == []
        mend(connection, findings)
        assert audit(connection, shop_.application) == []
        connection.rollback()


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
    with psycopg.connect(shop_.dsn) as connection:
        connection.execute(plant.encode())
        (finding,) = audit(connection, shop_.application)
        connection.rollback()
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
    with psycopg.connect(shop_.dsn, autocommit=True) as connection:
        connection.execute("SET search_path = shop, public")
        assert audit(connection, shop_.application) == []


def test_lint_is_clean(shop_: Shop) -> None:
    library = Library(shop_.application)
    assert [str(fault) for fault in (*lint(library, library.statements), *lint_tables(library))] == []
    assert {"shop.contacts", "shop.contact_lines", "shop.visits"} <= set(library.tables)
    assert ("contacts" in library.tables) == (shop_.below is CRM)


@pytest.mark.parametrize("fault", SCHEMA_FAULTS)
def test_lint_names_what_its_table_lacks(shop_: Shop, tmp_path: Path, fault: str) -> None:
    application = spoiled(shop_.application, tmp_path / "sql", fault, "shop.contacts")
    rule = SCHEMA_FAULTS[fault][2]
    named = {found.name for found in lint_tables(Library(application)) if found.rule == rule}
    assert named == {"shop.contact_lines" if rule == "foreign key" else "shop.contacts"}


def test_each_of_its_statements_goes_to_one_shard(shop_: Shop) -> None:
    library = Library(shop_.application)
    with (
        psycopg.connect(shop_.dsn, autocommit=True) as connection,
        planning(connection),
        split(connection, library) as shards,
    ):
        assert {"shop.contacts", "shop.visits"} <= set(shards.partitions.values())
        assert ("contacts" in shards.partitions.values()) == (shop_.below is CRM)
        touched = {
            statement.name: shards.partitions_touched(connection, statement)
            for statement in library.own_statements
        }
        everywhere = attrs.evolve(library.find("shop.contacts.get"), text=EVERYWHERE)
        assert shards.partitions_touched(connection, everywhere) == {"shop.contacts": PARTITIONS}
    own = [name for name in touched if name.startswith("shop.")]
    assert len(own) == 19
    for name in own:
        assert set(touched[name].values()) == {1}, name
        assert set(touched[name]) <= {"shop.contacts", "shop.contact_lines", "shop.visits"}


EVERYWHERE = "SELECT id FROM shop.contacts WHERE id = $2 AND $1 <> '' /* shop.contacts.get */"


def test_its_plans_name_its_own_indexes(shop_: Shop) -> None:
    with psycopg.connect(shop_.dsn, autocommit=True) as connection:
        text = expectations_text(Library(shop_.application), [connection])
    lines, _ = read(text)
    tables = {line.access.table for line in lines if line.statement.startswith("shop.")}
    assert tables == {"shop.contacts", "shop.contact_lines", "shop.visits"}
    assert not [line for line in lines if not line.statement.startswith("shop.")]


def test_what_it_executed_is_known_by_its_name(shop_: Shop) -> None:
    library = Library(shop_.application)
    with psycopg.connect(shop_.dsn, autocommit=True) as connection:
        result = reconcile(connection, library, entries(connection, roles.APP))
        assert result.unknown == []
        names = {statement.name for statement, _ in result.known}
        assert {"shop.contacts.insert", "shop.contacts.update", "shop.contact_lines.insert"} <= names
        below = reconcile(connection, Library(shop_.below), entries(connection, roles.APP))
        assert below.unknown, "the control: who does not know the shop knows not its statements"


def test_its_page_shows_its_tables_and_statements(shop_: Shop) -> None:
    library = Library(shop_.application)
    with psycopg.connect(shop_.dsn, autocommit=True) as connection:
        text = page(connection, library, audit(connection, shop_.application), roles.APP)
    for name in ("shop.contacts", "shop.contact_lines", "shop.contacts.update"):
        assert name in text


def test_two_tables_of_one_resource_are_refused(shop_: Shop) -> None:
    """The outbox could not tell whose event one is."""
    work, (repository,) = (
        shop_.application.unit_of_work,
        [one for one in shop_.application.repositories() if one.TABLE.path == ("shop", "contacts")],
    )
    twin = type("Twin", (repository,), {"resource": "contact", "TABLE": repository.TABLE})
    twins = type("Twins", (work,), {"customers": Held(twin)})
    application = attrs.evolve(shop_.application, unit_of_work=twins)
    if shop_.below is CRM:
        with pytest.raises(ConfigurationError, match="both hold a contact"):
            application.repositories()
    else:
        assert {one.resource for one in application.repositories()} == {"contact"}


def test_lint_names_a_table_whose_repository_nobody_holds(shop_: Shop) -> None:
    work = shop_.below.unit_of_work
    application = attrs.evolve(shop_.application, unit_of_work=work)
    assert {fault.rule for fault in lint_tables(Library(application))} == {"declared"}


def test_a_missing_table_is_found(shop_: Shop) -> None:
    with psycopg.connect(shop_.dsn) as connection:
        connection.execute("DROP TABLE shop.visits")
        (finding,) = audit(connection, shop_.application)
        connection.rollback()
    assert (finding.check, finding.subject, finding.text) == (
        *("catalogue", "shop.visits"),
        "the table shop.visits is missing",
    )
