"""What a DBA looks for first is found, named, and mended as the finding says; a clean database has none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import bench
from tests.support.dba_faults import FAULTS
from tests.support.findings import paste, psql
from tests.support.program import ventros
from ventros import CRM
from ventros.audit.checks import Finding, ask, audit, questions
from ventros.devserver import DevServer
from ventros.ops import history
from ventros.roles import DEFAULT
from ventros.schema import create_database

QUESTIONS = {question.name: question for question in questions(CRM)}
POPULATE = (Path(bench.__file__).parent / "audit_world.sql").read_text(encoding="utf-8")
USE_UP = (
    "CREATE PROCEDURE use_up(ids integer) LANGUAGE plpgsql AS 'BEGIN FOR n IN 1..ids LOOP"
    " PERFORM pg_current_xact_id(); COMMIT; END LOOP; END'"
)
DATABASE = "talks"


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    """The superuser's, of a database with 20 contacts of two tenants and their history."""
    with DevServer(settings={"wal_level": "logical"}) as server:
        create_database(server, CRM, DATABASE)
        superuser = server.superuser_dsn(DATABASE)
        history.enable(superuser, CRM)
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("SET bench.contacts = '20'")
            connection.execute("SET bench.tenants = '2'")
            connection.execute(POPULATE.encode())
            connection.execute("VACUUM (ANALYZE)")
        yield superuser


def asked(dsn: str, check: str, bounds: str) -> list[Finding]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(bounds.encode())
        return ask(connection, QUESTIONS[check], DEFAULT, 60)


def test_a_database_in_order_is_clean(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert audit(connection, CRM) == []


def test_at_their_usual_bounds_the_faults_of_others_are_none(dsn: str) -> None:
    """The control of those below, which are planted one after the other in one database."""
    assert [found for fault in FAULTS.values() for found in asked(dsn, fault.check, fault.bounds)] == []


@pytest.fixture
def named(dsn: str) -> dict[str, str]:
    """The database, and a collation that has a version, whatever this server was built with."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(USE_UP.encode().replace(b"CREATE", b"CREATE OR REPLACE"))
        found = connection.execute(
            "SELECT oid::regcollation::text FROM pg_collation"
            " WHERE collversion IS NOT NULL AND collname <> 'ucs_basic' ORDER BY collname DESC LIMIT 1"
        ).fetchone()
    return {"database": DATABASE, "collation": found[0] if found else ""}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_seen_and_mended(dsn: str, named: dict[str, str], name: str) -> None:
    fault = FAULTS[name]
    if not named["collation"] and fault.check == "collations":
        pytest.skip("no collation of this server has a version")
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in fault.plant:
            connection.execute(filled(statement, named).encode())
    time.sleep(0.2)  # the postmaster tells its new settings
    found = here(asked(dsn, fault.check, fault.bounds))
    assert [finding.subject for finding in found] == [filled(one, named) for one in fault.subjects]
    assert filled(fault.text, named) in found[0].text
    for finding in found:
        assert psql(dsn, "-A", "-t", "-c", finding.see).strip()
        paste(dsn, finding.mend)
        if fault.command:
            assert finding.mend.endswith(f": ventros {' '.join(fault.command)}")
            done = ventros(*fault.command, "--dsn", dsn)
            assert done.returncode == 0, done.stderr
    time.sleep(0.2)
    assert here(asked(dsn, fault.check, fault.bounds)) == []
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in fault.unplant:
            connection.execute(statement)


def here(findings: list[Finding]) -> list[Finding]:
    """Without those about other databases, which are mended there."""
    return [one for one in findings if one.subject == f"database {DATABASE}" or one.check != "wraparound"]


def filled(text: str, named: dict[str, str]) -> str:
    for key, value in named.items():
        text = text.replace(f"{{{key}}}", value)
    return text
