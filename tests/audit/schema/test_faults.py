"""Each difference of a schema is found, named, weighed, and mended by the very SQL that is printed."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Iterator

import attrs
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.catalogue_faults import CATALOGUE_FAULTS
from tests.support.findings import psql
from ventros.audit.checks import Finding, Question, ask, audit, questions
from ventros.audit.schema import WEIGHTS, faults, listed
from ventros.devserver import DevServer
from ventros.ops import history, locking_indexes
from ventros.roles import DEFAULT
from ventros.schema import create_database
from ventros.unit_of_work import CRM

NAMES = itertools.count(1)
(CATALOGUE,) = (one for one in questions(CRM) if one.name == "catalogue")


def found(dsn: str, question: Question = CATALOGUE) -> list[Finding]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return ask(connection, question, DEFAULT, 60)


@pytest.fixture(scope="module")
def template(server: DevServer) -> str:
    create_database(server, CRM, "catalogue")
    return "catalogue"


@pytest.fixture
def database(server: DevServer, template: str) -> Iterator[str]:
    """The superuser's DSN of a copy."""
    name = f"catalogue_{next(NAMES)}"
    server.create_database(name, template)
    yield server.superuser_dsn(name)
    with psycopg.connect(server.superuser_dsn(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize("fault", CATALOGUE_FAULTS)
def test_a_fault_is_found_named_weighed_and_mended(database: str, fault: str) -> None:
    planted = CATALOGUE_FAULTS[fault]
    with psycopg.connect(database, autocommit=True) as connection:
        if connection.info.server_version // 10000 < planted.needs:
            pytest.skip(f"PostgreSQL {planted.needs} has it first")
        connection.execute(planted.plant.encode())
    findings = found(database)
    assert tuple((finding.weight, finding.subject) for finding in findings) == planted.found
    for finding in findings:
        assert finding.means.endswith(".")
        assert psql(database, "-A", "-t", "-c", finding.see).strip() not in {"", "ERROR"}
        psql(database, text=finding.mend)
    assert found(database) == []


def test_what_an_extension_brings_is_none(database: str) -> None:
    """Types, functions, operators and casts."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION citext")
    assert found(database) == []


@pytest.mark.parametrize(
    "plant",
    [
        "DROP FUNCTION ventros_tenant() CASCADE",
        "DROP FUNCTION ventros_version_guard() CASCADE",
        "DROP TABLE contacts, chats CASCADE",
        "ALTER TABLE contacts DROP COLUMN tenant_id CASCADE",
    ],
)
def test_what_fell_with_something_else_is_mended_in_the_order_of_the_findings(
    database: str, plant: str
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(plant.encode())
    findings = found(database)
    assert len(findings) > 5
    for finding in findings:
        psql(database, text=finding.mend)
    assert found(database) == []


@pytest.mark.parametrize("seed", range(3))
def test_many_faults_at_once_are_mended_in_the_order_of_the_findings(database: str, seed: int) -> None:
    picked = random.Random(seed).sample(sorted(CATALOGUE_FAULTS), 12)
    with psycopg.connect(database, autocommit=True) as connection:
        for fault in picked:
            with contextlib.suppress(psycopg.Error):  # some leave no room for others
                connection.execute(CATALOGUE_FAULTS[fault].plant.encode())
    findings = found(database)
    assert len(findings) > 5, picked
    for finding in findings:
        psql(database, text=finding.mend)
    assert found(database) == [], picked


def test_what_concurrently_left_behind_is_dropped(database: str) -> None:
    """Over duplicates CREATE UNIQUE INDEX CONCURRENTLY leaves an index, and REINDEX of that a second one."""
    make = "CREATE UNIQUE INDEX CONCURRENTLY unfinished ON ventros_migrations (application)"
    with psycopg.connect(database, autocommit=True) as connection:
        for text in (make, "REINDEX INDEX CONCURRENTLY unfinished"):
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute(text.encode())
    findings = found(database)
    assert [(one.weight, one.subject) for one in findings] == [
        ("high", "unfinished"),
        ("high", "unfinished_ccnew"),
    ]
    for finding in findings:
        psql(database, text=finding.mend)
    assert found(database) == []


def test_each_kind_of_difference_is_weighed_and_has_a_mend() -> None:
    """Of each line that is committed: that it is missing, another, or one more."""
    whole = listed(CRM)
    lines = {line.kind: line for line in whole.made.values() if line.kind != "owner of all"}
    assert len(lines) == 10
    for kind, line in lines.items():
        other = attrs.evolve(line, definition=f"{line.definition} otherwise")
        more = attrs.evolve(line, name=f"{line.name}_more")
        stored = {key: one for key, one in whole.made.items() if key != line.key}
        for schema_ in (stored, stored | {other.key: other}, whole.made | {more.key: more}):
            found_ = faults(whole, schema_)
            assert found_ or kind == "comments", kind
            assert all(one.mend and one.means and one.weight in WEIGHTS for one in found_), kind


def test_it_is_clean_whatever_is_switched_on(database: str, server: DevServer) -> None:
    name = conninfo_to_dict(database)["dbname"]
    owner = server.owner_dsn(str(name))
    assert found(database) == []
    with psycopg.connect(database, autocommit=True) as connection:
        assert [finding for finding in audit(connection, CRM) if finding.check != "durability"] == []
    history.enable(owner, CRM)
    locking_indexes.create(owner)
    assert found(database) == []
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ALTER TABLE chats DISABLE TRIGGER history")
        (off,) = found(database)
        assert (off.weight, off.subject) == ("critical", "chats.history")
        psql(database, text=off.mend)
        connection.execute(
            "CREATE OR REPLACE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON credentials "
            "FOR EACH ROW EXECUTE FUNCTION ventros_record_history()"
        )
        (open_,) = found(database)
        assert (open_.weight, open_.subject) == ("critical", "credentials.history")
        psql(database, text=open_.mend)
    assert found(database) == []
    locking_indexes.drop(owner)
    history.disable(owner, CRM)
    assert found(database) == []
