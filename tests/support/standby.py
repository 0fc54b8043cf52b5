"""A hot standby of an embedded server: it replays what the primary writes, and takes reads only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ventros.devserver import DevServer
from ventros.devserver.account import find_account
from ventros.devserver.programs import find_binaries

PORT = 5433


@contextmanager
def hot_standby(primary: DevServer) -> Iterator[str]:
    """Beside ``primary``, on another port; what a DSN of the primary's has to be replaced by."""
    account = find_account()
    copies = sorted(primary.directory.glob("installation/*/*/bin"))
    binaries = copies[0] if copies else find_binaries()
    data, log = primary.directory / "standby", primary.directory / "standby.log"
    account.run(
        *(binaries / "pg_basebackup", "-d", primary.superuser_dsn(), "-D", data),
        *("-R", "-X", "stream", "-c", "fast", "--no-sync"),
    )
    account.run(
        *("/bin/sh", "-c", 'cat >> "$1"', "sh", data / "postgresql.auto.conf"),
        stdin=f"port = {PORT}\nhot_standby = on\nmax_standby_streaming_delay = 30s\n",
    )
    account.run(binaries / "pg_ctl", "start", "-D", data, "-l", log, "-w", "-t", "60")
    try:
        yield f"port={PORT}"
    finally:
        account.run(binaries / "pg_ctl", "stop", "-D", data, "-m", "immediate", "-w")
