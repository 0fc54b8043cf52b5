"""A reply points to the message that it quotes, if that is known and of the same chat."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support.inbound_messages import EVE, GROUP, inbound, last_event, message_of, store
from ventros import Database, UnitOfWork
from ventros.application.messages.inbound import GroupChat
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.demo.seed import Seed

OTHER_GROUP = GroupChat(external_id="9@g.us")


@pytest.mark.parametrize(
    ("quoted", "reply"),
    [
        ({}, {}),
        ({"from_me": True}, {}),
        ({}, {"from_me": True}),
        ({"group": GROUP}, {"group": GROUP}),
        ({"group": GROUP, "contact": EVE}, {"group": GROUP}),
    ],
)
async def test_a_known_message_of_the_same_chat_is_pointed_to(
    db: Database[UnitOfWork],
    seed: Seed,
    superuser: psycopg.Connection,
    quoted: dict[str, Any],
    reply: dict[str, Any],
) -> None:
    target = await store(db, seed, inbound(**quoted))
    stored = await store(db, seed, inbound(number=2, reply_to="wamid.1", **reply))
    message = await message_of(db, stored)
    assert (message.reply_to_id, message.metadata) == (target.message_id, {})
    name, payload = last_event(superuser)
    assert (name, payload["reply_to_id"]) == ("message.created", str(target.message_id))


@pytest.mark.parametrize(
    ("quoted", "reply"),
    [
        (None, {}),
        ({"contact": EVE}, {}),
        ({"group": GROUP}, {}),
        ({}, {"group": GROUP}),
        ({"group": OTHER_GROUP}, {"group": GROUP}),
    ],
    ids=["unknown", "another contact's", "of a group", "of a one-to-one chat", "of another group"],
)
async def test_of_any_other_the_id_is_kept(
    db: Database[UnitOfWork], seed: Seed, quoted: dict[str, Any] | None, reply: dict[str, Any]
) -> None:
    """The sender chooses what is quoted: a reply must not show somebody else's words as theirs."""
    if quoted is not None:
        await store(db, seed, inbound(**quoted))
    command: InboundMessage = inbound(number=2, reply_to="wamid.1", metadata={"a": 1}, **reply)
    message = await message_of(db, await store(db, seed, command))
    assert (message.reply_to_id, message.metadata) == (None, {"a": 1, "reply_to": "wamid.1"})


async def test_a_message_that_quotes_nothing_says_so(db: Database[UnitOfWork], seed: Seed) -> None:
    message = await message_of(db, await store(db, seed, inbound()))
    assert (message.reply_to_id, message.metadata) == (None, {})
