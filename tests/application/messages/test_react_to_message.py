"""A message has one reaction of each who reacted; in a one-to-one chat that are its two sides."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import (
    ADA,
    EVE,
    GROUP,
    MINUTE,
    inbound,
    last_event,
    message_of,
    named,
    store,
)
from tests.support.snapshots import snapshot
from ventros import Database, UnitOfWork, ValidationError
from ventros.application.messages.existing_messages import ChangeResult
from ventros.application.messages.inbound import Party
from ventros.application.messages.react_to_message import MessageReaction, react_to_message
from ventros.demo.seed import Seed

ONE = inbound()
IN_GROUP = inbound(group=GROUP)


async def react(
    db: Database[UnitOfWork],
    seed: Seed,
    emoji: str,
    reactor: Party | None,
    *,
    minutes: int = 1,
    message: Any = ONE,
) -> ChangeResult:
    command = MessageReaction(
        message=named(message), reactor=reactor, emoji=emoji, reacted_at=NOW + minutes * MINUTE
    )
    return await db.run(TENANT, lambda uow: react_to_message(uow, seed.channel_id, command))


async def test_each_side_of_a_chat_has_one_reaction(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ids = await store(db, seed, ONE)
    ada = str(ids.contact_id)
    assert await react(db, seed, "👍", ADA) is ChangeResult.APPLIED
    assert await react(db, seed, "❤️", None) is ChangeResult.APPLIED
    assert await react(db, seed, "😂", ADA, minutes=2) is ChangeResult.APPLIED
    name, payload = last_event(superuser)
    assert (name, payload["emoji"], payload["reactor"], payload["reactor_contact_id"]) == (
        "message.reacted",
        "😂",
        ada,
        ada,
    )
    reactions = (await message_of(db, ids)).metadata["reactions"]
    assert {key: reaction["emoji"] for key, reaction in reactions.items()} == {ada: "😂", "us": "❤️"}


async def test_a_reaction_that_was_taken_back_does_not_return_with_an_older_one(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ids = await store(db, seed, ONE)
    await react(db, seed, "👍", ADA)
    assert await react(db, seed, "", ADA, minutes=3) is ChangeResult.APPLIED
    assert last_event(superuser)[1]["emoji"] == ""
    assert await react(db, seed, "😂", ADA, minutes=2) is ChangeResult.UNCHANGED
    assert (await message_of(db, ids)).metadata["reactions"][str(ids.contact_id)]["emoji"] == ""
    assert await react(db, seed, "😂", ADA, minutes=4) is ChangeResult.APPLIED


async def test_nobody_else_reacts_in_a_one_to_one_chat(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    await store(db, seed, ONE)
    await store(db, seed, inbound(number=2, contact=EVE))
    before = snapshot(superuser)
    for stranger in (EVE, Party(phone="+5511977770000"), Party(lid="1")):
        assert await react(db, seed, "👍", stranger) is ChangeResult.UNKNOWN
    assert snapshot(superuser) == before


async def test_in_a_group_everybody_does_and_keeps_it_as_a_contact(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """Who only reacts becomes no contact; what was kept by a phone is found again when there is one."""
    ids = await store(db, seed, IN_GROUP)
    assert await react(db, seed, "👍", EVE, message=IN_GROUP) is ChangeResult.APPLIED
    assert await react(db, seed, "😂", Party(lid="7"), message=IN_GROUP) is ChangeResult.APPLIED
    assert superuser.execute("SELECT count(*) FROM contacts").fetchone() == (1,)
    reactions = (await message_of(db, ids)).metadata["reactions"]
    assert reactions.keys() == {EVE.phone, "lid:7"}
    eve = await store(db, seed, inbound(number=2, contact=EVE))
    assert await react(db, seed, "❤️", EVE, minutes=2, message=IN_GROUP) is ChangeResult.APPLIED
    reactions = (await message_of(db, ids)).metadata["reactions"]
    assert {key: reaction["emoji"] for key, reaction in reactions.items()} == {
        "lid:7": "😂",
        str(eve.contact_id): "❤️",
    }


@pytest.mark.parametrize("emoji", ["x" * 65, "\x00", "\ud83d"])
async def test_what_is_no_emoji_leaves_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, emoji: str
) -> None:
    await store(db, seed, ONE)
    before = snapshot(superuser)
    with pytest.raises(ValidationError):
        await react(db, seed, emoji, ADA)
    assert snapshot(superuser) == before
