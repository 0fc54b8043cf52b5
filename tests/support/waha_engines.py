"""The same message as each of WAHA's engines sends it."""

from __future__ import annotations

from typing import Any

from tests.support.waha import COMPANY, CONTACT, Json

ID = "3EB0C767D097B7C7C030"
AT = 1_768_580_651
ME = {"id": f"{COMPANY}@c.us", "lid": "99000111222333@lid", "jid": f"{COMPANY}:7@s.whatsapp.net"}


def event(name: str, engine: str, payload: Json, **changes: Any) -> Json:
    return {
        "id": "evt_1",
        "timestamp": AT * 1000 + 500,
        "event": name,
        "session": "sales",
        "me": ME,
        "payload": payload,
        "engine": engine,
        **changes,
    }


def gows(
    message: Json | None, *, chat: str = f"{CONTACT}@c.us", name: str = "message.any", **given: Any
) -> Json:
    """``info`` and ``data`` of the keywords go into ``_data``, the others into the payload."""
    jid = chat.replace("@c.us", "@s.whatsapp.net")
    own = given.get("fromMe", False)
    info = {
        "Chat": jid,
        "Sender": f"{COMPANY}:7@s.whatsapp.net" if own else jid,
        "SenderAlt": "",
        "RecipientAlt": "",
        "IsFromMe": own,
        "IsGroup": chat.endswith("@g.us"),
        "ID": ID,
        "Type": "media",
        "PushName": "Ana",
        "Timestamp": "2026-01-16T16:24:11Z",
        "MediaType": "",
        "Edit": "",
        **given.pop("info", {}),
    }
    data = {
        "Info": info,
        "Message": message,
        "RawMessage": message,
        "IsViewOnce": False,
        **given.pop("data", {}),
    }
    payload = {
        "id": f"{str(own).lower()}_{chat}_{ID}",
        "timestamp": AT,
        "from": chat,
        "fromMe": own,
        "body": None,
        "to": None,
        "participant": None,
        "hasMedia": False,
        "media": None,
        "_data": data,
        **given,
    }
    return event(name, "GOWS", payload)


def noweb(
    message: Json | None, *, chat: str = f"{CONTACT}@c.us", name: str = "message.any", **given: Any
) -> Json:
    """``key`` and ``data`` of the keywords go into ``_data``, the others into the payload."""
    own = given.get("fromMe", False)
    key = {
        "remoteJid": chat.replace("@c.us", "@s.whatsapp.net"),
        "fromMe": own,
        "id": ID,
        **given.pop("key", {}),
    }
    data = {
        "key": key,
        "messageTimestamp": AT,
        "pushName": "Ana",
        "message": message,
        **given.pop("data", {}),
    }
    payload = {
        "id": f"{str(own).lower()}_{chat}_{ID}",
        "timestamp": AT,
        "from": chat,
        "fromMe": own,
        "body": None,
        "hasMedia": False,
        "media": None,
        "_data": data,
        **given,
    }
    return event(name, "NOWEB", payload)


def webjs(kind: str, *, chat: str = f"{CONTACT}@c.us", name: str = "message.any", **given: Any) -> Json:
    """``data`` of the keywords goes into ``_data``, the others into the payload."""
    own = given.get("fromMe", False)
    sides = (f"{COMPANY}@c.us", chat) if own else (chat, f"{COMPANY}@c.us")
    serialized = f"{str(own).lower()}_{chat}_{ID}"
    data = {
        "id": {"fromMe": own, "remote": chat, "id": ID, "_serialized": serialized},
        "type": kind,
        "t": AT,
        "notifyName": "Ana",
        "from": sides[0],
        "to": sides[1],
        "mentionedJidList": [],
        **given.pop("data", {}),
    }
    payload = {
        "id": serialized,
        "timestamp": AT,
        "from": sides[0],
        "fromMe": own,
        "to": sides[1],
        "body": "",
        "hasMedia": False,
        "media": None,
        "vCards": [],
        "_data": data,
        **given,
    }
    return event(name, "WEBJS", payload)


def neutral(**payload: Any) -> Json:
    """Without ``_data``: what any engine may send."""
    base = {"id": f"false_{CONTACT}@c.us_{ID}", "timestamp": AT, "from": f"{CONTACT}@c.us", "fromMe": False}
    return event("message", "GOWS", {**base, **payload})
