"""A primary dies or hangs under writers, its standby is promoted: what was acknowledged is there."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import LiteralString

import attrs
import psycopg
import pytest

from tests.support.constants import NOW
from tests.support.crash import Crashing
from tests.support.standby import hot_standby
from tests.support.writers import Tally, write
from ventros import CRM, Database, Settings, UnitOfWork
from ventros.demo.seed import seed_tenant
from ventros.devserver import DATABASE
from ventros.kernel.outcome import Outcome
from ventros.schema import create_database

WRITERS = 8
SETTINGS = Settings(
    min_size=0,
    max_size=WRITERS,
    connect_timeout=0.5,
    acquire_timeout=2,
    statement_timeout=1,
    lock_timeout=0.5,
    commit_timeout=1,
)


@attrs.frozen
class Pair:
    """A primary and its standby, on one address."""

    primary: Crashing
    standby_port: str

    @property
    def dsn(self) -> str:
        host, port = f"host={self.primary.host}", "port=5432"
        both = self.primary.dsn().replace(host, f"{host},{self.primary.host}")
        both = both.replace(port, f"{port},{self.standby_port.removeprefix('port=')}")
        return f"{both}&target_session_attrs=read-write"

    def on_standby(self) -> psycopg.Connection:
        dsn = self.primary.superuser_dsn(DATABASE).replace("port=5432", self.standby_port)
        return psycopg.connect(dsn, autocommit=True)


def until(connection: psycopg.Connection, query: LiteralString) -> object:
    while (row := connection.execute(query).fetchone()) is None:
        pass
    return row[0]


@contextmanager
def pair(synchronous: bool) -> Iterator[Pair]:
    with Crashing(durable=False, settings={"synchronous_commit": "on"}) as primary:
        create_database(primary, CRM, DATABASE)
        with hot_standby(primary) as place:
            with psycopg.connect(primary.superuser_dsn(), autocommit=True) as superuser:
                until(superuser, "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'")
                if synchronous:
                    superuser.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                    superuser.execute("SELECT pg_reload_conf()")
                    until(superuser, "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
            try:
                yield Pair(primary, place)
            finally:
                if not primary.is_killed:
                    primary.kill()
                primary.start_again()  # to be stopped in order


async def failover(pair: Pair, how: str) -> tuple[Tally, set[object], set[object], float]:
    """The tally, whose contacts and whose events the new primary has, and seconds to the first commit there.

    For its last moments the standby receives nothing, so what is not synchronous is lost.
    """
    tally, stop = Tally(), asyncio.Event()
    async with asyncio.timeout(90), await Database.open(UnitOfWork, pair.dsn, SETTINGS) as database:
        seed = await seed_tenant(database, "acme", "acme-phone", NOW)
        writers = [asyncio.create_task(write(database, seed, tally, stop)) for _ in range(WRITERS)]
        while len(tally.acknowledged) < 100:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.001)
        with pair.on_standby() as standby:
            receiver = until(standby, "SELECT pid FROM pg_stat_wal_receiver")
            assert isinstance(receiver, int)
            os.kill(receiver, signal.SIGSTOP)
            await asyncio.sleep(0.3)
            await asyncio.to_thread(pair.primary.freeze if how == "frozen" else pair.primary.kill)
            os.kill(receiver, signal.SIGCONT)
            await asyncio.sleep(0.5)
            before = len(tally.acknowledged)
            await asyncio.to_thread(standby.execute, "SELECT pg_promote()")
            promoted = monotonic()
            while len(tally.acknowledged) == before:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            first = monotonic() - promoted
            await asyncio.sleep(0.5)
            stop.set()
            await asyncio.gather(*writers)
            query = "SELECT id FROM contacts"
            contacts: set[object] = {row[0] for row in standby.execute(query)}
            query = "SELECT aggregate_id FROM outbox_events WHERE aggregate_type = 'contact'"
            events: set[object] = {row[0] for row in standby.execute(query)}
    return tally, contacts, events, first


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_a_promotion_loses_nothing_that_was_acknowledged(how: str) -> None:
    with pair(synchronous=True) as both:
        tally, contacts, events, first = await failover(both, how)
    resolved = {id_ for id_, outcome in tally.doubted.items() if outcome is Outcome.COMMITTED}
    lost, partial = tally.acknowledged - contacts, contacts ^ events
    wrong = (resolved ^ (contacts & tally.doubted.keys())) | (tally.refused & contacts)
    print(
        f"{how}: {len(tally.acknowledged)} acknowledged, lost {len(lost)}; partial {len(partial)}; in doubt "
        f"{len(tally.doubted)}, of which committed {len(resolved)}, outcome wrong {len(wrong)}; first commit "
        f"{first:.2f} s after the promotion"
    )
    assert (lost, partial, wrong) == (set(), set(), set())
    assert tally.doubted
    assert first < 2


async def test_control_without_a_synchronous_standby_acknowledged_ones_are_lost() -> None:
    with pair(synchronous=False) as both:
        tally, contacts, _, _ = await failover(both, "killed")
    lost = tally.acknowledged - contacts
    print(f"not synchronous: {len(tally.acknowledged)} acknowledged, lost {len(lost)}")
    assert lost
