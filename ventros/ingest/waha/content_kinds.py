"""What kinds of content there are, whatever the engine calls them, and what becomes of each."""

from __future__ import annotations

import re
from typing import Final

from ventros.crm.messages.values import ContentType

CONTENT_TYPES: Final = {
    "text": ContentType.TEXT,
    "image": ContentType.IMAGE,
    "video": ContentType.VIDEO,
    "audio": ContentType.AUDIO,
    "voice": ContentType.VOICE,
    "document": ContentType.DOCUMENT,
    "sticker": ContentType.STICKER,
    "location": ContentType.LOCATION,
    "live location": ContentType.LOCATION,
    "contact": ContentType.CONTACT,
}

TEXT_KINDS: Final = frozenset(
    {
        "buttons",
        "buttons response",
        "comment",
        "interactive",
        "interactive response",
        "list",
        "list response",
        "template",
        "template button reply",
        "highly structured",
    }
)
"""What is text with a frame around it: what a business offers to choose from, and the choice."""

SYSTEM_KINDS: Final = frozenset(
    {
        "album",
        "broadcast notification",
        "call",
        "call log",
        "debug",
        "device sent",
        "encrypted comment",
        "encrypted event response",
        "encrypted reaction",
        "encryption notice",
        "group notification",
        "history",
        "key distribution",
        "kept message",
        "newsletter notification",
        "notification",
        "pin",
        "placeholder of a revoked message",
        "protocol message",
        "scheduled call",
        "sticker synchronization",
        "undecrypted message",
    }
)
"""Entries that WhatsApp makes by itself: no message, whatever stands in them."""

_NAMES: Final = {
    # Members of a message in GOWS and NOWEB; without their endings.
    "conversation": "text",
    "extended text": "text",
    "ptv": "video",
    "contacts array": "contact",
    "lottie sticker": "sticker",
    "poll creation": "poll",
    "poll update": "poll vote",
    "pin in chat": "pin",
    "keep in chat": "kept message",
    "protocol": "protocol message",
    "enc reaction": "encrypted reaction",
    "enc comment": "encrypted comment",
    "enc event response": "encrypted event response",
    "secret encrypted": "protocol message",
    "placeholder": "undecrypted message",
    "message history bundle": "history",
    "message history notice": "history",
    "sticker sync rmr": "sticker synchronization",
    "scheduled call edit": "scheduled call",
    "call log messsage": "call log",
    "bcall": "call",
    "sender key distribution": "key distribution",
    "fast ratchet key sender key distribution": "key distribution",
    # GOWS' MediaType.
    "url": "text",
    "vcard": "contact",
    "contact array": "contact",
    "livelocation": "live location",
    "gif": "video",
    "ptt": "voice",
    "native flow response": "interactive response",
    # WEBJS' type.
    "chat": "text",
    "multi vcard": "contact",
    "groups v4 invite": "group invite",
    "event creation": "event",
    "scheduled event creation": "event",
    "hsm": "highly structured",
    "native flow": "interactive",
    "gp2": "group notification",
    "e2e notification": "encryption notice",
    "notification template": "notification",
    "ciphertext": "undecrypted message",
    "revoked": "placeholder of a revoked message",
    "pinned": "pin",
    "pinned message": "pin",
    "debug placeholder": "debug",
}

MAX_NAME = 60
_ENDING: Final = re.compile(r"(?<=.)Message(?:V[0-9]+)?(?:Extension)?$")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def kind(name: str | None) -> str | None:
    """By an engine's name of it: one of those above, or that name in words."""
    if not name:
        return None
    words = _CAMEL.sub(" ", _ENDING.sub("", name)).replace("_", " ").lower().strip()[:MAX_NAME]
    return _NAMES.get(words, words) or None
