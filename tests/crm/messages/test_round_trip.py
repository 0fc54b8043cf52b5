"""Every column of a message is stored as it was; the other aggregates have the contract suite for this."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork
from ventros.crm.chats.aggregate import Chat
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.events import MessageCreated, MessageUpdated
from ventros.crm.messages.values import ContentType, MessageSource, MessageStatus
from ventros.crm.sessions.aggregate import Session
from ventros.demo.seed import Seed
from ventros.kernel.errors import ChangeWithoutEvent, NotNew, UndoneWrite
from ventros.kernel.ids import new_id
from ventros.values import MediaUrl, MessageText

MINUTE = timedelta(minutes=1)
GIVEN_ELSEWHERE = {"id", "tenant_id", "domain_events", "_origin"}


async def filled(uow: UnitOfWork, seed: Seed) -> Message:
    """With a value of its own in every field."""
    contact = await uow.contacts.add(
        Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    )
    session = await uow.sessions.add(Session.start(contact_id=contact.id, tenant_id=TENANT, now=NOW))
    chat = await uow.chats.add(
        Chat.create_individual(project_id=seed.project_id, tenant_id=TENANT, contact_id=contact.id, now=NOW)
    )
    return Message(
        tenant_id=TENANT,
        timestamp=NOW,
        user_id=seed.user_id,
        project_id=seed.project_id,
        contact_id=contact.id,
        channel_id=seed.channel_id,
        channel_type_id=4,
        chat_id=chat.id,
        session_id=session.id,
        from_me=True,
        content_type=ContentType.VOICE,
        text=MessageText("a caption"),
        media_url=MediaUrl("https://media.example/a.ogg"),
        media_mimetype="audio/ogg",
        channel_message_id="wamid.1",
        reply_to_id=new_id(),
        status=MessageStatus.PLAYED,
        language="pt-BR",
        agent_id=new_id(),
        source=MessageSource.BOT,
        metadata={"a": [1, None, {"b": "c"}]},
        mentions=("one", "two"),
        delivered_at=NOW + MINUTE,
        read_at=NOW + 2 * MINUTE,
        played_at=NOW + 3 * MINUTE,
        edited_at=NOW + 6 * MINUTE,
        revoked_at=NOW + 7 * MINUTE,
        created_at=NOW + 4 * MINUTE,
        updated_at=NOW + 5 * MINUTE,
    )


async def test_every_column_is_stored_as_it_was(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        message = await filled(uow, seed)
        for field in attrs.fields(Message):
            if field.name not in GIVEN_ELSEWHERE | {"deleted_at"}:
                assert getattr(message, field.name) not in (None, (), {}, field.default), field.name
        await uow.messages.add(message.record_creation(MessageCreated()))
        assert await uow.messages.get(message.id) == message


async def test_every_changed_field_is_written_and_no_other(db: Database[UnitOfWork], seed: Seed) -> None:
    changes: dict[str, Any] = {
        "channel_type_id": None,
        "session_id": None,
        "text": None,
        "media_url": None,
        "media_mimetype": None,
        "channel_message_id": "wamid.2",
        "agent_id": None,
        "source": MessageSource.TEST,
        "metadata": {},
        "mentions": (),
        "edited_at": None,
        "revoked_at": None,
    }
    async with db.unit_of_work(TENANT) as uow:
        message = await filled(uow, seed)
        stored = await uow.messages.add(message.record_creation(MessageCreated()))
        for name, value in changes.items():
            event = MessageUpdated(fields=(name,)).recorded(message, NOW)
            emptied = attrs.evolve(stored, **changes, domain_events=(event,))
            saved = await uow.messages.save(emptied)
            assert saved == attrs.evolve(stored, **{name: value}), name
            stored = saved


async def test_what_an_undone_write_returned_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        message = await filled(uow, seed)
        await uow.commit()
    new = message.record_creation(MessageCreated())
    async with db.unit_of_work(TENANT) as uow:
        undone = await uow.messages.add(new)
    async with db.unit_of_work(TENANT) as uow:
        for write in (uow.messages.add, uow.messages.save):
            with pytest.raises(UndoneWrite):
                await write(undone)
        with pytest.raises(NotNew):
            await uow.messages.add(message)
        with pytest.raises(ChangeWithoutEvent):
            await uow.messages.save(message)
        stored = await uow.messages.add(new)
        await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.messages.save(stored) == stored, "control: it was committed"


async def test_a_text_is_stored_as_it_was(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        message = attrs.evolve(
            await filled(uow, seed),
            content_type=ContentType.TEXT,
            media_url=None,
            media_mimetype=None,
            text=MessageText("olá 👋"),
        )
        await uow.messages.add(message.record_creation(MessageCreated()))
        assert await uow.messages.get(message.id) == message
        saved = await uow.messages.save(message.set_text("tchau", now=NOW))
        assert await uow.messages.get(message.id) == saved
        assert saved.text == MessageText("tchau")
