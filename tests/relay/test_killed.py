"""A relay that dies, wherever, loses nothing; and what it hands over twice has its effect once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.at_wait import interrupted
from tests.support.counting import Counting, effects, source
from tests.support.crash import Crashing
from tests.support.relaying import until, write
from tests.support.stored import count
from ventros import CRM, Database, Settings, UnitOfWork, roles
from ventros.devserver import DATABASE
from ventros.kernel.ids import new_id
from ventros.kernel.outbox.event import OutboxEvent
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
from ventros.relay.relay import Relay, RelayOptions
from ventros.schema import create_database

LEFT = "SELECT count(*) FROM outbox_deliveries"
LEASES_ARE_OVER = "UPDATE outbox_queues SET due_at = now() WHERE due_at > now()"


@attrs.define
class Death:
    """Of a relay, the ``at``-th time that it waits."""

    at: int
    late: bool
    reached: bool = False

    async def drain(self, relay: Relay) -> None:
        attempt = interrupted(relay.drain(), self.at, late=self.late)
        try:
            await attempt
        finally:
            self.reached = attempt.reached


@attrs.define
class Kill:
    """A hook that ends the task it was made in, the ``at``-th time that an event is handed over."""

    at: int
    task: asyncio.Task[Any] | None = attrs.field(factory=asyncio.current_task)
    handed: int = 0

    async def __call__(self, _event: OutboxEvent) -> None:
        self.handed += 1
        if self.handed == self.at:
            assert self.task is not None
            self.task.cancel()
            await asyncio.sleep(10)


async def killed(dsn: str, counting: Counting, work: Callable[[Relay], Awaitable[Any]]) -> None:
    """A relay of its own pool, which is cut off when ``work`` ends by a cancellation."""
    database = await Database.open(KernelUnit, dsn, Settings(max_size=2))
    task = asyncio.current_task()
    assert task is not None
    try:
        await work(Relay(database, [source(counting)], RelayOptions(batch=4, most=2)))
    except asyncio.CancelledError:
        task.uncancel()
    finally:
        with suppress(asyncio.CancelledError):
            await database.close()


@pytest.mark.parametrize("late", [False, True])
async def test_killed_at_every_point_nothing_is_lost(
    db: Database[UnitOfWork], relay_dsn: str, superuser: psycopg.Connection, late: bool
) -> None:
    """Each time it waits: between claim and mark, in them, and while it reads the log."""
    counting, at, reached = Counting(db), 0, True
    while reached:
        at += 1
        await write(db, [new_id(), new_id()], 3)
        death = Death(at, late)
        await killed(relay_dsn, counting, death.drain)
        reached = death.reached
        superuser.execute(LEASES_ARE_OVER)
        await killed(relay_dsn, counting, Relay.drain)
        assert count(superuser, LEFT) == 0, at
    events, all_, distinct = effects(superuser)
    print(f"killed at {at - 1} points: of {events} events lost {events - distinct}, ", end="")
    print(f"handed over {counting.handed} times, effects twice {all_ - distinct}")
    assert at > 20
    assert (all_, distinct) == (events, events)


async def test_killed_at_every_handing_over_nothing_is_lost(
    db: Database[UnitOfWork], relay_dsn: str, superuser: psycopg.Connection
) -> None:
    """Before the effect is committed, or once it is: the hook of the next one kills."""
    await write(db, [new_id(), new_id()], 10)
    kills = 0
    for at in range(1, 8):
        kill = Kill(at)
        await killed(relay_dsn, Counting(db, hook=kill), Relay.drain)
        kills += kill.handed >= at
        superuser.execute(LEASES_ARE_OVER)
    await killed(relay_dsn, Counting(db), Relay.drain)
    assert count(superuser, LEFT) == 0
    assert kills >= 5
    assert effects(superuser) == (20, 20, 20)


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.slow)])
async def test_the_process_killed_under_load_loses_nothing(
    db: Database[UnitOfWork], dsn: str, relay_dsn: str, superuser: psycopg.Connection, kills: int
) -> None:
    """kill -9, at any moment, with two of them at work."""
    environment = os.environ | {"VENTROS_DATABASE_URL": relay_dsn, "COUNTING_DSN": dsn}
    command = [sys.executable, "-m", "ventros", "relay", "--publisher", "tests.support.counting:opened"]

    def start(*more: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*command, *more], env=environment, stderr=subprocess.DEVNULL)

    things = [new_id() for _ in range(20)]
    version, alive = 0, [start(), start()]
    try:
        for _ in range(kills):
            await write(db, things, 5, first=version + 1)
            version += 5
            async with asyncio.timeout(60):
                await until(partial(busy, superuser, effects(superuser)[1]))
            await asyncio.sleep(random.uniform(0, 0.1))
            victim = alive.pop(0)
            victim.send_signal(signal.SIGKILL)
            await asyncio.to_thread(victim.wait)
            alive.append(start())
        async with asyncio.timeout(120):
            await until(lambda: effects(superuser)[2] == 20 * version and count(superuser, LEFT) == 0)
        for process in alive:
            process.terminate()
        assert [await asyncio.to_thread(process.wait, 20) for process in alive] == [0, 0]
    finally:
        for process in alive:
            process.kill()
    events, all_, distinct = effects(superuser)
    print(
        f"{kills} times kill -9: of {events} events lost {events - distinct}, effects twice {all_ - distinct}"
    )
    assert (events, all_, distinct) == (20 * version, 20 * version, 20 * version)


async def test_control_without_the_inbox_a_second_delivery_has_a_second_effect(
    db: Database[UnitOfWork], relay_dsn: str, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def new_to_all(*_: object) -> bool:
        return True

    monkeypatch.setattr(UnitOfWork, "first_time", new_to_all)
    await write(db, [new_id()], 2)

    async def die_before_the_mark(relay: Relay) -> None:
        async def die() -> int:
            raise asyncio.CancelledError

        monkeypatch.setattr(relay, "settle", die)
        await relay.drain()

    await killed(relay_dsn, Counting(db), die_before_the_mark)
    superuser.execute(LEASES_ARE_OVER)
    await killed(relay_dsn, Counting(db), Relay.drain)
    events, all_, distinct = effects(superuser)
    assert (events, distinct) == (2, 2)
    assert all_ == 4


async def test_connections_cut_and_the_server_restarted_nothing_is_lost() -> None:
    with Crashing() as server:
        dsn = create_database(server, CRM, DATABASE)
        superuser_dsn = server.superuser_dsn(DATABASE)
        settings = Settings(max_size=4, acquire_timeout=2.0)
        async with (
            await Database.open(UnitOfWork, dsn, settings) as db,
            await Database.open(KernelUnit, server.dsn(DATABASE, roles.RELAY), settings) as relay_db,
        ):
            await write(db, [new_id() for _ in range(20)], 15)
            counting = Counting(db)
            relays = [Relay(relay_db, [source(counting)], RelayOptions(batch=20, most=3)) for _ in range(2)]
            async with asyncio.timeout(120), asyncio.TaskGroup() as group:
                for relay in relays:
                    group.create_task(relay.run())
                for _ in range(6):
                    await asyncio.sleep(random.uniform(0.05, 0.15))
                    cut_all(superuser_dsn)
                for _ in range(2):
                    await asyncio.to_thread(server.kill)
                    await asyncio.to_thread(server.start_again)
                    await asyncio.sleep(0.3)
                with psycopg.connect(superuser_dsn, autocommit=True) as superuser:
                    await until(lambda: effects(superuser)[2] == 300 and count(superuser, LEFT) == 0)
                for relay in relays:
                    relay.stop()
        with psycopg.connect(superuser_dsn, autocommit=True) as superuser:
            events, all_, distinct = effects(superuser)
    print(f"6 cuts, 2 crashes: of {events} events lost {events - distinct}, effects twice {all_ - distinct}")
    assert (events, all_, distinct) == (300, 300, 300)


def busy(superuser: psycopg.Connection, before: int) -> bool:
    return effects(superuser)[1] > before


def cut_all(superuser_dsn: str) -> None:
    with psycopg.connect(superuser_dsn, autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
