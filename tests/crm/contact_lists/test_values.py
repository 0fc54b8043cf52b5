"""The rules of a filter rule: what can be asked of which field of a contact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.contact_lists import NAIVE, NIL, PIPELINE, RULES, STATUS, VIP
from ventros.crm.contact_lists.values import (
    OPERATORS,
    ContactAttribute,
    FilterOperator,
    FilterRule,
    FilterType,
    ValueKind,
)
from ventros.kernel.errors import ValidationError
from ventros.values import CustomFieldType


@pytest.mark.parametrize(("make", "arguments", "fields", "kind"), RULES)
def test_a_rule_is_made_by_the_method_of_its_type(
    make: Callable[..., FilterRule], arguments: tuple[Any, ...], fields: dict[str, Any], kind: ValueKind
) -> None:
    rule = make(*arguments, now=NOW)
    (operator,) = [
        argument for argument in arguments if isinstance(argument, str) and argument in set(FilterOperator)
    ]
    assert rule == FilterRule(
        id=rule.id,
        filter_type=FilterType(make.__name__),
        operator=FilterOperator(operator),
        created_at=NOW,
        **{"field_type": None, "pipeline_id": None, **fields},
    )
    assert rule.kind is kind
    assert hash(rule)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": NIL}, "id"),
        ({"filter_type": "event"}, "filter_type"),
        ({"filter_type": "interaction"}, "filter_type"),
        ({"operator": "like"}, "operator"),
        ({"field_key": ""}, "field_key"),
        ({"field_key": "other"}, "field_key"),
        ({"field_type": "text"}, "field_type"),
        ({"field_type": "colour"}, "field_type"),
        ({"filter_type": "custom_field"}, "field_type"),
        ({"filter_type": "attribute", "field_key": "tenant_id"}, "field_key"),
        ({"filter_type": "attribute", "field_key": "tags"}, "field_key"),
        ({"filter_type": "pipeline_status", "field_key": "tag", "pipeline_id": PIPELINE}, "field_key"),
        ({"filter_type": "pipeline_status", "field_key": "status", "value": STATUS}, "pipeline_id"),
        ({"pipeline_id": PIPELINE}, "pipeline_id"),
        ({"pipeline_id": NIL}, "pipeline_id"),
        ({"created_at": NAIVE}, "created_at"),
        ({"operator": "gt"}, "operator"),
        ({"operator": "is_null"}, "value"),
        ({"value": None}, "value"),
        ({"value": ""}, "value"),
        ({"value": 1}, "value"),
        ({"value": ["a"]}, "value"),
        ({"operator": "in"}, "value"),
        ({"operator": "in", "value": []}, "value"),
        ({"operator": "in", "value": ["a", ""]}, "value"),
        ({"operator": "in", "value": ["a", None]}, "value"),
    ],
)
def test_what_is_no_rule_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(VIP, **changes)
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "1"),
        ("number", True),
        ("number", float("nan")),
        ("boolean", 1),
        ("date", "2026-01-02"),
        ("date", NAIVE),
        ("json", []),
        ("json", {"key": NOW}),
        ("multi_select", 1),
        ("text", 1),
    ],
)
def test_a_value_that_the_field_cannot_have_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        FilterRule.custom_field("key", CustomFieldType(kind), FilterOperator.EQ, value, now=NOW)
    assert raised.value.field == "value"


@pytest.mark.parametrize(("attribute", "value"), [("email", "ada"), ("phone", "123")])
def test_nothing_can_be_equal_to_an_email_or_phone_that_is_none(attribute: str, value: str) -> None:
    with pytest.raises(ValidationError):
        FilterRule.attribute(ContactAttribute(attribute), FilterOperator.NE, value, now=NOW)


def test_a_status_is_named_by_its_id() -> None:
    for value in ("New", NIL, str(STATUS)):
        with pytest.raises(ValidationError) as raised:
            FilterRule.pipeline_status(PIPELINE, FilterOperator.EQ, value, now=NOW)
        assert raised.value.field == "value"


def test_every_kind_has_operators_and_every_kind_can_be_asked_for_nothing() -> None:
    assert set(OPERATORS) == set(ValueKind)
    for operators in OPERATORS.values():
        assert operators >= {FilterOperator.IS_NULL, FilterOperator.IS_NOT_NULL}


def test_nobody_else_holds_a_part_of_a_value() -> None:
    value = {"key": [1]}
    rule = FilterRule.custom_field("key", CustomFieldType.JSON, FilterOperator.EQ, value, now=NOW)
    value["key"].append(2)
    assert rule.value == {"key": [1]}
