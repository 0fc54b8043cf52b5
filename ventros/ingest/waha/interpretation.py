"""One WAHA webhook event, read as the command that it asks for: no I/O, and nothing is looked up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

import attrs

from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.ingest.delivery import Command, Delivery, RejectedLine, SkippedEvent
from ventros.ingest.waha import changes
from ventros.ingest.waha.addresses import MessageId, message_id
from ventros.ingest.waha.changes import Happening
from ventros.ingest.waha.content import written
from ventros.ingest.waha.detail import Detail, content_of, context_of
from ventros.ingest.waha.engines import detail_of
from ventros.ingest.waha.moments import first_moment
from ventros.ingest.waha.parties import Own, Parties, invalid_field, own_addresses, parties
from ventros.ingest.waha.wire import Fields, fields, text
from ventros.kernel.errors import ValidationError

OWN_IN_GROUP: Final = "own message in a group"
MAX_NAME: Final = 60
MAX_SESSION: Final = 255


@attrs.frozen(kw_only=True)
class Envelope:
    """An event, and what all of its kinds have."""

    event: Fields
    payload: Fields
    session: str
    own: Own
    event_id: UUID | None

    def moment(self, payload: Fields, written_at: object) -> datetime:
        """When it was written, else when WAHA sent the event."""
        found = first_moment(
            {
                "payload.timestamp": payload.get("timestamp"),
                "payload._data": written_at,
                "timestamp": self.event.get("timestamp"),
            }
        )
        if found is None:
            raise RejectedLine("payload.timestamp and timestamp are missing")
        return found

    def delivery(self, command: Command | SkippedEvent, names: tuple[str, ...]) -> Delivery | SkippedEvent:
        if isinstance(command, SkippedEvent):
            return command
        conversation = names or (_command_id(command),)
        return Delivery(channel_external_id=self.session, conversation=conversation, command=command)


def interpret(event: Any) -> Delivery | SkippedEvent:
    """Of an event's JSON. Raises RejectedLine, and nothing else, for what is none or cannot be used."""
    try:
        return _interpret(event)
    except ValidationError as error:
        raise RejectedLine(f"{error.field} is not valid", str(error)) from error
    except RecursionError as error:
        raise RejectedLine("the line is nested too deeply to be an event") from error


def _interpret(event: Any) -> Delivery | SkippedEvent:
    if not isinstance(event, dict):
        raise RejectedLine("the line is no event", f"it is of type {type(event).__name__}")
    name = event.get("event")
    if not isinstance(name, str) or not name:
        raise RejectedLine("event is missing or empty")
    read = _READERS.get(name)
    if read is None:
        return SkippedEvent(f"event {name[:MAX_NAME]}")
    return read(_envelope(fields(event)))


def _envelope(event: Fields) -> Envelope:
    session, event_id = text(event.get("session")), text(event.get("id"))
    if session is None:
        raise RejectedLine("session is missing or empty")
    if len(session) > MAX_SESSION:
        raise RejectedLine(f"session is longer than {MAX_SESSION} characters")
    return Envelope(
        event=event,
        payload=fields(event.get("payload")),
        session=session,
        own=own_addresses(event),
        event_id=uuid5(NAMESPACE_OID, event_id) if event_id else None,
    )


def _message(envelope: Envelope) -> Delivery | SkippedEvent:
    payload, detail = envelope.payload, detail_of(envelope.payload)
    id_ = _message_id(payload)
    told = parties(payload, detail, envelope.own)
    happening = Happening(
        parties=told, at=envelope.moment(payload, detail.written_at), event_id=envelope.event_id
    )
    if _may_go_on(told, detail):
        answer = (
            changes.revocation_in_wrapper(detail, happening)
            or changes.reaction(payload, detail, happening, envelope.own)
            or changes.vote_in_wrapper(detail, happening, envelope.own)
        )
        if answer is not None:
            return envelope.delivery(answer, told.names)
    if told.skip:
        return SkippedEvent(told.skip)
    edit = changes.edit_in_wrapper(
        payload, detail, happening, _edited_message(envelope, detail, happening, id_)
    )
    if edit is not None:
        return envelope.delivery(edit, told.names)
    return envelope.delivery(_inbound_message(envelope, detail, happening, id_), told.names)


def _may_go_on(told: Parties, detail: Detail) -> bool:
    """We are in no conversation by writing to a group, but what we answer to others there is theirs, too."""
    if told.skip != OWN_IN_GROUP:
        return told.skip is None
    return detail.by_admin or detail.content.kind in {"reaction", "poll vote"}


def _edited_message(
    envelope: Envelope, detail: Detail, happening: Happening, id_: MessageId
) -> InboundMessage | None:
    """The whole message as it reads now, where the event has it."""
    if detail.content.kind == "protocol message":
        content = content_of(detail.content.fields.get("editedmessage"))
        detail = attrs.evolve(detail, content=content, kind=content.kind, context=context_of(content))
    if happening.parties.contact is None or detail.content.kind is None:
        return None
    message = _inbound_message(envelope, detail, happening, id_)
    return message if isinstance(message, InboundMessage) else None


def _inbound_message(
    envelope: Envelope, detail: Detail, happening: Happening, id_: MessageId
) -> InboundMessage | SkippedEvent:
    told, event_id = happening.parties, text(envelope.event.get("id"))
    what = written(envelope.payload, detail)
    if isinstance(what, SkippedEvent):
        return what
    if told.contact is None:
        field = invalid_field(envelope.payload, from_me=told.from_me, group=told.group)
        raise RejectedLine(f"{field} is no phone number, and no other id of the contact takes its place")
    metadata = {
        "source": "waha",
        "event_id": event_id,
        "session": envelope.session,
        "message_id": id_.given,
        "broadcast_list": told.broadcast_list,
    }
    return InboundMessage(
        channel_message_id=id_.bare,
        contact=told.contact,
        group=told.group,
        content_type=what.content_type,
        received_at=happening.at,
        from_me=told.from_me,
        text=what.text,
        media_url=what.media_url,
        media_mimetype=what.media_mimetype,
        mentions=what.mentions,
        reply_to=what.reply_to,
        metadata={name: value for name, value in metadata.items() if value} | what.metadata,
        tracking=what.tracking,
        is_from_ad=what.is_from_ad,
        event_id=envelope.event_id,
    )


def _ack(envelope: Envelope) -> Delivery | SkippedEvent:
    """Its time is when WAHA sent it: its payload has the time of the message, if any."""
    payload, detail = envelope.payload, detail_of(envelope.payload)
    _message_id(payload)
    # Who read it in a group is neither the author nor a contact that is asked for.
    told = parties(payload | {"participant": None}, detail, envelope.own)
    if told.skip and told.skip != OWN_IN_GROUP:
        return SkippedEvent(told.skip)
    at = first_moment({"timestamp": envelope.event.get("timestamp")})
    happening = Happening(
        parties=told,
        at=at or envelope.moment(payload, detail.written_at),
        event_id=envelope.event_id,
    )
    return envelope.delivery(changes.ack(payload, happening), told.names)


def _edited(envelope: Envelope) -> Delivery | SkippedEvent:
    payload, detail = envelope.payload, detail_of(envelope.payload)
    happening = _happening(envelope, payload, detail)
    if happening.parties.skip:
        return SkippedEvent(happening.parties.skip)
    return envelope.delivery(changes.edit(payload, detail, happening), happening.parties.names)


def _revoked(envelope: Envelope) -> Delivery | SkippedEvent:
    """``after`` took the message back; where it is not told, ``before`` is the message."""
    payload = envelope.payload
    by = next(
        (found for found in (fields(payload.get("after")), fields(payload.get("before"))) if "from" in found),
        payload,
    )
    detail = detail_of(payload if payload.get("_data") else by)
    happening = _happening(envelope, by, detail)
    if happening.parties.skip and not _may_go_on(happening.parties, detail):
        return SkippedEvent(happening.parties.skip)
    return envelope.delivery(changes.revocation(payload, detail, happening), happening.parties.names)


def _reaction(envelope: Envelope) -> Delivery | SkippedEvent:
    payload, detail = envelope.payload, detail_of(envelope.payload)
    happening = _happening(envelope, payload, detail)
    if happening.parties.skip not in {None, OWN_IN_GROUP}:
        return SkippedEvent(str(happening.parties.skip))
    reaction = changes.reaction(payload, detail, happening, envelope.own)
    if reaction is None:
        raise RejectedLine("payload.reaction is missing or empty")
    return envelope.delivery(reaction, happening.parties.names)


def _vote(envelope: Envelope) -> Delivery | SkippedEvent:
    vote, poll = fields(envelope.payload.get("vote")), fields(envelope.payload.get("poll"))
    detail = detail_of(envelope.payload)
    happening = _happening(envelope, vote, detail)
    if happening.parties.skip not in {None, OWN_IN_GROUP}:
        return SkippedEvent(str(happening.parties.skip))
    answer = changes.vote(poll.get("id"), vote.get("selectedoptions"), happening, envelope.own)
    return envelope.delivery(answer, happening.parties.names)


def _happening(envelope: Envelope, payload: Fields, detail: Detail) -> Happening:
    return Happening(
        parties=parties(payload, detail, envelope.own),
        at=envelope.moment(payload, detail.written_at),
        event_id=envelope.event_id,
    )


def _message_id(payload: Fields) -> MessageId:
    found = message_id(payload.get("id"))
    if found is None:
        raise RejectedLine("payload.id is missing or empty")
    return found


def _command_id(command: Command) -> str:
    if isinstance(command, InboundMessage):
        return command.channel_message_id
    return command.message.channel_message_id


_READERS: Final = {
    "message": _message,
    "message.any": _message,
    "message.ack": _ack,
    "message.edited": _edited,
    "message.revoked": _revoked,
    "message.reaction": _reaction,
    "poll.vote": _vote,
}
