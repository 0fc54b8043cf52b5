"""A real server that is reached over TCP, by a loopback address of its own, and shows what it is told to."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import psycopg
import pytest

from tests.support.certificates import Certificate
from ventros.devserver import DevServer
from ventros.devserver.account import Account, find_account
from ventros.devserver.programs import find_binaries
from ventros.kernel.errors import ConfigurationError

CERTIFIED = "certified"
"""A role that comes in by a certificate of its name, and by nothing else."""


@attrs.frozen
class TlsServer:
    """``host`` is an address of 127.0.0.0/8, so that the port is free."""

    server: DevServer
    programs: Path
    host: str
    account: Account

    def show(self, shown: Certificate | None, authority: Certificate | None = None) -> None:
        """That certificate to all who come from now on, or None: it speaks no TLS."""
        data = self.server.directory / "data"
        if shown is not None:
            self._write(data / "server.crt", shown.pem)
            self._write(data / "server.key", shown.key_pem())
        if authority is not None:
            self._write(data / "ca.crt", authority.pem)
        settings = {"ssl": "on" if shown else "off", "ssl_ca_file": "ca.crt"}
        with psycopg.connect(self.server.superuser_dsn(), autocommit=True) as connection:
            for name, value in settings.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        self.account.run(
            self.programs / "pg_ctl", "restart", "-D", data, "-l", data.parent / "server.log", "-w"
        )

    def _write(self, file: Path, text: str) -> None:
        self.account.run("/bin/sh", "-c", 'umask 077; cat > "$1"', "sh", file, stdin=text)

    def listen(self) -> None:
        data = self.server.directory / "data"
        self.account.run(
            *("/bin/sh", "-c", 'cat >> "$1"', "sh", data / "postgresql.conf"),
            stdin=f"listen_addresses = '{self.host}'\n",
        )
        self._write(
            data / "pg_hba.conf",
            f"local all all scram-sha-256\nhostssl all {CERTIFIED} all cert\nhost all all all scram-sha-256",
        )
        with psycopg.connect(self.server.superuser_dsn(), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {CERTIFIED} LOGIN".encode())


@contextmanager
def tls_server() -> Iterator[TlsServer]:
    """Skips where no PostgreSQL was built with TLS; that of the wheel is not."""
    for programs in _installed():
        with DevServer(durable=False, binaries=programs) as server:
            if _speaks_tls(server):
                running = TlsServer(server, programs, _host(), find_account())
                running.listen()
                yield running
                return
    pytest.skip("no PostgreSQL here was built with TLS: install Debian's postgresql, or set VENTROS_PG_BIN")


def _installed() -> Iterator[Path]:
    with contextlib.suppress(ConfigurationError):
        yield find_binaries()
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if pg_ctl := shutil.which("pg_ctl"):
        yield Path(pg_ctl).resolve().parent


def _speaks_tls(server: DevServer) -> bool:
    with psycopg.connect(server.superuser_dsn()) as connection:
        return connection.execute("SHOW ssl_library").fetchone() != ("",)


def _host() -> str:
    return f"127.{random.randrange(1, 255)}.{random.randrange(255)}.{random.randrange(2, 255)}"
