"""What the questions of sql/ops take: ``python -m bench.ops_cost [CONTACTS:TENANTS ...]``.

A database for each, by bench/audit_world.sql: ten messages to a contact, and ten events; the history of two
versions of each contact and each session. Without arguments 1,000, 10,000 and 100,000 contacts in one tenant,
then in many. Of each file that takes a tenth of a second somewhere: seconds by the clock, and of the server's
processor, which another load on the machine does not change; and of ``ventros audit``, which asks them all.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import attrs
import psycopg

from ventros import CRM
from ventros.audit.checks import Question, audit, questions
from ventros.devserver import DATABASE, DevServer
from ventros.ops import history
from ventros.schema import create_database

SIZES = ((1_000, 1), (10_000, 1), (100_000, 1), (1_000, 100), (10_000, 100), (100_000, 1_000))
SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "16GB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",  # on the disk, not in memory
}
POPULATE = (Path(__file__).parent / "audit_world.sql").read_text(encoding="utf-8")
SHOWN = 0.1


@attrs.frozen
class Taken:
    """Seconds."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} ({self.processor:.2f})"


def main() -> None:
    sizes = [tuple(map(int, size.split(":"))) for size in sys.argv[1:]] or list(SIZES)
    taken: dict[str, list[Taken]] = {}
    with DevServer(statistics=True, settings=SETTINGS) as server:
        for contacts, tenants in sizes:
            name = f"{DATABASE}_{contacts}_{tenants}"
            create_database(server, CRM, name)
            populate(server.superuser_dsn(name), contacts, tenants)
            for question, one in measure(server.superuser_dsn(name)).items():
                taken.setdefault(question, []).append(one)
            print(f"{contacts:,} contacts of {tenants:,} tenants: {taken['ventros audit'][-1]} s", flush=True)
            with psycopg.connect(server.superuser_dsn("postgres"), autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}"'.encode())
    heads = [f"{contacts:,} of {tenants:,}" for contacts, tenants in sizes]
    print(f"\nPostgreSQL {server.version}; seconds by the clock (of the processor)\n")
    print(f"| contacts of tenants | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}")
    short = 0.0
    for question, each in taken.items():
        most = max(one.processor for one in each)
        if most >= SHOWN:
            print(f"| {question} | {' | '.join(map(str, each))} |")
        else:
            short = max(short, most)
    print(f"\nall others: {short:.2f} s of the processor at the most")


def populate(dsn: str, contacts: int, tenants: int) -> None:
    history.enable(dsn, CRM)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"SET bench.contacts = '{contacts}'".encode())
        connection.execute(f"SET bench.tenants = '{tenants}'".encode())
        connection.execute(POPULATE.encode())
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def measure(dsn: str) -> dict[str, Taken]:
    """Of each question by itself, as psql asks it, and of ``ventros audit``."""
    taken = {}
    for question in questions(CRM):
        with psycopg.connect(dsn, autocommit=True) as connection:
            taken[question.name] = clocked(connection, partial(ask, connection, question))
    with psycopg.connect(dsn, autocommit=True) as connection:
        every = partial(audit, connection, CRM, timeout=3600, tell=print)
        taken["ventros audit"] = clocked(connection, every)
    return taken


def ask(connection: psycopg.Connection, question: Question) -> None:
    with connection.cursor() as cursor:
        cursor.execute(question.text.encode(), prepare=False)
        while cursor.nextset():
            pass
        cursor.fetchall()


def clocked(connection: psycopg.Connection, work: Callable[[], object]) -> Taken:
    pid = connection.info.backend_pid
    clock, before = time.perf_counter(), processor(pid)
    work()
    return Taken(time.perf_counter() - clock, processor(pid) - before)


def processor(pid: int) -> float:
    """Seconds that a process has had of this machine, by /proc, to a hundredth; 0 where there is no such."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
