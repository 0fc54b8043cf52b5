"""Cases of messages, inbound ones and what comes to one that is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs

from tests.support.constants import NOW
from tests.support.inbound_messages import GROUP, MINUTE, inbound, named
from tests.support.keys import SameEachTime
from tests.support.use_cases import Work, World, case
from tests.support.waha_server import configure
from ventros import UnitOfWork
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.messages.begin_send import BeginSend, begin_send
from ventros.application.messages.confirm_delivery import ConfirmDelivery, confirm_delivery
from ventros.application.messages.edit_message import MessageEdit, edit_message
from ventros.application.messages.inbound import GroupChat, Party
from ventros.application.messages.message_chunk import ChunkMessage, OneByOne, import_chunk
from ventros.application.messages.process_inbound_message import InboundMessage, process_inbound_message
from ventros.application.messages.react_to_message import MessageReaction, react_to_message
from ventros.application.messages.record_message_ack import MessageAck, record_message_ack
from ventros.application.messages.record_poll_vote import PollVote, record_poll_vote
from ventros.application.messages.record_send import RecordSend, record_send
from ventros.application.messages.revoke_message import MessageRevocation, revoke_message
from ventros.application.messages.send_message import SendMessage, send_message
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.sends import SendOutcome
from ventros.crm.messages.values import MessageStatus
from ventros.kernel.errors import Conflict
from ventros.kernel.ids import new_id
from ventros.values import Phone

LATER = NOW + MINUTE

Changes = Callable[[World], dict[str, Any]]


def _nothing(_world: World) -> dict[str, Any]:
    return {}


def _party(world: World) -> Party:
    return Party(phone=f"+5511{world.number}", name="Ada")


def _lid(world: World) -> str:
    return f"7970{world.number:011}"


def _both(world: World) -> Party:
    return attrs.evolve(_party(world), lid=_lid(world))


def _group(world: World) -> GroupChat:
    return attrs.evolve(GROUP, external_id=f"{world.number}@g.us")


def _message(world: World, name: str = "new", **changes: Any) -> InboundMessage:
    command = inbound(number=f"{world.number}.{name}", contact=_party(world), received_at=LATER)
    return attrs.evolve(command, **changes)


def _processing(world: World, command: InboundMessage) -> Work:
    return lambda uow: process_inbound_message(uow, world.seed.channel_id, command)


async def before(world: World, name: str = "before", **changes: Any) -> InboundMessage:
    """A message that was stored before."""
    command = _message(world, name, **{"received_at": NOW, **changes})
    await world.run(_processing(world, command))
    return command


def _inbound(name: str, earlier: Changes | None = _nothing, message: Changes = _nothing) -> None:
    """A message, after another one, if any, that differs from a plain one of the same contact."""

    @case("process_inbound_message", name)
    async def _prepare(world: World) -> Work:
        if earlier is not None:
            await before(world, **earlier(world))
        return _processing(world, _message(world, **message(world)))


_inbound("of a known contact with an active session")
_inbound("that we wrote to one", message=lambda _: {"from_me": True})
_inbound(
    "of one who answers", message=lambda world: {"reply_to": _message(world, "before").channel_message_id}
)
_inbound(
    "of one whose LID is known",
    lambda world: {"contact": _both(world)},
    lambda world: {"contact": _both(world)},
)
_inbound("of one, older than the last one", message=lambda _: {"received_at": NOW - MINUTE})
_inbound("of one whose session timed out", message=lambda _: {"received_at": NOW + 60 * MINUTE})
_inbound("of one whose LID is new", message=lambda world: {"contact": _both(world)})
_inbound("of a new contact", None)
_inbound("of a new contact with a LID", None, lambda world: {"contact": _both(world)})
_inbound("in a group", lambda world: {"group": _group(world)}, lambda world: {"group": _group(world)})
_inbound("in a group, of one who is new in it", message=lambda world: {"group": _group(world)})
_inbound("in a new group, of a new contact", None, lambda world: {"group": _group(world)})


@case("process_inbound_message", "of one who is two contacts, which are merged")
async def _merged(world: World) -> Work:
    await before(world)
    await before(world, "by LID", contact=Party(lid=_lid(world)))
    return _processing(world, _message(world, contact=_both(world)))


@case("process_inbound_message", "that is known")
async def _known(world: World) -> Work:
    return _processing(world, await before(world))


def _change(use_case: Any, make: Callable[..., Any]) -> None:
    """Of a message in a one-to-one chat, and of one in a group; of one that is unknown; again."""

    def work(world: World, command: Any) -> Work:
        return lambda uow: use_case(uow, world.seed.channel_id, command)

    @case(use_case.__name__, "in a one-to-one chat", answers_others=True)
    async def _one(world: World) -> Work:
        return work(world, make(message=named(await before(world)), event_id=new_id()))

    @case(use_case.__name__, "in a group", answers_others=True)
    async def _in_group(world: World) -> Work:
        message = await before(world, group=_group(world))
        return work(world, make(message=named(message), event_id=new_id()))

    @case(use_case.__name__, "of an unknown message", answers_others=True)
    async def _unknown(world: World) -> Work:
        return work(world, make(message=named(_message(world)), event_id=new_id()))

    @case(use_case.__name__, "that is known", answers_others=True)
    async def _known(world: World) -> Work:
        command = make(message=named(await before(world)), event_id=new_id())
        await world.run(work(world, command))
        return work(world, command)


_change(record_message_ack, lambda **named: MessageAck(**named, status=MessageStatus.READ, at=LATER))
_change(edit_message, lambda **named: MessageEdit(**named, text="new", edited_at=LATER))
_change(revoke_message, lambda **named: MessageRevocation(**named, revoked_at=LATER))
_change(
    react_to_message, lambda **named: MessageReaction(**named, reactor=None, emoji="👍", reacted_at=LATER)
)
_change(record_poll_vote, lambda **named: PollVote(**named, voter=None, options=("a",), voted_at=LATER))


@case("react_to_message", "of the other side", answers_others=True)
async def _reaction(world: World) -> Work:
    message = await before(world)
    command = MessageReaction(
        message=named(message), reactor=_party(world), emoji="👍", reacted_at=LATER, event_id=new_id()
    )
    return lambda uow: react_to_message(uow, world.seed.channel_id, command)


@case("edit_message", "of an unknown message that was told whole")
async def _edit(world: World) -> Work:
    await before(world)
    whole = _message(world)
    command = MessageEdit(
        message=named(whole), text="new", edited_at=LATER, event_id=new_id(), fallback=whole
    )
    return lambda uow: edit_message(uow, world.seed.channel_id, command)


@case("import_messages", "of 100, ten of each of ten new contacts, in one chunk")
async def _import(world: World) -> Work:
    chunk = []
    for index in range(100):
        party = Party(phone=f"+5521{world.number:05}{index % 10:04}")
        command = _message(world, f"{index}", contact=party, received_at=NOW + index * timedelta(seconds=1))
        chunk.append(ChunkMessage(index=index, command=command, phone=Phone(str(party.phone))))

    async def work(uow: UnitOfWork) -> int:
        """Again as a chunk, where the import would go on one by one."""
        try:
            return await import_chunk(uow, world.seed.channel_id, chunk)
        except OneByOne as error:
            raise Conflict("somebody else stored some of them first") from error

    return work


async def _asked_to_send(world: World, **changes: Any) -> SendMessage:
    """To a contact that has a phone."""

    async def contact(uow: UnitOfWork) -> Contact:
        phone = Phone(f"+5511{world.number}")
        return await identify_contact(uow, world.seed.project_id, phone=phone, lid=None, name="Ada", now=NOW)

    contact_id = (await world.run(contact)).id
    command = SendMessage(
        contact_id=contact_id, channel_id=world.seed.channel_id, text="hello", sent_at=LATER
    )
    return attrs.evolve(command, **changes)


def _sending(command: SendMessage) -> Work:
    return lambda uow: send_message(uow, command)


@case("send_message", "to a contact without a session")
async def _send_first(world: World) -> Work:
    return _sending(await _asked_to_send(world))


@case("send_message", "to a contact with an active session")
async def _send(world: World) -> Work:
    await before(world)
    return _sending(await _asked_to_send(world))


@case("send_message", "to a contact whose session timed out")
async def _send_late(world: World) -> Work:
    await before(world)
    return _sending(await _asked_to_send(world, sent_at=NOW + 60 * MINUTE))


@case("send_message", "while a message of the contact comes in")
async def _send_and_receive(world: World) -> Work:
    await before(world)
    world.rival = _processing(world, _message(world))
    return _sending(await _asked_to_send(world))


async def _queued(world: World) -> Message:
    config = WahaConfig(base_url="https://waha.example", api_key="key", session_id=world.seed.session)
    await configure(world.db, world.seed, config, SameEachTime())
    message: Message = await world.run(_sending(await _asked_to_send(world)))
    return message


def _beginning(message: Message) -> Work:
    command = BeginSend(message_id=message.id, encryptor=SameEachTime(), began_at=LATER)
    return lambda uow: begin_send(uow, command)


@case("process_inbound_message", "that we wrote, of one that was handed over")
async def _echo(world: World) -> Work:
    await world.run(_beginning(await _queued(world)))
    return _processing(world, _message(world, from_me=True))


@case("begin_send", "of a queued message")
async def _begin(world: World) -> Work:
    return _beginning(await _queued(world))


@case("begin_send", "after an attempt that is in doubt")
async def _begin_again(world: World) -> Work:
    message = await _queued(world)
    await world.run(_beginning(message))
    return _beginning(message)


@case("begin_send", "of a message whose channel is active no more")
async def _begin_too_late(world: World) -> Work:
    message = await _queued(world)
    await world.run(lambda uow: uow.channels.apply(message.channel_id, Channel.deactivate, now=LATER))
    return _beginning(message)


def _record(name: str, **outcome: Any) -> None:
    @case("record_send", name)
    async def _recorded(world: World) -> Work:
        message = await _queued(world)
        await world.run(_beginning(message))
        command = RecordSend(message_id=message.id, attempt=1, ended_at=LATER, **outcome)
        return lambda uow: record_send(uow, command)


_record("of a message that was sent", outcome=SendOutcome.SENT, channel_message_id="3EB0")
_record("of one that was refused", outcome=SendOutcome.REFUSED, reason="waha.example answered 400")
_record("of one without an answer", outcome=SendOutcome.UNANSWERED, reason="no answer")


def _confirm(name: str, by_id: bool) -> None:
    @case("confirm_delivery", name)
    async def _confirmed(world: World) -> Work:
        own = await before(world, from_me=True)
        async with world.db.unit_of_work(world.tenant) as uow:
            message = await uow.messages.find_by_channel_message_id(
                world.seed.channel_id, own.channel_message_id
            )
        assert message is not None

        def confirming(status: MessageStatus) -> Work:
            command = ConfirmDelivery(
                message_id=message.id if by_id else None,
                channel_id=world.seed.channel_id,
                channel_message_id=own.channel_message_id,
                status=status,
                confirmed_at=LATER,
            )
            return lambda uow: confirm_delivery(uow, command)

        world.rival = confirming(MessageStatus.READ)
        return confirming(MessageStatus.DELIVERED)


_confirm("by our id, while it is read", by_id=True)
_confirm("by the platform's id, while it is read", by_id=False)
