"""A history comes in as by one use case each, in any order, and once."""

from __future__ import annotations

import asyncio
import zlib
from functools import partial

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.histories import held, history, in_order
from tests.support.inbound_messages import inbound
from tests.support.snapshots import snapshot
from ventros import Database, InvariantViolation, NotFound, UnitOfWork, ValidationError
from ventros.application.messages.import_messages import import_messages
from ventros.application.messages.inbound import Party
from ventros.application.messages.process_inbound_message import InboundMessage, process_inbound_message
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id


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
    assert len(expected["messages"]) == 150
    for name, rows in expected.items():
        assert actual[name] == rows, name


async def test_people_who_stay_who_they_are_come_in_many_at_a_time(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    messages = history(1, messages=100, people=4, parties="pairs")
    await import_messages(db, TENANT, seed.channel_id, messages)
    told: dict[str, int] = dict(
        superuser.execute("SELECT event_name, count(*) FROM outbox_events GROUP BY 1").fetchall()
    )
    sessions = superuser.execute("SELECT count(*) FROM sessions").fetchone()
    assert told["message.created"] == 100
    assert (told["session.messages_recorded"],) == (told["session.started"],) == sessions
    assert "session.message_recorded" not in told
    assert superuser.execute("SELECT DISTINCT version FROM contacts").fetchall() == [(1,)]


@pytest.mark.parametrize("parties", ["pairs", "mixed"])
async def test_a_second_run_changes_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, parties: str
) -> None:
    messages = history(2, messages=80, people=4, parties=parties)
    first = await import_messages(db, TENANT, seed.channel_id, messages, chunk=20)
    assert first.stored == 80
    before = snapshot(superuser)
    second = await import_messages(db, TENANT, seed.channel_id, messages, chunk=33)
    assert (second.stored, second.duplicates) == (0, len(messages))
    assert snapshot(superuser) == before


async def test_what_cannot_be_stored_does_not_stop_the_others(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    messages = [
        inbound(number=1),
        inbound(number=2, contact=Party(phone="12")),
        inbound(number=3, text=None),
        inbound(number=4, text="x" * 100_000),
        inbound(number=5),
    ]
    result = await import_messages(db, TENANT, seed.channel_id, messages)
    assert [rejected.index for rejected in result.rejected] == [1, 3]
    assert all(isinstance(rejected.error, ValidationError) for rejected in result.rejected)
    assert (result.stored, result.duplicates) == (3, 0)
    assert superuser.execute("SELECT count(*), max(message_count) FROM messages, sessions").fetchone() == (
        3,
        3,
    )


async def test_an_event_that_was_dealt_with_is_a_duplicate(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    known = inbound(number=1)
    await one_each(db, seed, [known])
    again = attrs.evolve(known, channel_message_id="another id")
    result = await import_messages(db, TENANT, seed.channel_id, [again, inbound(number=2)])
    assert (result.stored, result.duplicates) == (1, 1)


async def test_a_channel_that_takes_no_messages_is_told_at_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    with pytest.raises(NotFound):
        await import_messages(db, TENANT, new_id(), [inbound()])
    async with db.unit_of_work(TENANT) as uow:
        channel = await uow.channels.get(seed.channel_id)
        await uow.commit(channel.deactivate(now=NOW))
    with pytest.raises(InvariantViolation):
        await import_messages(db, TENANT, seed.channel_id, [inbound()])
    assert superuser.execute("SELECT count(*) FROM messages").fetchone() == (0,)


async def test_messages_come_in_meanwhile(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """The same history twice at once, and some of it one by one as well: each is counted once."""
    messages = history(3, messages=120, people=3)
    await asyncio.gather(
        import_messages(db, TENANT, seed.channel_id, messages, chunk=25),
        import_messages(db, TENANT, seed.channel_id, messages, chunk=40),
        one_each(db, seed, messages[::3]),
    )
    assert superuser.execute("SELECT count(*) FROM messages").fetchone() == (120,)
    counted = superuser.execute(
        "SELECT sum(messages_received + messages_sent) FROM channel_counters"
    ).fetchone()
    assert counted == (120,)
    miscounted = """
        SELECT s.id FROM sessions s LEFT JOIN messages m ON m.session_id = s.id
         GROUP BY s.id, s.message_count HAVING s.message_count <> count(m.id)
    """
    assert superuser.execute(miscounted).fetchall() == []
