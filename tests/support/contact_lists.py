"""Contact lists and filter rules, not stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import attrs

from tests.support.constants import NOW
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule, ValueKind
from ventros.values import CustomFieldType

LATER = NOW + timedelta(hours=1)
NAIVE = datetime(2026, 1, 2)  # noqa: DTZ001 - naive on purpose
NIL = UUID(int=0)
PROJECT = uuid4()
PIPELINE = uuid4()
STATUS = uuid4()
VIP = FilterRule.tag(FilterOperator.EQ, "vip", now=NOW)


def make_list(**fields: Any) -> ContactList:
    """As of NOW, without events, as if it had been loaded."""
    contact_list = ContactList.create(project_id=PROJECT, tenant_id="acme", name="Customers", now=NOW)
    return attrs.evolve(contact_list.clear_events(), **fields)


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
