"""The engine GOWS, which is whatsmeow: ``_data`` has ``Info`` and ``Message``; of a report, the source."""

from __future__ import annotations

from ventros.ingest.waha.content_kinds import kind
from ventros.ingest.waha.detail import (
    CHAT_ALIASES,
    SENDER_ALIASES,
    Content,
    Detail,
    aliases,
    content_of,
    context_of,
)
from ventros.ingest.waha.wire import Fields, fields, first_text, flag, text

EDITED = "1"
REVOKED_BY_ADMIN = "8"
"""Values of whatsmeow's EditAttribute."""


def is_gows(data: Fields) -> bool:
    return isinstance(data.get("info"), dict) or (
        isinstance(data.get("chat"), str) and isinstance(data.get("sender"), str)
    )


def read(data: Fields) -> Detail:
    source = fields(data.get("info")) or data
    content = content_of(data.get("message"))
    inside, edit = content.fields, text(source.get("edit"))
    edited = content.edited or edit == EDITED or flag(data.get("isedit")) is True
    return Detail(
        from_me=flag(source.get("isfromme")) if "info" in data else None,
        chat=source.get("chat"),
        sender=source.get("sender"),
        chat_aliases=aliases(CHAT_ALIASES, source),
        sender_aliases=aliases(SENDER_ALIASES, source),
        name=first_text(source.get("pushname"), _verified_name(source)),
        written_at=source.get("timestamp"),
        kind=_kind(source, content),
        content=content,
        is_text=source.get("type") == "text",
        view_once=content.view_once
        or any(flag(data.get(name)) for name in data if name.startswith("isviewonce")),
        edits=(fields(source.get("msgmetainfo")).get("targetid") or source.get("id")) if edited else None,
        by_admin=edit == REVOKED_BY_ADMIN,
        votes=data.get("votes"),
        context=context_of(content),
        mimetype=inside.get("mimetype"),
        filename=inside.get("filename"),
    )


def _kind(source: Fields, content: Content) -> str | None:
    media_kind = kind(text(source.get("mediatype")))
    if content.kind == "audio" and media_kind == "voice":
        return media_kind
    if content.kind is not None or media_kind is not None:
        return content.kind or media_kind
    told = text(source.get("type"))
    return None if told in {None, "text", "media"} else kind(told)


def _verified_name(source: Fields) -> object:
    return fields(fields(source.get("verifiedname")).get("details")).get("verifiedname")
