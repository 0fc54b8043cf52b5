"""Messages have no version: the platform's id decides which is stored."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.stored_messages import MINUTE, Place, events, load, names, new_message, save, stored
from ventros import AlreadyExists, Conflict, Database, NotFound, NotNew, UnitOfWork
from ventros.crm.messages.aggregate import Message
from ventros.demo.seed import Seed
from ventros.kernel.errors import TenancyViolation
from ventros.kernel.ids import new_id

# Once only


async def test_a_second_delivery_already_exists_and_the_transaction_goes_on(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    first = await stored(db, new_message(place, channel_message_id="wamid.1"))
    second = new_message(place, channel_message_id="wamid.1")
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(AlreadyExists) as caught:
            await uow.messages.add(second)
        found = await uow.messages.find_by_channel_message_id(place.seed.channel_id, "wamid.1")
        third = await uow.messages.add(new_message(place, channel_message_id="wamid.2"))
        await uow.commit()
    assert (caught.value.resource, caught.value.constraint) == ("message", "messages_channel_message_key")
    assert found == first
    assert await load(db, third.id) == third
    assert names(superuser, second) == [], "what was not stored is not told"
    assert names(superuser, third) == ["message.created"]


async def test_of_many_all_are_stored_or_none(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    messages = [new_message(place, channel_message_id=f"wamid.{number}") for number in range(3)]
    channel_id = place.seed.channel_id
    async with db.unit_of_work(TENANT) as uow:
        await uow.messages.add_many(messages[:2])
        found = await uow.messages.find_stored(channel_id, ["wamid.0", "wamid.1", "wamid.2"])
        await uow.commit()
    assert found == {
        message.channel_message_id: (message.id, message.chat_id, message.contact_id)
        for message in messages[:2]
    }
    assert [names(superuser, message) for message in messages] == [["message.created"]] * 2 + [[]]
    again = [new_message(place, channel_message_id="wamid.1"), messages[2]]
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(Conflict):
            await uow.messages.add_many(again)
        with pytest.raises(NotNew):
            await uow.messages.add_many([messages[2].clear_events()])
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.messages.find_stored(channel_id, ["wamid.2"]) == {}


async def test_a_platform_id_is_the_channels_own_and_may_be_missing(
    db: Database[UnitOfWork], place: Place
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        in_channel = await uow.messages.add(new_message(place, channel_message_id="1"))
        there = await uow.messages.add(
            new_message(place, channel_message_id="1", channel_id=place.other_channel_id)
        )
        for _ in range(2):
            await uow.messages.add(new_message(place))
        find = uow.messages.find_by_channel_message_id
        assert await find(place.seed.channel_id, "1") == in_channel
        assert await find(place.other_channel_id, "1") == there
        assert await find(place.other_channel_id, "2") is None


async def test_the_same_id_twice_already_exists(db: Database[UnitOfWork], place: Place) -> None:
    """The older system wrote each message under another id, so that it could be written twice."""
    message = new_message(place, channel_message_id="1")
    await stored(db, message)
    with pytest.raises(AlreadyExists) as caught:
        await stored(db, attrs.evolve(message, channel_message_id="2"))
    assert caught.value.constraint == "messages_pkey"


# Changes


async def test_an_unchanged_message_is_not_written(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    message = await stored(db, new_message(place))
    before = superuser.execute("SELECT xmin::text FROM messages").fetchall()
    assert await save(db, message) == message
    assert superuser.execute("SELECT xmin::text FROM messages").fetchall() == before


# What is not there

CHANGES: list[Callable[[Message], Message]] = [
    lambda message: message.mark_as_read(now=NOW),
    lambda message: message.set_mentions(["a@c.us"], now=NOW),
    lambda message: message.set_mentions(["a@c.us"], now=NOW).mark_as_read(now=NOW),
]


async def test_a_missing_message_is_not_found(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    deleted = await stored(db, new_message(place))
    superuser.execute("UPDATE messages SET deleted_at = now()")
    never_there = new_message(place).clear_events()
    for missing, event_names in ((never_there, []), (deleted, ["message.created"])):
        async with db.unit_of_work(TENANT) as uow:
            with pytest.raises(NotFound) as caught:
                await uow.messages.get(missing.id)
            assert (caught.value.resource, caught.value.id) == ("message", missing.id)
            for change in CHANGES:
                with pytest.raises(NotFound):
                    await uow.messages.save(change(missing))
            await uow.commit()
        assert names(superuser, missing) == event_names
    assert superuser.execute("SELECT status, mentions FROM messages").fetchall() == [("sent", [])]


async def test_another_tenants_message_is_not_found(
    db: Database[UnitOfWork], place: Place, other_seed: Seed
) -> None:
    message = await stored(db, new_message(place, channel_message_id="1"))
    async with db.unit_of_work(OTHER_TENANT) as uow:
        with pytest.raises(NotFound):
            await uow.messages.get(message.id)
        assert await uow.messages.find_by_channel_message_id(place.seed.channel_id, "1") is None
        for change in CHANGES:
            with pytest.raises(TenancyViolation):
                await uow.messages.save(change(message))
            with pytest.raises(NotFound):
                await uow.messages.save(attrs.evolve(change(message), tenant_id=OTHER_TENANT))
        with pytest.raises(TenancyViolation):
            await uow.messages.add(new_message(place))
        await uow.commit()
    assert await load(db, message.id) == message


# Events


async def test_its_events_have_a_full_envelope_and_no_version(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    correlation, causation = new_id(), new_id()
    async with db.unit_of_work(TENANT, correlation_id=correlation, causation_id=causation) as uow:
        message = await uow.messages.add(new_message(place))
        message = await uow.messages.save(message.set_mentions(["a@c.us"], now=NOW + MINUTE))
        message = await uow.messages.save(
            message.mark_as_delivered(now=NOW + 2 * MINUTE).mark_as_read(now=NOW + 3 * MINUTE)
        )
        message = await uow.messages.save(message.mark_as_played(now=NOW + 4 * MINUTE))
        await uow.commit()
    written = events(superuser, message)
    assert [(event["event_name"], event["sequence"], event["occurred_at"]) for event in written] == [
        ("message.created", 1, NOW),
        ("message.updated", 1, NOW + MINUTE),
        ("message.delivered", 1, NOW + 2 * MINUTE),
        ("message.read", 2, NOW + 3 * MINUTE),
        ("message.played", 1, NOW + 4 * MINUTE),
    ]
    assert len({event["event_id"] for event in written}) == 5
    for event in written:
        assert event["event_id"].int != 0
        assert event["aggregate_version"] is None
        assert (event["tenant_id"], event["event_version"]) == (TENANT, "v1")
        assert (event["aggregate_type"], event["aggregate_id"]) == ("message", message.id)
        assert (event["correlation_id"], event["causation_id"]) == (correlation, causation)
        assert event["payload"]["message_id"] == str(message.id)
    assert written[2]["payload"] == {
        "message_id": str(message.id),
        "delivered_at": (NOW + 2 * MINUTE).isoformat().replace("+00:00", "Z"),
    }


async def test_two_writers_of_different_links_both_keep_theirs(
    db: Database[UnitOfWork], place: Place
) -> None:
    """Neither saw the other's; the result of the later save shows both."""
    message = await stored(db, new_message(place))
    agent_id = new_id()
    async with db.unit_of_work(TENANT) as uow:
        await uow.messages.save(message.assign_agent(agent_id, now=NOW + MINUTE))
        await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        saved = await uow.messages.save(message.set_mentions(["ada"], now=NOW))
        await uow.commit()
    assert (saved.agent_id, saved.mentions, saved.updated_at) == (agent_id, ("ada",), NOW + MINUTE)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.messages.get(message.id) == saved
