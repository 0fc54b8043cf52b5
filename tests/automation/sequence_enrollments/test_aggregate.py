"""What the events of an enrollment in a sequence say."""

from __future__ import annotations

from datetime import timedelta

from tests.support.constants import NOW
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.kernel.ids import new_id

LATER = NOW + timedelta(hours=1)


def test_its_events_have_the_fields_that_their_readers_know() -> None:
    enrollment = SequenceEnrollment.create(
        tenant_id="acme",
        sequence_id=new_id(),
        contact_id=new_id(),
        channel_id=new_id(),
        step_position=1,
        due_at=NOW,
        now=NOW,
    )
    told = (
        enrollment.advance(4, due_at=LATER, now=NOW)
        .postpone("away", due_at=LATER, now=NOW)
        .complete(now=LATER)
    )
    exited = enrollment.exit("replied", now=LATER)
    first = {
        "enrollment_id": enrollment.id,
        "sequence_id": enrollment.sequence_id,
        "contact_id": enrollment.contact_id,
    }
    assert [event.payload() for event in told.domain_events] == [
        {**first, "next_scheduled_at": NOW},
        {**first, "new_step_order": 4, "next_scheduled_at": LATER},
        {**first, "reason": "away", "next_scheduled_at": LATER},
        {**first, "completed_at": LATER},
    ]
    assert exited.domain_events[-1].payload() == {**first, "reason": "replied", "exited_at": LATER}
