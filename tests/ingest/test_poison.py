"""What is meant to break the program costs its own line, little memory, and nobody else's messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from tests.support.program import WITHOUT_DATABASE
from tests.support.waha_lines import message_line, message_statuses
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.ingest.records import MAX_DEPTH

MEGABYTES = 200
MEASURED = """
import pathlib, sys
from ventros.cli import main
try:
    main()
finally:
    # ru_maxrss would count what this process shared with ours before it became the program.
    status = pathlib.Path("/proc/self/status").read_text()
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    print(int(peak) // 1024, file=sys.stderr)
"""


def poison(seed: Seed) -> dict[str, bytes]:
    """By what it is; each is one line, with its end."""

    def event(**payload: object) -> bytes:
        return message_line(seed, 900, payload={"id": "poison", **payload})

    named = json.loads(event())
    named["payload"]["_data"]["Info"]["PushName"] = "N" * 10_000
    return {
        "a 4,000-letter id": event(id="i" * 4_000),
        "a 9,000-digit phone": event(**{"from": "5" * 9_000 + "@c.us"}),
        "a 9,000-digit number": event(timestamp=0)
        .replace(b'"timestamp": 0', b'"timestamp": ' + b"9" * 9_000)
        .replace(b'"5511999990000@c.us"', b"9" * 9_000),
        "a 10,000-letter name": json.dumps(named).encode() + b"\n",
        "a 100 MB line": b'{"event":"message","payload":"' + b"x" * 100_000_000 + b'"}\n',
        "a 100 MB line of brackets": b'{"event":' + b"[" * 50_000_000 + b"]" * 50_000_000 + b"}\n",
        "invalid UTF-8": event().replace(b"message 900", b"\xff\xfe"),
        "a JSON bomb": b"[" * 400_000 + b"]" * 400_000 + b"\n",
        "a JSON bomb within its line": event(body="?").replace(b'"?"', b"[" * 300_000 + b"]" * 300_000),
        "a bomb at the limit": event(x="?").replace(b'"?"', b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH),
        "a million empty arrays": event(body="?").replace(b'"?"', b"[" + b"[]," * 300_000 + b"[]]"),
        "the beginning of an event": event()[:200] + b"\n",
        "the end of an event": event()[200:],
        "no JSON": b"\x00\x01\x02\n",
    }


@pytest.fixture
def file(seed: Seed, other_seed: Seed, tmp_path: Path) -> tuple[Path, dict[int, str], int]:
    """Poison between the messages of two tenants; and its lines, and how many messages there are."""
    path, bad_lines, number = tmp_path / "in.jsonl", {}, 0
    with path.open("wb") as stream:
        line = 0
        for what, raw in poison(seed).items():
            for tenant in (seed, other_seed, seed, other_seed):
                number += 1
                line += 1
                stream.write(message_line(tenant, number))
            line += 1
            bad_lines[line] = what
            stream.write(raw)
        stream.write(message_line(seed, number + 1))
    return path, bad_lines, number + 1


def test_poison_in_the_traffic_of_two_tenants(
    dsn: str,
    db: Database[UnitOfWork],
    superuser: psycopg.Connection,
    file: tuple[Path, dict[int, str], int],
) -> None:
    path, bad_lines, messages = file
    tenants = ("--tenant", TENANT, "--tenant", OTHER_TENANT)
    command = [sys.executable, "-c", MEASURED, "ingest", *tenants, str(path)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False,
        env=WITHOUT_DATABASE | {"VENTROS_DATABASE_URL": dsn},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    good = {name for name in message_statuses(superuser) if name.startswith("m")}
    assert len(good) == messages
    rejects = [json.loads(line) for line in (path.parent / "in.rejects.jsonl").read_text().splitlines()]
    named = {reject["line"] for reject in rejects}
    assert {what for line, what in bad_lines.items() if line not in named} == {"a bomb at the limit"}
    assert named <= bad_lines.keys()
    megabytes = int(done.stderr.split()[-1])
    assert megabytes < MEGABYTES
