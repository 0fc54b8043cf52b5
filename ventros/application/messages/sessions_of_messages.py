"""Which session counts a message: the active one, or a new one where there is none or it timed out."""

from __future__ import annotations

from datetime import datetime

from ventros.crm.channels.inbound import InboundChannel
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import Session


def sessions_with_message(
    channel: InboundChannel, contact: Contact, active: Session | None, *, from_contact: bool, now: datetime
) -> list[Session]:
    """Those that change: the one that counts the message is the last."""
    if active is not None and not active.has_timed_out(now):
        return [active.record_message(from_contact=from_contact, now=now)]
    started = Session.start(
        contact_id=contact.id,
        tenant_id=contact.tenant_id,
        channel_type_id=channel.type.type_id,
        timeout=channel.session_timeout,
        pipeline_id=channel.pipeline_id,
        now=now,
    ).record_message(from_contact=from_contact, now=now)
    return [started] if active is None else [active.check_timeout(now=now), started]
