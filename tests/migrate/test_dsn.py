"""The way to the database."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from tests.support.migrations import (
    DATABASE,
    A,
    B,
    C,
    of,
    query,
    refused,
    write,
)
from ventros import migration_files as module
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError
from ventros.migrate import (
    migrate,
    rollback,
    status,
)

PASSWORD = "p@s/s:%41 ?#&'\\é"  # noqa: S105 - of a role that lives for one test


@pytest.fixture
def role(dsn: str, owner: str) -> Iterator[str]:
    """A role with that password, which owns the schema of the database of ``dsn``."""
    assert dsn
    name = "o'r @home"
    parts = {"role": sql.Identifier(name), "password": PASSWORD}
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {role} LOGIN PASSWORD {password}").format(**parts))
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {role}").format(**parts))
        yield name
        connection.execute(sql.SQL("DROP OWNED BY {role}").format(**parts))
        connection.execute(sql.SQL("DROP ROLE {role}").format(**parts))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg"])
def test_a_socket_and_a_difficult_password(server: DevServer, role: str, folder: Path, scheme: str) -> None:
    user = f"{scheme}://{quote(role, safe='')}:{quote(PASSWORD, safe='')}"
    host = quote(server.host, safe="")
    assert migrate(f"{user}@/{DATABASE}?host={host}&port={server.port}", of(folder), to=A) == [A]
    assert migrate(f"{user}@{host}:{server.port}/{DATABASE}", of(folder)) == [B, C]
    with refused("cannot be reached", "password authentication failed", error=ConfigurationError) as caught:
        status(f"{user}x@/{DATABASE}?host={host}&port={server.port}", of(folder))
    assert "p@s" not in str(caught.value)


@pytest.mark.parametrize(
    "place", ["127.0.0.1:1/db", "/db?host=/nowhere", "no-such-host.invalid/db", "/db?host=/a,/b&port=1,2"]
)
def test_a_database_that_is_not_there(folder: Path, place: str) -> None:
    for run in (migrate, rollback, status):
        with refused("the database cannot be reached: ", error=ConfigurationError) as caught:
            run(f"postgresql://user:sesame@{place}", of(folder))
        assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://user:open@sesame@host/db",
        "postgresql://user:open/sesame@host/db",
        "postgresql://user:/sesame@host/db",
        "postgresql://user:open%sesame@host/db",
        "postgresql://user:sesame@host:port/db",
        "postgresql://user:sesame@host/db?server_settings=1",
        "mysql://user:sesame@host/db",
        "sesame",
    ],
)
def test_a_dsn_that_cannot_be_read_is_not_quoted(folder: Path, dsn: str) -> None:
    with refused("the DSN cannot be read: write postgresql://", error=ConfigurationError) as caught:
        migrate(dsn, of(folder))
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_what_the_dsn_says_goes_before_our_own(dsn: str, folder: Path) -> None:
    up = (
        "CREATE TABLE b AS SELECT current_setting('application_name') AS n, current_setting('work_mem') AS m;"
    )
    write(folder, B, up, "DROP TABLE b;")
    own = f"{dsn}&application_name=deploy&options=-c%20work_mem%3D5MB"
    migrate(own, of(folder))
    assert query(dsn, "SELECT n, m FROM b") == [("deploy", "5MB")]


def test_the_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yoyo.migrations", None)
    spec = importlib.util.spec_from_file_location("ventros_migration_files_without_yoyo", module.__file__)
    assert spec is not None
    assert spec.loader is not None
    with refused("yoyo", "pip install 'ventros[migrate]'", error=ConfigurationError):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
