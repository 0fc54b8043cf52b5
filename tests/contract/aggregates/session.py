"""Session, for the contract suite."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros import UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import EndReason, Session, SessionStatus
from ventros.demo.seed import Seed
from ventros.testing.drawn_values import maybe, times, uuids
from ventros.testing.factory import Factory, Refs


async def prepare(uow: UnitOfWork, seed: Seed) -> Refs:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    return {"contact_id": (await uow.contacts.add(contact)).id}


def new(seed: Seed, refs: Refs) -> Session:
    return Session.start(contact_id=refs["contact_id"], tenant_id=seed.tenant, now=NOW)


seconds = maybe(st.integers(0, 2**63 - 1))
endings = st.just((SessionStatus.ACTIVE, None, None)) | st.tuples(
    st.just(SessionStatus.ENDED), times, st.sampled_from(EndReason)
)
sides = st.tuples(st.integers(0, 2**30 - 1), st.integers(0, 2**30 - 1))


def overrides(_seed: Seed, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda ending, side, **others: {
            **others,
            "status": ending[0],
            "ended_at": ending[1],
            "end_reason": ending[2],
            "messages_from_contact": side[0],
            "messages_from_agent": side[1],
            "message_count": sum(side),
        },
        ending=endings,
        side=sides,
        contact_id=st.just(refs["contact_id"]),
        channel_type_id=maybe(st.integers(0, 2**15 - 1)),
        pipeline_id=st.none(),
        started_at=st.just(NOW),
        timeout=st.integers(1, 10**15).map(lambda micros: timedelta(microseconds=micros)),
        last_activity_at=st.integers(0, 10**15).map(lambda micros: NOW + timedelta(microseconds=micros)),
        duration_seconds=st.integers(0, 2**63 - 1),
        agent_response_time_seconds=seconds,
        contact_wait_time_seconds=seconds,
        agent_ids=st.lists(uuids, max_size=3, unique=True).map(tuple),
        sentiment_score=maybe(st.floats(allow_nan=False, allow_infinity=False)),
    )


def change(session: Session, now: datetime) -> Session:
    return session.record_message(from_contact=True, now=now)


FACTORY = Factory(
    resource="session",
    new=new,
    overrides=overrides,
    change=change,
    prepare=prepare,
    fixed=frozenset({"channel_type_id", "pipeline_id", "started_at", "timeout"}),
)
