"""Twice the rows are twice the work, for each question that reads a table whole: by the rows of its plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import bench
from ventros import CRM
from ventros.audit import steps as audit_steps
from ventros.audit.checks import ask, audit, questions
from ventros.audit.steps import steps
from ventros.devserver import DevServer
from ventros.ops import history
from ventros.roles import DEFAULT
from ventros.schema import create_database

SIZES = (200, 400)
QUESTIONS = {question.name: question.text for question in questions(CRM)}
WHOLE = ("conversations", "counters", "history", "outbox_lag", "outbox_versions", "references")
POPULATE = (Path(bench.__file__).parent / "audit_world.sql").read_text(encoding="utf-8")
QUADRATIC = "SELECT FROM contacts AS a JOIN contacts AS b ON a.name || b.name = 'x'"


@pytest.fixture(scope="module", params=[1, 20], ids=["one tenant", "many tenants"])
def worlds(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """The superuser's DSNs of two databases, the second with twice the contacts; never analysed."""
    with DevServer(durable=False, settings={"autovacuum": "off"}) as server:
        dsns = []
        for contacts in SIZES:
            create_database(server, CRM, f"of_{contacts}")
            dsns.append(server.superuser_dsn(f"of_{contacts}"))
            history.enable(dsns[-1], CRM)
            with psycopg.connect(dsns[-1], autocommit=True) as connection:
                connection.execute(f"SET bench.contacts = '{contacts}'")
                connection.execute(f"SET bench.tenants = '{request.param}'")
                connection.execute(POPULATE.encode())
        yield dsns


def rows_read(dsn: str, text: str) -> int:
    """What the nodes of the plan gave out and threw away, together, of the last statement in ``text``."""
    bare = re.sub(r"^\s*--.*\n", "", text, flags=re.MULTILINE)
    begins = re.search(r"^(WITH|SELECT)\b", bare, re.MULTILINE)
    assert begins
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(bare[: begins.start()].encode())
        explained = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {bare[begins.start() :]}"
        found = connection.execute(explained.encode()).fetchone()
    assert found
    return round(_total(found[0][0]["Plan"]))


def _total(node: Any) -> float:
    removed = sum(value for key, value in node.items() if key.startswith("Rows Removed"))
    own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return float(own + sum(_total(below) for below in node.get("Plans", ())))


@pytest.mark.parametrize("name", WHOLE)
def test_twice_the_rows_are_twice_the_work(worlds: list[str], name: str) -> None:
    small, large = (rows_read(dsn, QUESTIONS[name]) for dsn in worlds)
    print(f"{name}: {small:,} rows of the plan for {SIZES[0]} contacts, {large:,} for {SIZES[1]}")
    assert SIZES[0] < small < large < 2.4 * small


def test_what_grows_with_the_square_is_seen(worlds: list[str]) -> None:
    """The control."""
    small, large = (rows_read(dsn, QUADRATIC) for dsn in worlds)
    assert large > 3.5 * small


def test_in_steps_the_history_is_read_once_and_found_the_same(worlds: list[str]) -> None:
    told: list[str] = []
    (question,) = [question for question in questions(CRM) if question.name == "history"]
    with psycopg.connect(worlds[0], autocommit=True) as connection:
        connection.execute("BEGIN")
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE contacts SET name = 'x' WHERE id::text LIKE '%_0-7%'")
        connection.execute("DELETE FROM sessions WHERE id::text LIKE '00000000-0%1-7%'")
        connection.execute("COMMIT")
        connection.execute("SET ventros.most = '1000'")
        every = ask(connection, question, DEFAULT, 60)
        bounds = list(steps(connection, question, told.append, rows=150))
        found = [one for bound in bounds for one in ask(connection, question, DEFAULT, 60, bound)]
    assert len(every) > 10
    assert sorted(one.subject for one in found) == sorted(one.subject for one in every)
    assert len(told) == len(bounds) - 1 > 3
    assert told[0].startswith("history: step 1, of some ")


def test_in_steps_the_rest_is_found_the_same(worlds: list[str]) -> None:
    """Asked of what is broken everywhere: versions, counters and references."""
    with psycopg.connect(worlds[0]) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE contacts SET version = 7 WHERE id::text LIKE '%3-7%'")
        connection.execute(
            "DELETE FROM outbox_events WHERE aggregate_id::text LIKE '%5-7%' AND aggregate_version = 1"
        )
        connection.execute(
            "UPDATE sessions SET message_count = 11, messages_from_contact = 6 WHERE id::text LIKE '%7-7%'"
        )
        connection.execute("UPDATE sessions SET contact_id = gen_random_uuid() WHERE id::text LIKE '%9-7%'")
        connection.execute("UPDATE channel_counters SET messages_sent = 0")
        connection.execute("DELETE FROM users")
        connection.execute("SET LOCAL session_replication_role = origin")
        connection.execute("SET ventros.most = '1000'")
        for name in ("outbox_versions", "counters", "references"):
            (question,) = [question for question in questions(CRM) if question.name == name]
            told: list[str] = []
            every = ask(connection, question, DEFAULT, 60)
            bounds = list(steps(connection, question, told.append, rows=150))
            found = [one for bound in bounds for one in ask(connection, question, DEFAULT, 60, bound)]
            assert len(every) > 1, name
            assert sorted(found, key=repr) == sorted(every, key=repr)
            assert len(bounds) > 1
            assert len(told) >= len(bounds) - 1
            assert told[0].startswith(f"{name}: step 1")
        connection.rollback()


def test_what_is_small_is_asked_at_once(worlds: list[str]) -> None:
    told: list[str] = []
    with psycopg.connect(worlds[0], autocommit=True) as connection:
        for question in questions(CRM):
            assert len(list(steps(connection, question, told.append))) == 1
    assert told == []


def test_what_no_step_can_check_is_said_once(worlds: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reference is asked by itself, as of large tables, in a text that names them all."""
    monkeypatch.setattr(audit_steps, "_large", lambda _connection, tables, _rows: [True] * len(tables))
    with psycopg.connect(worlds[0]) as connection:
        connection.execute("DROP TABLE broadcast_executions")
        told: list[str] = []
        found = [one for one in audit(connection, CRM, tell=told.append) if one.check == "references"]
        connection.rollback()
    assert len([line for line in told if line.startswith("references")]) > 50
    assert [one.subject for one in found] == ["not checked"]
