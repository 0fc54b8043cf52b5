"""What the queries read of a million messages and a million sessions, by any plan: rows and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.library import LIBRARY
from ventros.application.queries.session_statistics import LONGEST
from ventros.audit.plans import MODES
from ventros.devserver import DevServer
from ventros.testing.server import Template

pytestmark = pytest.mark.slow

SEED = Path(__file__).with_name("million.sql").read_text(encoding="utf-8")
START = datetime(2025, 1, 1, tzinfo=UTC)
TURN = timedelta(seconds=28.8)
NEWEST = (START + LONGEST, "ffffffff-ffff-ffff-ffff-ffffffffffff")
DEEP = (START + 100_000 * TURN, "ffffffff-ffff-ffff-ffff-ffffffffffff")
PAGE = 51
"""50 and one that tells whether there are more."""


@attrs.frozen(kw_only=True)
class Question:
    """``rows`` are read of tables at most, and the pages of tables and indexes."""

    name: str
    statement: str
    arguments: tuple[Any, ...]
    rows: int
    pages: int

    def __str__(self) -> str:
        return self.name


BUSY, QUIET, CHAT = ("contact", 0), ("contact", 77), ("chat", 5)
"""Of one kind and number; the busy contact has 100,000 messages, the quiet one about 90."""
QUESTIONS = [
    Question(
        name="thread of a contact with 100,000 messages, the newest page",
        statement="messages.find_thread",
        arguments=("large", BUSY, *NEWEST, PAGE),
        rows=2 * PAGE + 1,
        pages=8 * PAGE,
    ),
    Question(
        name="thread of a contact with 100,000 messages, a page near its beginning",
        statement="messages.find_thread",
        arguments=("large", BUSY, *DEEP, PAGE),
        rows=2 * PAGE + 1,
        pages=8 * PAGE,
    ),
    Question(
        name="thread of a contact with about 90 messages, the newest page",
        statement="messages.find_thread",
        arguments=("large", QUIET, *NEWEST, PAGE),
        rows=2 * PAGE + 1,
        pages=8 * PAGE,
    ),
    Question(
        name="messages of a chat, the newest page",
        statement="messages.page(chat_id) by timestamp desc",
        arguments=("large", CHAT, PAGE),
        rows=PAGE,
        pages=2 * PAGE,
    ),
    Question(
        name="messages of a chat, a page near its beginning",
        statement="messages.page(chat_id) by timestamp desc after",
        arguments=("large", CHAT, *DEEP, PAGE),
        rows=PAGE,
        pages=2 * PAGE,
    ),
    Question(
        name="figures of a contact with about 90 messages",
        statement="contacts.summarize",
        arguments=("large", QUIET),
        rows=250,
        pages=500,
    ),
    Question(
        name="figures of a contact with 100,000 messages",
        statement="contacts.summarize",
        arguments=("large", BUSY),
        rows=200_100,
        pages=250_000,
    ),
    Question(
        name="sessions of a day",
        statement="sessions.summarize",
        arguments=("large", START + timedelta(days=100), START + timedelta(days=101)),
        rows=3_001,
        pages=400,
    ),
    Question(
        name="sessions of all 333 days",
        statement="sessions.summarize",
        arguments=("large", START, START + LONGEST),
        rows=1_000_001,
        pages=250_000,
    ),
]


@pytest.fixture(scope="module")
def database(server: DevServer, migrated: Template) -> Iterator[str]:
    with migrated.copy() as name:
        with psycopg.connect(server.superuser_dsn(name), autocommit=True) as connection:
            for statement in SEED.split(";\n"):
                connection.execute(statement.encode())
        yield name


@pytest.fixture
def owner(server: DevServer, database: str) -> Iterator[psycopg.Connection[Any]]:
    """Whom row-level security confines as it does the app."""
    with psycopg.connect(server.owner_dsn(database)) as connection:
        connection.execute("SET app.tenant_id = 'large'")
        connection.execute("SET statement_timeout = 0")
        yield connection
        connection.rollback()


def cost(connection: psycopg.Connection[Any], question: Question, mode: str) -> tuple[int, int]:
    """Rows that were read of tables, those thrown away among them, and pages."""
    statement = LIBRARY.find(question.statement)
    types = ", ".join(param.type for param in statement.params)
    connection.execute("SELECT set_config('plan_cache_mode', %s, false)", [f"force_{mode}_plan"])
    connection.execute("DEALLOCATE ALL")
    connection.execute(f"PREPARE asked ({types}) AS {statement.text}".encode())
    arguments = ", ".join(_literal(connection, argument) for argument in question.arguments)
    explained = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE asked ({arguments})"
    found = connection.execute(explained.encode()).fetchone()
    assert found
    plan = found[0][0]["Plan"]
    return round(_rows(plan)), plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def _literal(connection: psycopg.Connection[Any], argument: Any) -> str:
    """A kind and a number are an id, as the seed makes it."""
    if isinstance(argument, tuple):
        kind, number = argument
        return f"(lpad(to_hex({number}), 12, '0') || '7' || substr(md5('{kind}'), 1, 19))::uuid"
    return psycopg.sql.Literal(argument).as_string(connection)


def _rows(node: Any) -> float:
    """Of the plan's scans of tables."""
    own = 0.0
    if "Relation Name" in node:
        removed = sum(value for key, value in node.items() if key.startswith("Rows Removed"))
        own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return own + sum(_rows(below) for below in node.get("Plans", ()))


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_query_reads_what_it_answers_with_and_no_more(
    owner: psycopg.Connection[Any], question: Question
) -> None:
    costs = [cost(owner, question, mode) for mode in MODES]
    for mode, (rows, pages) in zip(MODES, costs, strict=True):
        print(f"{question}, {mode}: {rows:,} rows, {pages:,} pages")
    assert all(0 < rows <= question.rows and pages <= question.pages for rows, pages in costs), costs


@pytest.mark.parametrize(
    ("index", "at"),
    [("messages_live_contact_idx", 2), ("messages_live_chat_idx", 4), ("sessions_live_started_idx", 7)],
)
def test_without_its_index_it_would_read_far_more(
    owner: psycopg.Connection[Any], index: str, at: int
) -> None:
    """The control: rows, or where another index has the column further behind, pages."""
    question = QUESTIONS[at]
    owner.execute(f"DROP INDEX {index}".encode())
    costs = [cost(owner, question, mode) for mode in MODES]
    assert all(rows > 10 * question.rows or pages > 10 * question.pages for rows, pages in costs), costs
