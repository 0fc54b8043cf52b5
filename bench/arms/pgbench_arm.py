"""pgbench as the limit: the same statements from a client in C that does nothing else."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from bench.arms.arm import Arm
from bench.rounds import Slot
from bench.server import TENANT
from ventros.devserver import find_binaries
from ventros.kernel.connection.address import read_address
from ventros.kernel.errors import ConfigurationError

SCRIPTS = Path(__file__).parent.parent / "pgbench"


class Pgbench(Arm):
    """(d) What the server and the wire allow."""

    name = "pgbench"
    title = "pgbench"
    notes = ("pgbench has no process_inbound_message, which decides in the client, and no save_all.",)
    operations = ("get", "save", "unit_of_work", "list_page")

    async def open(self) -> None:
        """It connects by itself, each time."""

    async def close(self) -> None:
        """As it opens."""

    async def load(self, id: UUID) -> None:  # noqa: A002 - the field's name everywhere
        """It loads what it saves in the first transaction of each run."""

    async def slot(self, operation: str, count: int) -> Slot:
        first, last = self.keys[0].bounds[0], self.keys[-1].bounds[1]
        variables: dict[str, int | str] = {"first": first, "last": last, "tenant": TENANT, "version": 0}
        return run_pgbench(
            self.dsn, operation, clients=self.size, count=count, seed=first, variables=variables
        )


def program() -> str | None:
    """Where pgbench is: beside the server's programs, else on PATH."""
    try:
        beside = find_binaries()
    except ConfigurationError:
        return shutil.which("pgbench")
    return shutil.which("pgbench", path=str(beside)) or shutil.which("pgbench")


def run_pgbench(
    dsn: str, script: str, *, clients: int, count: int, seed: int, variables: Mapping[str, int | str]
) -> Slot:
    """``count`` transactions in all; raises RuntimeError when pgbench fails or is not there.

    The tenant is set with the connection, which saves a statement that the layer sends with BEGIN.
    """
    path = program()
    if path is None:
        raise RuntimeError("no pgbench beside the server's programs, nor on PATH")
    per_client = max(1, count // clients)
    with tempfile.TemporaryDirectory(prefix="ventros-pgbench-") as log:
        options = [path, "-n", "-M", "prepared", "-f", str(SCRIPTS / f"{script}.sql"), "-l"]
        options += [
            "-c",
            str(clients),
            "-j",
            "1",
            "-t",
            str(per_client),
            f"--random-seed={seed}",
            f"--log-prefix={log}/t",
        ]
        for name, value in {**variables, "clients": clients}.items():
            options += ["-D", f"{name}={value}"]
        before = _children()
        done = subprocess.run(  # noqa: S603 - a program and options of our own
            options, env=_environment(dsn), capture_output=True, text=True, check=False
        )
        cpu = _children() - before
        if done.returncode:
            raise RuntimeError(f"pgbench, {script}: {done.stderr.strip() or done.stdout.strip()}")
        lines = [line.split() for part in Path(log).iterdir() for line in part.read_text().splitlines()]
    latencies = tuple(int(line[2]) / 1e6 for line in lines)
    ends = [int(line[4]) + int(line[5]) / 1e6 for line in lines]
    wall = max(ends) - min(end - latency for end, latency in zip(ends, latencies, strict=True))
    return Slot(latencies, wall, cpu)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment(dsn: str) -> dict[str, str]:
    found = read_address(dsn)
    host = found.hosts[0]
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {
        **kept,
        "PGHOST": host.place,
        "PGPORT": str(host.port),
        "PGUSER": found.fields["user"],
        "PGPASSWORD": host.password or "",
        "PGDATABASE": found.fields["dbname"],
        "PGOPTIONS": f"-c app.tenant_id={TENANT}",
    }
