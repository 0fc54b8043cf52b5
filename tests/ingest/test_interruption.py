"""A run that is killed, interrupted or terminated in the middle: the next one ends what it began."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.support.program import WITHOUT_DATABASE, ventros
from tests.support.snapshots import snapshot
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.demo.stream import Stream, make_stream
from ventros.ingest.records import records_of_lines
from ventros.ingest.runner import Ingest

MESSAGES = 400
TIMES = 5
LEAST_BEFORE = 20
"""Messages that are stored before the signal is sent."""

COUNTERS = """
    SELECT (SELECT count(*) FROM messages), (SELECT count(DISTINCT channel_message_id) FROM messages),
           (SELECT sum(message_count) FROM sessions), (SELECT count(*) FROM contacts),
           (SELECT count(*) FROM messages WHERE status = 'read'),
           (SELECT count(*) FROM sessions s WHERE message_count <>
               (SELECT count(*) FROM messages m WHERE m.session_id = s.id))
"""
CHANNEL = "SELECT name, total_messages_received, total_messages_sent FROM channels"


@pytest.fixture
def stream(seed: Seed, other_seed: Seed) -> Stream:
    return make_stream([seed.session, other_seed.session], messages=MESSAGES, contacts=10, seed=17)


@pytest.fixture
def file(stream: Stream, tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"no JSON\n" + b"".join(line + b"\n" for line in stream.lines))
    return path


def start(file: Path, dsn: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ventros.cli", "ingest", str(file)]
    environment = WITHOUT_DATABASE | {"VENTROS_DATABASE_URL": dsn}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def wait_for_messages(superuser: psycopg.Connection, number: int) -> None:
    deadline = time.monotonic() + 30
    while stored(superuser) < number:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def stored(superuser: psycopg.Connection) -> int:
    row = superuser.execute("SELECT count(*) FROM messages").fetchone()
    assert row is not None
    return int(row[0])


def summary_of(output: str) -> dict[str, int]:
    lines = [line.rsplit(maxsplit=1) for line in output.splitlines()]
    return {name.strip(): int(value.replace(",", "")) for name, value in lines if name != "seconds"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_interrupted_five_times_and_run_again(
    dsn: str,
    db: Database[UnitOfWork],
    stream: Stream,
    file: Path,
    superuser: psycopg.Connection,
    number: signal.Signals,
) -> None:
    for time_ in range(1, TIMES + 1):
        running = start(file, dsn)
        wait_for_messages(superuser, time_ * LEAST_BEFORE)
        running.send_signal(number)
        output, errors = running.communicate(timeout=30)
        if number is signal.SIGKILL:
            assert running.returncode == -signal.SIGKILL
        else:
            assert running.returncode == 130, errors
            assert "interrupted" in errors
            assert summary_of(output)["events"] > 0
        assert stored(superuser) < stream.distinct_messages, "it was over: the test shows nothing"
    done = ventros("ingest", file, database=dsn)
    assert done.returncode == 1, done.stderr  # for the line that is no JSON
    assert superuser.execute(COUNTERS).fetchone() == (
        MESSAGES, MESSAGES, MESSAGES, *superuser.execute(
            "SELECT count(*), (SELECT count(*) FROM messages WHERE status = 'read'), 0 FROM contacts"
        ).fetchone(),  # type: ignore[misc]
    )  # fmt: skip
    before = snapshot(superuser)
    again = ventros("ingest", file, database=dsn)
    assert summary_of(again.stdout)["stored"] == 0
    assert snapshot(superuser) == before
