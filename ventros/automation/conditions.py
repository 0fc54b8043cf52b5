"""What a step may ask of a contact, and whether the contact answers to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.automation.values import StepCondition
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError
from ventros.kernel.json_values import json_object


class ConditionType(ValidatedEnum, field="conditions"):
    """What a condition looks at; campaigns say ``tag_has`` and ``field_equals`` for tag and custom field.

    A custom field is named by the condition's ``field``. The value of a pipeline status is its id, that of
    the last activity a number of days since then.
    """

    TAG = "tag"
    TAG_HAS = "tag_has"
    CUSTOM_FIELD = "custom_field"
    FIELD_EQUALS = "field_equals"
    PIPELINE_STATUS = "pipeline_status"
    LAST_ACTIVITY = "last_activity"


class ConditionOperator(ValidatedEnum, field="conditions"):
    """``in`` compares with each of a list. Of tags and other lists, ``equals`` asks for a member."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"
    IN = "in"
    GREATER_THAN = "greater_than"
    LESS_THAN = "less_than"


_TAGS = {ConditionType.TAG, ConditionType.TAG_HAS}
_FIELDS = {ConditionType.CUSTOM_FIELD, ConditionType.FIELD_EQUALS}
_ORDER = frozenset({ConditionOperator.GREATER_THAN, ConditionOperator.LESS_THAN})
_ALL = frozenset(ConditionOperator)
_OPERATORS: Final[Mapping[ConditionType, frozenset[ConditionOperator]]] = {
    ConditionType.TAG: _ALL - _ORDER,
    ConditionType.TAG_HAS: _ALL - _ORDER,
    ConditionType.CUSTOM_FIELD: _ALL,
    ConditionType.FIELD_EQUALS: _ALL,
    ConditionType.PIPELINE_STATUS: _ALL - _ORDER - {ConditionOperator.CONTAINS},
    ConditionType.LAST_ACTIVITY: _ORDER,
}


@attrs.frozen(kw_only=True)
class ContactFacts:
    """What conditions are compared with. ``fields`` have JSON values by their keys; ``status_ids`` are the
    pipeline statuses in which the contact stands.
    """

    tags: tuple[str, ...] = ()
    fields: dict[str, Any] = json_object()
    status_ids: frozenset[UUID] = frozenset()
    last_activity_at: datetime


def require_known(condition: StepCondition) -> None:
    """Raises ValidationError for a condition that :func:`holds` could not decide of any contact."""
    kind, operator = ConditionType(condition.type), ConditionOperator(condition.operator)
    if operator not in _OPERATORS[kind]:
        known = ", ".join(sorted(_OPERATORS[kind]))
        raise _refused(f"a condition on {kind.value} takes {known}, not {operator.value}")
    if kind in _FIELDS and condition.field is None:
        raise _refused(f"a condition on {kind.value} needs field, the key of the custom field")
    if operator is ConditionOperator.IN and not isinstance(condition.value, list):
        raise _refused("the operator in takes a list of values")
    if kind is ConditionType.LAST_ACTIVITY and _number(condition.value) is None:
        raise _refused("a condition on last_activity compares with a number of days")
    status_ids_of([condition])


def holds(condition: StepCondition, facts: ContactFacts, *, now: datetime) -> bool:
    """Whether it does of the contact. Raises ValidationError as :func:`require_known` does."""
    require_known(condition)
    kind, operator = ConditionType(condition.type), ConditionOperator(condition.operator)
    if kind is ConditionType.LAST_ACTIVITY:
        return _ordered(operator, (now - facts.last_activity_at) / timedelta(days=1), condition.value)
    if kind in _TAGS:
        actual: Any = list(facts.tags)
    elif kind in _FIELDS:
        actual = facts.fields.get(condition.field or "")
    else:
        actual = [str(status_id) for status_id in facts.status_ids]
    if operator in _ORDER:
        return _ordered(operator, actual, condition.value)
    if operator is ConditionOperator.CONTAINS and isinstance(actual, str):
        return isinstance(condition.value, str) and condition.value in actual
    if operator is ConditionOperator.CONTAINS and not isinstance(actual, list):
        return False
    found = any(_equal(actual, value) for value in _choices(condition))
    return not found if operator is ConditionOperator.NOT_EQUALS else found


def status_ids_of(conditions: Iterable[StepCondition]) -> frozenset[UUID]:
    """The pipeline statuses that they name. Raises ValidationError for what is no id."""
    return frozenset(
        _status_id(value)
        for condition in conditions
        if condition.type == ConditionType.PIPELINE_STATUS
        for value in _choices(condition)
    )


def _choices(condition: StepCondition) -> list[Any]:
    return condition.value if condition.operator == ConditionOperator.IN else [condition.value]


def _equal(actual: object, value: object) -> bool:
    """A number or a yes equals its text, for a sequence's conditions have texts only."""
    if isinstance(actual, list) and not isinstance(value, list):
        return any(_equal(member, value) for member in actual)
    if isinstance(actual, bool):
        return value is actual or value == str(actual).lower()
    if isinstance(actual, int | float) and isinstance(value, str):
        return actual == _number(value)
    return not isinstance(value, bool) and actual == value


def _ordered(operator: ConditionOperator, actual: object, value: object) -> bool:
    """Numbers as such, else texts; a date is a text that sorts as the time does. What is neither never is."""
    numbers = _number(actual), _number(value)
    pair: Any = numbers
    if None in numbers:
        pair = (actual, value)
        if not (isinstance(actual, str) and isinstance(value, str)):
            return False
    return bool(pair[0] > pair[1] if operator is ConditionOperator.GREATER_THAN else pair[0] < pair[1])


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _status_id(value: object) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise _refused("a condition on pipeline_status compares with the id of a status") from error


def _refused(text: str) -> ValidationError:
    return ValidationError(text, field="conditions")
