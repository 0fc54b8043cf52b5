"""Who wrote to whom: direction, group and contact of a message, of a change of one, or of a report.

Engines differ in what they fill in. An own message may come with ``to`` empty and the contact's chat in
``from``; a person may be addressed by a ``@lid``, which is an alias and not a phone number, with the phone in
one of several other places; and an own message in a group may come as somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ventros.application.messages.inbound import GroupChat, Party
from ventros.ingest.waha.addresses import Address, AddressKind, MessageId, address, message_id
from ventros.ingest.waha.detail import CHAT_ALIASES, SENDER_ALIASES, Detail, aliases
from ventros.ingest.waha.wire import Fields, fields, first_text, flag, text

NO_CONVERSATIONS = {
    AddressKind.STATUS: "status",
    AddressKind.NEWSLETTER: "newsletter",
}
"""Kinds of chats that are none with a contact, by the reason why an event of one is skipped."""
NO_CONTACTS = {
    AddressKind.SYSTEM: "system number",
    AddressKind.BOT: "Meta AI",
}

Own = frozenset[Address]
"""The channel's own addresses."""


@attrs.frozen(kw_only=True)
class Parties:
    """``skip`` is why the event is none of a conversation with a contact.

    ``contact`` is the other side of a one-to-one chat, or in a group who wrote; it is None where nothing
    tells it. ``broadcast_list`` is the id of the list by which a contact sent a one-to-one message.
    """

    from_me: bool
    contact: Party | None = None
    group: GroupChat | None = None
    broadcast_list: str | None = None
    names: tuple[str, ...] = ()
    skip: str | None = None


def own_addresses(event: Fields) -> Own:
    me = fields(event.get("me"))
    return frozenset(_people(*(me.get(name) for name in ("id", "lid", "jid"))))


def parties(payload: Fields, detail: Detail, own: Own) -> Parties:
    given = message_id(payload.get("id"))
    id_ = given or MessageId("", "")
    from_me = next(
        (told for told in (flag(payload.get("fromme")), detail.from_me, id_.from_me) if told is not None),
        False,
    )
    chats = list(map(address, (payload.get("from"), payload.get("to"), detail.chat, id_.chat)))
    for kind, reason in NO_CONVERSATIONS.items():
        if any(chat and chat.kind is kind for chat in chats):
            return Parties(from_me=from_me, skip=reason)
    name = contact_name(payload, detail)
    for kind, reason in (
        (AddressKind.GROUP, "own message in a group"),
        (AddressKind.BROADCAST, "own broadcast list"),
    ):
        chat = next((chat for chat in chats if chat and chat.kind is kind), None)
        if chat is not None:
            return _in_chat_of_many(
                payload, detail, own, id_, chat, from_me=from_me, name=name, reason=reason
            )
    return _one_to_one(payload, detail, own, id_, from_me=from_me, name=name)


def contact_name(payload: Fields, detail: Detail) -> str | None:
    """As the contact calls itself."""
    name = first_text(detail.name, payload.get("pushname"), payload.get("notifyname"))
    return (name or "").strip() or None


def _in_chat_of_many(
    payload: Fields,
    detail: Detail,
    own: Own,
    id_: MessageId,
    chat: Address,
    *,
    from_me: bool,
    name: str | None,
    reason: str,
) -> Parties:
    """A group, or a broadcast list, whose messages are one-to-one. A sender that is ours makes it our own."""
    senders = _people(
        payload.get("participant"),
        payload.get("author"),
        payload.get("from"),
        id_.participant,
        detail.sender,
        *detail.sender_aliases,
        *aliases(SENDER_ALIASES, payload),
    ) or _people(payload.get("to"))
    is_group = chat.kind is AddressKind.GROUP
    group = None
    if is_group:
        subject = first_text(payload.get("groupname"), payload.get("chatname"))
        group = GroupChat(external_id=chat.user, subject=subject)
    if from_me or any(sender in own for sender in senders):
        return Parties(from_me=True, group=group, skip=reason)
    return Parties(
        from_me=False,
        contact=party(senders, name),
        group=group,
        broadcast_list=None if is_group else f"{chat.user}@broadcast",
        names=names_of(senders),
    )


def _one_to_one(
    payload: Fields, detail: Detail, own: Own, id_: MessageId, *, from_me: bool, name: str | None
) -> Parties:
    sender, recipient = address(payload.get("from")), address(payload.get("to"))
    if not from_me and sender in own and recipient not in own:
        from_me = True
    if from_me:
        chats = [payload.get("to"), id_.chat, detail.chat]
        ids = [*chats, *detail.chat_aliases, *aliases(CHAT_ALIASES, payload)]
        if own and (recipient is None or recipient in own):
            ids.append(payload.get("from"))
        if address(detail.sender) in _people(*chats):
            ids += detail.sender_aliases  # of a report: it comes from who got the message
    else:
        chats = [payload.get("from"), id_.chat, detail.chat]
        ids = [
            *chats,
            detail.sender,
            payload.get("participant"),
            *detail.chat_aliases,
            *detail.sender_aliases,
            *aliases((*CHAT_ALIASES, *SENDER_ALIASES), payload),
        ]
    found = [address_ for address_ in map(address, ids) if address_]
    for kind, reason in NO_CONTACTS.items():
        if any(address_.kind is kind for address_ in found[:1]):
            return Parties(from_me=from_me, skip=reason)
    others = [address_ for address_ in found if address_.kind.is_person and address_ not in own]
    to_ourselves = from_me and sender is not None and sender == recipient and not own
    if to_ourselves or (not others and not own.isdisjoint(_people(*chats))):
        return Parties(from_me=from_me, skip="note to self")
    return Parties(
        from_me=from_me,
        contact=party(others, None if from_me else name),
        names=names_of(others),
    )


def party(addresses: Iterable[Address], name: str | None = None) -> Party | None:
    """The first phone and the first LID of one person; None without either."""
    found = list(addresses)
    phone = next((one.digits for one in found if one.kind is AddressKind.PHONE), None)
    lid = next((one.user for one in found if one.kind is AddressKind.LID), None)
    return Party(phone=phone, lid=lid, name=name) if phone or lid else None


def names_of(addresses: Iterable[Address]) -> tuple[str, ...]:
    """For a conversation: phones first, each once."""
    phones_first = sorted(addresses, key=lambda one: one.kind is not AddressKind.PHONE)
    return tuple(dict.fromkeys(one.name for one in phones_first))


def _people(*ids: object) -> list[Address]:
    return [found for found in map(address, ids) if found and found.kind.is_person]


def invalid_field(payload: Fields, *, from_me: bool, group: GroupChat | None) -> str:
    """The field that was to hold the contact."""
    if group is not None:
        return "payload.participant"
    return "payload.to" if from_me and text(payload.get("to")) else "payload.from"
