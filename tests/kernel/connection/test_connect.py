"""The wire is tried on the first connection, and a connection that is lost meanwhile says nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.support.proxy import COMMITTED, Proxy
from ventros.kernel.connection.connect import Connector


@pytest.fixture
async def proxy(dsn: str) -> AsyncIterator[Proxy]:
    async with Proxy(dsn) as running:
        yield running


async def test_a_connection_lost_while_the_wire_is_tried_is_made_again(proxy: Proxy) -> None:
    connect = Connector(True, {"dsn": proxy.dsn})
    proxy.hold = COMMITTED
    connecting = asyncio.create_task(connect())
    await proxy.held.wait()
    proxy.hold = None
    proxy.cut()
    driver = await connecting
    assert driver.wire is not None
    await driver.close()


async def test_a_server_that_goes_while_the_wire_is_tried_is_told_and_the_wire_tried_again(
    proxy: Proxy,
) -> None:
    connect = Connector(True, {"dsn": proxy.dsn})
    proxy.hold = COMMITTED
    connecting = asyncio.create_task(connect())
    await proxy.held.wait()
    proxy.hold, proxy.refuse = None, True
    proxy.cut()
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await connecting
    proxy.refuse = False
    driver = await connect()
    assert driver.wire is not None
    await driver.close()


async def test_control_a_wire_that_fails_each_time_is_given_up(proxy: Proxy) -> None:
    connect = Connector(True, {"dsn": proxy.dsn})
    proxy.hold = COMMITTED
    connecting = asyncio.create_task(connect())
    for _ in range(2):
        await proxy.held.wait()
        proxy.held.clear()
        proxy.cut()
    with pytest.warns(RuntimeWarning, match="statements will not share round trips"):
        driver = await connecting
    assert driver.wire is None
    await driver.close()
