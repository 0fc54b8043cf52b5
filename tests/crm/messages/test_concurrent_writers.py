"""Of delivery and content each has writers of its own, and neither undoes the other's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.stored_messages import MINUTE, Place, load, names, new_message, save, stored
from ventros import Conflict, Database, UnitOfWork
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.events import MessageDelivered
from ventros.crm.messages.values import MessageStatus
from ventros.kernel.ids import new_id

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
    "edited_at",
    "revoked_at",
)


def of(fields: tuple[str, ...], message: Message) -> dict[str, Any]:
    return {field: getattr(message, field) for field in fields}


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
