"""What tests of migrations write, ask and wait for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from ventros.kernel.errors import MigrationError
from ventros.migrate import write_checksums

DATABASE = "migrations"
A, B, C = "0001.create-a", "0002.create-b", "0010.create-c"


def write(folder: Path, id: str, up: str, down: str = "SELECT 1;") -> None:  # noqa: A002
    (folder / f"{id}.sql").write_text(up, encoding="utf-8")
    (folder / f"{id}.rollback.sql").write_text(down, encoding="utf-8")
    write_checksums(folder)


def query(dsn: str, statement: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def relations(dsn: str) -> set[str]:
    rows = query(
        dsn,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')",
    )
    return {name for (name,) in rows if not name.endswith("_pkey")}


def tables(dsn: str) -> set[str]:
    return {name for name in relations(dsn) if "yoyo" not in name}


def applied(dsn: str) -> list[str]:
    return [name for (name,) in query(dsn, "SELECT migration_id FROM _yoyo_migration ORDER BY migration_id")]


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@contextmanager
def refused(
    *parts: str, error: type[Exception] = MigrationError
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """The block raises exactly ``error``, with a message of one line that holds all ``parts``."""
    with pytest.raises(error) as caught:
        yield caught
    assert type(caught.value) is error
    for part in parts:
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


INDEX = "-- transactional: false\nCREATE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);"
DROP_INDEX = "-- transactional: false\nDROP INDEX CONCURRENTLY IF EXISTS a_id;"
