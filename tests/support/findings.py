"""What the audit found, and psql beside it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import psycopg

from ventros.audit.checks import Finding
from ventros.devserver import find_binaries


def psql(dsn: str, *args: str | Path, text: str = "") -> str:
    """What it prints; ``text`` is read as if it were pasted, statement by statement."""
    command = [find_binaries() / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn, *args]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}\n{text}"
    return done.stdout


def paste(dsn: str, text: str) -> None:
    """What psql does when ``text`` is pasted: one statement after the other, each by itself."""
    command = [str(find_binaries() / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def subjects_of(findings: list[Finding]) -> list[tuple[str, str]]:
    """Check and subject, without the ids of aggregates."""
    return [(finding.check, finding.subject.split(" ")[0]) for finding in findings]


def mend(connection: psycopg.Connection, findings: Iterable[Finding]) -> None:
    """Within the connection's transaction, in which nothing can be done concurrently."""
    for finding in findings:
        connection.execute(finding.mend.replace("CONCURRENTLY ", "").encode())
