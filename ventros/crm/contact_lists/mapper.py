"""ContactList, its rules and their rows, column by column, in the order of the statements in
``sql/contact_lists.sql`` and ``sql/contact_list_filters.sql``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule, FilterType, ValueKind, kind_of
from ventros.values import CustomFieldType, to_json

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "project_id",
    "name",
    "description",
    "logical_operator",
    "is_static",
    "contact_count",
    "last_calculated_at",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Sequence[Any], rules: Iterable[PlacedRule] = ()) -> ContactList:
    """Raises ValidationError when the rows break a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        project_id,
        name,
        description,
        logical_operator,
        is_static,
        contact_count,
        last_calculated_at,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return ContactList(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        project_id=project_id,
        name=name,
        description=description,
        logical_operator=logical_operator,
        is_static=is_static,
        contact_count=contact_count,
        last_calculated_at=last_calculated_at,
        filter_rules=tuple(placed_rule.rule for placed_rule in rules),
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(contact_list: ContactList) -> tuple[object, ...]:
    """contact_lists.insert, from $1."""
    return (
        contact_list.tenant_id,
        contact_list.id,
        contact_list.project_id,
        contact_list.name,
        contact_list.description,
        contact_list.logical_operator,
        contact_list.is_static,
        contact_list.contact_count,
        contact_list.last_calculated_at,
        contact_list.created_at,
        contact_list.updated_at,
        contact_list.deleted_at,
    )


def update_args(contact_list: ContactList) -> tuple[object, ...]:
    """contact_lists.update, from $1."""
    return (
        contact_list.tenant_id,
        contact_list.id,
        contact_list.version,
        contact_list.name,
        contact_list.description,
        contact_list.logical_operator,
        contact_list.contact_count,
        contact_list.last_calculated_at,
        contact_list.updated_at,
        contact_list.deleted_at,
    )


@attrs.frozen
class PlacedRule:
    """A rule and its place: those of one list are read in the order of their positions."""

    rule: FilterRule
    position: int

    @property
    def id(self) -> UUID:
        return self.rule.id


def placed(contact_list: ContactList, stored: Iterable[PlacedRule]) -> list[PlacedRule]:
    """The list's rules with rising positions. One whose ``stored`` position still rises keeps it, so that a
    rule added or removed elsewhere leaves its row alone.
    """
    positions = {placed_rule.id: placed_rule.position for placed_rule in stored}
    placed_rules: list[PlacedRule] = []
    position = -1
    for rule in contact_list.filter_rules:
        position = max(position + 1, positions.get(rule.id, 0))
        placed_rules.append(PlacedRule(rule, position))
    return placed_rules


def rule_from_row(row: Iterable[Any]) -> PlacedRule:
    """Raises ValidationError or ValueError when the row breaks a rule of the rules."""
    (
        _contact_list_id,
        id_,
        position,
        filter_type,
        operator,
        field_key,
        field_type,
        value,
        pipeline_id,
        created_at,
    ) = row
    kind = kind_of(
        FilterType(filter_type), field_key, None if field_type is None else CustomFieldType(field_type)
    )
    if value is not None:
        many = FilterOperator(operator).takes_many
        value = tuple(_scalar(kind, member) for member in value) if many else _scalar(kind, value)
    rule = FilterRule(
        id=id_,
        filter_type=filter_type,
        operator=operator,
        field_key=field_key,
        field_type=field_type,
        value=value,
        pipeline_id=pipeline_id,
        created_at=created_at,
    )
    return PlacedRule(rule, position)


def rule_insert_args(contact_list: ContactList, placed_rule: PlacedRule) -> tuple[object, ...]:
    """contact_list_filters.insert, from $1."""
    return (*rule_update_args(contact_list, placed_rule), placed_rule.rule.created_at)


def rule_update_args(contact_list: ContactList, placed_rule: PlacedRule) -> tuple[object, ...]:
    """contact_list_filters.update, from $1."""
    rule = placed_rule.rule
    return (
        contact_list.tenant_id,
        contact_list.id,
        rule.id,
        placed_rule.position,
        rule.filter_type,
        rule.operator,
        rule.field_key,
        rule.field_type,
        _stored(rule),
        rule.pipeline_id,
    )


def _scalar(kind: ValueKind, stored: Any) -> Any:
    """What JSON has no word for: times are texts there, and so are ids."""
    if kind is ValueKind.TIME:
        return datetime.fromisoformat(stored)
    return UUID(stored) if kind is ValueKind.STATUS else stored


def _stored(rule: FilterRule) -> Any:
    """As :func:`_scalar` reads it; None is NULL."""
    if rule.kind is not ValueKind.STATUS or rule.value is None:
        return to_json(rule.value)
    return [str(status_id) for status_id in rule.value] if rule.operator.takes_many else str(rule.value)
