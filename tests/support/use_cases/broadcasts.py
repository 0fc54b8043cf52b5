"""Cases of broadcasts."""

from __future__ import annotations

from typing import Any

from tests.support.broadcasts import HELLO, Readers, batch, new_list, starting, store_readers
from tests.support.constants import NOW
from tests.support.inbound_messages import MINUTE
from tests.support.use_cases import Work, World, case
from ventros.application.broadcasts.advance_broadcast import advance_broadcast
from ventros.application.broadcasts.create_broadcast import CreateBroadcast, create_broadcast
from ventros.application.broadcasts.record_broadcast_outcome import (
    RecordBroadcastOutcome,
    record_broadcast_outcome,
)
from ventros.automation.broadcasts.aggregate import Broadcast

LATER = NOW + MINUTE


async def _draft(world: World, number: int = 3, **changes: Any) -> Readers:
    return await store_readers(world.db, world.seed, number, phones=world.number * 10_000, **changes)


async def _running(world: World, number: int = 3, **changes: Any) -> Readers:
    readers = await _draft(world, number, **changes)
    await world.run(starting(readers.broadcast.id, NOW))
    return readers


def _cancelling(readers: Readers) -> Work:
    return lambda uow: uow.broadcasts.apply(readers.broadcast.id, Broadcast.cancel, now=LATER)


@case("create_broadcast", "to a list, by an active channel")
async def _create(world: World) -> Work:
    (contact_list,) = await world.add(new_list(world.seed))
    command = CreateBroadcast(
        name="News",
        list_id=contact_list.id,
        channel_id=world.seed.channel_id,
        message_template=HELLO,
        created_at=LATER,
    )
    return lambda uow: create_broadcast(uow, command)


@case("start_broadcast", "to a static list")
async def _start(world: World) -> Work:
    return starting((await _draft(world)).broadcast.id, LATER)


@case("start_broadcast", "to a dynamic list")
async def _start_dynamic(world: World) -> Work:
    return starting((await _draft(world, static=False)).broadcast.id, LATER)


@case("start_broadcast", "that is scheduled, while it is cancelled")
async def _start_scheduled(world: World) -> Work:
    readers = await _draft(world)
    await world.run(
        lambda uow: uow.broadcasts.apply(readers.broadcast.id, Broadcast.schedule, LATER, now=NOW)
    )
    world.rival = _cancelling(readers)
    return starting(readers.broadcast.id, LATER)


@case("execute_broadcast_batch", "of two of three contacts")
async def _batch(world: World) -> Work:
    return batch((await _running(world)).broadcast.id, LATER, at_most=2)


@case("execute_broadcast_batch", "of two contacts, while it is cancelled")
async def _batch_cancelled(world: World) -> Work:
    readers = await _running(world)
    world.rival = _cancelling(readers)
    return batch(readers.broadcast.id, LATER, at_most=2)


@case("execute_broadcast_batch", "of three contacts, with room for one")
async def _batch_limited(world: World) -> Work:
    return batch((await _running(world, rate_limit=1)).broadcast.id, LATER)


@case("execute_broadcast_batch", "of one who was deleted, the last one")
async def _batch_skipped(world: World) -> Work:
    readers = await _running(world, 1)
    (contact,) = readers.contacts
    await world.run(lambda uow: uow.contacts.save(contact.delete(now=NOW)))
    return batch(readers.broadcast.id, LATER)


@case("advance_broadcast", "that is due, while it is cancelled")
async def _advance_due(world: World) -> Work:
    readers = await _draft(world)
    await world.run(
        lambda uow: uow.broadcasts.apply(readers.broadcast.id, Broadcast.schedule, LATER, now=NOW)
    )
    world.rival = _cancelling(readers)
    return lambda uow: advance_broadcast(uow, readers.broadcast.id, LATER)


@case("advance_broadcast", "that is running, while it is cancelled")
async def _advance_running(world: World) -> Work:
    readers = await _running(world, 2)
    world.rival = _cancelling(readers)
    return lambda uow: advance_broadcast(uow, readers.broadcast.id, LATER)


def _outcome(name: str, error: str | None) -> None:
    @case("record_broadcast_outcome", name, answers_others=True)
    async def _settled(world: World) -> Work:
        readers = await _running(world, 1)
        (message_id,) = (await world.run(batch(readers.broadcast.id, NOW))).message_ids
        command = RecordBroadcastOutcome(message_id=message_id, error=error, settled_at=LATER)
        return lambda uow: record_broadcast_outcome(uow, command)


_outcome("of a message that was sent", None)
_outcome("of a message that failed", "no such number")
