"""What is written of a contact list and of its filter rules is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.contact_lists import LATER, RULES, VIP, make_list
from ventros.crm.contact_lists import mapper
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.mapper import PlacedRule
from ventros.crm.contact_lists.values import (
    ContactAttribute,
    FilterOperator,
    FilterRule,
    LogicalOperator,
    ValueKind,
)
from ventros.kernel.ids import new_id


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
    read = mapper.rule_from_row([list(value) if isinstance(value, tuple) else value for value in stored])
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
    there = [mapper.PlacedRule(attrs.evolve(VIP, id=ids[letter]), at) for at, letter in enumerate(stored)]
    placed = mapper.placed(make_list(filter_rules=tuple(rules)), there)
    assert [stored_rule.rule for stored_rule in placed] == rules
    assert [stored_rule.position for stored_rule in placed] == positions
