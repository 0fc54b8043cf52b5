"""A run that is killed, interrupted or terminated in the middle: the next one ends what it began."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from tests.support.program import WITHOUT_DATABASE, ventros
from tests.support.snapshots import snapshot
from tests.support.waha_lines import message_line
from ventros import Database, UnitOfWork
from ventros.cli import INTERRUPTED
from ventros.command_line import FAILED
from ventros.demo.seed import Seed
from ventros.demo.stream import Stream, make_stream
from ventros.ingest.file import STDIN

MESSAGES = 400
LEAST_BEFORE = 20
"""Messages that are stored before the signal is sent."""

COUNTERS = """
    SELECT (SELECT count(*) FROM messages),
           (SELECT count(DISTINCT (channel_id, channel_message_id)) FROM messages),
           (SELECT sum(message_count) FROM sessions),
           (SELECT sum(messages_received + messages_sent) FROM channel_counters)
"""
MISCOUNTED = """
    SELECT s.id FROM sessions s LEFT JOIN messages m ON m.session_id = s.id
     GROUP BY s.id, s.message_count HAVING s.message_count <> count(m.id)
"""


@pytest.fixture
def stream(seed: Seed, other_seed: Seed) -> Stream:
    return make_stream([seed.session, other_seed.session], messages=MESSAGES, contacts=10, seed=17)


@pytest.fixture
def file(stream: Stream, tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"no JSON\n" + b"".join(line + b"\n" for line in stream.lines))
    return path


def start(file: Path, dsn: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "ventros.cli",
        "ingest",
        "--tenant",
        TENANT,
        "--tenant",
        OTHER_TENANT,
        str(file),
    ]
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


@pytest.mark.parametrize("times", [1, pytest.param(5, marks=pytest.mark.slow)])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_interrupted_and_run_again(
    dsn: str,
    db: Database[UnitOfWork],
    stream: Stream,
    file: Path,
    superuser: psycopg.Connection,
    number: signal.Signals,
    times: int,
) -> None:
    for run in range(1, times + 1):
        running = start(file, dsn)
        wait_for_messages(superuser, run * LEAST_BEFORE)
        running.send_signal(number)
        output, errors = running.communicate(timeout=30)
        if number is signal.SIGKILL:
            assert running.returncode == -signal.SIGKILL
        else:
            assert running.returncode == INTERRUPTED, errors
            assert "interrupted" in errors
            assert summary_of(output)["events"] > 0
        assert stored(superuser) < MESSAGES, "it was over: the test shows nothing"
    done = ventros("ingest", file, "--tenant", TENANT, "--tenant", OTHER_TENANT, database=dsn)
    assert done.returncode == FAILED, done.stderr  # for the line that is no JSON
    assert superuser.execute(COUNTERS).fetchone() == (MESSAGES,) * 4
    assert superuser.execute(MISCOUNTED).fetchall() == []
    before = snapshot(superuser)
    again = ventros("ingest", file, "--tenant", TENANT, "--tenant", OTHER_TENANT, database=dsn)
    assert summary_of(again.stdout)["stored"] == 0
    assert snapshot(superuser) == before


def test_a_silent_pipe_is_interrupted_at_once(
    dsn: str, db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "ventros.cli", "ingest", "--tenant", TENANT, STDIN]
    environment = WITHOUT_DATABASE | {"VENTROS_DATABASE_URL": dsn}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment, cwd=tmp_path,
    ) as running:  # fmt: skip
        assert running.stdin is not None
        running.stdin.write(b"no JSON\n" + message_line(seed, 1))
        running.stdin.flush()
        wait_for_messages(superuser, 1)
        running.send_signal(signal.SIGTERM)
        output, errors = running.communicate(timeout=10)
    assert running.returncode == INTERRUPTED, errors
    assert summary_of(output.decode())["stored"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["stdin.rejects.partial.jsonl"]
