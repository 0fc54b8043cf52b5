"""Which conditions a step may have, and of whom they hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.constants import NOW
from tests.support.enrollments import campaign_step, message_step
from ventros.automation.campaigns.values import StepType
from ventros.automation.conditions import ContactFacts, holds, require_known
from ventros.automation.values import StepCondition
from ventros.kernel.errors import ValidationError
from ventros.kernel.ids import new_id

STATUS, ELSEWHERE = new_id(), new_id()
FACTS = ContactFacts(
    tags=("vip", "new"),
    fields={"city": "Recife", "age": 30, "member": True, "langs": ["pt", "en"], "since": "2025-01-01"},
    status_ids=frozenset({STATUS}),
    last_activity_at=NOW - timedelta(days=3),
)


def condition(type_: str, operator: str, value: Any, field: str | None = None) -> StepCondition:
    return StepCondition(type=type_, operator=operator, value=value, field=field)


@pytest.mark.parametrize(
    ("type_", "operator", "value", "field", "expected"),
    [
        ("tag", "equals", "vip", None, True),
        ("tag_has", "contains", "vip", None, True),
        ("tag", "equals", "vi", None, False),
        ("tag", "contains", "vi", None, False),
        ("tag", "not_equals", "vip", None, False),
        ("tag", "not_equals", "old", None, True),
        ("tag", "in", ["old", "new"], None, True),
        ("tag", "in", [], None, False),
        ("custom_field", "equals", "Recife", "city", True),
        ("field_equals", "equals", "Olinda", "city", False),
        ("custom_field", "contains", "cif", "city", True),
        ("custom_field", "contains", "cif", "age", False),
        ("custom_field", "not_equals", "Recife", "city", False),
        ("custom_field", "not_equals", "Recife", "nothing", True),
        ("custom_field", "equals", "x", "nothing", False),
        ("custom_field", "greater_than", "x", "nothing", False),
        ("custom_field", "equals", "30", "age", True),
        ("custom_field", "equals", 30, "age", True),
        ("custom_field", "greater_than", "4", "age", True),
        ("custom_field", "greater_than", "30", "age", False),
        ("custom_field", "less_than", 31, "age", True),
        ("custom_field", "greater_than", "2024-12-31", "since", True),
        ("custom_field", "less_than", "old", "age", False),
        ("custom_field", "equals", "true", "member", True),
        ("custom_field", "equals", True, "member", True),
        ("custom_field", "equals", 1, "member", False),
        ("custom_field", "equals", True, "age", False),
        ("custom_field", "contains", "pt", "langs", True),
        ("custom_field", "in", ["Olinda", "Recife"], "city", True),
        ("pipeline_status", "equals", str(STATUS), None, True),
        ("pipeline_status", "equals", str(ELSEWHERE), None, False),
        ("pipeline_status", "not_equals", str(ELSEWHERE), None, True),
        ("pipeline_status", "in", [str(ELSEWHERE), str(STATUS)], None, True),
        ("last_activity", "greater_than", "2", None, True),
        ("last_activity", "greater_than", 3, None, False),
        ("last_activity", "less_than", "3.5", None, True),
    ],
)
def test_it_holds_or_not(type_: str, operator: str, value: Any, field: str | None, expected: bool) -> None:
    assert holds(condition(type_, operator, value, field), FACTS, now=NOW) is expected


@pytest.mark.parametrize(
    ("type_", "operator", "value", "field", "told"),
    [
        ("weather", "equals", "rain", None, "weather"),
        ("tag", "sounds_like", "vip", None, "sounds_like"),
        ("tag", "greater_than", "vip", None, "a condition on tag takes contains, equals, in, not_equals"),
        ("last_activity", "equals", "2", None, "takes greater_than, less_than"),
        ("last_activity", "less_than", "soon", None, "a number of days"),
        ("last_activity", "less_than", True, None, "a number of days"),
        ("custom_field", "equals", "x", None, "needs field"),
        ("tag", "in", "vip", None, "a list"),
        ("pipeline_status", "contains", str(STATUS), None, "takes equals, in, not_equals"),
        ("pipeline_status", "equals", "Won", None, "the id of a status"),
        ("pipeline_status", "in", ["Won"], None, "the id of a status"),
    ],
)
def test_a_step_is_not_made_with_what_nobody_can_decide(
    type_: str, operator: str, value: Any, field: str | None, told: str
) -> None:
    faulty = condition(type_, operator, value, field)
    with pytest.raises(ValidationError, match=told) as raised:
        require_known(faulty)
    assert raised.value.field == "conditions"
    with pytest.raises(ValidationError):
        holds(faulty, FACTS, now=NOW)
    with pytest.raises(ValidationError):
        message_step(0, conditions=[faulty])
    data = {"operator": operator, "value": value, "field": field}
    with pytest.raises(ValidationError):
        campaign_step(0, StepType.CONDITION, condition_type=type_, condition_data=data)


def test_a_condition_step_compares_by_equals_unless_told() -> None:
    (asked,) = campaign_step(
        0, StepType.CONDITION, condition_type="tag_has", condition_data={"value": "vip"}
    ).asked
    assert (asked.type, asked.operator, asked.value) == ("tag_has", "equals", "vip")
    assert holds(asked, FACTS, now=NOW)
