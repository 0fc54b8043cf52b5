"""What is counted beside a row is held against what is stored, and counted again by the mend."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Final

import psycopg
import pytest

from tests.support.filled import filled_database
from ventros import CRM
from ventros.audit.checks import Finding, ask, questions
from ventros.audit.steps import steps
from ventros.roles import DEFAULT

(QUESTION,) = [question for question in questions(CRM) if question.name == "counters"]

COUNTED: Final = "message_count = message_count + 1, messages_from_contact = messages_from_contact + 1"
FAULTS: Final = {
    "a session": ("sessions", f"{COUNTED}, version = version + 1", "sessions"),
    "a channel": ("channel_counters", "messages_received = messages_received + 1", "channels"),
    "the members of a list": ("contact_list_counters", "members = members + 1", "contact_lists"),
    "a list not at all": ("contact_list_counters", "", "contact_lists"),
    "a member that is gone": ("contact_list_members", "", "contact_lists"),
    "to whom it goes": ("broadcast_counters", "total_contacts = total_contacts + 1", "broadcasts"),
    "what was sent": ("broadcast_counters", "sent_count = sent_count + 1", "broadcasts"),
    "what failed": ("broadcast_counters", "failed_count = failed_count + 1", "broadcasts"),
    "who was skipped": ("broadcast_counters", "skipped_count = skipped_count + 1", "broadcasts"),
    "an execution that is gone": ("broadcast_executions", "", "broadcasts"),
    "whom a campaign reached": ("campaign_counters", "contacts_reached = contacts_reached + 1", "campaigns"),
    "who is in a sequence": ("sequence_counters", "total_enrolled = total_enrolled + 1", "sequences"),
    "who came to its end": ("sequence_counters", "completed_count = completed_count + 1", "sequences"),
    "who left it": ("sequence_counters", "exited_count = exited_count + 1", "sequences"),
}
"""By what counts wrongly: a row of which table is set to what, or deleted; and what is told of."""
SUBJECTS: Final = {subject for _, _, subject in FAULTS.values()}


@pytest.fixture(scope="module")
def counted() -> Iterator[str]:
    """The superuser's DSN of a database with rows in every table, where each count is as what is stored."""
    with filled_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SET ventros.most = '1000'")  # all of them at once
            for finding in asked(connection):
                connection.execute(finding.mend.encode())
        yield dsn


def asked(connection: psycopg.Connection) -> list[Finding]:
    return ask(connection, QUESTION, DEFAULT, 60)


def plant(connection: psycopg.Connection, table: str, change: str) -> None:
    text = "UPDATE {table} SET {change}" if change else "DELETE FROM {table}"
    text += " WHERE ctid = (SELECT ctid FROM {table} LIMIT 1)"
    assert connection.execute(text.format(table=table, change=change).encode()).rowcount == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_count_is_found_seen_and_mended(counted: str, fault: str) -> None:
    table, change, subject = FAULTS[fault]
    with psycopg.connect(counted, autocommit=True) as connection:
        assert asked(connection) == []
        plant(connection, table, change)
        (finding,) = asked(connection)
        assert finding.subject.split()[0] == subject
        assert connection.execute(finding.see.encode()).fetchall()
        connection.execute(finding.mend.encode())
        assert asked(connection) == []


JOINED: Final = """
WITH list AS (SELECT * FROM contact_lists WHERE id = %(id)s), joined AS (
    INSERT INTO contact_list_members (tenant_id, contact_list_id, contact_id, added_at)
    SELECT tenant_id, list.id, contacts.id, now() FROM list JOIN contacts USING (tenant_id)
        ON CONFLICT DO NOTHING
    RETURNING contact_id
)
INSERT INTO contact_list_counters (tenant_id, contact_list_id, slot, members)
SELECT tenant_id, id, 15, (SELECT count(*) FROM joined) FROM list
"""


@pytest.mark.parametrize("locked", [True, False])
def test_who_counts_while_it_is_mended_is_counted(counted: str, locked: bool) -> None:
    """The contact that was lost joins again, counted in a slot that there was not, while the mend has begun.

    Without the lock in front, it is counted twice.
    """
    with (
        psycopg.connect(counted, autocommit=True) as connection,
        psycopg.connect(counted) as worker,
        psycopg.connect(counted, autocommit=True) as mending,
    ):
        plant(connection, "contact_list_members", "")
        (finding,) = asked(connection)
        statements = finding.mend.rstrip(";").split("; ")
        begin, lock, delete, *rest = statements
        worker.execute(JOINED, {"id": finding.subject.split()[1]})
        assert "FOR UPDATE" in lock
        first = [begin, lock, delete] if locked else [begin, delete]
        mend = threading.Thread(target=mending.execute, args=["; ".join(first).encode()])
        mend.start()
        mend.join(0.3 if locked else None)
        assert mend.is_alive() is locked
        worker.commit()
        mend.join()
        mending.execute("; ".join(rest).encode())
        left = asked(connection)
        assert (left == []) is locked
        for one in left:
            connection.execute(one.mend.encode())


def test_each_part_is_asked_by_itself(counted: str) -> None:
    """Of faults in all parts each step tells those of its own, and together they tell all."""
    with psycopg.connect(counted) as connection:
        for table, change, _ in FAULTS.values():
            plant(connection, table, change)
        whole = asked(connection)
        told: list[str] = []
        in_steps = [
            finding
            for bounds in steps(connection, QUESTION, told.append, rows=1)
            for finding in ask(connection, QUESTION, DEFAULT, 60, bounds)
        ]
        assert sorted(in_steps, key=str) == sorted(whole, key=str)
        assert {finding.subject.split()[0] for finding in whole} == SUBJECTS
        assert len(told) == len(QUESTION.parts) == 6
        connection.rollback()
