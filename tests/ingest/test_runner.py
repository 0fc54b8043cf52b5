"""A stream goes in once: twins, late reports and a second run do no harm."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.snapshots import snapshot
from tests.support.waha_lines import ack_line, message_statuses, own_message_line
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.demo.stream import make_stream
from ventros.ingest.records import records_of_lines
from ventros.ingest.runner import Ingest, by_conversation, round_robin


@pytest.mark.parametrize("partitioner", [by_conversation, round_robin])
async def test_a_second_run_changes_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, partitioner: Any
) -> None:
    stream = make_stream([seed.session], messages=200, contacts=8, seed=3)
    first = await Ingest(db, [TENANT], workers=4, partitioner=partitioner).run(records_of_lines(stream.lines))
    assert (first.messages_stored, first.rejected.total()) == (200, 0)
    before = snapshot(superuser)
    second = await Ingest(db, [TENANT], workers=4, partitioner=partitioner).run(
        records_of_lines(stream.lines)
    )
    assert (second.messages_stored, second.duplicates, second.events) == (0, first.events, first.events)
    assert snapshot(superuser) == before


async def test_the_counts_of_sessions_agree_with_the_messages(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    stream = make_stream([seed.session], messages=200, contacts=3, seed=4)
    tally = await Ingest(db, [TENANT], workers=8, partitioner=round_robin).run(records_of_lines(stream.lines))
    assert tally.conflicts > 0, "nothing was contended: the test shows nothing"
    rows = superuser.execute(
        """
        SELECT s.message_count, count(m.id) FROM sessions s JOIN messages m ON m.session_id = s.id
         GROUP BY s.id, s.message_count
        """
    ).fetchall()
    assert rows
    assert all(message_count == messages for message_count, messages in rows)
    assert superuser.execute("SELECT count(*) - 4 FROM outbox_events").fetchone() == (tally.outbox_events,)


async def test_reports_move_forward_only_and_may_come_before_their_message(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    lines = [
        ack_line(seed, 10, message=1, ack=3),  # before its message
        own_message_line(seed, 1),
        ack_line(seed, 11, message=1, ack=2),  # late: it was read already
        own_message_line(seed, 2),
        ack_line(seed, 12, message=2, ack=-1),
        ack_line(seed, 13, message=2, ack=2),  # delivered after all
        ack_line(seed, 14, message=9, ack=2),  # of no message
    ]
    tally = await Ingest(db, [TENANT], workers=1).run(records_of_lines(lines))
    assert message_statuses(superuser) == {"m1": "read", "m2": "delivered"}
    assert tally.skipped["ack of an unknown message"] == 1
    before = snapshot(superuser)
    await Ingest(db, [TENANT], workers=1).run(records_of_lines(lines))
    assert snapshot(superuser) == before
