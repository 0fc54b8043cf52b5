"""The check of history finds what was done past its triggers, and nothing else."""

from __future__ import annotations

import re
from typing import LiteralString

import psycopg
import pytest

from tests.support.constants import VERSIONED
from tests.support.history import CHECK, findings
from ventros import CRM
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.ops import history


def test_the_check_looks_at_every_aggregate_table(owner_dsn: str) -> None:
    assert set(re.findall(r"\('(\w+)'\)", CHECK.partition("), recorder AS")[0])) == VERSIONED
    assert (
        set(
            re.findall(
                r"^    UNION ALL SELECT .*? WHERE '(\w+)' IN \(SELECT name FROM recorder", CHECK, re.MULTILINE
            )
        )
        == VERSIONED
    )
    history.enable(owner_dsn, CRM)
    assert set(history.status(owner_dsn, CRM).recorded) == VERSIONED


PAST_THE_TRIGGERS: list[tuple[LiteralString, str]] = [
    ("UPDATE contacts SET name = 'x'", "differs from its replayed history in name"),
    (
        "UPDATE contacts SET name = 'x', version = version + 1",
        "is at version 4, while its history ends with 3",
    ),
    ("UPDATE contacts SET version = 2", "is at version 2, while its history ends with 3"),
    ("DELETE FROM contacts", "is gone, while its history ends with version 3"),
    (
        "DELETE FROM aggregate_history WHERE aggregate_table = 'contacts'",
        "was never recorded, and is at version 3",
    ),
    (
        "DELETE FROM aggregate_history WHERE aggregate_table = 'contacts' AND aggregate_version = 1",
        "begins with update to version 2, without a baseline",
    ),
    (
        "DELETE FROM aggregate_history WHERE aggregate_table = 'contacts' AND aggregate_version = 2",
        "has version 3 after version 1",
    ),
    (
        "DELETE FROM aggregate_history WHERE aggregate_table = 'contacts' AND aggregate_version = 3",
        "is at version 3, while its history ends with 2",
    ),
    (
        (
            "UPDATE aggregate_history SET after = after || jsonb_build_object('name', 'x')"
            " WHERE aggregate_table = 'contacts' AND aggregate_version = 1"
        ),
        "has name before version 2 not as the record had left it",
    ),
    (
        (
            "UPDATE aggregate_history SET before = before || jsonb_build_object('name', 'x')"
            " WHERE aggregate_table = 'contacts' AND aggregate_version = 2"
        ),
        "has name before version 2 not as the record had left it",
    ),
    (
        (
            "UPDATE aggregate_history SET after = after - 'name'"
            " WHERE aggregate_table = 'contacts' AND aggregate_version = 2"
        ),
        "differs from its replayed history in name",
    ),
]
WHILE_SWITCHED_OFF: list[tuple[LiteralString, LiteralString, str]] = [
    (
        "UPDATE contacts SET name = 'x'",
        "UPDATE contacts SET name = 'y', version = version + 1",
        "has name before version 4 not as the record had left it",
    ),
    (
        "UPDATE contacts SET version = version + 1",
        "UPDATE contacts SET version = version + 1",
        "has version 5 after version 3",
    ),
]


@pytest.mark.parametrize(("fault", "reason"), PAST_THE_TRIGGERS)
def test_what_is_done_past_the_triggers_is_found(
    superuser: psycopg.Connection, ada: Contact, fault: LiteralString, reason: str
) -> None:
    """One finding, of that aggregate alone; without the fault there is none."""
    assert findings(superuser) == []
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(fault)
    ((about, finding),) = findings(superuser)
    assert about == f"contacts {ada.id}"
    assert finding.endswith(reason)


@pytest.mark.parametrize(("off", "on", "reason"), WHILE_SWITCHED_OFF)
def test_triggers_that_were_switched_off_for_a_while_are_found_out(
    superuser: psycopg.Connection, ada: Contact, off: LiteralString, on: LiteralString, reason: str
) -> None:
    superuser.execute("ALTER TABLE contacts DISABLE TRIGGER ALL")
    superuser.execute(off)
    assert findings(superuser) == [("contacts", "the table contacts is not recorded, while others are")]
    superuser.execute("ALTER TABLE contacts ENABLE TRIGGER ALL")
    superuser.execute(on)
    ((about, finding),) = findings(superuser)
    assert about == f"contacts {ada.id}"
    assert finding.endswith(reason)


def test_a_table_whose_trigger_is_gone_is_found(superuser: psycopg.Connection, ada: Contact) -> None:
    superuser.execute("DROP TRIGGER history ON contacts")
    assert findings(superuser) == [("contacts", "the table contacts is not recorded, while others are")]


def test_a_removed_aggregate_that_came_back_unseen_is_found(
    superuser: psycopg.Connection, ada: Contact
) -> None:
    superuser.execute("CREATE TEMP TABLE kept AS TABLE contacts")
    superuser.execute("DELETE FROM contacts")
    assert findings(superuser) == []
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("INSERT INTO contacts SELECT * FROM kept")
    superuser.execute("SET session_replication_role = origin")
    ((about, finding),) = findings(superuser)
    assert about == f"contacts {ada.id}"
    assert finding.endswith("is at version 3, while its history ends with 4 and its removal")


def test_many_at_fault_are_cut_short(superuser: psycopg.Connection, ada: Contact) -> None:
    superuser.execute("CREATE TEMP TABLE copied AS SELECT c.* FROM contacts AS c, generate_series(1, 12)")
    superuser.execute("UPDATE copied SET id = gen_random_uuid(), phone = NULL")
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("INSERT INTO contacts TABLE copied")
    superuser.execute("SET session_replication_role = origin")
    assert len(findings(superuser)) == 11
    assert ("contacts", "2 more of contacts are at fault") in findings(superuser)
    superuser.execute("SET ventros.most = '12'")
    assert len(findings(superuser)) == 12


def test_without_history_nothing_is_found(superuser: psycopg.Connection, seed: Seed) -> None:
    superuser.execute("UPDATE channels SET name = 'x', version = version + 1")
    assert findings(superuser) == []
    assert superuser.execute("SELECT count(*) FROM aggregate_history").fetchone() == (0,)
