"""A stream goes in once: twins, late reports, broken lines and a second run do no harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.snapshots import snapshot
from ventros import Database, UnitOfWork
from ventros.application.record_message_ack import AckResult
from ventros.demo.seed import Seed
from ventros.demo.stream import make_stream
from ventros.ingest.file import ingest_file
from ventros.ingest.runner import Ingest, Tally, by_conversation, by_turns
from ventros.kernel.errors import ConnectionLost


def event(seed: Seed, number: int, **changes: Any) -> bytes:
    payload = {
        "id": f"m{number}",
        "timestamp": 1767600000 + number,
        "from": "5511999990000@c.us",
        "to": "551130000000@c.us",
        "fromMe": False,
        "body": f"message {number}",
        "_data": {"Info": {"Type": "text", "PushName": "Ada"}},
    }
    payload.update(changes.pop("payload", {}))
    whole = {
        "id": f"evt_{number}",
        "timestamp": (1767600000 + number) * 1000,
        "event": "message",
        "session": seed.session,
        "payload": payload,
    }
    return json.dumps({**whole, **changes}).encode() + b"\n"


def ack(seed: Seed, number: int, of: int, code: int) -> bytes:
    own = {
        "id": f"m{of}",
        "fromMe": True,
        "from": "551130000000@c.us",
        "to": "5511999990000@c.us",
        "ack": code,
    }
    return event(seed, number, event="message.ack", payload=own)


def own(seed: Seed, number: int) -> bytes:
    swapped = {"fromMe": True, "from": "551130000000@c.us", "to": "5511999990000@c.us"}
    return event(seed, number, event="message.any", payload=swapped)


async def statuses(superuser: psycopg.Connection) -> dict[str, str]:
    rows = superuser.execute("SELECT channel_message_id, status FROM messages").fetchall()
    return dict(rows)


@pytest.mark.parametrize("route", [by_conversation, by_turns])
async def test_a_second_run_changes_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, route: Any
) -> None:
    stream = make_stream([seed.session], messages=200, contacts=8, seed=3)
    first = await Ingest(db, workers=4, route=route).run(stream.lines)
    assert (first.messages_stored, first.rejected) == (200, 0)
    before = snapshot(superuser)
    again = await Ingest(db, workers=4, route=route).run(stream.lines)
    assert (again.messages_stored, again.duplicates) == (0, first.messages_offered)
    assert snapshot(superuser) == before


async def test_the_counts_of_sessions_agree_with_the_messages(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    stream = make_stream([seed.session], messages=200, contacts=3, seed=4)
    tally = await Ingest(db, workers=8, route=by_turns).run(stream.lines)
    assert tally.conflicts > 0, "nothing was contended: the test shows nothing"
    rows = superuser.execute(
        """
        SELECT s.message_count, count(m.id) FROM sessions s JOIN messages m ON m.session_id = s.id
         GROUP BY s.id, s.message_count
        """
    ).fetchall()
    assert rows
    assert all(counted == stored for counted, stored in rows)
    assert superuser.execute("SELECT count(*) - 4 FROM outbox_events").fetchone() == (tally.events,)


async def test_reports_move_forward_only_and_may_come_before_their_message(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    lines = [
        ack(seed, 10, of=1, code=3),  # before its message
        own(seed, 1),
        ack(seed, 11, of=1, code=2),  # late: it was read already
        own(seed, 2),
        ack(seed, 12, of=2, code=-1),
        ack(seed, 13, of=2, code=2),  # delivered after all
        ack(seed, 14, of=9, code=2),  # of no message
    ]
    tally = await Ingest(db, workers=1).run(lines)
    assert await statuses(superuser) == {"m1": "read", "m2": "delivered"}
    assert tally.acks[AckResult.UNKNOWN] == 1
    before = snapshot(superuser)
    await Ingest(db, workers=1).run(lines)
    assert snapshot(superuser) == before


async def test_lines_that_cannot_be_used_are_named_and_the_rest_goes_in(
    dsn: str, db: Database[UnitOfWork], seed: Seed, tmp_path: Path
) -> None:
    lines = [
        event(seed, 1),
        b"\n",
        b"{broken\n",
        event(seed, 2, session=None),
        event(seed, 3, event=None),
        event(seed, 4, payload={"id": None}),
        event(seed, 5, session="nobody"),
        event(seed, 6, payload={"from": "123@c.us"}),
        event(seed, 7, payload={"body": "x" * 5000}),
        event(seed, 8, event="session.status"),
        event(seed, 9),
    ]
    tally, rejects = await ingest(dsn, tmp_path / "in.jsonl", lines)
    assert (tally.messages_stored, tally.rejected, tally.skipped) == (2, 7, 1)
    assert rejects == tmp_path / "in.rejects.jsonl"
    found = {each["line"]: each["reason"] for each in map(json.loads, rejects.read_text().splitlines())}
    assert sorted(found) == [3, 4, 5, 6, 7, 8, 9]
    assert "JSON" in found[3]
    assert "session" in found[4]
    assert "event" in found[5]
    assert "payload.id" in found[6]
    assert "nobody" in found[7]
    assert "phone" in found[8]
    assert "5000" in found[9]


async def test_a_run_without_rejects_leaves_no_file_of_an_earlier_one(
    dsn: str, db: Database[UnitOfWork], seed: Seed, tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    _, rejects = await ingest(dsn, path, [b"broken\n"])
    assert rejects is not None
    _, none = await ingest(dsn, path, [event(seed, 1)])
    assert (none, rejects.exists()) == (None, False)


async def test_a_database_that_is_lost_on_the_way_ends_the_run_and_what_was_stored_stays(
    dsn: str, db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    superuser.execute(
        """
        CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
        CREATE TRIGGER end_session BEFORE INSERT ON messages FOR EACH ROW
            WHEN (NEW.channel_message_id = 'm3') EXECUTE FUNCTION end_session();
        ALTER FUNCTION end_session() SECURITY DEFINER
        """
    )
    with pytest.raises(ConnectionLost):
        await ingest(dsn, tmp_path / "in.jsonl", [event(seed, number) for number in range(1, 6)], workers=1)
    assert sorted(await statuses(superuser)) == ["m1", "m2"]
    assert superuser.execute("SELECT message_count FROM sessions").fetchall() == [(2,)]


async def ingest(dsn: str, path: Path, lines: list[bytes], workers: int = 4) -> tuple[Tally, Path | None]:
    path.write_bytes(b"".join(lines))
    with path.open("rb") as stream:
        return await ingest_file(stream, path, dsn, workers, lambda _line: None)
