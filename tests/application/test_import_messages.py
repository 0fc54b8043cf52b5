"""A history comes in as by one use case each, in any order, and once."""

from __future__ import annotations

import zlib
from functools import partial

import psycopg
import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from tests.support.histories import held, history, in_order
from ventros import Database, UnitOfWork
from ventros.application.import_messages import import_messages
from ventros.application.process_inbound_message import InboundMessage, process_inbound_message
from ventros.demo.seed import Seed


async def one_each(db: Database[UnitOfWork], seed: Seed, messages: list[InboundMessage]) -> None:
    for message in in_order(messages):
        await db.run(
            seed.tenant, partial(process_inbound_message, channel_id=seed.channel_id, command=message)
        )


@pytest.mark.parametrize("chunk", [1, 7, 500])
@pytest.mark.parametrize("parties", ["phones", "pairs", "mixed"])
@pytest.mark.parametrize("before", [0, 40])
async def test_the_rows_are_those_of_one_use_case_each(
    db: Database[UnitOfWork],
    seed: Seed,
    other_seed: Seed,
    superuser: psycopg.Connection,
    parties: str,
    chunk: int,
    before: int,
) -> None:
    number = zlib.crc32(f"{parties} {chunk} {before}".encode()) % 10_000
    print("seed", number)
    messages = history(number, messages=150, people=5, parties=parties)
    first, rest = messages[:before], messages[before:]
    for each_seed in (seed, other_seed):
        await one_each(db, each_seed, first)
    await one_each(db, seed, rest)
    result = await import_messages(db, OTHER_TENANT, other_seed.channel_id, rest, chunk=chunk)
    assert result.rejected == ()
    assert result.stored + result.duplicates == len(rest)
    expected, actual = held(superuser, TENANT), held(superuser, OTHER_TENANT)
    for name, rows in expected.items():
        assert actual[name] == rows, name
