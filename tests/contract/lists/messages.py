"""Messages, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.values import ChannelType
from ventros.crm.chats.aggregate import Chat
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageStatus
from ventros.crm.sessions.aggregate import Session
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

HOUR = timedelta(hours=1)
AGENT_ID = new_id()
TEXTS = ("Hello", "hello again", "100% sure", "snake_case", "back\\slash", "Élise")
MEDIA = (
    # two of them are known to be there before their address is
    (ContentType.IMAGE, "https://media.example/a.png", MessageStatus.READ),
    (ContentType.VOICE, None, MessageStatus.FAILED),
    (ContentType.IMAGE, None, MessageStatus.SENT),
)


async def store(uow: UnitOfWork, seed: Seed) -> list[Message]:
    """Two in a row are of one time, of two contacts, on two channels, the first one in a chat; every third is
    in no session.
    """
    contacts = [
        Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name=name, now=NOW)
        for name in ("Ada", "Bob")
    ]
    sessions = [Session.start(contact_id=contact.id, tenant_id=seed.tenant, now=NOW) for contact in contacts]
    form = Channel.create(
        user_id=seed.user_id,
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        name="form",
        type=ChannelType.WEB_FORM,
        now=NOW,
    )
    chat = Chat.create_individual(
        contact_id=contacts[0].id, project_id=seed.project_id, tenant_id=seed.tenant, now=NOW
    )
    for contact in contacts:
        await uow.contacts.add(contact)
    await uow.chats.add(chat)
    for session in sessions:
        await uow.sessions.add(session)
    await uow.channels.add(form)

    def message(line: int, content_type: ContentType, **fields: Any) -> Message:
        side = line % 2
        created = Message.create(
            tenant_id=seed.tenant,
            user_id=seed.user_id,
            project_id=seed.project_id,
            contact_id=contacts[side].id,
            channel_id=(seed.channel_id, form.id)[side],
            channel_type_id=(1, None)[side],
            chat_id=(chat.id, None)[side],
            session_id=sessions[side].id if line % 3 else None,
            agent_id=AGENT_ID if line % 4 == 1 else None,
            from_me=line % 4 == 1,
            content_type=content_type,
            timestamp=NOW + line // 2 * HOUR,
            **fields,
        )
        return attrs.evolve(created, created_at=NOW + line // 4 * HOUR)

    texts = [message(line, ContentType.TEXT, text=text) for line, text in enumerate(TEXTS)]
    media = [
        attrs.evolve(message(len(TEXTS) + line, kind, media_url=url), status=status)
        for line, (kind, url, status) in enumerate(MEDIA)
    ]
    live = [await uow.messages.add(message_) for message_ in (*texts, *media)]
    gone = message(1, ContentType.TEXT, text="hello, gone")
    await uow.messages.add(attrs.evolve(gone, deleted_at=NOW))
    return live


def expected(stored: list[Message]) -> Mapping[str, list[Filtered]]:
    noon = NOW + 2 * HOUR

    def has(field: str, *values: object) -> Filtered:
        value = values[0] if len(values) == 1 else values
        return Filtered(value=value, passes=lambda message: getattr(message, field) in values)

    def says(text: str) -> Filtered:
        return Filtered(
            value=text,
            passes=lambda message: message.text is not None and text.lower() in message.text.value.lower(),
        )

    return {
        "contact_id": [has("contact_id", stored[0].contact_id), has("contact_id", new_id())],
        "session_id": [has("session_id", stored[1].session_id), has("session_id", new_id())],
        "chat_id": [has("chat_id", stored[0].chat_id), has("chat_id", new_id())],
        "channel_id": [has("channel_id", stored[0].channel_id), has("channel_id", stored[1].channel_id)],
        "project_id": [has("project_id", stored[0].project_id), has("project_id", new_id())],
        "channel_type_id": [has("channel_type_id", 1), has("channel_type_id", 2)],
        "agent_id": [has("agent_id", AGENT_ID)],
        "from_me": [has("from_me", True), has("from_me", False)],
        "content_type": [
            has("content_type", ContentType.TEXT),
            has("content_type", ContentType.IMAGE, ContentType.VOICE),
        ],
        "status": [
            has("status", MessageStatus.FAILED),
            has("status", MessageStatus.READ, MessageStatus.FAILED),
        ],
        "has_media": [
            Filtered(value=True, passes=lambda message: message.media_url is not None),
            Filtered(value=False, passes=lambda message: message.media_url is None),
        ],
        "text": [*map(says, ("HELLO", "%", "_", "\\", "Élise"))],
        "timestamp_from": [Filtered(value=noon, passes=lambda message: message.timestamp >= noon)],
        "timestamp_to": [Filtered(value=noon, passes=lambda message: message.timestamp <= noon)],
    }


CASE: Any = Case(repository=lambda uow: uow.messages, store=store, expected=expected)
