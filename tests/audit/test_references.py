"""A reference that leads nowhere is found, told by its key, and mended: each foreign key of the CRM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest

from tests.support.filled import filled_database
from tests.support.library import LIBRARY
from ventros import CRM
from ventros.audit.checks import Finding, ask, questions
from ventros.audit.references import references
from ventros.roles import DEFAULT

(QUESTION,) = [question for question in questions(CRM) if question.name == "references"]
KEYS = {f"{one['child']}.{one['name']}": one for one in references(LIBRARY)}
PLANTED = (
    "UPDATE {child} SET {column} = '{nowhere}'"
    " WHERE ctid IN (SELECT ctid FROM {child} WHERE {id} IS NOT NULL LIMIT 1)"
)
NOWHERE = "00000000-0000-7000-8000-00000000dead"
WRITTEN = dict.fromkeys(
    ("chat_participants.chat_participants_agent_fkey", "chat_participants.chat_participants_contact_fkey"),
    "participant_id",
)
"""Of which columns those that refer are generated."""
PAIRED = ("projects.projects_user_fkey", "billing_accounts.billing_accounts_user_fkey")
"""Of columns that are in a key to a billing account as well, which is broken with it and not mended."""
ALSO = {
    "pipeline_statuses.pipeline_statuses_pipeline_fkey": ("placements.placements_status_fkey",),
    **dict.fromkeys(PAIRED, ("projects.projects_billing_account_fkey",)),
}
"""Who has such a column in its key, too."""
UNMENDED = {
    *("projects.projects_billing_account_fkey", "channels.channels_project_fkey"),
    "contact_lists.contact_lists_project_fkey",
    *("contacts.contacts_project_fkey", "agents.agents_project_fkey", "pipelines.pipelines_project_fkey"),
    *("messages.messages_project_fkey", "messages.messages_channel_fkey", "messages.messages_contact_fkey"),
}
"""Of rows that others depend on by keys that do not cascade."""


FILTER: LiteralString = """
    UPDATE contact_list_filters AS one
       SET filter_type = 'pipeline_status', field_key = 'status', pipeline_id = pipelines.id
      FROM pipelines WHERE pipelines.tenant_id = one.tenant_id
"""


EXECUTION: LiteralString = """
    UPDATE messages SET contact_id = execution.contact_id
      FROM broadcast_executions AS execution
     WHERE execution.tenant_id = messages.tenant_id AND execution.message_id = messages.id
"""
"""The message of an execution goes to its contact, as it does not in the rows made for plans."""


@pytest.fixture(scope="module")
def filled() -> Iterator[str]:
    """The superuser's DSN of a database with rows in each table, all references whole."""
    with filled_database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("TRUNCATE outbox_events")  # which knows nothing of these rows
            connection.execute(FILTER)
        yield dsn


def asked(connection: psycopg.Connection) -> list[Finding]:
    return ask(connection, QUESTION, DEFAULT, 60)


def test_where_all_lead_somewhere_nothing_is_found(filled: str) -> None:
    with psycopg.connect(filled, autocommit=True) as connection:
        assert asked(connection) == []
    assert len(KEYS) == 63


@pytest.mark.parametrize("name", KEYS)
def test_a_reference_to_nothing_is_found_and_mended(filled: str, name: str) -> None:
    key = KEYS[name]
    with psycopg.connect(filled) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        column = WRITTEN.get(name, key["id"])
        values = {"child": key["child"], "id": key["id"], "column": column, "nowhere": NOWHERE}
        planted = connection.execute(PLANTED.format(**values).encode())
        assert planted.rowcount == 1
        connection.execute("SET LOCAL session_replication_role = origin")
        found = asked(connection)
        (finding,) = [one for one in found if one.subject == name]
        assert {one.subject for one in found} == {name, *ALSO.get(name, ())}
        assert finding.text == (
            f"1 row of {key['child']} refers by {key['name']} to a row of {key['parent']} that is not there, "
            f"such as {NOWHERE}"
        )
        assert len(connection.execute(finding.see.encode()).fetchall()) == 1
        if name in UNMENDED:
            with pytest.raises(psycopg.errors.IntegrityError) as refused, connection.transaction():
                connection.execute(finding.mend.encode())
            assert str(refused.value.diag.table_name) in finding.mend.partition("the server refuses it")[2]
        else:
            connection.execute(finding.mend.encode())
            left = asked(connection)
            assert {one.subject for one in left} == set(ALSO.get(name, ()))
            assert all(one.subject in finding.mend.partition("--")[2] for one in left)
            if name not in PAIRED:
                for one in left:
                    connection.execute(one.mend.encode())
                assert asked(connection) == []
        connection.rollback()


def test_a_reference_to_another_tenants_row_is_told_as_one(filled: str) -> None:
    with psycopg.connect(filled) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "UPDATE sessions SET contact_id = (SELECT id FROM contacts WHERE tenant_id = 'tenant-2' LIMIT 1)"
            " WHERE id = (SELECT id FROM sessions WHERE tenant_id = 'tenant-1' LIMIT 1)"
        )
        connection.execute("SET LOCAL session_replication_role = origin")
        (finding,) = asked(connection)
        assert finding.text.endswith(", which is another tenant's")
        connection.execute(finding.mend.encode())
        assert asked(connection) == []
        connection.rollback()


def test_a_parent_that_is_gone_takes_those_with_it_that_referred_to_it(filled: str) -> None:
    """In the order of the findings, those that nobody refers to first."""
    with psycopg.connect(filled) as connection:
        connection.execute(EXECUTION)
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "DELETE FROM contacts"
            " WHERE id = (SELECT contact_id FROM sessions WHERE tenant_id = 'tenant-1' LIMIT 1)"
        )
        connection.execute("SET LOCAL session_replication_role = origin")
        found = asked(connection)
        assert len(found) > 1
        for finding in found:
            connection.execute(finding.mend.encode())
        assert asked(connection) == []
        connection.rollback()
