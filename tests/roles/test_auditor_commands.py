"""Every command of ``ventros sql`` and ``ventros audit`` that asks a database can be given by the auditor."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.program import ventros
from tests.support.snapshots import snapshot
from ventros import CRM
from ventros.audit.library import Library
from ventros.roles import AUDITOR

pytestmark = pytest.mark.usefixtures("seed")


def as_auditor(dsn: str, superuser: psycopg.Connection, *args: str | Path) -> tuple[int, str, str]:
    """Its exit status, and what it prints. Nothing of the database changes."""
    before = snapshot(superuser)
    done = ventros(*args, database=dsn)
    assert "Traceback" not in done.stderr
    assert snapshot(superuser) == before
    return done.returncode, done.stdout, done.stderr


def test_explain_shows_the_plan_of_what_it_may_read(
    ventros_auditor_dsn: str, superuser: psycopg.Connection
) -> None:
    told = as_auditor(
        ventros_auditor_dsn, superuser, "sql", "explain", "contacts.get", "--dsn", ventros_auditor_dsn
    )
    assert told[0] == 0
    assert "Scan using" in told[1]


@pytest.mark.parametrize("name", ["contacts.update", "credentials.get", "outbox_queues.claim"])
def test_explain_says_that_it_may_not_execute_the_rest(
    ventros_auditor_dsn: str, superuser: psycopg.Connection, name: str
) -> None:
    """A write, a secret, and what is the relay's."""
    told = as_auditor(ventros_auditor_dsn, superuser, "sql", "explain", name, "--dsn", ventros_auditor_dsn)
    assert told[0] == 0
    assert f"no plan, for who may not execute it is shown none: {name}: permission denied" in told[1]


def test_plans_compares_what_it_may_read(ventros_auditor_dsn: str, superuser: psycopg.Connection) -> None:
    told = as_auditor(
        ventros_auditor_dsn, superuser, "sql", "plans", "--dsn", ventros_auditor_dsn, "--tenant", "acme"
    )
    assert told[0] == 0
    compared, deviations, *_ = told[2].split()
    every = len(Library(CRM).statements)
    assert 100 < int(compared) < every
    assert f"{every - int(compared)} not compared" in told[2]
    assert deviations == "statements,"


def test_stats_and_reconcile_know_what_the_app_executed(
    ventros_auditor_dsn: str, superuser: psycopg.Connection
) -> None:
    """What it may not execute is known by name."""
    status, shown, _ = as_auditor(ventros_auditor_dsn, superuser, "sql", "stats")
    assert status == 0
    assert "channels.insert" in shown
    status, shown, counted = as_auditor(ventros_auditor_dsn, superuser, "sql", "reconcile")
    assert status == 0, shown
    assert "0 unknown texts" in counted
    assert "statements known by name alone" in counted


def test_reconcile_shows_it_what_is_no_statement(
    ventros_auditor_dsn: str, superuser: psycopg.Connection
) -> None:
    """Of another role than the app's, which executes nothing else in these tests."""
    superuser.execute("SELECT count(*) FROM pg_class /* contacts.nothing */")
    role = ("--app-role", superuser.info.user)
    status, shown, _ = as_auditor(ventros_auditor_dsn, superuser, "sql", "reconcile", *role)
    assert status == 1
    assert "contacts.nothing" in shown


def test_the_page_is_written(ventros_auditor_dsn: str, superuser: psycopg.Connection, tmp_path: Path) -> None:
    file = tmp_path / "audit.html"
    status, _, counted = as_auditor(ventros_auditor_dsn, superuser, "audit", "--html", file)
    assert status in {0, 1}, counted  # the server of the tests is not durable
    text = file.read_text(encoding="utf-8")
    assert AUDITOR in text
    assert "permission denied for table contacts" in text


def test_a_change_would_be_seen(superuser: psycopg.Connection) -> None:
    """The control."""
    before = snapshot(superuser)
    superuser.execute("UPDATE users SET email = 'x@example.org'")
    assert snapshot(superuser) != before
