"""The text in content that has a frame around it: buttons, lists, templates, orders, invites, events."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from ventros.ingest.waha.detail import Content
from ventros.ingest.waha.wire import Fields, fields, first_text, items, text

MAX_PARAMETERS: Final = 65_536
"""Characters of a native flow's parameters, which are JSON in a text."""
_THUMBNAIL: Final = re.compile(r"(?:/9j/|iVBOR|UklGR|R0lGOD)[A-Za-z0-9+/=\s]*|[A-Za-z0-9+/]{200,}={0,2}")


def is_readable(body: str) -> bool:
    """Not a picture in base64 or a contact's card, which WEBJS gives as the body of a location or a card."""
    return not (body.startswith("BEGIN:VCARD") or _THUMBNAIL.fullmatch(body))


def text_of(content: Content) -> str | None:
    """What people read of it; None when there is no text."""
    if isinstance(content.value, str):
        return content.value
    inside = content.fields
    frame = _FRAMES.get(content.kind or "")
    plain = first_text(inside.get("text"), inside.get("caption"))
    return plain or (frame(inside) if frame else None)


def selected_id(content: Content) -> str | None:
    """What was chosen, by the id that the business gave it."""
    inside = content.fields
    return first_text(
        inside.get("selectedbuttonid"),
        inside.get("selectedid"),
        fields(inside.get("singleselectreply")).get("selectedrowid"),
        fields(fields(inside.get("listresponse")).get("singleselectreply")).get("selectedrowid"),
        _parameters(inside).get("id"),
    )


def _joined(*parts: object) -> str | None:
    return "\n".join(filter(None, map(text, parts))) or None


def _buttons(inside: Fields) -> str | None:
    return _joined(inside.get("contenttext") or inside.get("headertext"), inside.get("footertext"))


def _buttons_response(inside: Fields) -> str | None:
    return first_text(
        inside.get("selecteddisplaytext"), fields(inside.get("response")).get("selecteddisplaytext")
    )


def _list(inside: Fields) -> str | None:
    return _joined(inside.get("title"), inside.get("description"), inside.get("footertext"))


def _list_response(inside: Fields) -> str | None:
    response = fields(inside.get("listresponse"))
    return _joined(inside.get("title") or response.get("title"), inside.get("description"))


def _interactive(inside: Fields) -> str | None:
    flow = fields(inside.get("interactivemessage"))
    carousel = fields(inside.get("carouselmessage")) or fields(flow.get("carouselmessage"))
    cards = [fields(card) for card in items(carousel.get("cards"))]
    parts = [
        fields(inside.get("header")).get("title"),
        fields(inside.get("body")).get("text"),
        fields(inside.get("footer")).get("text"),
    ]
    for card in cards:
        parts += [fields(card.get("header")).get("title"), fields(card.get("body")).get("text")]
    return _joined(*parts)


def _interactive_response(inside: Fields) -> str | None:
    parameters = _parameters(inside)
    return first_text(
        fields(inside.get("body")).get("text"), parameters.get("display_text"), parameters.get("title")
    )


def _parameters(inside: Fields) -> Fields:
    flow = fields(inside.get("nativeflowresponsemessage")) or fields(
        fields(inside.get("interactiveresponsemessage")).get("nativeflowresponsemessage")
    )
    given = text(flow.get("paramsjson"))
    if given is None or len(given) > MAX_PARAMETERS:
        return {}
    try:
        return fields(msgspec.json.decode(given))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def _template(inside: Fields) -> str | None:
    formats = fields(inside.get("format"))
    for part in (
        inside.get("hydratedtemplate"),
        inside.get("hydratedfourrowtemplate"),
        formats.get("hydratedfourrowtemplate"),
    ):
        row = fields(part)
        title = row.get("hydratedtitletext") or fields(row.get("title")).get("hydratedtitletext")
        found = _joined(title, row.get("hydratedcontenttext"), row.get("hydratedfootertext"))
        if found:
            return found
    interactive = inside.get("interactivemessagetemplate") or formats.get("interactivemessagetemplate")
    return _interactive(fields(interactive))


def _order(inside: Fields) -> str | None:
    return first_text(inside.get("message"), inside.get("ordertitle"))


def _product(inside: Fields) -> str | None:
    product = fields(inside.get("product"))
    title = product.get("title") or inside.get("title")
    return _joined(title, inside.get("body") or product.get("description") or inside.get("description"))


def _named(inside: Fields) -> str | None:
    return _joined(inside.get("name"), inside.get("description"))


def _comment(inside: Fields) -> str | None:
    message = fields(inside.get("message"))
    return first_text(message.get("conversation"), fields(message.get("extendedtextmessage")).get("text"))


def _note(inside: Fields) -> str | None:
    note = fields(inside.get("notemessage"))
    return first_text(
        note.get("conversation"), fields(note.get("extendedtextmessage")).get("text"), inside.get("note")
    )


_FRAMES: Final = {
    "buttons": _buttons,
    "buttons response": _buttons_response,
    "template button reply": _buttons_response,
    "list": _list,
    "list response": _list_response,
    "interactive": _interactive,
    "interactive response": _interactive_response,
    "template": _template,
    "highly structured": lambda inside: _template(fields(inside.get("hydratedhsm"))),
    "comment": _comment,
    "order": _order,
    "product": _product,
    "poll": _named,
    "event": _named,
    "group invite": lambda inside: first_text(inside.get("caption"), inside.get("groupname")),
    "invoice": _note,
    "send payment": _note,
    "request payment": _note,
}
