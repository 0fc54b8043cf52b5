"""SequenceEnrollment, for the contract suite."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.contract.aggregates import sequence
from tests.support.constants import NOW
from ventros import UnitOfWork
from ventros.automation.enrollments import EnrollmentStatus
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.testing.drawn_values import texts, times
from ventros.testing.factory import Factory, Refs


async def prepare(uow: UnitOfWork, seed: Seed) -> Refs:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    sequence_, contact = await uow.add_all(sequence.new(seed, {}), contact)
    return {"sequence_id": sequence_.id, "contact_id": contact.id}


def new(seed: Seed, refs: Refs) -> SequenceEnrollment:
    return SequenceEnrollment.create(
        tenant_id=seed.tenant,
        sequence_id=refs["sequence_id"],
        contact_id=refs["contact_id"],
        channel_id=seed.channel_id,
        step_position=0,
        due_at=NOW,
        now=NOW,
    )


def overrides(seed: Seed, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    """Each status with the times that go with it."""
    none = dict.fromkeys(("next_scheduled_at", "completed_at", "exited_at", "exit_reason"), None)
    same = {**refs, "channel_id": seed.channel_id}
    is_open = st.builds(
        lambda status, at: {**none, "status": status, "next_scheduled_at": at},
        st.sampled_from([EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED]),
        times,
    )
    completed = times.map(lambda at: {**none, "status": EnrollmentStatus.COMPLETED, "completed_at": at})
    exited = st.builds(
        lambda at, reason: {
            **none,
            "status": EnrollmentStatus.EXITED,
            "exited_at": at,
            "exit_reason": reason,
        },
        times,
        texts,
    )
    return st.builds(
        lambda phase, position: {**same, **phase, "step_position": position, "postponements": position},
        is_open | completed | exited,
        st.integers(0, 9),
    )


def change(enrollment: SequenceEnrollment, now: datetime) -> SequenceEnrollment:
    return enrollment.advance(enrollment.step_position + 1, due_at=now + timedelta(days=1), now=now)


FACTORY = Factory(
    resource="sequence_enrollment",
    new=new,
    overrides=overrides,
    change=change,
    prepare=prepare,
    several=False,
    fixed=frozenset({"sequence_id", "channel_id"}),
)
