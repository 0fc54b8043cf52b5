"""A file goes in as far as it can; what cannot is named, line by line."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.support.waha_lines import message_line, message_statuses
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.ingest.file import ingest_file
from ventros.ingest.runner import Tally
from ventros.kernel.errors import ConnectionLost


async def test_lines_that_cannot_be_used_are_named_and_the_rest_goes_in(
    dsn: str, db: Database[UnitOfWork], seed: Seed, tmp_path: Path
) -> None:
    lines = [
        message_line(seed, 1),
        b"\n",
        b"{broken\n",
        message_line(seed, 2, session=None),
        message_line(seed, 3, event=None),
        message_line(seed, 4, payload={"id": None}),
        message_line(seed, 5, session="nobody"),
        message_line(seed, 6, payload={"from": "123@c.us"}),
        message_line(seed, 7, payload={"body": "x" * 5000}),
        message_line(seed, 8, event="session.status"),
        message_line(seed, 9),
    ]
    tally, rejects = await ingest(dsn, tmp_path / "in.jsonl", lines)
    assert (tally.messages_stored, tally.rejected, tally.skipped) == (2, 7, 1)
    assert rejects == tmp_path / "in.rejects.jsonl"
    rows = map(json.loads, rejects.read_text().splitlines())
    reasons = {row["line"]: row["reason"] for row in rows}
    assert sorted(reasons) == [3, 4, 5, 6, 7, 8, 9]
    assert "JSON" in reasons[3]
    assert "session" in reasons[4]
    assert "event" in reasons[5]
    assert "payload.id" in reasons[6]
    assert "nobody" in reasons[7]
    assert "phone" in reasons[8]
    assert "5000" in reasons[9]


async def test_a_run_without_rejects_leaves_no_file_of_an_earlier_one(
    dsn: str, db: Database[UnitOfWork], seed: Seed, tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    _, rejects = await ingest(dsn, path, [b"broken\n"])
    assert rejects is not None
    _, second_rejects = await ingest(dsn, path, [message_line(seed, 1)])
    assert (second_rejects, rejects.exists()) == (None, False)


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
    lines = [message_line(seed, number) for number in range(1, 6)]
    with pytest.raises(ConnectionLost):
        await ingest(dsn, tmp_path / "in.jsonl", lines, workers=1)
    assert sorted(message_statuses(superuser)) == ["m1", "m2"]
    assert superuser.execute("SELECT message_count FROM sessions").fetchall() == [(2,)]


async def ingest(dsn: str, path: Path, lines: list[bytes], workers: int = 4) -> tuple[Tally, Path | None]:
    path.write_bytes(b"".join(lines))  # noqa: ASYNC240 - a small file
    with path.open("rb") as stream:
        return await ingest_file(stream, path, dsn, workers, lambda _line: None)
