"""``ventros scheduler`` as its user runs it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.program import ventros
from tests.support.relaying import until
from tests.support.scheduling import ACTIVE, Gate, ended, seeds, store_sessions
from tests.support.stored import count
from ventros import Database, UnitOfWork
from ventros.application.steps import STEPS
from ventros.demo.seed import Seed
from ventros.kernel.errors import ConfigurationError
from ventros.scheduler.program import chosen


def started(dsn: str, app_dsn: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "ventros", "scheduler", *arguments],
        env=os.environ | {"VENTROS_DATABASE_URL": dsn, "VENTROS_APP_DATABASE_URL": app_dsn},
        stderr=subprocess.PIPE,
        text=True,
    )


async def once(dsn: str, app_dsn: str, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Its exit status, and what it told."""
    process = started(dsn, app_dsn, "--once", *arguments)
    _, err = await asyncio.to_thread(process.communicate)
    return process.returncode, [json.loads(line) for line in err.splitlines()]


async def test_once_does_what_is_due_tells_of_it_and_ends(
    db: Database[UnitOfWork], ventros_scheduler_dsn: str, dsn: str, superuser: psycopg.Connection
) -> None:
    due = [session.id for seed in await seeds(db) for session in await store_sessions(db, seed, 5)]
    chosen_step = ("--step", "expire_sessions", "--batch", "4")
    status, told = await once(ventros_scheduler_dsn, dsn, *chosen_step)
    assert status == 0
    assert [line["message"] for line in told] == ["started", "walked", "ended"]
    assert told[0]["steps"] == ["expire_sessions"]
    assert (told[1]["step"], told[1]["done"], told[1]["failed"]) == ("expire_sessions", len(due), 0)
    assert ended(superuser) == Counter(due)
    _, told = await once(ventros_scheduler_dsn, dsn, *chosen_step)
    assert [(line["message"], line.get("done")) for line in told] == [("started", None), ("ended", 0)]


async def test_what_failed_is_told_and_is_the_exit_status(
    db: Database[UnitOfWork], ventros_scheduler_dsn: str, dsn: str, superuser: psycopg.Connection, seed: Seed
) -> None:
    (session,) = await store_sessions(db, seed, 1)
    superuser.execute("ALTER TABLE sessions ADD CONSTRAINT none_ends CHECK (ended_at IS NULL)")
    status, told = await once(ventros_scheduler_dsn, dsn)
    assert status == 1
    (failure,) = [line for line in told if line.get("level") == "warning"]
    assert failure["message"].startswith(f"expire_sessions: {session.id} of tenant {seed.tenant} failed: ")
    assert "none_ends" in failure["message"]


async def test_sigterm_finishes_what_has_begun_and_begins_nothing_more(
    db: Database[UnitOfWork], ventros_scheduler_dsn: str, dsn: str, superuser: psycopg.Connection, seed: Seed
) -> None:
    await store_sessions(db, seed, 20)
    gate = Gate(superuser)
    gate.shut()
    process = started(ventros_scheduler_dsn, dsn, "--step", "expire_sessions")
    assert process.stderr is not None
    await until(lambda: len(gate.waiting()) == 4)
    process.send_signal(signal.SIGTERM)
    while json.loads(await asyncio.to_thread(process.stderr.readline))["message"] != "stopping":
        pass
    gate.open()
    _, err = await asyncio.to_thread(process.communicate)
    assert process.returncode == 0, err
    assert json.loads(err.splitlines()[-1])["done"] == 4
    assert (sum(ended(superuser).values()), count(superuser, ACTIVE)) == (4, 16)


async def test_kill_9_loses_nothing(
    db: Database[UnitOfWork], ventros_scheduler_dsn: str, dsn: str, superuser: psycopg.Connection, seed: Seed
) -> None:
    """While it is in the middle of four of them; others are done, and others not begun."""
    due = Counter[UUID](session.id for session in await store_sessions(db, seed, 6))
    assert (await once(ventros_scheduler_dsn, dsn))[0] == 0
    due.update(session.id for session in await store_sessions(db, seed, 20))
    gate = Gate(superuser)
    gate.shut()
    process = started(ventros_scheduler_dsn, dsn, "--step", "expire_sessions")
    await until(lambda: len(gate.waiting()) == 4)
    process.kill()
    await asyncio.to_thread(process.communicate)
    gate.open()
    await until(lambda: not gate.waiting())
    assert sum(ended(superuser).values()) < due.total()
    assert (await once(ventros_scheduler_dsn, dsn))[0] == 0
    assert ended(superuser) == due


async def test_a_database_that_is_away_is_told_and_waited_for(unused_tcp_port: int) -> None:
    dsn = f"postgresql://ventros_scheduler@127.0.0.1:{unused_tcp_port}/none?sslmode=disable"
    done = await asyncio.to_thread(ventros, "scheduler", "--once", "--app-dsn", dsn, database=dsn)
    assert done.returncode == 2
    process = started(dsn, dsn, "--step", "expire_sessions")
    assert process.stderr is not None
    lines = [await asyncio.to_thread(process.stderr.readline) for _ in range(3)]
    assert "the database failed, attempt 2" in json.loads(lines[2])["message"]
    process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(process.communicate)
    assert process.returncode == 0


async def test_without_the_apps_role_it_does_not_begin(ventros_scheduler_dsn: str) -> None:
    done = await asyncio.to_thread(ventros, "scheduler", "--once", database=ventros_scheduler_dsn)
    assert (done.returncode, "--app-dsn" in done.stderr) == (2, True), done.stderr


def test_steps_are_chosen_by_name() -> None:
    assert chosen(()) == STEPS
    assert [step.name for step in chosen(("expire_sessions", "expire_sessions"))] == ["expire_sessions"]
    with pytest.raises(ConfigurationError, match=r"no step 'expire'; there are .*expire_sessions"):
        chosen(("expire",))
