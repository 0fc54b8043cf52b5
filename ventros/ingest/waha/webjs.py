"""The engine WEBJS, which is whatsapp-web.js, and WPP: ``_data`` is what WhatsApp Web has, flat."""

from __future__ import annotations

from typing import Final

from ventros.ingest.waha.content_kinds import CONTENT_TYPES, kind
from ventros.ingest.waha.detail import CHAT_ALIASES, SENDER_ALIASES, Content, Detail, aliases
from ventros.ingest.waha.wire import Fields, fields, first_text, flag, text

_PARTS: Final = {
    "pollname": "name",
    "polloptions": "options",
    "eventname": "name",
    "eventdescription": "description",
    "eventstarttime": "starttime",
    "orderid": "orderid",
    "ordertitle": "ordertitle",
    "itemcount": "itemcount",
    "title": "title",
    "description": "description",
    "invitegrp": "groupjid",
    "invitegrpname": "groupname",
    "invitecode": "invitecode",
    "lat": "degreeslatitude",
    "lng": "degreeslongitude",
    "loc": "name",
}
"""What the content of a kind is made of, by its name there and in the protocol."""
_ENVELOPE: Final = frozenset(
    {
        *(
            "id",
            "from",
            "to",
            "author",
            "sender",
            "chat",
            "type",
            "body",
            "t",
            "ack",
            "notifyname",
            "invis",
            "star",
        ),
        *(
            "viewed",
            "isnewmsg",
            "kicnotified",
            "mentionedjidlist",
            "groupmentions",
            "quotedmsg",
            "quotedstanzaid",
        ),
        *("quotedparticipant", "isfromtemplate", "links", "listresponse", "messagesecret", "ctwacontext"),
    }
)
"""What stands with a message of any kind."""


def read(data: Fields) -> Detail:
    id_, sender = fields(data.get("id")), fields(data.get("sender"))
    advertisement = fields(data.get("ctwacontext"))
    told = kind(text(data.get("type")))
    content = {
        _PARTS.get(name, name): value
        for name, value in data.items()
        if (name in _PARTS or told not in CONTENT_TYPES)
        and name not in _ENVELOPE
        and value not in (None, "", [])
    }
    from_me = flag(id_.get("fromme"))
    return Detail(
        from_me=from_me,
        chat=id_.get("remote"),
        sender=data.get("author") or id_.get("participant"),
        chat_aliases=aliases(CHAT_ALIASES, data),
        sender_aliases=aliases(SENDER_ALIASES, data, sender),
        name=first_text(data.get("notifyname"), data.get("pushname"), data.get("verifiedname")),
        written_at=data.get("t"),
        kind=told,
        content=Content(told, None, content),
        view_once=flag(data.get("isviewonce")) is True,
        mentions=data.get("mentionedjidlist"),
        quoted=data.get("quotedstanzaid") or fields(data.get("quotedmsg")).get("id"),
        context={"externaladreply": advertisement, **advertisement} if advertisement else {},
        selected_id=first_text(
            data.get("selectedbuttonid"),
            data.get("selectedid"),
            fields(fields(data.get("listresponse")).get("singleselectreply")).get("selectedrowid"),
        ),
        mimetype=data.get("mimetype"),
        filename=data.get("filename"),
    )
