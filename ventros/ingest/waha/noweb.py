"""The engine NOWEB, which is Baileys: ``_data`` has ``key`` and ``message``."""

from __future__ import annotations

from ventros.ingest.waha.detail import (
    CHAT_ALIASES,
    SENDER_ALIASES,
    Detail,
    aliases,
    content_of,
    context_of,
)
from ventros.ingest.waha.wire import Fields, fields, first_text, flag


def is_noweb(data: Fields) -> bool:
    return isinstance(data.get("key"), dict)


def read(data: Fields) -> Detail:
    key = fields(data.get("key"))
    content = content_of(data.get("message"))
    stub = None if data.get("message") or not data.get("messagestubtype") else "notification"
    return Detail(
        from_me=flag(key.get("fromme")),
        chat=key.get("remotejid"),
        sender=key.get("participant") or data.get("participant"),
        chat_aliases=aliases(CHAT_ALIASES, key, data),
        sender_aliases=aliases(SENDER_ALIASES, key, data),
        name=first_text(data.get("pushname"), data.get("verifiedbizname")),
        written_at=data.get("messagetimestamp"),
        kind=content.kind or stub,
        content=content,
        view_once=content.view_once or flag(key.get("isviewonce")) is True,
        edits=key.get("id") if content.edited else None,
        context=context_of(content),
        mimetype=content.fields.get("mimetype"),
        filename=content.fields.get("filename"),
    )
