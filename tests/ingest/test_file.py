"""A file goes in as far as it can; what cannot is named, line by line, in a file that nobody else reads."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.waha_lines import message_line, message_statuses
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.ingest.file import Ingested, Rejects, ingest_file


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
        message_line(seed, 7, payload={"body": "x" * 65_537}),
        message_line(seed, 8, event="session.status"),
        message_line(seed, 9),
    ]
    done = await ingest(dsn, tmp_path / "in.jsonl", lines)
    tally = done.tally
    assert (tally.messages_stored, tally.rejected.total(), tally.skipped) == (
        2,
        7,
        {"event session.status": 1},
    )
    assert done.rejects == tmp_path / "in.rejects.jsonl"
    rows = map(json.loads, done.rejects.read_text().splitlines())
    reasons = {row["line"]: row["reason"] for row in rows}
    assert sorted(reasons) == [3, 4, 5, 6, 7, 8, 9]
    assert "another one begins" in reasons[3]
    assert "session" in reasons[4]
    assert "event" in reasons[5]
    assert "payload.id" in reasons[6]
    assert "nobody" in reasons[7]
    assert "phone" in reasons[8]
    assert "65537" in reasons[9]


async def test_a_run_without_rejects_leaves_no_file_of_an_earlier_one(
    dsn: str, db: Database[UnitOfWork], seed: Seed, tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    first = await ingest(dsn, path, [b"broken\n"])
    assert first.rejects is not None
    second = await ingest(dsn, path, [message_line(seed, 1)])
    assert (second.rejects, first.rejects.exists()) == (None, False)


@pytest.mark.parametrize("as_what", ["array", "pretty array", "pretty", "wrapped", "gzip", "bom"])
async def test_whatever_the_file_is_made_of(
    dsn: str,
    db: Database[UnitOfWork],
    seed: Seed,
    superuser: psycopg.Connection,
    tmp_path: Path,
    as_what: str,
) -> None:
    lines = [message_line(seed, number) for number in range(1, 6)]
    events = [json.loads(line) for line in lines]
    content = {
        "array": json.dumps(events).encode(),
        "pretty array": json.dumps(events, indent=2).encode(),
        "pretty": b"\n".join(json.dumps(event, indent=4).encode() for event in events),
        "wrapped": json.dumps(
            [{"json": {"headers": {}, "body": event}} for event in events], indent=2
        ).encode(),
        "gzip": gzip.compress(lines[0] + lines[1]) + gzip.compress(b"".join(lines[2:])),
        "bom": b"\xef\xbb\xbf" + b"".join(lines),
    }[as_what]
    done = await ingest(dsn, tmp_path / "in.json", [content])
    assert (done.tally.messages_stored, done.rejects) == (5, None)
    assert sorted(message_statuses(superuser)) == ["m1", "m2", "m3", "m4", "m5"]


async def test_an_event_that_costs_its_connection_every_time_is_rejected_and_the_rest_goes_in(
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
    done = await ingest(dsn, tmp_path / "in.jsonl", lines, workers=1)
    assert sorted(message_statuses(superuser)) == ["m1", "m2", "m4", "m5"]
    assert superuser.execute("SELECT message_count FROM sessions").fetchall() == [(4,)]
    assert done.rejects is not None
    (reject,) = map(json.loads, done.rejects.read_text().splitlines())
    assert reject["line"] == 3
    assert "does not answer" in reject["reason"]


async def test_a_fault_of_ours_costs_its_event_alone(
    dsn: str, db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    superuser.execute(
        """
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''secret'' USING ERRCODE = ''XX000''; END';
        CREATE TRIGGER fail BEFORE INSERT ON messages FOR EACH ROW
            WHEN (NEW.channel_message_id = 'm2') EXECUTE FUNCTION fail()
        """
    )
    lines = [message_line(seed, number) for number in range(1, 4)]
    done = await ingest(dsn, tmp_path / "in.jsonl", lines, workers=1)
    assert sorted(message_statuses(superuser)) == ["m1", "m3"]
    assert done.rejects is not None
    (reject,) = map(json.loads, done.rejects.read_text().splitlines())
    assert reject["line"] == 2
    assert "secret" not in reject["reason"]


def test_rejects_are_for_their_owner_alone(tmp_path: Path) -> None:
    rejects = Rejects(tmp_path / "in.rejects.jsonl")
    rejects.add(1, "why", b"x\xff")
    aside = [path for path in tmp_path.iterdir() if path != rejects.path]
    assert [stat.S_IMODE(path.stat().st_mode) for path in aside] == [0o600]
    assert not rejects.path.exists()
    assert rejects.close(is_complete=True) == rejects.path
    assert stat.S_IMODE(rejects.path.stat().st_mode) == 0o600
    assert json.loads(rejects.path.read_text()) == {"line": 1, "reason": "why", "text": "x\\xff"}
    assert list(tmp_path.iterdir()) == [rejects.path]


@pytest.mark.parametrize("any_reject", [True, False])
def test_a_link_is_replaced_and_never_followed(tmp_path: Path, any_reject: bool) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    rejects = Rejects(tmp_path / "in.rejects.jsonl")
    rejects.path.symlink_to(victim)
    rejects.partial_path.symlink_to(victim)
    if any_reject:
        rejects.add(1, "why", b"x")
    rejects.close(is_complete=True)
    assert victim.read_text() == "precious"
    assert not rejects.path.is_symlink()
    assert rejects.path.exists() is any_reject


def test_an_interrupted_run_leaves_the_last_rejects_alone(tmp_path: Path) -> None:
    path = tmp_path / "in.rejects.jsonl"
    last = Rejects(path)
    last.add(7, "last", b"x")
    last.close(is_complete=True)
    before = path.read_text()
    assert Rejects(path).close(is_complete=False) is None
    interrupted = Rejects(path)
    interrupted.add(1, "now", b"y")
    assert interrupted.close(is_complete=False) == interrupted.partial_path
    assert path.read_text() == before
    assert json.loads(interrupted.partial_path.read_text())["reason"] == "now"
    Rejects(path).close(is_complete=True)
    assert list(tmp_path.iterdir()) == []


async def ingest(dsn: str, path: Path, lines: list[bytes], **options: Any) -> Ingested:
    path.write_bytes(b"".join(lines))  # noqa: ASYNC240 - a small file
    return await ingest_file(path, dsn, tenants=[TENANT], **options)
