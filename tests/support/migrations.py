"""What tests of migrations write, ask and wait for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from ventros import Application, Catalogue
from ventros.kernel.errors import MigrationError
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.migration_files import write_checksums

DATABASE = "migrations"
A, B, C = "0001.create-a", "0002.create-b", "0010.create-c"


def of(folder: Path, *below: Application, name: str = "own", schema: str = "public") -> Application:
    """An application with these migrations, without repositories, that stands on those ``below`` it."""
    return Application(
        name=name,
        statements=Catalogue(folder, schema),
        migrations=folder,
        unit_of_work=UnitOfWork,
        stands_on=below,
    )


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
    return relations(dsn) - {"ventros_migrations"}


def applied(dsn: str) -> list[str]:
    return [name for (name,) in query(dsn, "SELECT id FROM ventros_migrations ORDER BY id")]


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
