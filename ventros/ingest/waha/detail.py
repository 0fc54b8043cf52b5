"""What an engine tells of a message beside WAHA's own fields, in the same words for every engine."""

from __future__ import annotations

from typing import Any, Final

import attrs

from ventros.ingest.waha.content_kinds import kind
from ventros.ingest.waha.wire import Fields, fields, flag

MAX_WRAPPERS: Final = 10
"""A message may be disappearing, seen once, sent by another device and edited: each is a wrapper."""

_KEYS: Final = frozenset({"senderkeydistributionmessage", "fastratchetkeysenderkeydistributionmessage"})
_CARRIED: Final = _KEYS | {"messagecontextinfo"}
"""What goes with content and is none."""

CHAT_ALIASES: Final = (
    "recipientalt",
    "recipientpn",
    "recipientlid",
    "remotejidalt",
    "chatalt",
    "toalt",
    "topn",
)
"""Members that hold the phone of a chat known by its LID, or the reverse."""
SENDER_ALIASES: Final = (
    "senderalt",
    "senderpn",
    "senderlid",
    "participantalt",
    "participantpn",
    "participantlid",
    "authoralt",
    "authorpn",
    "fromalt",
    "frompn",
    "phonenumber",
)
"""The same of who wrote it."""


@attrs.frozen
class Content:
    """What was written, without its wrappers: its ``kind``, and the object or text that holds it.

    ``kind`` is None when there is nothing.
    """

    kind: str | None = None
    name: str | None = None
    value: Any = None
    view_once: bool = False
    edited: bool = False

    @property
    def fields(self) -> Fields:
        return fields(self.value)


@attrs.frozen(kw_only=True)
class Detail:
    """Ids are as the engine writes them; ``chat_aliases`` and ``sender_aliases`` are other ids of the same.

    ``kind`` is what the engine says that the message is, and ``content`` what was written, where it is told
    in parts. ``is_text``: the engine says that it is text, whatever comes with it. ``edits`` is the id of the
    message of which this is a new wording. ``context`` is what was quoted, mentioned and advertised.
    """

    from_me: bool | None = None
    chat: object = None
    sender: object = None
    chat_aliases: tuple[object, ...] = ()
    sender_aliases: tuple[object, ...] = ()
    name: object = None
    written_at: object = None
    kind: str | None = None
    content: Content = attrs.field(factory=Content)
    is_text: bool = False
    view_once: bool = False
    edits: object = None
    by_admin: bool = False
    votes: object = None
    mentions: object = None
    quoted: object = None
    context: Fields = attrs.field(factory=dict)
    selected_id: object = None
    mimetype: object = None
    filename: object = None


def content_of(message: object) -> Content:
    """Of a message as WhatsApp's protocol has it: one member that says what it is, perhaps wrapped.

    Any member that holds a message of its own is a wrapper. Keys alone are content of their own kind.
    """
    view_once = edited = False
    for _ in range(MAX_WRAPPERS):
        members = _members(message)
        if not members:
            keys = isinstance(message, dict) and any(name.lower() in _KEYS for name in message)
            return Content("key distribution" if keys else None, None, None, view_once, edited)
        wrapper = next((name for name, value in members.items() if _is_wrapper(value)), None)
        if wrapper is None:
            name, value = next(iter(members.items()))
            once = view_once or flag(fields(value).get("viewonce")) is True
            return Content(kind(name), name, value, once, edited)
        view_once = view_once or wrapper.lower().startswith("viewonce")
        edited = edited or wrapper.lower() == "editedmessage"
        message = fields(members[wrapper])["message"]
    return Content(view_once=view_once, edited=edited)


def _members(message: object) -> dict[str, Any]:
    if not isinstance(message, dict):
        return {}
    return {
        name: value
        for name, value in message.items()
        if name.lower() not in _CARRIED and value not in (None, "", [])
    }


def _is_wrapper(value: object) -> bool:
    return isinstance(fields(value).get("message"), dict)


def context_of(content: Content) -> Fields:
    """What was quoted, mentioned and advertised; any content may have it."""
    return fields(content.fields.get("contextinfo"))


def aliases(names: tuple[str, ...], *levels: Fields) -> tuple[object, ...]:
    return tuple(level[name] for level in levels for name in names if level.get(name))
