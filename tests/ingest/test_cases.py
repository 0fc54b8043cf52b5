"""The cases of public traffic, stored: who wrote what in which chat, and what every event became."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from tests.support.constants import NOW
from tests.support.snapshots import snapshot
from tests.support.waha_cases import CASES, SESSION, SMALL_FAULTS, Case, read_cases
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed, seed_tenant
from ventros.ingest.records import records_of_lines
from ventros.ingest.runner import Ingest
from ventros.ingest.tally import Tally
from ventros.ingest.waha.addresses import message_id
from ventros.ingest.waha.decoding import decode_events

STORED = """
    SELECT m.content_type, m.from_me, m.text, c.phone, i.lid, h.external_id AS chat, m.session_id,
           m.channel_message_id AS id
      FROM messages m JOIN contacts c ON c.id = m.contact_id
      LEFT JOIN chats h ON h.id = m.chat_id
      LEFT JOIN contact_identities i ON i.contact_id = c.id
"""
MISCOUNTED = """
    SELECT s.id FROM sessions s LEFT JOIN messages m ON m.session_id = s.id
     GROUP BY s.id, s.message_count HAVING s.message_count <> count(m.id)
"""


@pytest.fixture
async def shop(db: Database[UnitOfWork]) -> Seed:
    return await seed_tenant(db, "shop", SESSION, NOW)


async def run(db: Database[UnitOfWork], lines: list[bytes], workers: int) -> Tally:
    return await Ingest(db, ["shop"], workers=workers).run(records_of_lines(lines))


@pytest.mark.parametrize("workers", [1, 4])
async def test_every_case_is_stored_as_it_should_be(
    db: Database[UnitOfWork], shop: Seed, superuser: psycopg.Connection, workers: int
) -> None:
    lines = CASES.read_bytes().splitlines()
    tally = await run(db, lines, workers)
    counts = {
        "events": tally.events,
        "rejected": tally.rejected,
        "duplicates": tally.duplicates,
        "stored": tally.stored,
        "unsupported": tally.unsupported,
        "unknown": {name: number for name, number in tally.skipped.items() if "unknown" in name},
    }
    assert counts == {
        "events": 84,
        "rejected": {},
        "duplicates": 2,
        "stored": {"message": 58, "ack": 1},
        "unsupported": {"poll": 1, "order": 1, "group invite": 1, "event": 1},
        "unknown": {"ack of an unknown message": 2, "edit of an unknown message": 1},
    }
    rows = stored(superuser)
    assert len(rows) == tally.messages_stored == 62
    for case in read_cases():
        if case.outcome in {"stored", "decide"}:
            check(case, rows[id_of(case)])
    assert superuser.execute(MISCOUNTED).fetchall() == []
    assert superuser.execute(
        "SELECT count(*) FROM messages WHERE channel_message_id = '3EB0ACK1' AND status = 'read'"
    ).fetchone() == (1,)
    before = snapshot(superuser)
    again = await run(db, lines, workers)
    assert (again.events, again.messages_stored, again.rejected) == (84, 0, {})
    assert snapshot(superuser) == before


def stored(superuser: psycopg.Connection) -> dict[str, dict[str, Any]]:
    cursor = superuser.execute(STORED)
    names = [column.name for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return {row["id"]: row for row in rows}


def id_of(case: Case) -> str:
    (event,) = decode_events(case.line).events
    found = message_id(event["payload"]["id"])
    assert found is not None
    return found.bare


def check(case: Case, row: dict[str, Any]) -> None:
    if case.types:
        assert row["content_type"] in case.types, case
    if case.direction:
        assert row["from_me"] is (case.direction == "out"), case
    if lid := re.fullmatch(r"lid ([0-9]+)", case.contact):
        assert (row["phone"], row["lid"]) == (None, lid[1]), case
    elif case.contact.isdigit():
        assert row["phone"] == case.contact, case
    if case.text and not case.text.startswith("("):
        assert row["text"] == case.text, case
    in_group = "in the group's chat" in case.note
    assert (row["chat"] is not None, row["session_id"] is None) == (in_group, in_group), case


async def test_small_faults_are_stored(
    db: Database[UnitOfWork], shop: Seed, superuser: psycopg.Connection
) -> None:
    tally = await run(db, SMALL_FAULTS.read_bytes().splitlines(), 4)
    assert (tally.events, tally.rejected) == (16, {})
    assert (tally.messages_stored, tally.duplicates) == (9, 1)
    assert superuser.execute("SELECT count(*) FROM contacts").fetchone() == (9,)
    assert superuser.execute(MISCOUNTED).fetchall() == []
