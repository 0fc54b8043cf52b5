"""Messages have no version: the platform's id and the order of delivery decide between two writers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest
from psycopg.rows import dict_row

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import AlreadyExists, Conflict, Database, NotFound, UnitOfWork
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.values import ChannelType
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import ContentType, Message, MessageStatus
from ventros.crm.messages.events import MessageDelivered
from ventros.crm.sessions.aggregate import Session
from ventros.demo.seed import Seed
from ventros.kernel.errors import TenancyViolation
from ventros.kernel.ids import new_id

MINUTE = timedelta(minutes=1)
DELIVERY = ("status", "delivered_at", "read_at", "played_at")
CONTENT = (
    "channel_id",
    "channel_type_id",
    "session_id",
    "text",
    "media_url",
    "media_mimetype",
    "channel_message_id",
    "agent_id",
    "source",
    "metadata",
    "mentions",
)


@attrs.frozen(kw_only=True)
class Place:
    """What a message points to."""

    seed: Seed
    contact_id: UUID
    session_id: UUID
    other_channel_id: UUID


@pytest.fixture
async def place(db: Database[UnitOfWork], seed: Seed) -> Place:
    async with db.unit_of_work(TENANT) as uow:
        contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        session = Session.start(contact_id=contact.id, tenant_id=TENANT, now=NOW)
        channel = Channel.create(
            user_id=seed.user_id,
            project_id=seed.project_id,
            tenant_id=TENANT,
            name="other",
            type=ChannelType.WEB_FORM,
            now=NOW,
        )
        await uow.contacts.add(contact)
        await uow.sessions.add(session)
        await uow.channels.add(channel)
        await uow.commit()
    return Place(seed=seed, contact_id=contact.id, session_id=session.id, other_channel_id=channel.id)


def new_message(place: Place, **arguments: Any) -> Message:
    defaults: dict[str, Any] = {
        "tenant_id": TENANT,
        "user_id": place.seed.user_id,
        "project_id": place.seed.project_id,
        "contact_id": place.contact_id,
        "channel_id": place.seed.channel_id,
        "content_type": ContentType.VOICE,
        "from_me": True,
        "timestamp": NOW,
    }
    return Message.create(**{**defaults, **arguments})


async def stored(db: Database[UnitOfWork], message: Message) -> Message:
    async with db.unit_of_work(TENANT) as uow:
        saved = await uow.messages.add(message)
        await uow.commit()
    return saved


async def load(db: Database[UnitOfWork], id_: UUID) -> Message:
    async with db.unit_of_work(TENANT) as uow:
        return await uow.messages.get(id_)


async def save(db: Database[UnitOfWork], message: Message) -> Message:
    async with db.unit_of_work(TENANT) as uow:
        saved = await uow.messages.save(message)
        await uow.commit()
    return saved


def events(superuser: psycopg.Connection, message: Message) -> list[dict[str, Any]]:
    """The message's, in the order of the outbox."""
    query = "SELECT * FROM outbox_events WHERE aggregate_id = %s ORDER BY position"
    return superuser.cursor(row_factory=dict_row).execute(query, [message.id]).fetchall()


def names(superuser: psycopg.Connection, message: Message) -> list[str]:
    return [event["event_name"] for event in events(superuser, message)]


def of(fields: tuple[str, ...], message: Message) -> dict[str, Any]:
    return {field: getattr(message, field) for field in fields}


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


async def test_a_platform_id_is_the_channels_own_and_may_be_missing(
    db: Database[UnitOfWork], place: Place
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        here = await uow.messages.add(new_message(place, channel_message_id="1"))
        there = await uow.messages.add(
            new_message(place, channel_message_id="1", channel_id=place.other_channel_id)
        )
        for _ in range(2):
            await uow.messages.add(new_message(place))
        find = uow.messages.find_by_channel_message_id
        assert await find(place.seed.channel_id, "1") == here
        assert await find(place.other_channel_id, "1") == there
        assert await find(place.other_channel_id, "2") is None


async def test_the_same_id_twice_already_exists(db: Database[UnitOfWork], place: Place) -> None:
    """The older system wrote each message under another id, so that it could be written twice."""
    message = new_message(place, channel_message_id="1")
    await stored(db, message)
    with pytest.raises(AlreadyExists) as caught:
        await stored(db, attrs.evolve(message, channel_message_id="2"))
    assert caught.value.constraint == "messages_pkey"


# Delivery


async def test_the_statement_has_the_ranks_of_the_status(db: Database[UnitOfWork], place: Place) -> None:
    """For each stored status and each reported one; the statement decides, the aggregate is passed by."""
    advanced = set()
    async with db.unit_of_work(TENANT) as uow:
        for before, after in product(MessageStatus, repeat=2):
            message = await uow.messages.add(attrs.evolve(new_message(place), status=before))
            event = MessageDelivered().recorded(message, NOW)
            try:
                await uow.messages.save(attrs.evolve(message, status=after, domain_events=(event,)))
            except Conflict:
                assert (await uow.messages.get(message.id)).status is before
            else:
                assert (await uow.messages.get(message.id)).status is after
                advanced.add((before, after))
    pairs = set(product(MessageStatus, repeat=2))
    assert len(pairs) == 36
    assert advanced == {(before, after) for before, after in pairs if before.rank < after.rank}


async def test_each_report_is_stored_in_its_order(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    """Each is saved by itself, so that none is taken for a change of content."""
    message = await stored(db, attrs.evolve(new_message(place), status=MessageStatus.QUEUED))
    reports: list[Callable[[Message], Message]] = [
        lambda message: message.mark_as_sent(now=NOW),
        lambda message: message.mark_as_failed(now=NOW + MINUTE, reason="timeout"),
        lambda message: message.mark_as_delivered(now=NOW + 2 * MINUTE),
        lambda message: message.mark_as_read(now=NOW + 3 * MINUTE),
        lambda message: message.mark_as_played(now=NOW + 4 * MINUTE),
    ]
    for report, status in zip(
        reports, sorted(MessageStatus, key=lambda status: status.rank)[1:], strict=True
    ):
        message = await save(db, report(message))
        assert message.status is status
        assert await load(db, message.id) == message
    stamps = (message.delivered_at, message.read_at, message.played_at)
    assert stamps == (NOW + 2 * MINUTE, NOW + 3 * MINUTE, NOW + 4 * MINUTE)
    assert names(superuser, message)[1:] == [
        "message.sent",
        "message.failed",
        "message.delivered",
        "message.read",
        "message.played",
    ]


async def test_a_stale_report_conflicts_and_the_status_stays(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    message = await stored(db, new_message(place))
    one, other = await load(db, message.id), await load(db, message.id)
    read = await save(db, one.mark_as_read(now=NOW + 2 * MINUTE))
    with pytest.raises(Conflict, match=str(message.id)) as caught:
        await save(db, other.mark_as_delivered(now=NOW + MINUTE))
    assert caught.value.retryable
    after = await load(db, message.id)
    assert after == read
    assert (after.status, after.delivered_at, after.read_at) == (MessageStatus.READ, None, NOW + 2 * MINUTE)
    assert names(superuser, message) == ["message.created", "message.read"]
    assert after.mark_as_delivered(now=NOW + MINUTE) is after, "tried again, there is nothing left to do"


@pytest.mark.spoiled
async def test_control_without_the_rank_rule_a_stale_report_undoes_a_later_one(
    db: Database[UnitOfWork], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await stored(db, new_message(place))
    one, other = await load(db, message.id), await load(db, message.id)
    await save(db, one.mark_as_read(now=NOW))
    async with db.unit_of_work(TENANT) as uow:
        statement = uow.messages.ADVANCE_DELIVERY
        naive = statement.text.replace("     < array_position", "     IS DISTINCT FROM array_position")
        assert naive != statement.text
        monkeypatch.setattr(type(uow.messages), "ADVANCE_DELIVERY", attrs.evolve(statement, text=naive))
        await uow.messages.save(other.mark_as_delivered(now=NOW))
        assert (await uow.messages.get(message.id)).status is MessageStatus.DELIVERED


async def test_a_stale_report_that_is_further_along_keeps_the_stamps_of_the_first(
    db: Database[UnitOfWork], place: Place
) -> None:
    message = await stored(db, new_message(place))
    stale = await load(db, message.id)
    await save(db, message.mark_as_delivered(now=NOW + 8 * MINUTE).mark_as_read(now=NOW + 9 * MINUTE))
    further = (
        stale.mark_as_delivered(now=NOW + MINUTE)
        .mark_as_read(now=NOW + 2 * MINUTE)
        .mark_as_played(now=NOW + 3 * MINUTE)
    )
    await save(db, further)
    after = await load(db, message.id)
    assert after.status is MessageStatus.PLAYED
    stamps = (after.delivered_at, after.read_at, after.played_at)
    assert stamps == (NOW + 8 * MINUTE, NOW + 9 * MINUTE, NOW + 3 * MINUTE)
    assert after.updated_at == NOW + 9 * MINUTE, "it does not go back"


# Content and links against delivery


async def test_a_change_of_content_leaves_the_delivery_alone(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    message = await stored(db, new_message(place))
    stale = await load(db, message.id)
    delivered = await save(
        db,
        message.mark_as_delivered(now=NOW)
        .mark_as_read(now=NOW + MINUTE)
        .mark_as_played(now=NOW + 2 * MINUTE),
    )
    changed = (
        stale.set_session(place.session_id, now=NOW)
        .set_mentions(["a@c.us"], now=NOW)
        .set_media("https://media.example/a.ogg", "audio/ogg", now=NOW)
        .set_channel_message_id("wamid.1", now=NOW)
        .set_channel(place.other_channel_id, 5, now=NOW)
        .assign_agent(new_id(), now=NOW)
    )
    await save(db, changed)
    after = await load(db, message.id)
    assert of(DELIVERY, after) == of(DELIVERY, delivered)
    assert of(CONTENT, after) == of(CONTENT, changed)
    assert names(superuser, message)[-6:] == ["message.updated"] * 6


async def test_a_report_leaves_content_and_links_alone(db: Database[UnitOfWork], place: Place) -> None:
    message = await stored(db, new_message(place))
    stale = await load(db, message.id)
    linked = await save(db, message.set_session(place.session_id, now=NOW).set_mentions(["a@c.us"], now=NOW))
    played = stale.mark_as_delivered(now=NOW).mark_as_played(now=NOW)
    await save(db, played)
    after = await load(db, message.id)
    assert of(CONTENT, after) == of(CONTENT, linked)
    assert of(DELIVERY, after) == of(DELIVERY, played)


async def test_a_save_writes_content_and_delivery_or_neither(
    db: Database[UnitOfWork], place: Place, superuser: psycopg.Connection
) -> None:
    message = await stored(db, new_message(place))
    stale = await load(db, message.id)
    both = await save(db, message.set_mentions(["a@c.us"], now=NOW).mark_as_delivered(now=NOW))
    assert await load(db, message.id) == both
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(Conflict):
            await uow.messages.save(stale.set_mentions(["b@c.us"], now=NOW).mark_as_delivered(now=NOW))
        await uow.commit()
    assert await load(db, message.id) == both
    assert names(superuser, message) == ["message.created", "message.updated", "message.delivered"]


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
