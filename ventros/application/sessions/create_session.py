"""A conversation begins, or goes on in the contact's active session of that type of channel."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import attrs

from ventros.application.messages.find_inbound import find_channel
from ventros.crm.sessions.aggregate import Session
from ventros.kernel import validators
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict, NotFound, ValidationError
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class CreateSession:
    """With a channel, type, pipeline and timeout are the channel's: see :class:`InboundChannel`.

    Without, the type is given, or None for one that is none of ours, and a ``timeout`` that is None is 30
    minutes. ``started_at`` is the one clock of all that follows. Raises ValidationError for a nil id, and for
    a type or a timeout beside a channel.
    """

    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    channel_type_id: int | None = attrs.field(default=None)
    timeout: timedelta | None = attrs.field(default=None)
    started_at: datetime = attrs.field(validator=validators.aware)

    @channel_type_id.validator
    @timeout.validator
    def _check_none_beside_a_channel(self, attribute: attrs.Attribute[object], value: object) -> None:
        if value is not None and self.channel_id is not None:
            raise ValidationError(f"{attribute.name} is the channel's; leave it out", field=attribute.name)


@attrs.frozen(kw_only=True)
class CreatedSession:
    """``created`` is False of a session that was active already."""

    session: Session
    created: bool


async def create_session(uow: UnitOfWork, command: CreateSession) -> CreatedSession:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    An active session that has timed out ends, and a new one begins. The contact is held, so that it is not
    deleted or merged meanwhile. Of two that begin at once a unique index lets one begin; the other meets a
    Conflict, and finds it when it is run again. Raises NotFound for a contact or a channel that is not there.
    """
    type_id, pipeline_id, timeout = command.channel_type_id, None, command.timeout
    if command.channel_id is not None:
        channel = await find_channel(uow, command.channel_id)
        type_id, pipeline_id, timeout = channel.type.type_id, channel.pipeline_id, channel.session_timeout
    active = await _active_session(uow, command.contact_id, type_id)
    if active is not None and not active.has_timed_out(command.started_at):
        return CreatedSession(session=active, created=False)
    started = Session.start(
        contact_id=command.contact_id,
        tenant_id=uow.tenant,
        channel_type_id=type_id,
        pipeline_id=pipeline_id,
        timeout=timeout,
        now=command.started_at,
    )
    changed = [started] if active is None else [active.check_timeout(now=command.started_at), started]
    try:
        *_, stored = await uow.commit(*changed)
    except AlreadyExists as error:
        raise Conflict("another session of this contact began first") from error
    return CreatedSession(session=stored, created=True)


async def _active_session(uow: UnitOfWork, contact_id: UUID, channel_type_id: int | None) -> Session | None:
    """Read behind the contact's lock. Raises NotFound when there is no such contact."""
    contacts, sessions = await uow.connection.together(
        [
            uow.contacts.locking(uow.contacts.LOCK_FOR_SHARE, [contact_id]),
            Call(uow.sessions.FIND_ACTIVE, ((uow.tenant, contact_id, channel_type_id),)),
        ]
    )
    if not contacts:
        raise NotFound("contact", contact_id)
    return uow.sessions.load(sessions[0]) if sessions else None
