"""The wire is tried on the first connection, and a connection that is lost meanwhile says nothing of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.proxy import COMMITTED, Proxy
from ventros import ServerUnreachable
from ventros.kernel.connection.address import read_address
from ventros.kernel.connection.connect import Connector
from ventros.kernel.connection.settings import Settings


@pytest.mark.parametrize("is_away", [False, True])
async def test_a_connection_lost_while_the_wire_is_tried_is_no_fault_of_the_wire(
    dsn: str, is_away: bool
) -> None:
    async with Proxy(dsn) as proxy:
        connect = Connector(read_address(proxy.dsn), Settings())
        proxy.hold = COMMITTED
        connecting = asyncio.create_task(connect())
        await proxy.held.wait()
        proxy.hold, proxy.refuse = None, is_away
        proxy.cut()
        with pytest.raises(ServerUnreachable):
            await connecting
        proxy.refuse = False
        driver = await connect()
        assert driver.wire is not None
        await driver.close()
