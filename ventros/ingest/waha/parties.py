"""Who wrote to whom: direction, chat, group and contact of a WAHA message or delivery report.

Engines differ in what they fill in. An own message may come with ``to`` empty and the contact's chat in
``from``, and a person may be addressed by a ``@lid``, which is an alias and not a phone number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ventros.ingest.delivery import RejectedLine
from ventros.ingest.waha.wire import Me, MessagePayload, Payload
from ventros.kernel.errors import ValidationError
from ventros.values import Phone

# A phone number as WhatsApp writes it, with the agent and the device that a sender may carry.
_PHONE_ID: Final = re.compile(r"(\+?[0-9]+)(?:\.[0-9]+)?(?::[0-9]+)?(?:@(?:c\.us|s\.whatsapp\.net))?")
_PHONE_SERVERS: Final = frozenset({"", "c.us", "s.whatsapp.net"})

# false_<chat>_<id>[_<participant>]; a bare id does not match.
_COMPOSED_ID: Final = re.compile(r"(true|false)_([^_@]+@[^_]+)_[^_]+(?:_(.+))?")


class ComposedId(NamedTuple):
    """What a message's id tells of its parties: ``from_me`` is ``true`` or ``false``."""

    from_me: str | None = None
    chat: str | None = None
    participant: str | None = None


def composed_id(payload: Payload) -> ComposedId:
    """An empty one when the id is bare."""
    match = _COMPOSED_ID.fullmatch(payload.id or "")
    return ComposedId(*match.groups()) if match else ComposedId()


def from_me(payload: Payload) -> bool:
    """Whether the company wrote it."""
    if payload.from_me is not None:
        return payload.from_me
    return bool(payload.info.is_from_me) or composed_id(payload).from_me == "true"


def chat_ids(payload: Payload) -> tuple[str, ...]:
    """Every id that may be the chat's."""
    ids = (payload.sender, payload.to, payload.source.chat, composed_id(payload).chat)
    return tuple(id_ for id_ in ids if id_)


def group_id(payload: Payload) -> str | None:
    return next((chat_id for chat_id in chat_ids(payload) if chat_id.endswith("@g.us")), None)


def contact_name(payload: MessagePayload) -> str | None:
    """The name of an own message's writer is the company's."""
    return None if from_me(payload) else (payload.info.push_name or "").strip() or None


def contact_phone(payload: Payload, me: Me | None) -> str:
    """The field that the event's kind names decides; only where it holds a lid, say, are others asked.

    Raises RejectedLine when none of them holds a phone number.
    """
    if group_id(payload):
        field, id_ = "payload.participant", payload.participant
    elif from_me(payload):
        field, id_ = "payload.to", payload.to
    else:
        field, id_ = "payload.from", payload.sender
    if id_ and id_.partition("@")[2] in _PHONE_SERVERS:
        phone = _phone(id_)
    else:
        phone = _first_phone(_other_contact_ids(payload, _own_users(me)))
    if phone is None:
        raise RejectedLine(f"{field} is no phone number, and no other id of the contact takes its place")
    return phone


def _other_contact_ids(payload: Payload, own_users: frozenset[str]) -> tuple[str | None, ...]:
    source = payload.source
    if not from_me(payload):
        return source.sender, source.sender_alt
    # Without to, from is the contact's chat or our own number; only own_users tells which.
    chat = payload.sender if own_users and not payload.to else None
    return tuple(_without_own((source.chat, source.recipient_alt, chat), own_users))


def ack_conversation(payload: Payload, me: Me | None) -> str | None:
    """The contact's phone wherever the report tells it, else what comes nearest to it, else None."""
    source, message_id = payload.source, composed_id(payload)
    ids: tuple[str | None, ...]
    if group_id(payload):
        ids = (message_id.participant, payload.participant)
    elif from_me(payload):
        ids = (payload.to or payload.sender, message_id.chat, source.chat, source.recipient_alt)
    else:
        ids = (payload.sender or payload.to, message_id.chat, source.chat)
    contact_ids = _without_own((*ids, source.sender, source.sender_alt), _own_users(me))
    return _first_phone(contact_ids) or next(map(_user, contact_ids), None)


def _without_own(ids: Iterable[str | None], own_users: frozenset[str]) -> list[str]:
    return [id_ for id_ in ids if id_ and _user(id_) not in own_users]


def _own_users(me: Me | None) -> frozenset[str]:
    return frozenset(_user(id_) for id_ in (me.id, me.lid, me.jid) if id_) if me else frozenset()


def _user(id_: str) -> str:
    """Without server, device and agent."""
    return re.split(r"[@:.]", id_, maxsplit=1)[0]


def _phone(id_: str | None) -> str | None:
    match = _PHONE_ID.fullmatch(id_ or "")
    if match is None:
        return None
    try:
        return Phone(match[1]).value
    except ValidationError:
        return None


def _first_phone(ids: Iterable[str | None]) -> str | None:
    return next((phone for phone in map(_phone, ids) if phone), None)
