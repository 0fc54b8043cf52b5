"""The rules of a broadcast, of its message template and of what it counts, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.automation.broadcasts import mapper
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import BroadcastCounters, BroadcastStatus
from ventros.automation.documents import template_to_json
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.values import MediaUrl

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LIST, CHANNEL = uuid4(), uuid4()
HELLO = MessageTemplate(type=TemplateType.TEXT, content="Hello")
COUNTERS = BroadcastCounters(total_contacts=8, sent_count=3, failed_count=2, skipped_count=1)


def make_broadcast(status: BroadcastStatus = BroadcastStatus.DRAFT) -> Broadcast:
    broadcast = Broadcast.create(
        tenant_id="acme",
        name="News",
        list_id=LIST,
        channel_id=CHANNEL,
        message_template=HELLO,
        rate_limit=60,
        now=NOW,
    )
    return attrs.evolve(broadcast.clear_events(), status=status)


def recorded(broadcast: Broadcast) -> list[tuple[str, dict[str, Any]]]:
    """Its events' names and payloads, but for the broadcast's own id, which each begins with."""
    events = []
    for event in broadcast.domain_events:
        payload = event.payload()
        assert next(iter(payload)) == "broadcast_id"
        assert payload.pop("broadcast_id") == broadcast.id
        events.append((event.event_name, payload))
    return events


def test_a_new_broadcast_is_a_draft_and_has_one_event() -> None:
    broadcast = Broadcast.create(tenant_id="acme", name="News", list_id=LIST, message_template=HELLO, now=NOW)
    assert (broadcast.version, broadcast.status, broadcast.rate_limit) == (1, BroadcastStatus.DRAFT, 0)
    times = (broadcast.scheduled_for, broadcast.started_at, broadcast.completed_at)
    assert (*times, broadcast.failure_reason) == (None, None, None, None)
    payload = {"tenant_id": "acme", "name": "News", "list_id": LIST}
    assert recorded(broadcast) == [("broadcast.created", payload)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tenant_id", ""),
        ("name", ""),
        ("list_id", UUID(int=0)),
        ("channel_id", UUID(int=0)),
        ("rate_limit", -1),
    ],
)
def test_a_faulty_field_is_named(field: str, value: Any) -> None:
    arguments: dict[str, Any] = {
        "tenant_id": "acme",
        "name": "News",
        "list_id": LIST,
        "message_template": HELLO,
        "rate_limit": 0,
    }
    with pytest.raises(ValidationError) as raised:
        Broadcast.create(**{**arguments, field: value}, now=NOW)
    assert raised.value.field == field


TRANSITIONS: dict[str, tuple[tuple[Any, ...], set[str], dict[str, Any], dict[str, Any]]] = {
    "schedule": (
        (LATER,),
        {"draft"},
        {"status": BroadcastStatus.SCHEDULED, "scheduled_for": LATER},
        {"scheduled_for": LATER},
    ),
    "start": ((), {"draft", "scheduled"}, {"status": BroadcastStatus.RUNNING, "started_at": NOW}, {}),
    "complete": (
        (COUNTERS,),
        {"running"},
        {"status": BroadcastStatus.COMPLETED, "completed_at": NOW},
        {"total_sent": 3, "total_failed": 2},
    ),
    "cancel": ((), {"draft", "scheduled", "running"}, {"status": BroadcastStatus.CANCELLED}, {}),
    "fail": (
        ("no channel",),
        {"running"},
        {"status": BroadcastStatus.FAILED, "failure_reason": "no channel"},
        {"reason": "no channel"},
    ),
}
NAMES = {
    "schedule": "scheduled",
    "start": "started",
    "complete": "completed",
    "cancel": "cancelled",
    "fail": "failed",
}


@pytest.mark.parametrize("command", TRANSITIONS)
@pytest.mark.parametrize("status", BroadcastStatus)
def test_each_transition_leads_from_where_it_may(command: str, status: BroadcastStatus) -> None:
    args, sources, changes, payload = TRANSITIONS[command]
    broadcast = make_broadcast(status)
    if status.value not in sources:
        with pytest.raises(InvariantViolation, match=status.value):
            getattr(broadcast, command)(*args, now=NOW)
        return
    after = getattr(broadcast, command)(*args, now=NOW)
    assert recorded(after) == [(f"broadcast.{NAMES[command]}", payload)]
    assert after.clear_events() == attrs.evolve(broadcast, **changes)


def test_the_past_and_an_empty_reason_are_refused() -> None:
    for when in (NOW - timedelta(microseconds=1), LATER.replace(tzinfo=None)):
        with pytest.raises(ValidationError) as raised:
            make_broadcast().schedule(when, now=NOW)
        assert raised.value.field == "scheduled_for"
    with pytest.raises(ValidationError) as raised:
        make_broadcast(BroadcastStatus.RUNNING).fail("", now=NOW)
    assert raised.value.field == "reason"


def test_it_is_ready_when_its_time_has_come() -> None:
    scheduled = make_broadcast().schedule(LATER, now=NOW)
    assert not scheduled.is_ready_to_start(NOW)
    assert scheduled.is_ready_to_start(LATER)
    assert not scheduled.start(now=LATER).is_ready_to_start(LATER)
    assert not make_broadcast().is_ready_to_start(LATER)


@pytest.mark.parametrize("status", BroadcastStatus)
def test_what_changes_in_which_status(status: BroadcastStatus) -> None:
    broadcast = make_broadcast(status)
    other = MessageTemplate(type=TemplateType.TEXT, content="Bye")
    commands: list[tuple[str, str, Any, set[str]]] = [
        ("rename", "name", "Old news", {"draft"}),
        ("set_channel", "channel_id", uuid4(), {"draft"}),
        ("set_message_template", "message_template", other, {"draft"}),
        ("set_rate_limit", "rate_limit", 0, {"draft", "scheduled", "running"}),
    ]
    for command, field, value, allowed in commands:
        if status.value in allowed:
            after = getattr(broadcast, command)(value, now=LATER)
            assert (getattr(after, field), after.updated_at) == (value, LATER)
            assert recorded(after) == [("broadcast.updated", {"fields": (field,)})]
            assert getattr(broadcast, command)(getattr(broadcast, field), now=LATER) is broadcast
        else:
            with pytest.raises(InvariantViolation):
                getattr(broadcast, command)(value, now=LATER)


def test_a_faulty_change_is_refused() -> None:
    for command, value in (("rename", ""), ("set_rate_limit", -1)):
        with pytest.raises(ValidationError):
            getattr(make_broadcast(), command)(value, now=LATER)


def test_only_a_draft_or_a_cancelled_one_may_be_removed() -> None:
    for status in BroadcastStatus:
        if status in {BroadcastStatus.DRAFT, BroadcastStatus.CANCELLED}:
            make_broadcast(status).require_removable()
        else:
            with pytest.raises(InvariantViolation):
                make_broadcast(status).require_removable()


def test_counts_add_up_and_skipped_ones_are_done_with() -> None:
    assert (COUNTERS.pending_count, COUNTERS.progress) == (2, 75)
    none = BroadcastCounters(total_contacts=0, sent_count=0, failed_count=0, skipped_count=0)
    assert (none.pending_count, none.progress) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"type": ""}, "type"),
        ({"type": "song"}, "type"),
        ({"content": ""}, "content"),
        ({"content": "", "template_id": ""}, "content"),
        ({"variables": {"name": 1}}, "variables"),
    ],
)
def test_a_faulty_template_is_refused(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        MessageTemplate(**{"type": "text", "content": "Hello", **arguments})
    assert raised.value.field == field


def test_a_template_is_stored_without_what_is_not_given() -> None:
    assert template_to_json(HELLO) == {"type": "text", "content": "Hello"}
    named = MessageTemplate(type=TemplateType.TEMPLATE, template_id="hello")
    assert template_to_json(named) == {"type": "template", "content": "", "template_id": "hello"}


@pytest.mark.parametrize("command", ["schedule", "start"])
def test_without_a_channel_or_a_text_to_send_nothing_begins(command: str) -> None:
    arguments = (LATER,) if command == "schedule" else ()
    for incomplete, error in (
        (attrs.evolve(make_broadcast(), channel_id=None), InvariantViolation),
        (
            attrs.evolve(
                make_broadcast(),
                message_template=MessageTemplate(type=TemplateType.TEXT, template_id="hello"),
            ),
            ValidationError,
        ),
    ):
        with pytest.raises(error):
            getattr(incomplete, command)(*arguments, now=NOW)
        assert incomplete.channel_id is not None or incomplete.set_channel(CHANNEL, now=NOW).start(now=NOW)


def full_broadcast() -> Broadcast:
    """No field at its default, so that one that a mapper forgets is missed."""
    return attrs.evolve(
        make_broadcast(BroadcastStatus.FAILED),
        message_template=MessageTemplate(
            type=TemplateType.MEDIA,
            content="Look",
            template_id="hello",
            variables={"name": "Ada"},
            media_url=MediaUrl("https://cdn.example/a.png"),
        ),
        scheduled_for=NOW + timedelta(days=1),
        started_at=NOW + timedelta(days=2),
        completed_at=NOW + timedelta(days=3),
        failure_reason="no channel",
        updated_at=NOW + timedelta(days=4),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    for broadcast in (make_broadcast(), full_broadcast()):
        tenant_id, id_, *others = mapper.insert_args(broadcast)
        assert mapper.from_row((id_, broadcast.version, tenant_id, *others)) == broadcast
        assert len(mapper.COLUMNS) == len(others) + 3


def test_an_update_writes_all_but_what_never_changes() -> None:
    broadcast = full_broadcast()
    tenant_id, id_, *others = mapper.insert_args(broadcast)
    columns = zip(mapper.COLUMNS[3:], others, strict=True)
    changing = [value for column, value in columns if column not in {"list_id", "created_at"}]
    assert mapper.update_args(broadcast) == (tenant_id, id_, broadcast.version, *changing)


def test_a_broadcast_can_be_hashed() -> None:
    broadcast = full_broadcast()
    assert {broadcast, attrs.evolve(broadcast)} == {broadcast}
