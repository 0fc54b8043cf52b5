"""A pool tells what it does, and serves the process and the event loop that opened it, no other."""

from __future__ import annotations

import asyncio
import os
import threading
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.support.constants import TENANT
from ventros import Database, OperationTimeout, PoolStats, Settings, UnitOfWork, UnitOfWorkError
from ventros.kernel.connection import pool as module


async def test_what_the_pool_does_is_told(dsn: str) -> None:
    settings = Settings(min_size=1, max_size=2, acquire_timeout=0.2)
    async with await Database.open(UnitOfWork, dsn, settings) as db:
        assert db.stats() == PoolStats(size=1, idle=1, in_use=0, waiting=0)
        async with db.unit_of_work(TENANT) as first, db.unit_of_work(TENANT) as second:
            assert db.stats() == PoolStats(size=1, idle=1, in_use=0, waiting=0)
            await first.connection.control("SAVEPOINT ventros")
            assert db.stats() == PoolStats(size=1, idle=0, in_use=1, waiting=0)
            async with second.savepoint():
                waiting = [asyncio.create_task(db.ping()) for _ in range(3)]
                await asyncio.sleep(0)
                assert db.stats() == PoolStats(size=2, idle=0, in_use=2, waiting=3)
                refused = await asyncio.gather(*waiting, return_exceptions=True)
                assert {isinstance(error, OperationTimeout) for error in refused} == {True}
                assert db.stats().waiting == 0
        await db.ping()
        assert db.stats() == PoolStats(size=2, idle=2, in_use=0, waiting=0)


USES: dict[str, Callable[[Database[UnitOfWork]], Coroutine[Any, Any, object]]] = {
    "ping": lambda db: db.ping(),
    "run": lambda db: db.run(TENANT, lambda uow: uow.rollback()),
    "close": lambda db: db.close(),
    "unit": lambda db: db.unit_of_work(TENANT).__aenter__(),
    "connection": lambda db: db.connection().__aenter__(),
}


@pytest.mark.parametrize("use", USES)
async def test_another_event_loop_is_refused_and_named(db: Database[UnitOfWork], use: str) -> None:
    met: list[BaseException] = []

    def elsewhere() -> None:
        try:
            asyncio.run(USES[use](db))
        except Exception as error:  # noqa: BLE001 - whatever it is
            met.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await asyncio.to_thread(thread.join)
    (error,) = met
    assert isinstance(error, UnitOfWorkError)
    assert "another event loop" in str(error)
    await db.ping()


async def test_a_unit_used_where_no_event_loop_runs_is_refused(db: Database[UnitOfWork]) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(UnitOfWorkError, match="the task that entered it"):
            await asyncio.to_thread(lambda: uow.connection)


def forked(work: Callable[[], Coroutine[Any, Any, object]]) -> str:
    """What the work raises in a child of this process, which then ends at once."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads, of which we use none
        child = os.fork()
    if child == 0:
        try:
            asyncio.run(work())
        except BaseException as error:  # noqa: BLE001 - whatever it is
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        message = pipe.read()
    os.waitpid(child, 0)
    return message


@pytest.mark.parametrize("use", USES)
async def test_a_forked_process_is_refused_and_named(db: Database[UnitOfWork], use: str) -> None:
    message = await asyncio.to_thread(forked, lambda: USES[use](db))
    assert message.startswith(f"UnitOfWorkError: this database was opened in process {os.getpid()}, of which")
    await db.ping()


async def test_control_without_the_check_another_event_loop_breaks_raw(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other: at once, the two loops can take the process down."""
    monkeypatch.setattr(module.Pool, "require_home", lambda _: None)
    met: list[BaseException] = []

    def in_turn() -> None:
        with asyncio.Runner() as runner:
            db = runner.run(Database.open(UnitOfWork, dsn, Settings(max_size=1)))
            runner.run(asyncio.sleep(0))
            try:
                asyncio.run(asyncio.wait_for(db.ping(), 1))
            except Exception as error:  # noqa: BLE001 - whatever it is
                met.append(error)
            runner.run(db.close())

    await asyncio.to_thread(in_turn)
    assert met
    assert not any(isinstance(error, UnitOfWorkError) for error in met)
