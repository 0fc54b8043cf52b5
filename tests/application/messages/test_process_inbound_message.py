"""An inbound message becomes a contact, a session, a message and events, wholly or not at all."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import (
    MINUTE,
    NAMELESS,
    PHONE,
    inbound,
    last_event,
    look,
    process,
    store,
    wait_for_each_other,
)
from tests.support.snapshots import snapshot
from ventros import Database, NotFound, UnitOfWork, ValidationError, VentrosError
from ventros.application.messages.inbound import Party
from ventros.application.messages.process_inbound_message import Duplicate, StoredMessage
from ventros.crm.messages.values import ContentType, MessageSource
from ventros.crm.sessions.aggregate import EndReason
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id


def events(superuser: psycopg.Connection, skip: int = 4) -> list[tuple[str, int | None]]:
    """Names and versions, in the order of the outbox, after those of the seed."""
    return superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events ORDER BY position OFFSET %s", [skip]
    ).fetchall()


async def test_a_first_message_makes_contact_session_message_and_events(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact, session, message = await look(db, await store(db, seed, inbound()))
    assert (contact.name, str(contact.phone), contact.tags, contact.version) == (
        "Ada",
        PHONE,
        ("whatsapp",),
        1,
    )
    assert contact.first_interaction_at == contact.last_interaction_at == NOW
    assert (session.is_active, session.contact_id, session.channel_type_id) == (True, contact.id, 1)
    assert (session.message_count, session.messages_from_contact, session.version) == (1, 1, 1)
    assert session.last_activity_at == session.first_contact_message_at == NOW
    assert (message.session_id, message.contact_id, message.channel_id) == (
        session.id,
        contact.id,
        seed.channel_id,
    )
    assert (str(message.text), message.timestamp, message.from_me) == ("hello", NOW, False)
    assert events(superuser) == [
        ("contact.created", 1),
        ("contact.tag_added", 1),
        ("contact.phone_set", 1),
        ("contact.interaction_recorded", 1),
        ("session.started", 1),
        ("session.message_recorded", 1),
        ("message.created", None),
    ]


async def test_a_second_message_joins_contact_and_session(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    first = await store(db, seed, inbound())
    command = inbound(number=2, received_at=NOW + MINUTE, contact=Party(phone="+55 (11) 99999-0000"))
    second = await store(db, seed, command)
    assert (second.contact_id, second.session_id) == (first.contact_id, first.session_id)
    contact, session, _ = await look(db, second)
    assert (contact.version, session.version, session.message_count) == (2, 2, 2)
    assert events(superuser, skip=11) == [
        ("contact.interaction_recorded", 2),
        ("session.message_recorded", 2),
        ("message.created", None),
    ]


@pytest.mark.parametrize("same", ["event_id", "channel_message_id"])
async def test_a_duplicate_changes_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, same: str
) -> None:
    first = inbound()
    await store(db, seed, first)
    before = snapshot(superuser)
    second = inbound(
        number=2, received_at=NOW + 2 * MINUTE, contact=Party(name="Eve", phone="+5511888880000")
    )
    twin = attrs.evolve(second, **{same: getattr(first, same)})
    assert isinstance(await process(db, seed, twin), Duplicate)
    assert snapshot(superuser) == before
    assert isinstance(await process(db, seed, second), StoredMessage), (
        "the control: it is the same key that made it a duplicate"
    )


RACERS = 8


async def race(db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch) -> list[StoredMessage]:
    """First messages of one phone, all at once."""
    wait_for_each_other(monkeypatch, RACERS, lambda found: found.match.contact is None)
    results = await asyncio.gather(*(process(db, seed, inbound(number=number)) for number in range(RACERS)))
    stored_messages = [result for result in results if isinstance(result, StoredMessage)]
    assert len(stored_messages) == RACERS
    return stored_messages


async def test_racing_first_messages_of_a_phone_make_one_contact_and_one_session(
    db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_messages = await race(db, seed, monkeypatch)
    assert len({message.contact_id for message in stored_messages}) == 1
    assert len({message.session_id for message in stored_messages}) == 1
    _, session, _ = await look(db, stored_messages[0])
    assert (session.message_count, session.version) == (RACERS, RACERS)


async def test_control_without_the_unique_indexes_each_racer_makes_its_own(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser.execute("DROP INDEX contacts_live_phone_key, sessions_active_key")
    stored_messages = await race(db, seed, monkeypatch)
    assert len({message.contact_id for message in stored_messages}) == RACERS
    assert len({message.session_id for message in stored_messages}) == RACERS


async def test_racing_deliveries_of_one_message_store_it_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    results = await asyncio.gather(*(process(db, seed, inbound()) for _ in range(8)))
    assert sum(isinstance(result, StoredMessage) for result in results) == 1
    assert sum(isinstance(result, Duplicate) for result in results) == 7
    assert superuser.execute("SELECT count(*) FROM messages").fetchone() == (1,)
    assert superuser.execute("SELECT message_count FROM sessions").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("pipeline", "channel", "minutes"),
    [(None, None, 45), (None, 20, 20), (10, 20, 10), ("no timeout", 20, 20)],
)
async def test_the_session_timeout_is_the_pipelines_else_the_channels_else_the_projects(
    db: Database[UnitOfWork],
    seed: Seed,
    superuser: psycopg.Connection,
    pipeline: int | str | None,
    channel: int | None,
    minutes: int,
) -> None:
    """A pipeline without a timeout of its own is on the session all the same."""
    superuser.execute("UPDATE projects SET session_timeout_minutes = 45, version = version + 1")
    superuser.execute("UPDATE channels SET session_timeout_minutes = %s, version = version + 1", [channel])
    if pipeline is not None:
        superuser.execute(ADD_PIPELINE, [None if pipeline == "no timeout" else pipeline])
        superuser.execute(
            "UPDATE channels SET pipeline_id = p.id, version = channels.version + 1 FROM pipelines p"
        )
    _, session, _ = await look(db, await store(db, seed, inbound()))
    assert session.timeout == minutes * MINUTE
    assert (session.pipeline_id is None) == (pipeline is None)


ADD_PIPELINE = """
INSERT INTO pipelines (tenant_id, id, project_id, name, description, position, active,
                       session_timeout_minutes, enable_ai_summary, created_at, updated_at)
SELECT tenant_id, gen_random_uuid(), id, 'sales', '', 0, true, %s, false, now(), now() FROM projects
"""


async def test_a_session_that_timed_out_is_ended_and_another_started(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    first = await store(db, seed, inbound())
    later = NOW + 30 * MINUTE
    same = await store(db, seed, inbound(number=2, received_at=later))
    assert same.session_id == first.session_id, "thirty minutes are not more than thirty minutes"
    much_later = later + 30 * MINUTE + timedelta(seconds=1)
    other = await store(db, seed, inbound(number=3, received_at=much_later))
    assert other.session_id != first.session_id
    _, ended, _ = await look(db, first)
    assert (ended.is_active, ended.end_reason) == (False, EndReason.INACTIVITY_TIMEOUT)
    assert ended.ended_at == later + 30 * MINUTE
    _, active, _ = await look(db, other)
    assert (active.is_active, active.message_count, active.started_at) == (True, 1, much_later)
    assert [name for name, _ in events(superuser, skip=14)] == [
        "contact.interaction_recorded",
        "session.ended",
        "session.started",
        "session.message_recorded",
        "message.created",
    ]


async def test_an_own_message_counts_for_the_agents_side(db: Database[UnitOfWork], seed: Seed) -> None:
    await store(db, seed, inbound())
    reply = inbound(number=2, from_me=True, contact=NAMELESS, received_at=NOW + MINUTE)
    contact, session, message = await look(db, await store(db, seed, reply))
    assert (session.messages_from_contact, session.messages_from_agent) == (1, 1)
    assert session.agent_response_time_seconds == 60
    assert (contact.name, message.from_me, message.agent_id) == ("Ada", True, None)
    async with db.unit_of_work(TENANT) as uow:
        counters = await uow.channels.counters(seed.channel_id)
    assert (counters.messages_received, counters.messages_sent) == (1, 1)
    assert counters.last_message_at == NOW


async def test_media_source_and_mentions_arrive_with_the_message(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    image = {
        "content_type": ContentType.IMAGE,
        "text": None,
        "media_url": "https://media.example/a.jpg",
        "media_mimetype": "image/jpeg",
        "mentions": ("5511999990000@c.us",),
        "metadata": {"forwarded": True},
        "source": MessageSource.HISTORY_IMPORT,
    }
    _, _, message = await look(db, await store(db, seed, inbound(**image)))
    assert (str(message.media_url), message.media_mimetype) == (image["media_url"], image["media_mimetype"])
    assert (message.mentions, message.metadata) == (image["mentions"], image["metadata"])
    assert (message.source, message.text) == (image["source"], None)
    _, _, message = await look(db, await store(db, seed, inbound(number=2)))
    assert (message.source, message.media_url, message.mentions) == (MessageSource.MANUAL, None, ())


@pytest.mark.parametrize("content_type", list(ContentType))
async def test_text_stands_with_every_content_type(
    db: Database[UnitOfWork], seed: Seed, content_type: ContentType
) -> None:
    _, _, message = await look(db, await store(db, seed, inbound(content_type=content_type)))
    assert (message.content_type, str(message.text)) == (content_type, "hello")


async def test_what_has_no_type_is_kept_and_told_with_its_facts(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    facts = {"kind": "poll", "view_once": True, "live_location": True}
    order = inbound(content_type=ContentType.UNSUPPORTED, text="x" * 65_536, metadata=facts, mentions=("a",))
    _, _, message = await look(db, await store(db, seed, order))
    assert (message.metadata, len(str(message.text))) == (facts, 65_536)
    name, payload = last_event(superuser)
    told = {fact: payload[fact] for fact in ("content_type", "view_once", "live_location", "mentions")}
    assert (name, told) == (
        "message.created",
        {"content_type": "unsupported", "view_once": True, "live_location": True, "mentions": ["a"]},
    )


async def test_a_late_message_does_not_turn_time_back(db: Database[UnitOfWork], seed: Seed) -> None:
    await store(db, seed, inbound(received_at=NOW + 5 * MINUTE))
    contact, session, message = await look(db, await store(db, seed, inbound(number=2)))
    assert session.last_activity_at == contact.last_interaction_at == NOW + 5 * MINUTE
    assert (session.message_count, message.timestamp) == (2, NOW)


async def test_a_name_that_came_with_the_message_renames(db: Database[UnitOfWork], seed: Seed) -> None:
    await store(db, seed, inbound(contact=NAMELESS))
    contact, _, _ = await look(db, await store(db, seed, inbound(number=2, received_at=NOW + MINUTE)))
    assert contact.name == "Ada"
    nameless = inbound(number=3, received_at=NOW + 2 * MINUTE, contact=NAMELESS)
    contact, _, _ = await look(db, await store(db, seed, nameless))
    assert contact.name == "Ada"


async def test_a_new_contact_without_a_name_is_named_by_its_phone(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    contact, _, _ = await look(db, await store(db, seed, inbound(contact=NAMELESS)))
    assert contact.name == PHONE


@pytest.mark.parametrize("content_type", [ContentType.TEXT, ContentType.IMAGE])
async def test_an_advertisement_is_told_in_the_same_unit(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, content_type: ContentType
) -> None:
    tracking = {"ctwa_click_id": "click", "ad_source_id": "42", "entry_point_source": "ad"}
    command = inbound(tracking=tracking, is_from_ad=True, content_type=content_type)
    _, _, message = await look(db, await store(db, seed, command))
    assert message.metadata["tracking"] == tracking
    row = superuser.execute(
        "SELECT payload FROM outbox_events WHERE event_name = 'tracking.message.meta_ads'"
    ).fetchone()
    assert row is not None
    assert (row[0]["ctwa_click_id"], row[0]["ad_source_id"], row[0]["conversion_app"]) == (
        "click",
        "42",
        None,
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"contact": Party(phone="123")}, ValidationError),
        ({"text": "x" * 65_537}, ValidationError),
        ({"text": "nul \x00"}, ValidationError),
        ({"content_type": ContentType.IMAGE, "media_url": "ftp://host/x"}, ValidationError),
        ({"metadata": {"x": float("nan")}}, ValidationError),
        ({"received_at": datetime(2026, 1, 1)}, ValidationError),  # noqa: DTZ001 - the fault under test
    ],
)
async def test_what_cannot_be_stored_leaves_nothing(
    db: Database[UnitOfWork],
    seed: Seed,
    superuser: psycopg.Connection,
    changes: dict[str, Any],
    error: type[VentrosError],
) -> None:
    """Each of them is found at another step, some after contact and session have been written."""
    before = snapshot(superuser)
    with pytest.raises(error):
        await process(db, seed, inbound(**changes))
    assert snapshot(superuser) == before


async def test_an_unknown_channel_is_not_found(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    before = snapshot(superuser)
    with pytest.raises(NotFound):
        await process(db, attrs.evolve(seed, channel_id=new_id()), inbound())
    assert snapshot(superuser) == before


async def test_a_channel_that_is_not_active_takes_no_messages(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    superuser.execute("UPDATE channels SET status = 'inactive', version = version + 1")
    with pytest.raises(InvariantViolation, match="is inactive, not active"):
        await process(db, seed, inbound())


async def test_another_tenants_channel_is_not_found(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    with pytest.raises(NotFound):
        await process(db, seed, inbound(), tenant=other_seed.tenant)
