"""PgBouncer in front of a server: in transaction mode, with few connections to it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from ventros.devserver import DevServer
from ventros.devserver.account import find_account

KNOWS_PREPARED_STATEMENTS = (1, 21)
CONFIGURATION = """
[databases]
* = host={host} port=5432
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = {mode}
default_pool_size = {size}
{prepared}
{ignored}
logfile = {log}
"""


def find_pgbouncer(*, prepared: bool = True) -> str:
    """Skips the test where there is none, or none that knows the prepared statements that it needs."""
    program = os.environ.get("VENTROS_PGBOUNCER") or shutil.which("pgbouncer")
    program = program or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("there is no pgbouncer: set VENTROS_PGBOUNCER, or install it")
    if prepared and (version := version_of(program)) < KNOWS_PREPARED_STATEMENTS:
        pytest.skip(f"PgBouncer {version} does not know prepared statements in transaction mode")
    return program


def version_of(program: str) -> tuple[int, int]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"PgBouncer (\d+)\.(\d+)", told)
    assert version is not None, told
    return int(version[1]), int(version[2])


@contextmanager
def pooler(
    server: DevServer,
    dsn: str,
    size: int,
    mode: str = "transaction",
    *,
    prepared: bool = True,
    ignored: str = "",
) -> Iterator[str]:
    """A DSN that leads to that of ``dsn`` through a pooler with ``size`` connections to the server.

    ``prepared`` keeps prepared statements apart; without, it is as older ones are. It takes the parameters
    that are ``ignored`` with a connection request, and does nothing with them.
    """
    program = find_pgbouncer(prepared=prepared)
    keeps = {True: "max_prepared_statements = 500", False: "max_prepared_statements = 0"}[prepared]
    parts = urlsplit(dsn)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    account = find_account()
    directory = server.directory / f"pooler-{port}"
    directory.mkdir()
    users, configuration, log = directory / "users", directory / "pgbouncer.ini", directory / "log"
    users.write_text(f'"{parts.username}" "{unquote(parts.password or "")}"\n')
    configuration.write_text(
        CONFIGURATION.format(
            host=server.host,
            port=port,
            users=users,
            size=size,
            log=log,
            mode=mode,
            prepared=keeps if version_of(program) >= KNOWS_PREPARED_STATEMENTS else "",
            ignored=f"ignore_startup_parameters = {ignored}" if ignored else "",
        )
    )
    account.take(directory)
    process = subprocess.Popen(
        [program, str(configuration)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
        cwd="/",
    )
    try:
        _wait_for(port, process, log)
        yield f"postgresql://{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}{parts.path}?sslmode=disable"
    finally:
        process.kill()  # else it waits for its clients
        process.wait(20)
        shutil.rmtree(directory)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text() if log.exists() else "it ended without a word"
        time.sleep(0.02)
    pytest.fail("the pooler does not listen")
