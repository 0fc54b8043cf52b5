"""What only an enrollment in a campaign does: it waits, and its events say what campaigns' readers know."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from tests.support.constants import NOW
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.values import WaitFor
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.ids import new_id

LATER = NOW + timedelta(hours=1)
NEXT = NOW + timedelta(days=1)


def make() -> CampaignEnrollment:
    return CampaignEnrollment.create(
        tenant_id="acme",
        campaign_id=new_id(),
        contact_id=new_id(),
        channel_id=new_id(),
        step_position=1,
        due_at=NOW,
        now=NOW,
    )


def test_a_wait_ends_with_the_next_step_or_the_way() -> None:
    waiting = make().wait(WaitFor.REPLY, until=NEXT, now=NOW)
    assert (waiting.waiting_for, waiting.next_scheduled_at, waiting.step_position) == ("reply", NEXT, 1)
    assert waiting.domain_events[-1].event_name == "campaign.enrollment_waiting"
    assert waiting.domain_events[-1].payload()["waiting_for"] == "reply"
    for ended in (
        waiting.advance(2, due_at=NEXT, now=LATER),
        waiting.complete(now=LATER),
        waiting.exit("by hand", now=LATER),
    ):
        assert ended.waiting_for is None


def test_only_an_open_one_waits_and_only_an_active_one_begins_to() -> None:
    waiting = make().wait(WaitFor.CLICK, until=NEXT, now=NOW)
    assert waiting.pause(now=NOW).waiting_for == "click"
    with pytest.raises(InvariantViolation):
        make().pause(now=NOW).wait(WaitFor.CLICK, until=NEXT, now=NOW)
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make().exit("by hand", now=NOW), waiting_for=WaitFor.OPEN)
    assert raised.value.field == "waiting_for"


def test_its_events_have_the_fields_that_their_readers_know() -> None:
    enrollment = make().advance(4, due_at=NEXT, now=NOW).exit("by hand", now=LATER)
    _, advanced, exited = [event.payload() for event in enrollment.domain_events]
    first = {
        "enrollment_id": enrollment.id,
        "campaign_id": enrollment.campaign_id,
        "contact_id": enrollment.contact_id,
    }
    assert advanced == {**first, "current_step_order": 4, "next_scheduled_at": NEXT}
    assert exited == {**first, "exit_reason": "by hand", "exited_at": LATER}
