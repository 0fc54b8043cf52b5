"""The rules of a sequence, of its steps and of what it counts, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.automation.sequences import mapper
from ventros.automation.sequences.aggregate import Sequence, SequenceStep
from ventros.automation.sequences.values import SequenceCounters, SequenceStatus, TriggerType
from ventros.automation.values import DelayUnit, MessageTemplate, StepCondition, TemplateType
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.values import MediaUrl

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HELLO = MessageTemplate(type=TemplateType.TEXT, content="Hello")


def make_sequence(*steps: SequenceStep, status: SequenceStatus = SequenceStatus.DRAFT) -> Sequence:
    sequence = Sequence.create(
        tenant_id="acme", name="Welcome", description="drip", trigger_type=TriggerType.TAG_ADDED, now=NOW
    )
    return attrs.evolve(sequence.clear_events(), steps=steps, status=status)


def make_step(position: int = 0, **changes: Any) -> SequenceStep:
    step = SequenceStep(
        position=position,
        name=f"step {position}",
        delay_amount=1,
        delay_unit=DelayUnit.DAYS,
        message_template=HELLO,
        created_at=NOW,
    )
    return attrs.evolve(step, **changes)


def recorded(sequence: Sequence) -> list[tuple[str, dict[str, Any]]]:
    """Its events' names and payloads, but for the sequence's own id, which each begins with."""
    events = []
    for event in sequence.domain_events:
        payload = event.payload()
        assert next(iter(payload)) == "sequence_id"
        assert payload.pop("sequence_id") == sequence.id
        events.append((event.event_name, payload))
    return events


def test_a_new_sequence_is_a_draft_and_has_one_event() -> None:
    sequence = Sequence.create(tenant_id="acme", name="Welcome", trigger_type=TriggerType.MANUAL, now=NOW)
    assert (sequence.version, sequence.status, sequence.steps) == (1, SequenceStatus.DRAFT, ())
    assert (sequence.trigger_data, sequence.exit_on_reply, sequence.description) == ({}, True, "")
    assert recorded(sequence) == [("sequence.created", {"tenant_id": "acme", "name": "Welcome"})]


@pytest.mark.parametrize(("field", "value"), [("tenant_id", ""), ("name", ""), ("trigger_type", "whim")])
def test_a_faulty_field_is_named(field: str, value: Any) -> None:
    arguments: dict[str, Any] = {"tenant_id": "acme", "name": "Welcome", "trigger_type": TriggerType.MANUAL}
    with pytest.raises(ValidationError) as raised:
        Sequence.create(**{**arguments, field: value}, now=NOW)
    assert raised.value.field == field


TRANSITIONS: dict[str, tuple[set[str], str, str]] = {
    "activate": ({"draft"}, "active", "activated"),
    "pause": ({"active"}, "paused", "paused"),
    "resume": ({"paused"}, "active", "resumed"),
    "archive": ({"draft", "active", "paused"}, "archived", "archived"),
}


@pytest.mark.parametrize("command", TRANSITIONS)
@pytest.mark.parametrize("status", SequenceStatus)
def test_each_transition_leads_from_where_it_may(command: str, status: SequenceStatus) -> None:
    sequence = make_sequence(make_step(), status=status)
    sources, target, name = TRANSITIONS[command]
    if status.value not in sources:
        with pytest.raises(InvariantViolation, match=status.value):
            getattr(sequence, command)(now=LATER)
        return
    after = getattr(sequence, command)(now=LATER)
    assert (after.status.value, after.updated_at) == (target, LATER)
    assert recorded(after) == [(f"sequence.{name}", {})]


def test_without_steps_it_is_not_activated() -> None:
    with pytest.raises(InvariantViolation, match="no steps"):
        make_sequence().activate(now=NOW)


def test_steps_stand_in_the_order_of_their_positions() -> None:
    last, first = make_step(5), make_step(0)
    sequence = make_sequence().add_step(last, now=NOW).add_step(first, now=LATER)
    assert sequence.steps == (first, last)
    assert recorded(sequence) == [
        ("sequence.step_added", {"step_id": last.id, "order": 5}),
        ("sequence.step_added", {"step_id": first.id, "order": 0}),
    ]
    assert sequence.add_step(first, now=LATER) is sequence
    assert sequence.step_at(5) is last
    with pytest.raises(NotFound, match="sequence_step 1"):
        sequence.step_at(1)


def test_a_gap_is_not_the_end() -> None:
    one, two, three = make_step(0), make_step(1), make_step(2)
    sequence = make_sequence(one, two, three).remove_step(two.id, now=LATER)
    assert recorded(sequence) == [("sequence.updated", {"fields": ("steps",)})]
    assert sequence.next_step(0) is three
    assert sequence.next_step(2) is None
    with pytest.raises(NotFound):
        sequence.remove_step(two.id, now=LATER)


def test_an_updated_step_keeps_its_id_and_time_and_takes_no_others_place() -> None:
    one, two = make_step(0), make_step(1)
    sequence = make_sequence(one, two)
    updated = sequence.replace_step(one.id, make_step(3, delay_amount=9, created_at=LATER), now=LATER)
    assert updated.step(one.id) == attrs.evolve(one, position=3, name="step 3", delay_amount=9)
    assert updated.steps[0] is two
    assert recorded(updated) == [("sequence.updated", {"fields": ("steps",)})]
    assert sequence.replace_step(one.id, one, now=LATER) is sequence
    with pytest.raises(InvariantViolation, match="position 1"):
        sequence.replace_step(one.id, make_step(1), now=LATER)
    with pytest.raises(InvariantViolation, match="position 1"):
        sequence.add_step(make_step(1), now=LATER)
    with pytest.raises(NotFound):
        sequence.replace_step(uuid4(), make_step(4), now=LATER)


def test_reordered_steps_take_each_others_places() -> None:
    one, two = make_step(0), make_step(4)
    sequence = make_sequence(one, two)
    reordered = sequence.reorder_steps([two.id, one.id], now=LATER)
    assert [(step.id, step.position) for step in reordered.steps] == [(two.id, 0), (one.id, 4)]
    assert recorded(reordered) == [("sequence.updated", {"fields": ("steps",)})]
    assert sequence.reorder_steps([one.id, two.id], now=LATER) is sequence
    with pytest.raises(ValidationError):
        sequence.reorder_steps([one.id], now=LATER)


@pytest.mark.parametrize("status", set(SequenceStatus) - {SequenceStatus.DRAFT})
def test_steps_change_in_a_draft_only_and_only_a_draft_is_removed(status: SequenceStatus) -> None:
    step = make_step()
    sequence = make_sequence(step, status=status)
    for command in (
        lambda: sequence.add_step(make_step(1), now=NOW),
        lambda: sequence.replace_step(step.id, make_step(), now=NOW),
        lambda: sequence.remove_step(step.id, now=NOW),
        lambda: sequence.reorder_steps([step.id], now=NOW),
        sequence.require_removable,
    ):
        with pytest.raises(InvariantViolation):
            command()
    make_sequence().require_removable()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", UUID(int=0)),
        ("position", -1),
        ("delay_amount", -1),
        ("delay_amount", 10**12),
        ("delay_unit", "years"),
        ("created_at", NOW.replace(tzinfo=None)),
        ("conditions", [StepCondition(type="weather", operator="equals", value="rain")]),
        ("conditions", [StepCondition(type="tag", operator="equals", value=1)]),
    ],
)
def test_a_faulty_step_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        make_step(**{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("unit", "delay"),
    [("minutes", timedelta(minutes=3)), ("hours", timedelta(hours=3)), ("days", timedelta(days=3))],
)
def test_a_delay_is_its_amount_in_its_unit(unit: str, delay: timedelta) -> None:
    assert make_step(delay_amount=3, delay_unit=unit).delay == delay


def test_what_is_set_is_told() -> None:
    sequence = make_sequence(status=SequenceStatus.ACTIVE)
    renamed = sequence.rename("Hello", now=LATER)
    assert (renamed.name, renamed.updated_at) == ("Hello", LATER)
    assert recorded(renamed) == [("sequence.updated", {"fields": ("name",)})]
    described = sequence.set_description("", now=LATER)
    assert recorded(described) == [("sequence.updated", {"fields": ("description",)})]
    staying = sequence.set_exit_on_reply(False, now=LATER)
    assert not staying.exit_on_reply
    assert recorded(staying) == [("sequence.updated", {"fields": ("exit_on_reply",)})]
    narrowed = sequence.set_trigger_data({"tag": "vip"}, now=LATER)
    assert narrowed.trigger_data == {"tag": "vip"}
    assert recorded(narrowed) == [("sequence.updated", {"fields": ("trigger_data",)})]


def test_what_changes_nothing_is_no_event() -> None:
    sequence = make_sequence()
    assert sequence.rename("Welcome", now=LATER) is sequence
    assert sequence.set_description("drip", now=LATER) is sequence
    assert sequence.set_exit_on_reply(True, now=LATER) is sequence
    assert sequence.set_trigger_data({}, now=LATER) is sequence
    with pytest.raises(ValidationError):
        sequence.rename("", now=LATER)
    with pytest.raises(InvariantViolation):
        make_sequence(status=SequenceStatus.ARCHIVED).set_trigger_data({"tag": "vip"}, now=LATER)


def test_counts_add_up() -> None:
    counters = SequenceCounters(total_enrolled=8, completed_count=2, exited_count=1)
    assert (counters.active_count, counters.completion_rate) == (5, 25)
    none = SequenceCounters(total_enrolled=0, completed_count=0, exited_count=0)
    assert (none.active_count, none.completion_rate) == (0, 0)


def full_sequence() -> Sequence:
    """No field at its default, so that one that a mapper forgets is missed."""
    return attrs.evolve(
        make_sequence(status=SequenceStatus.PAUSED),
        trigger_data={"tag": "vip"},
        exit_on_reply=False,
        updated_at=LATER,
    )


def test_what_the_mapper_writes_it_reads() -> None:
    for sequence in (make_sequence(), full_sequence()):
        tenant_id, id_, *others = mapper.insert_args(sequence)
        assert mapper.from_row((id_, sequence.version, tenant_id, *others)) == sequence
        assert len(mapper.COLUMNS) == len(others) + 3


def test_an_update_writes_all_but_what_never_changes() -> None:
    sequence = full_sequence()
    tenant_id, id_, *others = mapper.insert_args(sequence)
    columns = zip(mapper.COLUMNS[3:], others, strict=True)
    changing = [value for column, value in columns if column not in {"trigger_type", "created_at"}]
    assert mapper.update_args(sequence) == (tenant_id, id_, sequence.version, *changing)


def test_what_the_mapper_writes_of_a_step_it_reads() -> None:
    template = MessageTemplate(
        type=TemplateType.MEDIA,
        content="Look",
        template_id="hello",
        variables={"name": "Ada"},
        media_url=MediaUrl("https://cdn.example/a.png"),
    )
    conditions = (
        StepCondition(type="tag", operator="equals", value="vip"),
        StepCondition(type="custom_field", operator="contains", value="a", field="city", metadata={"x": 1}),
    )
    steps = [make_step(), make_step(1, message_template=template, conditions=conditions)]
    sequence = make_sequence()
    updated: Any = mapper.update_steps_args(sequence, steps)
    tenant_id, sequence_id, *columns = updated
    assert (tenant_id, sequence_id) == ("acme", sequence.id)
    for step, (*scalars, document) in zip(steps, zip(*columns, strict=True), strict=True):
        row = (sequence.id, *scalars, document["message_template"], document["conditions"], step.created_at)
        assert mapper.insert_step_args(sequence, step) == ("acme", *row)
        assert mapper.step_from_row(row) == step


def test_a_sequence_can_be_hashed() -> None:
    sequence = attrs.evolve(full_sequence(), steps=(make_step(),))
    assert {sequence, attrs.evolve(sequence)} == {sequence}
