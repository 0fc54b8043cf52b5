"""``ventros relay`` and ``ventros outbox`` as their user runs them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from typing import Any

import psycopg

from tests.support.program import ventros
from tests.support.relaying import Recorder, write
from tests.support.stored import count
from ventros import Database, UnitOfWork
from ventros.kernel.ids import new_id
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import PublishRefused
from ventros.relay.relay import Relay

DELIVERIES = "SELECT count(*) FROM outbox_deliveries"
HELD = "SELECT count(*) FROM outbox_queues WHERE token IS NOT NULL"
DEAD = "SELECT count(*) FROM outbox_queues WHERE dead_at IS NOT NULL"


def started(dsn: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "ventros", "relay", *arguments],
        env=os.environ | {"VENTROS_DATABASE_URL": dsn},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def test_once_writes_each_event_as_a_line_and_ends(db: Database[UnitOfWork], relay_dsn: str) -> None:
    thing = new_id()
    await write(db, [thing], 3)
    done = await asyncio.to_thread(ventros, "relay", "--once", database=relay_dsn)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["aggregateversion"] for line in lines] == [1, 2, 3]
    assert {line["subject"] for line in lines} == {f"thing/{thing}"}
    assert [line["data"] for line in lines] == [{"version": version} for version in (1, 2, 3)]
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in told] == ["started", "ended"]
    assert (told[-1]["delivered"], told[-1]["held"]) == (3, 0)
    assert (await asyncio.to_thread(ventros, "relay", "--once", database=relay_dsn)).stdout == ""


async def test_sigterm_finishes_what_is_being_handed_over_and_gives_back_the_rest(
    db: Database[UnitOfWork], relay_dsn: str, superuser: psycopg.Connection
) -> None:
    await write(db, [new_id()], 5)
    process = started(relay_dsn, "--publisher", "tests.support.slow_publisher:opened")
    assert process.stdout is not None
    assert await asyncio.to_thread(process.stdout.readline) == "begun 1\n"
    process.send_signal(signal.SIGTERM)
    out, err = await asyncio.to_thread(process.communicate, None, 20)
    assert (process.returncode, out) == (0, "done 1\n"), err
    assert count(superuser, DELIVERIES) == 4
    assert count(superuser, "SELECT count(*) FROM outbox_queues WHERE due_at <= now() AND token IS NULL") == 1


async def test_a_reader_who_leaves_ends_the_relay_and_nothing_is_dead(
    db: Database[UnitOfWork], relay_dsn: str, superuser: psycopg.Connection
) -> None:
    await write(db, [new_id() for _ in range(3)], 3)
    process = started(relay_dsn)
    assert process.stdout is not None
    process.stdout.close()
    _, err = await asyncio.to_thread(process.communicate, None, 20)
    assert process.returncode == 2
    assert "standard output" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert count(superuser, DELIVERIES) == 9
    assert count(superuser, DEAD) == 0
    assert count(superuser, HELD) == 0, "given back at once"


async def test_a_database_that_is_away_is_told_and_waited_for(unused_tcp_port: int) -> None:
    dsn = f"postgresql://ventros_relay@127.0.0.1:{unused_tcp_port}/none?sslmode=disable"
    done = await asyncio.to_thread(ventros, "relay", "--once", database=dsn)
    assert done.returncode == 2
    process = started(dsn)
    assert process.stderr is not None
    lines = [await asyncio.to_thread(process.stderr.readline) for _ in range(3)]
    assert "the database failed, attempt 2" in json.loads(lines[2])["message"]
    process.kill()
    await asyncio.to_thread(process.communicate)


async def test_a_publisher_that_is_none_is_named(relay_dsn: str) -> None:
    for name, fault in {
        "sdtout": "there is no publisher 'sdtout'",
        "no.such:thing": "there is no module no",
        "json:nothing": "json has no function nothing",
    }.items():
        done = await asyncio.to_thread(ventros, "relay", "--publisher", name, database=relay_dsn)
        assert (done.returncode, fault in done.stderr) == (2, True), done.stderr


async def test_dead_letters_are_listed_requeued_and_skipped(
    db: Database[UnitOfWork], relay_db: Database[Any], relay_dsn: str, superuser: psycopg.Connection
) -> None:
    async def refuse(_event: OutboxEvent) -> None:
        raise PublishRefused("no")

    things = [new_id(), new_id()]
    await write(db, things, 2)
    await Relay(relay_db, [Recorder(hook=refuse).source()]).drain()
    dead = await asyncio.to_thread(ventros, "outbox", "dead", "--json", database=relay_dsn)
    letters = json.loads(dead.stdout)
    assert {letter["aggregate"] for letter in letters} == {f"thing {thing}" for thing in things}
    assert {(letter["error"], letter["waiting"]) for letter in letters} == {("PublishRefused: no", 1)}
    status = await asyncio.to_thread(ventros, "outbox", "status", database=relay_dsn)
    assert status.stdout.splitlines()[-1].split() == ["recorder", "2", "0", "0", "0", "2"]
    first, second = (letter["event_id"] for letter in letters)
    skipped = await asyncio.to_thread(ventros, "outbox", "skip", first, database=relay_dsn)
    assert (skipped.returncode, skipped.stdout) == (0, "skipped at 1 destinations\n")
    again = await asyncio.to_thread(ventros, "outbox", "skip", first, database=relay_dsn)
    assert (again.returncode, "not found" in again.stderr) == (2, True)
    nothing = await asyncio.to_thread(ventros, "outbox", "requeue", database=relay_dsn)
    assert (nothing.returncode, "--all" in nothing.stderr) == (2, True)
    requeued = await asyncio.to_thread(ventros, "outbox", "requeue", second, database=relay_dsn)
    assert requeued.stdout == "1 will be tried again\n"
    recorder = Recorder()
    await Relay(relay_db, [recorder.source()]).drain()
    assert len(recorder.events) == 3
    assert count(superuser, DELIVERIES) == 0


async def test_consumers_are_listed_and_forgotten(db: Database[UnitOfWork], relay_dsn: str) -> None:
    await write(db, [new_id()], 2)
    assert (await asyncio.to_thread(ventros, "outbox", "consumers", database=relay_dsn)).stdout == ""
    await asyncio.to_thread(ventros, "relay", "--once", database=relay_dsn)
    await write(db, [new_id()], 3)
    listed = await asyncio.to_thread(ventros, "outbox", "consumers", "--json", database=relay_dsn)
    (consumer,) = json.loads(listed.stdout)
    assert (consumer["consumer"], consumer["unread"], consumer["cluster"]) == ("relay:stdout", 3, "this")
    forgotten = await asyncio.to_thread(ventros, "outbox", "forget", "relay:stdout", database=relay_dsn)
    assert forgotten.stdout == "relay:stdout is forgotten\n"
    again = await asyncio.to_thread(ventros, "outbox", "forget", "relay:stdout", database=relay_dsn)
    assert (again.returncode, "consumer relay:stdout not found" in again.stderr) == (2, True)


async def test_the_apps_role_may_not_run_it(dsn: str) -> None:
    done = await asyncio.to_thread(ventros, "relay", "--once", database=dsn)
    assert done.returncode == 2
    assert "outbox_consumers" in done.stderr
