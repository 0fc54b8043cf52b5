"""The server itself: made, started, asked for databases, stopped."""

from __future__ import annotations

import atexit
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from ventros import administration, roles
from ventros.devserver.account import TIMEOUT, Account, find_account
from ventros.devserver.directory import PORT, make_directory
from ventros.devserver.programs import copy_installation, find_binaries, require_programs
from ventros.kernel.errors import ConfigurationError, DatabaseError

DATABASE = "ventros"
SUPERUSER = "postgres"

_FIXED_SETTINGS = {"listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700"}
_UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A schema of its own: what is in public is Ventros'.
_STATISTICS: LiteralString = f"""
CREATE SCHEMA statistics;
CREATE EXTENSION pg_stat_statements SCHEMA statistics;
GRANT USAGE ON SCHEMA statistics TO {roles.OWNER}, {roles.AUDITOR};
GRANT pg_read_all_stats TO {roles.OWNER};
"""
_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")

# Waits for a line, or for the end of the process that holds the other end of its standard input: so
# the server goes even when that process is killed and can run no code any more. The second rm is for
# an initdb that was left behind in the middle of its work and still writes.
_KEEPER = """
read -r _; killed=$?
"$1" stop -D "$2" -m fast -w -t 20 || "$1" stop -D "$2" -m immediate -w -t 20
rm -rf "$3" || [ "$killed" = 0 ] || { sleep 2; rm -rf "$3"; }
"""


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
    passwords: Mapping[str, str]
    """Of the roles of :mod:`ventros.roles`, by their names."""
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
        binaries = find_binaries() if binaries is None else require_programs(binaries.absolute(), "binaries")
        account = find_account()
        self.directory = make_directory(account, in_memory=not self._durable)
        self.host = str(self.directory)
        self.passwords = {role: secrets.token_urlsafe(24) for role in roles.DEFAULT.all}
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
            keeper.communicate(b"stop\n", timeout=TIMEOUT)
        if self.directory.exists():  # the account may not remove it from every parent
            shutil.rmtree(self.directory)

    def dsn(self, database: str = DATABASE, role: str = roles.APP) -> str:
        """For the app, as services connect, or another role of :mod:`ventros.roles`; understood by asyncpg
        and by psycopg.
        """
        return self._url(role, self.passwords[role], database) if self._owner else self._not_running()

    def owner_dsn(self, database: str = DATABASE) -> str:
        """For the owner of the tables, who migrates; row-level security holds for it as for the app."""
        return self.dsn(database, roles.OWNER)

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
            revoke: LiteralString = "REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC"  # a copy has it anew
            connection.execute(sql.SQL(revoke).format(names[0]))
        return self.dsn(name)

    def _set_up(self, account: Account, binaries: Path) -> None:
        atexit.register(self.stop)
        if not account.can_run(binaries):
            binaries = copy_installation(binaries, self.directory)
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
            for role, password in self.passwords.items():
                roles.create_role(connection, role, password)
            roles.show_statistics(connection, roles.AUDITOR)
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
