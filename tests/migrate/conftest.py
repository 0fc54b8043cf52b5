"""Three small migrations in a directory of a test's own, and an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import pytest

from tests.support.migrations import DATABASE, A, B, C, query, until, write
from ventros.devserver import DevServer
from ventros.migration_files import write_checksums


@pytest.fixture(scope="session")
def owner(server: DevServer) -> str:
    """The superuser in the one database that all tests use: CREATE DATABASE takes most of a test's time."""
    server.create_database(DATABASE)
    return server.superuser_dsn(DATABASE)


@pytest.fixture
def dsn(server: DevServer, owner: str) -> Iterator[str]:
    """A database as empty as a new one. No run may leave a session in it."""
    query(owner, "DROP SCHEMA IF EXISTS public, elsewhere CASCADE")
    query(owner, "CREATE SCHEMA public AUTHORIZATION pg_database_owner")
    yield server.owner_dsn(DATABASE)
    left: LiteralString = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    until(lambda: not query(owner, left, DATABASE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three migrations, each of which creates a table and cannot be applied twice."""
    folder = tmp_path / "migrations [1]"  # a name that is a pattern to glob
    folder.mkdir()
    for id_ in (B, C, A):
        write(folder, id_, f"CREATE TABLE {id_[-1]} (id int);", f"DROP TABLE {id_[-1]};")
    write_checksums(folder)
    return folder
