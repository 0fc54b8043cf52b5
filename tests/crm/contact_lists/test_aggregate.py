"""The rules of a contact list, command by command, without a database."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.contact_lists import LATER, NAIVE, NIL, PROJECT, VIP, make_list
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule, LogicalOperator
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.ids import new_id

NEW = FilterRule.tag(FilterOperator.EQ, "new", now=NOW)


def obey(
    contact_list: ContactList, command: str, arguments: dict[str, Any], now: datetime = LATER
) -> ContactList:
    changed: ContactList = getattr(contact_list, command)(**arguments, now=now)
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


# fields, command, its arguments, what it changes, its event, and of the payload what is not in all of them
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
        {"filter_rules": (NEW, VIP)},
        "replace_filter_rules",
        {"rules": [attrs.evolve(VIP, id=new_id())]},
        {"filter_rules": (VIP,)},
        "contact_list.filter_rule_removed",
        {"filter_rule_id": NEW.id},
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


@pytest.mark.parametrize(("fields", "command", "arguments", "effect", "event_name", "payload"), COMMANDS)
def test_a_command_changes_what_it_says_and_tells_of_it(
    fields: dict[str, Any],
    command: str,
    arguments: dict[str, Any],
    effect: dict[str, Any],
    event_name: str,
    payload: dict[str, Any],
) -> None:
    before = make_list(**fields, version=7)
    after = obey(before, command, arguments)
    (event,) = after.domain_events
    assert after == attrs.evolve(before, **effect, updated_at=LATER, domain_events=(event,))
    assert before == make_list(**fields, version=7, id=before.id)
    assert (event.event_name, event.event_version, event.occurred_at) == (event_name, "v1", LATER)
    assert event.payload() == {"contact_list_id": before.id, **payload}


def test_every_command_is_in_the_table() -> None:
    commands = {
        name
        for name, method in inspect.getmembers(ContactList, inspect.isfunction)
        if not (name.startswith("_") or hasattr(AggregateRoot, name))
        and "now" in inspect.signature(method).parameters
    }
    assert commands == {command for _, command, *_ in COMMANDS}


@pytest.mark.parametrize(
    ("fields", "command", "arguments"),
    [
        ({}, "rename", {"name": "Customers"}),
        ({}, "set_description", {"description": ""}),
        ({"description": "All"}, "set_description", {"description": "All"}),
        ({}, "set_logical_operator", {"logical_operator": LogicalOperator.AND}),
        ({"filter_rules": (VIP,)}, "add_filter_rule", {"rule": VIP}),
        ({}, "clear_filter_rules", {}),
        ({"filter_rules": (NEW, VIP)}, "replace_filter_rules", {"rules": (VIP, NEW, VIP)}),
        ({"contact_count": 9, "last_calculated_at": LATER}, "set_contact_count", {"count": 9}),
        (
            {"last_calculated_at": LATER + timedelta(microseconds=1)},
            "set_contact_count",
            {"count": 9},
        ),
    ],
)
def test_a_command_that_changes_nothing_returns_the_same(
    fields: dict[str, Any], command: str, arguments: dict[str, Any]
) -> None:
    contact_list = make_list(**fields)
    assert obey(contact_list, command, arguments) is contact_list


@pytest.mark.parametrize(("fields", "command", "arguments"), [case[:3] for case in COMMANDS])
def test_no_command_works_on_a_deleted_list(
    fields: dict[str, Any], command: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvariantViolation):
        obey(make_list(**fields, deleted_at=NOW), command, arguments)


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
