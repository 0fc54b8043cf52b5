"""Sessions, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.events import ChannelCreated
from ventros.crm.channels.values import ChannelType
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.sessions.aggregate import EndReason, Sentiment, Session, SessionStatus
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

HOUR = timedelta(hours=1)
CHANNEL = UUID(int=1)
"""A channel of either tenant: sessions are listed by it, and have messages in another as well."""


def ended(after: timedelta, reason: EndReason, **fields: Any) -> dict[str, Any]:
    return {"status": SessionStatus.ENDED, "ended_after": after, "end_reason": reason, **fields}


def with_messages(of_contact: int, of_agent: int, **fields: Any) -> dict[str, Any]:
    return {
        "messages_from_contact": of_contact,
        "messages_from_agent": of_agent,
        "message_count": of_contact + of_agent,
        **fields,
    }


SESSIONS: tuple[dict[str, Any], ...] = (
    # two in a row are started at the same time, by two contacts
    with_messages(2, 1, channel_type_id=1),
    {"channel_type_id": 1, "escalated": True},
    with_messages(0, 3, channel_type_id=2),
    ended(HOUR, EndReason.INACTIVITY_TIMEOUT, summary="asked for a Refund", sentiment=Sentiment.NEGATIVE),
    ended(HOUR, EndReason.AGENT_CLOSE, sentiment=Sentiment.MIXED, resolved=True, topics=("new", "shoes")),
    ended(
        3 * HOUR,
        EndReason.CONTACT_REQUEST,
        next_steps=("Call back", "50% off"),
        resolved=True,
        converted=True,
    ),
    ended(HOUR, EndReason.AGENT_CLOSE, outcome_tags=("Won", "refund\\ed"), sentiment=Sentiment.POSITIVE),
    with_messages(9, 9, channel_type_id=5),
)
IN_CHANNEL = (0, 3)
ITS_MESSAGE_DELETED = 4
IN_OTHER_CHANNEL = 5


async def store(uow: UnitOfWork, seed: Seed) -> list[Session]:
    contacts = [
        await uow.contacts.add(
            Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name=name, now=NOW)
        )
        for name in ("Ada", "Bob")
    ]
    pipeline = await uow.pipelines.add(
        Pipeline.create(project_id=seed.project_id, tenant_id=seed.tenant, name="sales", now=NOW)
    )

    def session(line: int, ended_after: timedelta | None = None, **fields: Any) -> Session:
        started_at = NOW + line // 2 * HOUR
        started = Session.start(
            contact_id=contacts[line % 2].id,
            tenant_id=seed.tenant,
            pipeline_id=pipeline.id if line % 3 == 0 else None,
            now=started_at,
        )
        if ended_after is not None:
            fields["ended_at"] = started_at + ended_after
            fields["duration_seconds"] = int(ended_after.total_seconds())
        return attrs.evolve(started, **fields)

    live = [await uow.sessions.add(session(line, **fields)) for line, fields in enumerate(SESSIONS)]
    gone = await uow.sessions.add(attrs.evolve(session(0, channel_type_id=1), deleted_at=NOW))
    await talk(uow, seed, live, gone)
    return live


async def talk(uow: UnitOfWork, seed: Seed, live: list[Session], gone: Session) -> None:
    """The messages by which sessions are in a channel."""
    channel = Channel.create(
        user_id=seed.user_id,
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        name="form",
        type=ChannelType.WEB_FORM,
        now=NOW,
    )
    named = attrs.evolve(channel, id=CHANNEL, domain_events=())
    await uow.channels.add(named.record_creation(ChannelCreated()))

    def message(session: Session, channel_id: UUID) -> Message:
        return Message.create(
            tenant_id=seed.tenant,
            user_id=seed.user_id,
            project_id=seed.project_id,
            contact_id=session.contact_id,
            channel_id=channel_id,
            session_id=session.id,
            content_type=ContentType.TEXT,
            from_me=False,
            timestamp=NOW,
        )

    for session in (*(live[line] for line in IN_CHANNEL), live[IN_CHANNEL[0]], gone):
        await uow.messages.add(message(session, CHANNEL))
    await uow.messages.add(message(live[IN_OTHER_CHANNEL], seed.channel_id))
    deleted = message(live[ITS_MESSAGE_DELETED], CHANNEL)
    await uow.messages.add(attrs.evolve(deleted, deleted_at=NOW))


def expected(stored: list[Session]) -> Mapping[str, list[Filtered]]:
    in_channel = {stored[line].id for line in IN_CHANNEL}
    start, end = NOW + HOUR, NOW + 3 * HOUR

    def has(field: str, *values: object) -> Filtered:
        value = values[0] if len(values) == 1 else values
        return Filtered(value=value, passes=lambda session: getattr(session, field) in values)

    def says(text: str) -> Filtered:
        def passes(session: Session) -> bool:
            texts = (session.summary, session.end_reason, *session.topics)
            texts += (*session.next_steps, *session.outcome_tags)
            return any(text.lower() in part.lower() for part in texts if part is not None)

        return Filtered(value=text, passes=passes)

    return {
        "contact_id": [has("contact_id", stored[0].contact_id), has("contact_id", new_id())],
        "channel_id": [
            Filtered(value=CHANNEL, passes=lambda session: session.id in in_channel),
            Filtered(value=new_id(), passes=lambda _: False),
        ],
        "channel_type_id": [has("channel_type_id", 1), has("channel_type_id", 4)],
        "pipeline_id": [has("pipeline_id", stored[0].pipeline_id)],
        "status": [
            has("status", SessionStatus.ACTIVE),
            has("status", SessionStatus.ACTIVE, SessionStatus.ENDED),
        ],
        "resolved": [has("resolved", True), has("resolved", False)],
        "escalated": [has("escalated", True), has("escalated", False)],
        "converted": [has("converted", True), has("converted", False)],
        "sentiment": [
            has("sentiment", Sentiment.NEGATIVE),
            has("sentiment", Sentiment.POSITIVE, Sentiment.MIXED),
        ],
        "text": [
            *map(says, ("REFUND", "timeout", "SHOE", "call", "won", "%", "_", "\\")),
            *map(says, ("new shoes", "new,shoes", "newshoes")),
        ],
        "started_from": [Filtered(value=start, passes=lambda session: session.started_at >= start)],
        "started_to": [Filtered(value=start, passes=lambda session: session.started_at <= start)],
        "ended_from": [
            Filtered(
                value=end, passes=lambda session: session.ended_at is not None and session.ended_at >= end
            )
        ],
        "ended_to": [
            Filtered(
                value=end, passes=lambda session: session.ended_at is not None and session.ended_at <= end
            )
        ],
        "message_count_min": [Filtered(value=3, passes=lambda session: session.message_count >= 3)],
        "message_count_max": [Filtered(value=3, passes=lambda session: session.message_count <= 3)],
    }


CASE: Any = Case(repository=lambda uow: uow.sessions, store=store, expected=expected)
