"""What all changes of a message have in common: each once, and of the message that chat and author name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import ADA, EVE, GROUP, MINUTE, inbound, message_of, named, store
from tests.support.snapshots import snapshot
from ventros import Database, UnitOfWork, ValidationError
from ventros.application.messages.edit_message import MessageEdit, edit_message
from ventros.application.messages.existing_messages import ChangeResult
from ventros.application.messages.inbound import GroupChat, MessageRef, Party
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.application.messages.react_to_message import MessageReaction, react_to_message
from ventros.application.messages.record_message_ack import AckResult, MessageAck, record_message_ack
from ventros.application.messages.record_poll_vote import PollVote, record_poll_vote
from ventros.application.messages.revoke_message import MessageRevocation, revoke_message
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.values import ChannelType
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.repository import MessageRepository
from ventros.crm.messages.values import MessageStatus
from ventros.demo.seed import Seed
from ventros.kernel.connection.call import Call
from ventros.kernel.ids import new_id
from ventros.kernel.transaction.held import Held

LATER = NOW + MINUTE


@attrs.frozen
class Change:
    """A use case and its command about a message."""

    use_case: Callable[[UnitOfWork, UUID, Any], Awaitable[Any]]
    command: Callable[[MessageRef], Any]
    applied: Enum = ChangeResult.APPLIED


CHANGES = {
    "edit": Change(edit_message, lambda message: MessageEdit(message=message, text="new", edited_at=LATER)),
    "revoke": Change(revoke_message, lambda message: MessageRevocation(message=message, revoked_at=LATER)),
    "react": Change(
        react_to_message,
        lambda message: MessageReaction(message=message, reactor=None, emoji="👍", reacted_at=LATER),
    ),
    "vote": Change(
        record_poll_vote,
        lambda message: PollVote(message=message, voter=None, options=("a",), voted_at=LATER),
    ),
    "ack": Change(
        record_message_ack,
        lambda message: MessageAck(message=message, status=MessageStatus.READ, at=LATER),
        AckResult.ADVANCED,
    ),
}
ONE = inbound()
OWN = inbound(number=2, from_me=True)
IN_GROUP = inbound(number=3, group=GROUP)


@pytest.fixture(params=list(CHANGES))
def change(request: pytest.FixtureRequest) -> Change:
    return CHANGES[request.param]


async def make(
    db: Database[UnitOfWork],
    seed: Seed,
    change: Change,
    message: MessageRef,
    event_id: UUID | None = None,
    channel_id: UUID | None = None,
) -> Enum:
    command = attrs.evolve(change.command(message), event_id=event_id)
    result = await db.run(TENANT, lambda uow: change.use_case(uow, channel_id or seed.channel_id, command))
    assert isinstance(result, ChangeResult | AckResult)
    return result


@pytest.mark.parametrize("message", [ONE, OWN, IN_GROUP], ids=["one", "own", "in a group"])
async def test_a_change_is_made_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, change: Change, message: Any
) -> None:
    ids = await store(db, seed, message)
    before, event_id = await message_of(db, ids), new_id()
    assert await make(db, seed, change, named(message), event_id) is change.applied
    assert await message_of(db, ids) != before
    stored = snapshot(superuser)
    assert (await make(db, seed, change, named(message), event_id)).value == "duplicate"
    assert (await make(db, seed, change, named(message))).value == "unchanged"
    assert snapshot(superuser) == stored
    assert (await make(db, seed, change, named(message), new_id())).value == "unchanged"


FOREIGN: dict[str, tuple[InboundMessage, dict[str, Any]]] = {
    "another id": (ONE, {"channel_message_id": "wamid.9"}),
    "another contact": (ONE, {"contact": EVE}),
    "nobody's phone": (ONE, {"contact": Party(phone="+5511977770000")}),
    "an unknown lid": (ONE, {"contact": Party(lid="1")}),
    "no contact": (ONE, {"contact": None}),
    "ours": (ONE, {"from_me": True}),
    "ours, without a contact": (ONE, {"from_me": True, "contact": None}),
    "in a group": (ONE, {"group": GROUP}),
    "in an unknown group": (ONE, {"group": GroupChat(external_id="9@g.us")}),
    "not ours": (OWN, {"from_me": False}),
    "ours to another contact": (OWN, {"contact": EVE}),
    "another participant": (IN_GROUP, {"contact": EVE}),
    "no participant": (IN_GROUP, {"contact": None}),
    "one-to-one": (IN_GROUP, {"group": None}),
    "another group": (IN_GROUP, {"group": GroupChat(external_id="9@g.us")}),
    "a known other group": (IN_GROUP, {"group": GroupChat(external_id="2@g.us")}),
}


@pytest.mark.parametrize("foreign", list(FOREIGN))
async def test_of_another_chat_or_author_it_is_unknown_and_leaves_no_trace(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, change: Change, foreign: str
) -> None:
    """Eve is known, from both groups and by herself: it is not for want of a contact."""
    message, differing = FOREIGN[foreign]
    event_id = new_id()
    for number, other in enumerate(
        (
            message,
            inbound(contact=EVE),
            inbound(contact=EVE, group=GROUP),
            inbound(contact=EVE, group=GroupChat(external_id="2@g.us")),
        )
    ):
        await store(db, seed, other if number == 0 else attrs.evolve(other, channel_message_id=f"e{number}"))
    before = snapshot(superuser)
    result = await make(db, seed, change, named(message, **differing), event_id)
    assert result.value == "unknown"
    assert snapshot(superuser) == before
    assert await make(db, seed, change, named(message), event_id) is change.applied, "control: the right one"


async def test_of_an_unknown_message_it_is_made_when_the_message_is_there(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, change: Change
) -> None:
    before, event_id = snapshot(superuser), new_id()
    assert (await make(db, seed, change, named(ONE), event_id)).value == "unknown"
    assert snapshot(superuser) == before
    await store(db, seed, ONE)
    assert await make(db, seed, change, named(ONE), event_id) is change.applied


async def test_on_another_channel_the_id_names_nothing(
    db: Database[UnitOfWork], seed: Seed, change: Change
) -> None:
    await store(db, seed, ONE)
    async with db.unit_of_work(TENANT) as uow:
        other = await uow.channels.add(
            Channel.create(
                user_id=seed.user_id,
                project_id=seed.project_id,
                tenant_id=TENANT,
                name="other",
                type=ChannelType.WEB_FORM,
                now=NOW,
            )
        )
        await uow.commit()
    assert (await make(db, seed, change, named(ONE), channel_id=other.id)).value == "unknown"


async def test_what_is_ours_needs_no_contact_to_be_named(
    db: Database[UnitOfWork], seed: Seed, change: Change
) -> None:
    """Nobody else can send with that direction."""
    await store(db, seed, OWN)
    assert await make(db, seed, change, named(OWN, contact=None)) is change.applied


async def test_a_phone_that_is_none_is_refused(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, change: Change
) -> None:
    await store(db, seed, ONE)
    before = snapshot(superuser)
    with pytest.raises(ValidationError):
        await make(db, seed, change, named(ONE, contact=Party(phone="123")))
    assert snapshot(superuser) == before


RACERS = 8


def racing(db: Database[UnitOfWork], *, locked: bool) -> Database[UnitOfWork]:
    """Whoever has found the message gives the others time to find it as well."""

    class Messages(MessageRepository):
        def naming(self, *args: Any, lock: bool = False, **name: Any) -> Call:
            return super().naming(*args, lock=lock and locked, **name)

        async def save(self, message: Message) -> Message:
            await asyncio.sleep(0.2)
            return await super().save(message)

    class Racing(UnitOfWork):
        messages = Held(Messages)

    return Database(db._pool, Racing, db.settings)


@pytest.mark.parametrize("locked", [True, False], ids=["as it is", "control: without the lock"])
async def test_changes_at_the_same_time_all_stay(db: Database[UnitOfWork], seed: Seed, locked: bool) -> None:
    ids = await store(db, seed, IN_GROUP)
    people = [Party(phone=f"+551197777000{number}") for number in range(RACERS)]
    at_once = racing(db, locked=locked)

    async def react(reactor: Party) -> ChangeResult:
        command = MessageReaction(message=named(IN_GROUP), reactor=reactor, emoji="👍", reacted_at=LATER)
        return await at_once.run(TENANT, lambda uow: react_to_message(uow, seed.channel_id, command))

    results = await asyncio.gather(*map(react, people))
    assert results == [ChangeResult.APPLIED] * RACERS
    reactions = (await message_of(db, ids)).metadata["reactions"]
    assert (len(reactions) == RACERS) is locked


async def test_the_bare_id_is_the_message_whatever_its_contact_is_called(
    db: Database[UnitOfWork], seed: Seed, change: Change
) -> None:
    await store(db, seed, ONE)
    other_spelling = attrs.evolve(ADA, phone="+55 (11) 99999-0000", name=None)
    assert await make(db, seed, change, named(ONE, contact=other_spelling)) is change.applied


@pytest.mark.parametrize("group", [None, GROUP])
async def test_an_author_is_the_same_by_phone_and_by_lid(
    db: Database[UnitOfWork], seed: Seed, change: Change, group: GroupChat | None
) -> None:
    """One party's message came with its LID alone; the pair was told before, or is told by the change."""
    lid = Party(lid="797000000400001")
    by_lid = inbound(contact=lid, group=group)
    await store(db, seed, by_lid)
    stranger = Party(lid="797000000400002")
    assert (await make(db, seed, change, named(by_lid, contact=stranger))).value == "unknown"
    assert (await make(db, seed, change, named(by_lid, contact=ADA))).value == "unknown"
    await store(db, seed, inbound(number=2, contact=attrs.evolve(ADA, lid=lid.lid)))
    assert await make(db, seed, change, named(by_lid, contact=ADA)) is change.applied
