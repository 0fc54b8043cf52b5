"""The order of the log: by transaction ids alone an aggregate's versions can come in the wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from ventros.kernel.outbox.event import START
from ventros.kernel.outbox.log import READ_AFTER

WRITERS_OWN_ID = (
    "ALTER TABLE outbox_events ALTER COLUMN transaction_id SET DEFAULT pg_current_xact_id()::text::bigint"
)
EVENT = """
INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type,
                           aggregate_id, aggregate_version, sequence, payload)
VALUES (%s, gen_random_uuid(), 'thing.changed', 'v1', now(), 'thing', %s, %s, 1, '{}')
"""
LOG = "SELECT aggregate_version FROM outbox_events WHERE aggregate_id = %s ORDER BY transaction_id, position"


@pytest.fixture
def sessions(superuser: psycopg.Connection) -> Iterator[list[psycopg.Connection]]:
    """Three, each in a transaction; the first two with an id, handed out in their order."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(psycopg.connect(superuser.info.dsn, password=superuser.info.password))
            for _ in range(3)
        ]


def write_two_versions(sessions: list[psycopg.Connection], superuser: psycopg.Connection) -> list[list[int]]:
    """Version 2 by a transaction whose id is greater than that of the one that writes version 3.

    What is readable while a third transaction, whose id lies between theirs, still runs; and the log at last.
    """
    early, between, late = sessions
    aggregate = uuid4()
    for session in (early, between):
        session.execute("SELECT pg_current_xact_id()")
    late.execute(EVENT, ("t", aggregate, 2))
    late.commit()
    early.execute(EVENT, ("t", aggregate, 3))
    early.commit()
    read = psycopg.RawCursor(superuser, row_factory=dict_row).execute(READ_AFTER.text, [*START, 10, False])
    readable = [row["aggregate_version"] for row in read]
    between.commit()
    return [readable, [version for (version,) in superuser.execute(LOG, [aggregate])]]


def test_the_versions_of_an_aggregate_are_in_their_order(
    sessions: list[psycopg.Connection], superuser: psycopg.Connection
) -> None:
    assert write_two_versions(sessions, superuser) == [[], [2, 3]]


def test_control_by_the_writers_own_id_the_later_version_comes_first(
    sessions: list[psycopg.Connection], superuser: psycopg.Connection
) -> None:
    superuser.execute(WRITERS_OWN_ID)
    assert write_two_versions(sessions, superuser) == [[3], [3, 2]]
