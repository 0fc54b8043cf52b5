"""The rules of a contact list and of its filter rules, without a database."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.crm.contact_lists import mapper
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.mapper import PlacedRule
from ventros.crm.contact_lists.values import (
    OPERATORS,
    ContactAttribute,
    FilterOperator,
    FilterRule,
    FilterType,
    LogicalOperator,
    ValueKind,
)
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.ids import new_id
from ventros.values import CustomFieldType

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)
NAIVE = datetime(2026, 1, 2)  # noqa: DTZ001 - naive on purpose
NIL = UUID(int=0)
PROJECT = uuid4()
PIPELINE = uuid4()
STATUS = uuid4()
VIP = FilterRule.tag(FilterOperator.EQ, "vip", now=NOW)
NEW = FilterRule.tag(FilterOperator.EQ, "new", now=NOW)


def make_list(**fields: Any) -> ContactList:
    """As of NOW, without events, as if it had been loaded."""
    contact_list = ContactList.create(project_id=PROJECT, tenant_id="acme", name="Customers", now=NOW)
    return attrs.evolve(contact_list.clear_events(), **fields)


def obey(given: ContactList, command: str, arguments: dict[str, Any], now: datetime = LATER) -> ContactList:
    changed: ContactList = getattr(given, command)(**arguments, now=now)
    return changed


@pytest.mark.parametrize("is_static", [False, True])
def test_a_new_list_is_empty_and_has_one_event(is_static: bool) -> None:
    contact_list = ContactList.create(
        project_id=PROJECT,
        tenant_id="acme",
        name="Customers",
        logical_operator=LogicalOperator.OR,
        is_static=is_static,
        now=NOW,
    )
    (created,) = contact_list.domain_events
    assert contact_list == ContactList(
        id=contact_list.id,
        version=1,
        tenant_id="acme",
        project_id=PROJECT,
        name="Customers",
        description=None,
        logical_operator=LogicalOperator.OR,
        is_static=is_static,
        filter_rules=(),
        contact_count=0,
        last_calculated_at=None,
        created_at=NOW,
        updated_at=NOW,
        deleted_at=None,
        domain_events=(created,),
    )
    assert (created.event_name, created.occurred_at) == ("contact_list.created", NOW)
    assert created.payload() == {
        "contact_list_id": contact_list.id,
        "project_id": PROJECT,
        "tenant_id": "acme",
        "name": "Customers",
        "is_static": is_static,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project_id", NIL),
        ("tenant_id", ""),
        ("name", ""),
        ("logical_operator", "XOR"),
        ("contact_count", -1),
        ("last_calculated_at", NAIVE),
        ("deleted_at", NAIVE),
        ("filter_rules", (VIP, VIP)),
        ("filter_rules", (VIP, None)),
    ],
)
def test_a_faulty_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        make_list(**{field: value})
    assert raised.value.field == field


def test_a_static_list_has_no_rules() -> None:
    with pytest.raises(ValidationError) as raised:
        make_list(is_static=True, filter_rules=(VIP,))
    assert raised.value.field == "filter_rules"
    with pytest.raises(InvariantViolation):
        make_list(is_static=True).add_filter_rule(VIP, now=LATER)


# given, command, its arguments, what it changes, its event, and of the payload what is not in all of them
COMMANDS: list[tuple[dict[str, Any], str, dict[str, Any], dict[str, Any], str, dict[str, Any]]] = [
    (
        {},
        "rename",
        {"name": " Others "},
        {"name": " Others "},
        "contact_list.updated",
        {"fields": ("name",)},
    ),
    (
        {},
        "set_description",
        {"description": "All"},
        {"description": "All"},
        "contact_list.updated",
        {"fields": ("description",)},
    ),
    (
        {"description": "All"},
        "set_description",
        {"description": ""},
        {"description": None},
        "contact_list.updated",
        {"fields": ("description",)},
    ),
    (
        {},
        "set_logical_operator",
        {"logical_operator": "OR"},
        {"logical_operator": LogicalOperator.OR},
        "contact_list.updated",
        {"fields": ("logical_operator",)},
    ),
    (
        {"filter_rules": (NEW,)},
        "add_filter_rule",
        {"rule": VIP},
        {"filter_rules": (NEW, VIP)},
        "contact_list.filter_rule_added",
        {"filter_rule_id": VIP.id, "filter_type": "tag"},
    ),
    (
        {"filter_rules": (NEW, VIP)},
        "remove_filter_rule",
        {"rule_id": NEW.id},
        {"filter_rules": (VIP,)},
        "contact_list.filter_rule_removed",
        {"filter_rule_id": NEW.id},
    ),
    (
        {"filter_rules": (NEW, VIP)},
        "clear_filter_rules",
        {},
        {"filter_rules": ()},
        "contact_list.filter_rules_cleared",
        {},
    ),
    (
        {},
        "set_contact_count",
        {"count": 0},
        {"contact_count": 0, "last_calculated_at": LATER},
        "contact_list.recalculated",
        {"contact_count": 0},
    ),
    (
        {"contact_count": 9, "last_calculated_at": NOW},
        "set_contact_count",
        {"count": 7},
        {"contact_count": 7, "last_calculated_at": LATER},
        "contact_list.recalculated",
        {"contact_count": 7},
    ),
    (
        {"contact_count": 9, "last_calculated_at": LATER},
        "set_contact_count",
        {"count": 7},
        {"contact_count": 7},
        "contact_list.recalculated",
        {"contact_count": 7},
    ),
    ({"is_static": True}, "delete", {}, {"deleted_at": LATER}, "contact_list.deleted", {}),
]


@pytest.mark.parametrize(("given", "command", "arguments", "effect", "event_name", "payload"), COMMANDS)
def test_a_command_changes_what_it_says_and_tells_of_it(
    given: dict[str, Any],
    command: str,
    arguments: dict[str, Any],
    effect: dict[str, Any],
    event_name: str,
    payload: dict[str, Any],
) -> None:
    before = make_list(**given, version=7)
    after = obey(before, command, arguments)
    (event,) = after.domain_events
    assert after == attrs.evolve(before, **effect, updated_at=LATER, domain_events=(event,))
    assert before == make_list(**given, version=7, id=before.id)
    assert (event.event_name, event.event_version, event.occurred_at) == (event_name, "v1", LATER)
    assert event.payload() == {"contact_list_id": before.id, **payload}


def test_every_command_is_in_the_table() -> None:
    commands = {
        name
        for name, method in inspect.getmembers(ContactList, inspect.isfunction)
        if not name.startswith("_") and "now" in inspect.signature(method).parameters
    }
    assert commands == {command for _, command, *_ in COMMANDS}


@pytest.mark.parametrize(
    ("given", "command", "arguments"),
    [
        ({}, "rename", {"name": "Customers"}),
        ({}, "set_description", {"description": ""}),
        ({"description": "All"}, "set_description", {"description": "All"}),
        ({}, "set_logical_operator", {"logical_operator": LogicalOperator.AND}),
        ({"filter_rules": (VIP,)}, "add_filter_rule", {"rule": VIP}),
        ({}, "clear_filter_rules", {}),
        ({"contact_count": 9, "last_calculated_at": LATER}, "set_contact_count", {"count": 9}),
        (
            {"last_calculated_at": LATER + timedelta(microseconds=1)},
            "set_contact_count",
            {"count": 9},
        ),
    ],
)
def test_a_command_that_changes_nothing_returns_the_same(
    given: dict[str, Any], command: str, arguments: dict[str, Any]
) -> None:
    contact_list = make_list(**given)
    assert obey(contact_list, command, arguments) is contact_list


@pytest.mark.parametrize(("given", "command", "arguments"), [case[:3] for case in COMMANDS])
def test_no_command_works_on_a_deleted_list(
    given: dict[str, Any], command: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvariantViolation):
        obey(make_list(**given, deleted_at=NOW), command, arguments)


@pytest.mark.parametrize(
    ("command", "arguments", "field"),
    [
        ("rename", {"name": ""}, "name"),
        ("set_logical_operator", {"logical_operator": "and"}, "logical_operator"),
        ("add_filter_rule", {"rule": None}, "filter_rules"),
        ("add_filter_rule", {"rule": attrs.evolve(VIP, value="other")}, "filter_rules"),
        ("set_contact_count", {"count": -1}, "contact_count"),
    ],
)
def test_a_faulty_argument_is_named(command: str, arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        obey(make_list(filter_rules=(VIP,)), command, arguments)
    assert raised.value.field == field


def test_a_rule_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(NotFound):
        make_list(filter_rules=(VIP,)).remove_filter_rule(NEW.id, now=LATER)


# Filter rules

RULES: list[tuple[Callable[..., FilterRule], tuple[Any, ...], dict[str, Any], ValueKind]] = [
    (FilterRule.tag, ("in", ["a", "b"]), {"field_key": "tag", "value": ("a", "b")}, ValueKind.WORDS),
    (FilterRule.tag, ("is_null",), {"field_key": "tag", "value": None}, ValueKind.WORDS),
    (
        FilterRule.attribute,
        ("name", "starts_with", "A"),
        {"field_key": "name", "value": "A"},
        ValueKind.TEXT,
    ),
    (
        FilterRule.attribute,
        ("created_at", "gte", NOW.astimezone(timezone(timedelta(hours=5)))),
        {"field_key": "created_at", "value": NOW},
        ValueKind.TIME,
    ),
    (
        FilterRule.attribute,
        ("email", "eq", " Ada@Example.COM"),
        {"field_key": "email", "value": "ada@example.com"},
        ValueKind.TEXT,
    ),
    (
        FilterRule.attribute,
        ("phone", "not_in", ["(11) 99999-9999"]),
        {"field_key": "phone", "value": ("11999999999",)},
        ValueKind.TEXT,
    ),
    (
        FilterRule.attribute,
        ("email", "ends_with", "@Example.COM"),
        {"field_key": "email", "value": "@Example.COM"},
        ValueKind.TEXT,
    ),
    (
        FilterRule.custom_field,
        ("size", "number", "lt", 1.5),
        {"field_key": "size", "field_type": CustomFieldType.NUMBER, "value": 1.5},
        ValueKind.NUMBER,
    ),
    (
        FilterRule.custom_field,
        ("labels", "label", "contains", "a"),
        {"field_key": "labels", "field_type": CustomFieldType.LABEL, "value": "a"},
        ValueKind.WORDS,
    ),
    (
        FilterRule.custom_field,
        ("site", "url", "contains", "example"),
        {"field_key": "site", "field_type": CustomFieldType.URL, "value": "example"},
        ValueKind.TEXT,
    ),
    (
        FilterRule.pipeline_status,
        (PIPELINE, "eq", STATUS),
        {"field_key": "status", "pipeline_id": PIPELINE, "value": STATUS},
        ValueKind.STATUS,
    ),
    (
        FilterRule.pipeline_status,
        (PIPELINE, "is_not_null"),
        {"field_key": "status", "pipeline_id": PIPELINE, "value": None},
        ValueKind.STATUS,
    ),
]


@pytest.mark.parametrize(("make", "arguments", "fields", "kind"), RULES)
def test_a_rule_is_made_by_the_method_of_its_type(
    make: Callable[..., FilterRule], arguments: tuple[Any, ...], fields: dict[str, Any], kind: ValueKind
) -> None:
    rule = make(*arguments, now=NOW)
    (operator,) = [each for each in arguments if isinstance(each, str) and each in set(FilterOperator)]
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
    given = {"key": [1]}
    rule = FilterRule.custom_field("key", CustomFieldType.JSON, FilterOperator.EQ, given, now=NOW)
    given["key"].append(2)
    assert rule.value == {"key": [1]}


# The mapper


def full_list() -> ContactList:
    """No field at its default, so that one that a mapper forgets is missed."""
    return make_list(
        version=3,
        description="All",
        logical_operator=LogicalOperator.OR,
        is_static=True,
        contact_count=7,
        last_calculated_at=LATER,
        updated_at=LATER + timedelta(days=1),
        deleted_at=LATER + timedelta(days=2),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    for contact_list in (make_list(), full_list()):
        tenant_id, id_, *others = mapper.insert_args(contact_list)
        assert mapper.from_row((id_, contact_list.version, tenant_id, *others)) == contact_list
        assert len(mapper.COLUMNS) == len(others) + 3


def test_an_update_writes_all_but_what_never_changes() -> None:
    contact_list = full_list()
    inserted = dict(
        zip(("tenant_id", "id", *mapper.COLUMNS[3:]), mapper.insert_args(contact_list), strict=True),
        version=contact_list.version,
    )
    changing = [
        column for column in mapper.COLUMNS[3:] if column not in {"project_id", "is_static", "created_at"}
    ]
    expected = tuple(inserted[column] for column in ("tenant_id", "id", "version", *changing))
    assert mapper.update_args(contact_list) == expected


@pytest.mark.parametrize(("make", "arguments", "fields", "kind"), RULES)
def test_what_the_mapper_writes_of_a_rule_it_reads(
    make: Callable[..., FilterRule], arguments: tuple[Any, ...], fields: dict[str, Any], kind: ValueKind
) -> None:
    rule = PlacedRule(make(*arguments, now=NOW), 5)
    tenant_id, *stored = mapper.rule_insert_args(make_list(), rule)
    assert tenant_id == "acme"
    read = mapper.rule_from_row([list(each) if isinstance(each, tuple) else each for each in stored])
    assert read == rule
    assert kind is rule.rule.kind
    assert rule.rule.value == fields["value"]


def test_a_time_is_stored_as_a_text_that_sorts_as_it_does() -> None:
    rule = FilterRule.attribute(ContactAttribute.CREATED_AT, FilterOperator.IN, [LATER, NOW], now=NOW)
    stored = mapper.rule_update_args(make_list(), PlacedRule(rule, 0))[8]
    assert stored == ["2026-01-02T04:04:05.000000+00:00", "2026-01-02T03:04:05.000000+00:00"]


@pytest.mark.parametrize(
    ("stored", "wanted", "positions"),
    [
        ("", "abc", [0, 1, 2]),
        ("abc", "abc", [0, 1, 2]),
        ("abc", "bc", [1, 2]),
        ("abc", "ac", [0, 2]),
        ("abc", "abcd", [0, 1, 2, 3]),
        ("abc", "acd", [0, 2, 3]),
        ("abc", "cab", [2, 3, 4]),
        ("abc", "xabc", [0, 1, 2, 3]),
        ("abc", "axbc", [0, 1, 2, 3]),
        ("abc", "", []),
    ],
)
def test_a_rule_keeps_its_position_while_positions_rise(
    stored: str, wanted: str, positions: list[int]
) -> None:
    ids = {letter: new_id() for letter in "abcdx"}
    rules = [attrs.evolve(VIP, id=ids[letter]) for letter in wanted]
    found = mapper.placed(rules, {ids[letter]: at for at, letter in enumerate(stored)})
    assert [each.rule for each in found] == rules
    assert [each.position for each in found] == positions
