"""WhatsApp's ids of people, groups and messages."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

import attrs

from ventros.ingest.waha.wire import fields, jid, text
from ventros.kernel.errors import ValidationError
from ventros.values import Phone

MAX_DIGITS: Final = 20
"""Of a phone or a LID: a third more than E.164 lets a phone have, and than LIDs have today."""

# The user, then the agent and the device that a sender may carry.
_JID: Final = re.compile(r"\+?([^@:]*?)(?:[._][0-9]+)?(?::[0-9]+)?(?:@(.*))?", re.DOTALL)
_DIGITS: Final = re.compile(r"[0-9]+")


class AddressKind(Enum):
    PHONE = "phone"
    LID = "lid"
    GROUP = "group"
    STATUS = "status"
    BROADCAST = "broadcast"
    NEWSLETTER = "newsletter"
    SYSTEM = "system"
    """The number 0, by which WhatsApp itself writes."""
    BOT = "bot"
    """Meta AI: a bot that WhatsApp offers to everyone."""

    @property
    def is_person(self) -> bool:
        return self in {AddressKind.PHONE, AddressKind.LID}


_KINDS: Final = {
    "": AddressKind.PHONE,
    "c.us": AddressKind.PHONE,
    "s.whatsapp.net": AddressKind.PHONE,
    "hosted": AddressKind.PHONE,
    "lid": AddressKind.LID,
    "hosted.lid": AddressKind.LID,
    "g.us": AddressKind.GROUP,
    "broadcast": AddressKind.BROADCAST,
    "newsletter": AddressKind.NEWSLETTER,
    "bot": AddressKind.BOT,
}


@attrs.frozen
class Address:
    """``user`` is a phone's or LID's digits, and a group's whole id. Equal ones are the same person.

    ``digits`` are those of a phone as they were given, of which there may be two forms.
    """

    kind: AddressKind
    user: str
    digits: str = attrs.field(default="", eq=False)

    @property
    def name(self) -> str:
        """One text of it, for a conversation."""
        return self.user if self.kind is AddressKind.PHONE else f"{self.kind.value}:{self.user}"


def address(value: object) -> Address | None:
    """None for what is no id, nor a phone that can be one."""
    given = jid(value)
    match = _JID.fullmatch(given) if given else None
    if match is None:
        return None
    user, server = match[1], (match[2] or "").lower()
    kind = _KINDS.get(server)
    if kind is None or not user:
        return None
    if kind is AddressKind.GROUP:
        return Address(kind, f"{user}@g.us")
    if kind is AddressKind.BROADCAST and user == "status":
        return Address(AddressKind.STATUS, user)
    if not kind.is_person:
        return Address(kind, user)
    if kind is AddressKind.PHONE and user == "0":
        return Address(AddressKind.SYSTEM, user)
    if not _DIGITS.fullmatch(user) or len(user) > MAX_DIGITS:
        return None
    return Address(kind, user) if kind is AddressKind.LID else _phone(user)


def _phone(digits: str) -> Address | None:
    try:
        return Address(AddressKind.PHONE, Phone(digits).value, digits)
    except ValidationError:
        return None


@attrs.frozen
class MessageId:
    """``given`` is the id as the platform gives it, ``bare`` what is the same under every id of its chat.

    The others are what the given one tells besides.
    """

    given: str
    bare: str
    from_me: bool | None = None
    chat: str | None = None
    participant: str | None = None


def message_id(value: object) -> MessageId | None:
    """Of ``false_<chat>_<id>[_<participant>]``, of an object with these parts, or of a bare one."""
    if isinstance(value, dict):
        return _message_id_of_parts(value)
    given = text(value)
    if given is None:
        return None
    parts = given.split("_", 3)
    if len(parts) < 3 or parts[0] not in {"true", "false"} or "@" not in parts[1] or not parts[2]:
        return MessageId(given, given)
    participant = parts[3] if len(parts) > 3 and "@" in parts[3] else None
    return MessageId(given, parts[2], parts[0] == "true", parts[1], participant)


def _message_id_of_parts(value: object) -> MessageId | None:
    parts = fields(value)
    serialized = message_id(text(parts.get("_serialized")))
    if serialized is not None:
        return serialized
    bare, chat = text(parts.get("id")), jid(parts.get("remote")) or jid(parts.get("remotejid"))
    if bare is None:
        return None
    inner = message_id(bare)
    if inner is None or inner.chat is not None:
        return inner
    from_me = parts.get("fromme")
    from_me = from_me if isinstance(from_me, bool) else None
    return MessageId(bare, bare, from_me, chat, jid(parts.get("participant")))
