"""The rules of enrollments in sequences and campaigns, without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from tests.support.constants import NOW
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.enrollments import EnrollmentStatus
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.ids import new_id

LATER = NOW + timedelta(hours=1)
NEXT = NOW + timedelta(days=1)
KINDS: dict[str, Any] = {"sequence": SequenceEnrollment, "campaign": CampaignEnrollment}
COMMANDS: dict[str, dict[str, Any]] = {
    "advance": {"step_position": 3, "due_at": NEXT},
    "postpone": {"reason": "away", "due_at": NEXT},
    "pause": {},
    "resume": {},
    "complete": {},
    "exit": {"reason": "replied"},
}
ALLOWED = {
    "advance": {"active"},
    "postpone": {"active"},
    "pause": {"active"},
    "resume": {"paused"},
    "complete": {"active"},
    "exit": {"active", "paused"},
}
LEADS_TO = {"pause": "paused", "complete": "completed", "exit": "exited"}


def make(kind: str) -> Any:
    return KINDS[kind].create(
        tenant_id="acme",
        contact_id=new_id(),
        channel_id=new_id(),
        step_position=1,
        due_at=NOW,
        now=NOW,
        **{f"{kind}_id": new_id()},
    )


def in_status(kind: str, status: str) -> Any:
    enrollment = make(kind)
    reached = {
        "active": lambda: enrollment,
        "paused": lambda: enrollment.pause(now=NOW),
        "completed": lambda: enrollment.complete(now=NOW),
        "exited": lambda: enrollment.exit("by hand", now=NOW),
    }
    return reached[status]().clear_events()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", EnrollmentStatus)
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_for_some_statuses(kind: str, status: str, command: str) -> None:
    enrollment = in_status(kind, status)

    def give() -> Any:
        return getattr(enrollment, command)(now=LATER, **COMMANDS[command])

    if status not in ALLOWED[command]:
        with pytest.raises(InvariantViolation, match=f"{kind}_enrollment {enrollment.id} is {status}"):
            give()
        return
    changed = give()
    assert changed.status == LEADS_TO.get(command, "active")
    assert (changed.next_scheduled_at is None) is (changed.status in {"completed", "exited"})
    (event,) = changed.domain_events
    told = {"advance": "advanced", "postpone": "postponed", "pause": "paused", "resume": "resumed"}
    told |= {"complete": "completed", "exit": "exited"}
    assert event.event_name == f"{kind}.enrollment_{told[command]}"
    payload = event.payload()
    assert payload["enrollment_id"] == enrollment.id
    assert payload[f"{kind}_id"] == getattr(enrollment, f"{kind}_id")
    assert payload["contact_id"] == enrollment.contact_id


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_one_stands_before_its_first_step(kind: str) -> None:
    enrollment = make(kind)
    assert (enrollment.status, enrollment.step_position, enrollment.next_scheduled_at) == ("active", 1, NOW)
    (event,) = enrollment.domain_events
    assert event.event_name == f"{kind}.contact_enrolled"
    assert event.payload()["next_scheduled_at"] == NOW


@pytest.mark.parametrize("kind", KINDS)
def test_a_resumed_one_keeps_its_next_time(kind: str) -> None:
    assert make(kind).pause(now=LATER).resume(now=NEXT).next_scheduled_at == NOW


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_put_off_is_counted_until_a_step_is_taken(kind: str) -> None:
    twice = make(kind).postpone("away", due_at=LATER, now=NOW).postpone("away", due_at=NEXT, now=LATER)
    assert (twice.postponements, twice.step_position, twice.next_scheduled_at) == (2, 1, NEXT)
    advanced = twice.advance(3, due_at=NEXT, now=NEXT)
    assert (advanced.postponements, advanced.step_position) == (0, 3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "field", "value"),
    [
        ("active", "next_scheduled_at", None),
        ("active", "completed_at", NOW),
        ("active", "exit_reason", "replied"),
        ("completed", "completed_at", None),
        ("completed", "next_scheduled_at", NOW),
        ("exited", "exited_at", None),
        ("exited", "exit_reason", None),
        ("exited", "exit_reason", ""),
        ("active", "step_position", -1),
        ("active", "postponements", -1),
    ],
)
def test_times_go_with_the_status(kind: str, status: str, field: str, value: object) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(in_status(kind, status), **{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize("kind", KINDS)
def test_it_moves_to_another_contact(kind: str) -> None:
    contact_id = new_id()
    moved = in_status(kind, "exited").move_to_contact(contact_id, now=LATER)
    assert moved.contact_id == contact_id
    assert moved.domain_events[0].payload()["fields"] == ("contact_id",)
    assert moved.move_to_contact(contact_id, now=LATER) is moved
