"""The rules of a contact's placement in a pipeline, without a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.constants import NOW
from tests.support.pipelines import LATER, PROJECT
from ventros.crm.pipelines.placement import Placement
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.ids import new_id

CONTACT, PIPELINE, NEW, WON, BOSS = (new_id() for _ in range(5))


def enter(**changes: Any) -> Placement:
    defaults: dict[str, Any] = {
        "tenant_id": "acme",
        "project_id": PROJECT,
        "contact_id": CONTACT,
        "pipeline_id": PIPELINE,
        "status_id": NEW,
        "status_name": "New",
        "now": NOW,
        "changed_by": BOSS,
        "reason": "wrote to us",
    }
    return Placement.enter(**{**defaults, **changes})


def move(placement: Placement, now: datetime) -> tuple[Placement, Placement]:
    return placement.move(
        WON, project_id=PROJECT, status_name="Won", previous_status_name="New", now=now, reason=""
    )


def test_a_contact_enters_a_pipeline() -> None:
    placement = enter()
    assert (placement.entered_at, placement.exited_at, placement.duration_seconds) == (NOW, None, None)
    assert (placement.changed_by, placement.reason, placement.notes) == (BOSS, "wrote to us", None)
    entered, changed = placement.domain_events
    assert (entered.event_name, changed.event_name) == (
        "contact.entered_pipeline",
        "contact.pipeline_status_changed",
    )
    assert entered.payload() == {
        "contact_id": CONTACT,
        "pipeline_id": PIPELINE,
        "status_id": NEW,
        "status_name": "New",
        "entered_by": BOSS,
    }
    assert changed.payload() == {
        "contact_id": CONTACT,
        "pipeline_id": PIPELINE,
        "previous_status_id": None,
        "new_status_id": NEW,
        "previous_status_name": None,
        "new_status_name": "New",
        "tenant_id": "acme",
        "project_id": PROJECT,
        "changed_by": BOSS,
        "reason": "wrote to us",
        "changed_at": NOW,
    }


def test_a_contact_moves_on() -> None:
    now = NOW + timedelta(seconds=90, microseconds=999_999)
    closed, follower = move(enter().clear_events(), now)
    assert (closed.exited_at, closed.duration_seconds, closed.updated_at) == (now, 90, now)
    assert closed.domain_events == ()
    assert (follower.status_id, follower.entered_at, follower.exited_at) == (WON, now, None)
    assert follower.reason is None
    (changed,) = follower.domain_events
    payload = changed.payload()
    assert payload["previous_status_id"] == NEW
    assert payload["new_status_id"] == WON
    assert (payload["previous_status_name"], payload["new_status_name"]) == ("New", "Won")
    assert payload["changed_at"] == changed.occurred_at == now


def test_a_move_that_comes_with_an_earlier_time_leaves_no_negative_stay() -> None:
    closed, follower = move(enter().clear_events(), NOW - timedelta(minutes=1))
    assert (closed.exited_at, closed.duration_seconds, follower.entered_at) == (NOW, 0, NOW)


def test_a_contact_leaves_the_pipeline() -> None:
    left = enter().clear_events().exit(status_name="New", now=LATER, changed_by=BOSS, reason="moved away")
    assert (left.exited_at, left.duration_seconds) == (LATER, 3600)
    (exited,) = left.domain_events
    assert exited.event_name == "contact.exited_pipeline"
    assert exited.payload() == {
        "contact_id": CONTACT,
        "pipeline_id": PIPELINE,
        "last_status_id": NEW,
        "last_status_name": "New",
        "exited_by": BOSS,
        "reason": "moved away",
    }
    for command in (lambda: left.exit(status_name="New", now=LATER), lambda: move(left, LATER)):
        with pytest.raises(InvariantViolation):
            command()


def test_a_contact_does_not_move_to_where_it_is() -> None:
    with pytest.raises(InvariantViolation):
        enter().move(NEW, project_id=PROJECT, status_name="New", previous_status_name="New", now=LATER)


@pytest.mark.parametrize("field", ["contact_id", "pipeline_id", "status_id"])
def test_a_nil_id_is_named(field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        enter(**{field: UUID(int=0)})
    assert raised.value.field == field
