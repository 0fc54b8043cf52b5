"""A message whose COMMIT is not answered is asked for, and is a new one if it was stored."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from tests.support.constants import SHORT, TENANT
from tests.support.inbound_messages import inbound, process
from tests.support.proxy import COMMIT, COMMITTED, Proxy
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.ingest.applying import Applier, Effect
from ventros.ingest.delivery import Delivery
from ventros.ingest.routes import in_tenants
from ventros.ingest.tally import Tally
from ventros.kernel.errors import ConnectionLost


@pytest.mark.parametrize("held", [COMMIT, COMMITTED], ids=["COMMIT", "its answer"])
async def test_a_message_whose_commit_was_in_doubt(
    dsn: str, db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, held: bytes
) -> None:
    command = inbound()
    delivery = Delivery(channel_external_id=seed.session, conversation=("Ada",), command=command)
    async with Proxy(dsn) as proxy, await Database.open(UnitOfWork, proxy.dsn, SHORT) as through:
        find_route = in_tenants(through, [TENANT])
        await find_route(seed.session)  # so no COMMIT but the message's is to come
        await process(through, seed, inbound(number=0))  # and what it sends is prepared
        proxy.hold = held
        applying = asyncio.create_task(Applier(through, find_route, Tally(), patience=5).apply_once(delivery))
        await proxy.held.wait()
        proxy.hold = None
        proxy.cut()
        if held is COMMITTED:
            assert await applying is Effect.MESSAGE
        else:
            with pytest.raises(ConnectionLost):
                await applying
    stored = superuser.execute(
        "SELECT count(*) FROM messages WHERE channel_message_id = %s", [command.channel_message_id]
    ).fetchone()
    assert stored == (int(held is COMMITTED),)
