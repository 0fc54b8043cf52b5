"""The rules of a status of a pipeline, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.values import RED

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PIPELINE = uuid4()


def make_status(status_type: StatusType = StatusType.OPEN) -> PipelineStatus:
    """As loaded: without events."""
    return PipelineStatus.create(
        pipeline_id=PIPELINE, tenant_id="acme", name="New", status_type=status_type, now=NOW
    ).clear_events()


def recorded(status: PipelineStatus) -> list[tuple[str, dict[str, Any]]]:
    """Names and payloads of the events, each of which must name the status first."""
    events = []
    for event in status.domain_events:
        assert event.occurred_at == LATER
        payload = event.payload()
        assert payload.pop("status_id") == status.id
        events.append((event.event_name, payload))
    return events


def test_a_new_status_is_active_and_has_one_event() -> None:
    status = PipelineStatus.create(
        pipeline_id=PIPELINE, tenant_id="acme", name="Won", status_type=StatusType.CLOSED, now=NOW
    )
    assert (status.version, status.position, status.active) == (1, 0, True)
    assert (status.color, status.description) == (None, "")
    (created,) = status.domain_events
    assert (created.event_name, created.occurred_at) == ("status.created", NOW)
    assert created.payload() == {
        "status_id": status.id,
        "pipeline_id": PIPELINE,
        "name": "Won",
        "status_type": "closed",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pipeline_id", UUID(int=0)),
        ("tenant_id", ""),
        ("name", ""),
        ("status_type", ""),
        ("status_type", "Open"),
    ],
)
def test_a_faulty_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_status(), **{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("command", "field", "old", "new"),
    [
        (lambda s: s.rename("Lead", now=LATER), "name", "New", "Lead"),
        (lambda s: s.set_description("Just came", now=LATER), "description", "", "Just came"),
        (lambda s: s.set_color("ff0000", now=LATER), "color", None, "#FF0000"),
        (lambda s: s.set_color(RED, now=LATER), "color", None, "#FF0000"),
        (lambda s: s.set_position(3, now=LATER), "position", 0, 3),
        (lambda s: s.set_status_type(StatusType.ACTIVE, now=LATER), "status_type", "open", "active"),
        (lambda s: s.set_status_type("closed", now=LATER), "status_type", "open", "closed"),
    ],
)
def test_a_change_of_a_field_has_one_event_and_its_repetition_none(
    command: Callable[[PipelineStatus], PipelineStatus], field: str, old: object, new: object
) -> None:
    status = command(make_status())
    assert recorded(status) == [("status.updated", {"field": field, "old_value": old, "new_value": new})]
    assert (status.updated_at, status.version) == (LATER, 1)
    assert type(recorded(status)[0][1]["new_value"]) in {str, int}
    assert command(status) is status


def test_what_is_refused_is_named() -> None:
    commands: dict[str, Callable[[], object]] = {
        "name": lambda: make_status().rename("", now=LATER),
        "color": lambda: make_status().set_color("reddish", now=LATER),
        "status_type": lambda: make_status().set_status_type(cast("StatusType", "won"), now=LATER),
    }
    for field, command in commands.items():
        with pytest.raises(ValidationError) as raised:
            command()
        assert raised.value.field == field


def test_the_flag_goes_up_and_down_and_repetition_is_no_change() -> None:
    status = make_status()
    assert status.activate(now=LATER) is status
    inactive = status.deactivate(now=LATER)
    assert recorded(inactive) == [("status.deactivated", {})]
    assert inactive.deactivate(now=LATER) is inactive
    assert recorded(inactive.clear_events().activate(now=LATER)) == [("status.activated", {})]


def test_a_deleted_status_takes_no_command() -> None:
    deleted = make_status().delete(now=LATER)
    assert recorded(deleted) == [("status.deleted", {"deleted_at": LATER})]
    for command in (deleted.delete, deleted.deactivate):
        with pytest.raises(InvariantViolation):
            command(now=LATER)
    with pytest.raises(InvariantViolation):
        deleted.rename("Lead", now=LATER)
