"""Sessions, not stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs

from tests.support.constants import NOW
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.kernel.events import DomainEvent

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LATER = NOW + 10 * MINUTE
CONTACT = uuid4()
PIPELINE = uuid4()
ANN, BEN, CAT = UUID(int=1), UUID(int=2), UUID(int=3)


def make_session(**fields: Any) -> Session:
    """Active since NOW, without events, as if it had been loaded."""
    session = Session.start(
        contact_id=CONTACT, tenant_id="acme", channel_type_id=1, pipeline_id=PIPELINE, now=NOW
    )
    return attrs.evolve(session.clear_events(), **fields)


def make_ended(**fields: Any) -> Session:
    session = make_session().end(EndReason.AGENT_CLOSE, now=NOW + MINUTE)
    return attrs.evolve(session.clear_events(), **fields)


def the_event(session: Session) -> DomainEvent:
    (event,) = session.domain_events
    return event
