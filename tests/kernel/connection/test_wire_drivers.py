"""The wire in front of other versions of asyncpg: each in an interpreter of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ventros.kernel.connection.connect import PROOF_QUERY

OTHERS = os.environ.get("VENTROS_OTHER_PYTHONS", "").split(os.pathsep)
"""Interpreters, separated by colons, with the same packages but for asyncpg."""
ROOT = Path(__file__).resolve().parents[3]


def run(interpreter: str, dsn: str) -> str:
    command = [interpreter, "-W", "error", "-m", "tests.support.wire_program", dsn]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT, env=environment
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_this_asyncpg_takes_a_wire(dsn: str) -> None:
    assert "all is right" in run(sys.executable, dsn)


@pytest.mark.slow
@pytest.mark.spoiled  # what other versions ask about types is not known here
@pytest.mark.parametrize("other", OTHERS)
def test_another_asyncpg_takes_a_wire(other: str, dsn: str) -> None:
    if not other:
        pytest.skip("VENTROS_OTHER_PYTHONS names no interpreter")
    said = run(other, dsn)
    print(said)
    assert "all is right" in said


def test_control_a_program_without_a_wire_fails(dsn: str) -> None:
    other = PROOF_QUERY.replace("6", "5")
    script = (
        "import asyncio, sys; from ventros.kernel.connection import connect; "
        "from tests.support.wire_program import main; "
        f"connect.PROOF_QUERY = {other!r}; asyncio.run(main(sys.argv[1]))"
    )
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, dsn],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
    )
    assert process.returncode != 0
    assert "statements will not share round trips" in process.stderr
