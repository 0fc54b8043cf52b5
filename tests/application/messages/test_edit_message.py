"""An edit changes the text, tells what stood there before, and stores what it finds missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import (
    EVE,
    GROUP,
    MINUTE,
    inbound,
    last_event,
    message_of,
    named,
    process,
    store,
)
from tests.support.snapshots import snapshot
from ventros import Database, UnitOfWork, ValidationError
from ventros.application.messages.edit_message import MessageEdit, edit_message
from ventros.application.messages.existing_messages import ChangeResult
from ventros.application.messages.process_inbound_message import Duplicate, StoredMessage
from ventros.application.messages.revoke_message import MessageRevocation, revoke_message
from ventros.crm.messages.values import ContentType
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

ONE = inbound()


def an_edit(text: str = "new", minutes: int = 1, **changes: Any) -> MessageEdit:
    command = MessageEdit(message=named(ONE), text=text, edited_at=NOW + minutes * MINUTE, event_id=new_id())
    return attrs.evolve(command, **changes)


async def edit(db: Database[UnitOfWork], seed: Seed, command: MessageEdit) -> ChangeResult | StoredMessage:
    return await db.run(TENANT, lambda uow: edit_message(uow, seed.channel_id, command))


async def test_the_event_keeps_what_stood_there_before(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ids = await store(db, seed, ONE)
    for number, (previous, text) in enumerate((("hello", "one"), ("one", "two")), start=1):
        assert await edit(db, seed, an_edit(text, number)) is ChangeResult.APPLIED
        name, payload = last_event(superuser)
        assert (name, payload["previous_text"], payload["text"]) == ("message.edited", previous, text)
        assert payload["message_id"] == str(ids.message_id)
    message = await message_of(db, ids)
    assert (str(message.text), message.edited_at, message.timestamp) == ("two", NOW + 2 * MINUTE, NOW)


async def test_a_late_edit_does_not_undo_a_later_one(db: Database[UnitOfWork], seed: Seed) -> None:
    ids = await store(db, seed, ONE)
    await edit(db, seed, an_edit("second", 2))
    assert await edit(db, seed, an_edit("first", 1)) is ChangeResult.UNCHANGED
    assert str((await message_of(db, ids)).text) == "second"
    same_second = an_edit("third", edited_at=NOW + 2 * MINUTE)
    assert await edit(db, seed, same_second) is ChangeResult.APPLIED, "its time has seconds only"


async def test_a_revoked_message_is_not_edited(db: Database[UnitOfWork], seed: Seed) -> None:
    ids = await store(db, seed, ONE)
    revocation = MessageRevocation(message=named(ONE), revoked_at=NOW)
    await db.run(TENANT, lambda uow: revoke_message(uow, seed.channel_id, revocation))
    assert await edit(db, seed, an_edit()) is ChangeResult.UNCHANGED
    assert str((await message_of(db, ids)).text) == "hello"


async def test_a_caption_is_edited_and_taken_away(db: Database[UnitOfWork], seed: Seed) -> None:
    image = attrs.evolve(ONE, content_type=ContentType.IMAGE, media_url="https://media.example/a.jpg")
    ids = await store(db, seed, image)
    await edit(db, seed, an_edit("better", 1))
    assert str((await message_of(db, ids)).text) == "better"
    assert await edit(db, seed, an_edit("", 2)) is ChangeResult.APPLIED
    message = await message_of(db, ids)
    assert (message.text, str(message.media_url)) == (None, image.media_url)


@pytest.mark.parametrize("text", ["", "x" * 65_537, "nul \x00"])
async def test_a_text_that_is_none_leaves_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, text: str
) -> None:
    await store(db, seed, ONE)
    before = snapshot(superuser)
    with pytest.raises(ValidationError):
        await edit(db, seed, an_edit(text))
    assert snapshot(superuser) == before


@pytest.mark.parametrize("group", [None, GROUP])
async def test_an_edit_in_a_wrapper_of_an_unknown_message_is_stored_as_that_message(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, group: Any
) -> None:
    whole = attrs.evolve(ONE, text="new", group=group)
    command = an_edit(fallback=whole, message=named(whole))
    stored = await edit(db, seed, command)
    assert isinstance(stored, StoredMessage)
    message = await message_of(db, stored)
    assert (str(message.text), message.edited_at) == ("new", command.edited_at)
    before = snapshot(superuser)
    assert await edit(db, seed, command) is ChangeResult.DUPLICATE
    assert await edit(db, seed, attrs.evolve(command, event_id=None)) is ChangeResult.UNCHANGED
    earlier = attrs.evolve(command, text="first", edited_at=NOW, event_id=None)
    assert await edit(db, seed, earlier) is ChangeResult.UNCHANGED
    assert isinstance(await process(db, seed, attrs.evolve(ONE, group=group)), Duplicate)
    assert snapshot(superuser) == before


async def test_of_a_known_message_the_fallback_is_not_stored(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ids = await store(db, seed, ONE)
    fallback = attrs.evolve(ONE, text="new", event_id=new_id())
    assert await edit(db, seed, an_edit(fallback=fallback)) is ChangeResult.APPLIED
    assert str((await message_of(db, ids)).text) == "new"
    assert superuser.execute("SELECT count(*) FROM messages").fetchone() == (1,)


async def test_a_foreign_authors_fallback_neither_changes_nor_adds(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    await store(db, seed, ONE)
    await store(db, seed, inbound(number=2, contact=EVE, received_at=NOW - timedelta(days=1)))
    before = snapshot(superuser)
    hers = attrs.evolve(ONE, contact=EVE, text="forged", event_id=new_id())
    assert await edit(db, seed, an_edit(message=named(hers), fallback=hers)) is ChangeResult.UNKNOWN
    assert snapshot(superuser) == before
