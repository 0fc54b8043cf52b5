"""The demonstration's consumer counts what took effect, and tells what was delivered again."""

from __future__ import annotations

import psycopg

from tests.support.relaying import write
from tests.support.stored import count
from ventros import Database, UnitOfWork
from ventros.demo.delivery import CONSUMER, Delivery
from ventros.kernel.consumer import Receipt
from ventros.kernel.ids import new_id

MARKS = f"SELECT count(*) FROM processed_events WHERE consumer = '{CONSUMER}'"  # noqa: S608 - a constant


async def test_each_event_is_counted_once_and_one_that_comes_again_is_told(
    db: Database[UnitOfWork], ventros_relay_dsn: str, dsn: str, superuser: psycopg.Connection
) -> None:
    things = [new_id(), new_id()]
    async with Delivery.open(ventros_relay_dsn, dsn) as delivery:
        async with delivery.at_work():
            await write(db, things, 3)
        await delivery.finish()
        assert delivery.receipts == {Receipt.HANDLED: 6}
        assert count(superuser, MARKS) == 6

        superuser.execute("DELETE FROM outbox_consumers")  # so the log is read from its beginning
        await delivery.finish()
        assert delivery.receipts == {Receipt.HANDLED: 6, Receipt.KNOWN: 6}
        assert count(superuser, MARKS) == 6


async def test_an_event_that_is_missing_is_not_counted(
    db: Database[UnitOfWork], ventros_relay_dsn: str, dsn: str, superuser: psycopg.Connection
) -> None:
    async with Delivery.open(ventros_relay_dsn, dsn) as delivery:
        await write(db, [new_id()], 3)
        superuser.execute("DELETE FROM outbox_events WHERE aggregate_version = 2")
        await delivery.finish()
        assert delivery.receipts == {Receipt.HANDLED: 1}
        assert count(superuser, MARKS) == 1
