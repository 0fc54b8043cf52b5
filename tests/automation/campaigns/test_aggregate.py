"""The rules of a campaign, of its steps and of what it counts, without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from tests.support.campaigns import DELAY, WAIT, make_campaign, make_step
from tests.support.constants import NOW
from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.campaigns.values import (
    CampaignCounters,
    CampaignStatus,
    GoalType,
    StepConfig,
    StepType,
)
from ventros.automation.values import StepCondition
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError

LATER = NOW + timedelta(hours=1)
NAIVE = NOW.replace(tzinfo=None)


def recorded(campaign: Campaign) -> list[tuple[str, dict[str, Any]]]:
    """Its events' names and payloads, but for the campaign's own id, which each begins with."""
    events = []
    for event in campaign.domain_events:
        payload = event.payload()
        assert next(iter(payload)) == "campaign_id"
        assert payload.pop("campaign_id") == campaign.id
        events.append((event.event_name, payload))
    return events


def test_a_new_campaign_is_a_draft_and_has_one_event() -> None:
    campaign = Campaign.create(
        tenant_id="acme", name="Spring", goal_type=GoalType.ENGAGEMENT, goal_value=0, now=NOW
    )
    assert (campaign.version, campaign.status, campaign.steps) == (1, CampaignStatus.DRAFT, ())
    assert (campaign.start_date, campaign.end_date, campaign.description) == (None, None, "")
    payload = {
        "tenant_id": "acme",
        "name": "Spring",
        "description": "",
        "goal_type": "engagement",
        "goal_value": 0,
    }
    assert recorded(campaign) == [("campaign.created", payload)]


@pytest.mark.parametrize(
    ("field", "value"), [("tenant_id", ""), ("name", ""), ("goal_type", "fame"), ("goal_value", -1)]
)
def test_a_faulty_field_is_named(field: str, value: Any) -> None:
    arguments: dict[str, Any] = {
        "tenant_id": "acme",
        "name": "Spring",
        "goal_type": GoalType.CONVERSIONS,
        "goal_value": 1,
    }
    with pytest.raises(ValidationError) as raised:
        Campaign.create(**{**arguments, field: value}, now=NOW)
    assert raised.value.field == field


TRANSITIONS: dict[str, tuple[set[str], str]] = {
    "activate": ({"draft", "scheduled"}, "active"),
    "pause": ({"active"}, "paused"),
    "resume": ({"paused"}, "active"),
    "complete": ({"active"}, "completed"),
    "archive": ({"draft", "scheduled", "active", "paused", "completed"}, "archived"),
}
NAMES = {
    "activate": "activated",
    "pause": "paused",
    "resume": "resumed",
    "complete": "completed",
    "archive": "archived",
}


@pytest.mark.parametrize("command", TRANSITIONS)
@pytest.mark.parametrize("status", CampaignStatus)
def test_each_transition_leads_from_where_it_may(command: str, status: CampaignStatus) -> None:
    campaign = make_campaign(make_step(), status=status)
    sources, target = TRANSITIONS[command]
    if status.value not in sources:
        with pytest.raises(InvariantViolation, match=status.value):
            getattr(campaign, command)(now=LATER)
        return
    after = getattr(campaign, command)(now=LATER)
    assert (after.status.value, after.updated_at) == (target, LATER)
    assert after.end_date == (LATER if command == "complete" else None)
    assert recorded(after) == [(f"campaign.{NAMES[command]}", {})]


def test_it_is_scheduled_from_a_draft_only_and_not_into_the_past() -> None:
    draft = make_campaign(make_step())
    scheduled = draft.schedule(LATER, now=NOW)
    assert (scheduled.status, scheduled.start_date) == (CampaignStatus.SCHEDULED, LATER)
    assert recorded(scheduled) == [("campaign.scheduled", {"start_date": LATER})]
    assert draft.schedule(NOW, now=NOW).start_date == NOW
    with pytest.raises(InvariantViolation):
        scheduled.schedule(LATER, now=NOW)
    for when in (NOW - timedelta(microseconds=1), NAIVE):
        with pytest.raises(ValidationError) as raised:
            draft.schedule(when, now=NOW)
        assert raised.value.field == "start_date"


def test_without_steps_it_neither_starts_nor_is_scheduled() -> None:
    with pytest.raises(InvariantViolation, match="no steps"):
        make_campaign().activate(now=NOW)
    with pytest.raises(InvariantViolation, match="no steps"):
        make_campaign().schedule(LATER, now=NOW)


def test_a_jump_to_nowhere_keeps_it_from_starting() -> None:
    lost = make_step(1, type=StepType.WAIT, config=attrs.evolve(WAIT, timeout_step=7))
    with pytest.raises(InvariantViolation, match="position 7"):
        make_campaign(make_step(), lost).activate(now=NOW)
    found = attrs.evolve(lost, config=WAIT)
    assert make_campaign(make_step(), found).activate(now=NOW).status is CampaignStatus.ACTIVE


def test_steps_stand_in_the_order_of_their_positions() -> None:
    last, first = make_step(5), make_step(0)
    campaign = make_campaign().add_step(last, now=NOW).add_step(first, now=LATER)
    assert campaign.steps == (first, last)
    assert recorded(campaign) == [
        ("campaign.step_added", {"step_id": last.id, "step_type": "delay", "order": 5}),
        ("campaign.step_added", {"step_id": first.id, "step_type": "delay", "order": 0}),
    ]
    assert campaign.add_step(first, now=LATER) is campaign
    assert campaign.next_step(-1) is first
    assert campaign.next_step(0) is last
    assert campaign.next_step(5) is None


def test_a_place_that_is_taken_is_refused() -> None:
    one, two = make_step(0), make_step(1)
    campaign = make_campaign(one, two)
    with pytest.raises(InvariantViolation, match="position 1"):
        campaign.add_step(make_step(1), now=NOW)
    with pytest.raises(InvariantViolation, match="position 1"):
        campaign.replace_step(one.id, make_step(1), now=NOW)
    with pytest.raises(InvariantViolation, match="id"):
        campaign.add_step(attrs.evolve(one, position=9), now=NOW)
    for steps in ((one, make_step(0)), (one, attrs.evolve(one, position=3))):
        with pytest.raises(ValidationError) as raised:
            attrs.evolve(campaign, steps=steps)
        assert raised.value.field == "steps"


def test_an_updated_step_keeps_its_id_and_time() -> None:
    step = make_step(0)
    campaign = make_campaign(step)
    updated = campaign.replace_step(step.id, make_step(3, name="moved", created_at=LATER), now=LATER)
    assert updated.steps == (attrs.evolve(step, position=3, name="moved"),)
    assert recorded(updated) == [("campaign.updated", {"fields": ("steps",)})]
    assert updated.replace_step(step.id, make_step(3, name="moved"), now=LATER) is updated


def test_a_removed_step_is_gone() -> None:
    one, two = make_step(0), make_step(1)
    campaign = make_campaign(one, two).remove_step(one.id, now=LATER)
    assert campaign.steps == (two,)
    assert recorded(campaign) == [("campaign.step_removed", {"step_id": one.id})]
    for missing in (lambda: campaign.remove_step(one.id, now=NOW), lambda: campaign.step(one.id)):
        with pytest.raises(NotFound, match="campaign_step"):
            missing()
    with pytest.raises(NotFound):
        campaign.replace_step(one.id, make_step(4), now=NOW)


def test_reordered_steps_take_each_others_places_and_jumps_follow() -> None:
    one, two = make_step(0), make_step(2)
    wait = make_step(7, type=StepType.WAIT, config=WAIT)
    campaign = make_campaign(one, two, wait)
    reordered = campaign.reorder_steps([wait.id, two.id, one.id], now=LATER)
    assert [(step.id, step.position) for step in reordered.steps] == [(wait.id, 0), (two.id, 2), (one.id, 7)]
    assert reordered.step(wait.id).config.timeout_step == 7
    assert recorded(reordered) == [("campaign.updated", {"fields": ("steps",)})]
    assert campaign.reorder_steps([one.id, two.id, wait.id], now=LATER) is campaign
    for ids in ([one.id, two.id], [one.id, one.id, two.id], [one.id, two.id, uuid4()]):
        with pytest.raises(ValidationError) as raised:
            campaign.reorder_steps(ids, now=LATER)
        assert raised.value.field == "step_ids"


@pytest.mark.parametrize("status", set(CampaignStatus) - {CampaignStatus.DRAFT})
def test_steps_change_in_a_draft_only_and_only_a_draft_is_removed(status: CampaignStatus) -> None:
    step = make_step()
    campaign = make_campaign(step, status=status)
    for command in (
        lambda: campaign.add_step(make_step(1), now=NOW),
        lambda: campaign.replace_step(step.id, make_step(), now=NOW),
        lambda: campaign.remove_step(step.id, now=NOW),
        lambda: campaign.reorder_steps([step.id], now=NOW),
        campaign.require_removable,
    ):
        with pytest.raises(InvariantViolation):
            command()
    make_campaign().require_removable()


@pytest.mark.parametrize(
    ("type_", "keys"),
    [
        (StepType.BROADCAST, {"broadcast_id"}),
        (StepType.SEQUENCE, {"sequence_id"}),
        (StepType.DELAY, {"delay_amount", "delay_unit"}),
        (StepType.CONDITION, {"condition_type"}),
        (StepType.WAIT, {"delay_amount", "delay_unit", "wait_for", "wait_timeout", "timeout_step"}),
    ],
)
def test_a_step_needs_what_its_type_asks_for(type_: StepType, keys: set[str]) -> None:
    full = attrs.evolve(WAIT, broadcast_id=uuid4(), sequence_id=uuid4(), condition_type="tag_has")
    others = {field.name for field in attrs.fields(StepConfig)} - keys
    enough = attrs.evolve(full, **dict.fromkeys(others, None))
    assert make_step(type=type_, config=enough).config == enough
    for key in keys:
        with pytest.raises(ValidationError) as raised:
            make_step(type=type_, config=attrs.evolve(full, **{key: None}))
        assert raised.value.field == key


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("broadcast_id", UUID(int=0)),
        ("sequence_id", UUID(int=0)),
        ("delay_amount", -1),
        ("delay_amount", 10**12),
        ("delay_unit", "years"),
        ("wait_for", "rain"),
        ("wait_timeout", 0),
        ("timeout_step", -1),
    ],
)
def test_a_faulty_config_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(WAIT, **{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("field", "value"), [("id", UUID(int=0)), ("position", -1), ("type", "dance"), ("created_at", NAIVE)]
)
def test_a_faulty_step_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        make_step(**{field: value})
    assert raised.value.field == field


def test_only_delay_and_wait_take_time() -> None:
    assert make_step().delay == timedelta(days=2)
    assert make_step(type=StepType.WAIT, config=attrs.evolve(WAIT, delay_amount=3)).delay == timedelta(
        hours=3
    )
    broadcast = attrs.evolve(DELAY, broadcast_id=uuid4())
    assert make_step(type=StepType.BROADCAST, config=broadcast).delay == timedelta(0)


@pytest.mark.parametrize("status", CampaignStatus)
def test_name_description_and_goal_change_in_any_status(status: CampaignStatus) -> None:
    campaign = make_campaign(status=status)
    renamed = campaign.rename("Summer", now=LATER)
    assert (renamed.name, renamed.updated_at) == ("Summer", LATER)
    assert recorded(renamed) == [("campaign.updated", {"fields": ("name",)})]
    assert campaign.set_description("", now=LATER).description == ""
    goal = campaign.set_goal(GoalType.CONVERSIONS, 10, now=LATER)
    assert recorded(goal) == [("campaign.updated", {"fields": ("goal_type",)})]
    assert (goal.goal_type, goal.goal_value) == (GoalType.CONVERSIONS, 10)


def test_what_changes_nothing_is_no_event() -> None:
    campaign = make_campaign()
    assert campaign.rename("Spring", now=LATER) is campaign
    assert campaign.set_description("sale", now=LATER) is campaign
    assert campaign.set_goal(GoalType.REACH_CONTACTS, 10, now=LATER) is campaign
    with pytest.raises(ValidationError):
        campaign.rename("", now=LATER)
    with pytest.raises(ValidationError):
        campaign.set_goal(GoalType.CONVERSIONS, -1, now=LATER)


def test_rates_are_per_cent_and_zero_where_there_is_nothing_to_divide_by() -> None:
    counters = CampaignCounters(contacts_reached=4, conversions_count=1)
    assert counters.conversion_rate == 25
    assert CampaignCounters(contacts_reached=0, conversions_count=0).conversion_rate == 0
    campaign = make_campaign()
    assert campaign.progress_rate(counters) == 40
    assert attrs.evolve(campaign, goal_type=GoalType.CONVERSIONS).progress_rate(counters) == 10
    assert attrs.evolve(campaign, goal_type=GoalType.ENGAGEMENT).progress_rate(counters) == 0
    assert attrs.evolve(campaign, goal_value=0).progress_rate(counters) == 0


def test_nobody_else_holds_a_part_of_a_step() -> None:
    data: dict[str, Any] = {"tags": ["a"]}
    config = StepConfig(condition_type="tag_has", condition_data=data)
    condition = StepCondition(type="tag_has", operator="in", value=data["tags"], metadata=data)
    data["tags"].append("b")
    assert config.condition_data == {"tags": ["a"]}
    assert (condition.value, condition.metadata) == (["a"], {"tags": ["a"]})


def test_a_campaign_can_be_hashed() -> None:
    campaign = make_campaign(make_step())
    assert {campaign, attrs.evolve(campaign)} == {campaign}
