"""What a contact list's rules are made of: checked so far that each of them can be evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, Self
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError
from ventros.kernel.ids import new_id
from ventros.values import CustomFieldType, Email, Phone, settled


class LogicalOperator(ValidatedEnum, field="logical_operator"):
    """What joins the rules."""

    AND = "AND"
    OR = "OR"


class FilterType(ValidatedEnum, field="filter_type"):
    """What a rule looks at.

    ``event`` and ``interaction``, which the older system took and ignored, are refused: an ignored rule
    lets everybody in.
    """

    CUSTOM_FIELD = "custom_field"
    PIPELINE_STATUS = "pipeline_status"
    TAG = "tag"
    ATTRIBUTE = "attribute"


class FilterOperator(ValidatedEnum, field="operator"):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GTE = "gte"
    LTE = "lte"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    IN = "in"
    NOT_IN = "not_in"
    IS_NULL = "is_null"
    IS_NOT_NULL = "is_not_null"

    @property
    def takes_value(self) -> bool:
        return self not in {FilterOperator.IS_NULL, FilterOperator.IS_NOT_NULL}

    @property
    def takes_many(self) -> bool:
        """Whether the value is a tuple of values."""
        return self in {FilterOperator.IN, FilterOperator.NOT_IN}


class ValueKind(Enum):
    """What kind of value a rule compares with, which decides its operators and how they are meant."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    OBJECT = "object"
    WORDS = "words"
    """The contact has a list of texts, the rule names one; ``eq`` and ``contains`` both ask for it."""
    STATUS = "status"
    """The id of the status that the contact is in; its name may change."""


_EQUAL = frozenset({FilterOperator.EQ, FilterOperator.NE, FilterOperator.IS_NULL, FilterOperator.IS_NOT_NULL})
_ONE_OF = _EQUAL | {FilterOperator.IN, FilterOperator.NOT_IN}
_ORDERED = _ONE_OF | {FilterOperator.GT, FilterOperator.LT, FilterOperator.GTE, FilterOperator.LTE}

OPERATORS: Final[Mapping[ValueKind, frozenset[FilterOperator]]] = {
    ValueKind.TEXT: frozenset(FilterOperator),
    ValueKind.NUMBER: _ORDERED,
    ValueKind.BOOLEAN: _EQUAL,
    ValueKind.TIME: _ORDERED,
    ValueKind.OBJECT: _EQUAL,
    ValueKind.WORDS: _ONE_OF | {FilterOperator.CONTAINS, FilterOperator.NOT_CONTAINS},
    ValueKind.STATUS: _ONE_OF,
}
"""The operators that mean something for a kind of value; a rule with any other is refused."""

_SCALARS: Final = {
    ValueKind.TEXT: CustomFieldType.TEXT,
    ValueKind.NUMBER: CustomFieldType.NUMBER,
    ValueKind.BOOLEAN: CustomFieldType.BOOLEAN,
    ValueKind.TIME: CustomFieldType.DATE,
    ValueKind.OBJECT: CustomFieldType.JSON,
    ValueKind.WORDS: CustomFieldType.TEXT,
}
_KIND_OF_FIELD: Final = {
    CustomFieldType.NUMBER: ValueKind.NUMBER,
    CustomFieldType.BOOLEAN: ValueKind.BOOLEAN,
    CustomFieldType.DATE: ValueKind.TIME,
    CustomFieldType.JSON: ValueKind.OBJECT,
    CustomFieldType.MULTI_SELECT: ValueKind.WORDS,
    CustomFieldType.LABEL: ValueKind.WORDS,
}


class ContactAttribute(ValidatedEnum, field="field_key"):
    """The columns of a contact that a rule may name."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    LANGUAGE = "language"
    TIMEZONE = "timezone"
    SOURCE_CHANNEL = "source_channel"
    FIRST_INTERACTION_AT = "first_interaction_at"
    LAST_INTERACTION_AT = "last_interaction_at"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"

    @property
    def kind(self) -> ValueKind:
        return ValueKind.TIME if self.value.endswith("_at") else ValueKind.TEXT

    def normal(self, value: str) -> str:
        """As the contact's column holds it. Raises ValidationError for an email or a phone that is none."""
        if self is ContactAttribute.EMAIL:
            return Email(value).value
        if self is ContactAttribute.PHONE:
            return Phone(value).value
        return value


TAG_KEY: Final = "tag"
STATUS_KEY: Final = "status"


def kind_of(filter_type: FilterType, field_key: str, field_type: CustomFieldType | None) -> ValueKind:
    """Raises ValidationError with the field that does not fit the type of rule."""
    if (field_type is not None) != (filter_type is FilterType.CUSTOM_FIELD):
        raise ValidationError("a rule on a custom field, and no other, has a field_type", field="field_type")
    if field_type is not None:
        return _KIND_OF_FIELD.get(field_type, ValueKind.TEXT)
    if filter_type is FilterType.ATTRIBUTE:
        return ContactAttribute(field_key).kind
    kind, key = (
        (ValueKind.WORDS, TAG_KEY) if filter_type is FilterType.TAG else (ValueKind.STATUS, STATUS_KEY)
    )
    if field_key != key:
        raise ValidationError(
            f"the field_key of a {filter_type} rule is {validators.shown(key)}", field="field_key"
        )
    return kind


@attrs.frozen(kw_only=True)
class FilterRule:
    """A condition on a contact. Make it with the method of its type; ``value`` fits its :attr:`kind`.

    A negation (``ne`` and the ``not_`` ones) holds only for a contact that has something to compare: one
    without the attribute, the custom field or a place in the pipeline is found by ``is_null`` alone. A
    contact without tags, though, has none of them. ``pipeline_status`` looks at where the contact is now.
    A custom field of another type than the rule's is not there for it; one with an empty list of texts is.

    Texts are equal to the letter, contain and start and end with each other in upper or lower case, and are
    ordered as the database orders them.

    Stricter than the older system: an operator that means nothing for the kind of value, an empty text
    (which every text contains) and an empty list (which nothing is in) are refused, a pipeline status is
    kept by its id, and ``event`` and ``interaction`` are refused until they can be evaluated.
    """

    id: UUID = attrs.field(factory=new_id, validator=validators.not_nil)
    filter_type: FilterType = attrs.field(converter=FilterType)
    operator: FilterOperator = attrs.field(converter=FilterOperator)
    field_key: str = attrs.field(validator=validators.not_empty)
    field_type: CustomFieldType | None = attrs.field(
        default=None, converter=attrs.converters.optional(CustomFieldType)
    )
    value: Any = attrs.field(default=None, converter=settled, hash=False)
    pipeline_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    created_at: datetime = attrs.field(validator=validators.aware)

    def __attrs_post_init__(self) -> None:
        kind = self.kind
        if (self.pipeline_id is not None) != (self.filter_type is FilterType.PIPELINE_STATUS):
            raise ValidationError(
                "a rule on a pipeline status, and no other, has a pipeline_id", field="pipeline_id"
            )
        if self.operator not in OPERATORS[kind]:
            raise ValidationError(f"{self.operator} means nothing for {kind.value}", field="operator")
        if not self.operator.takes_value:
            if self.value is not None:
                raise ValidationError(f"{self.operator} takes no value", field="value")
        elif self.operator.takes_many:
            if not isinstance(self.value, tuple) or not self.value:
                raise ValidationError(f"{self.operator} takes a list that is not empty", field="value")
            for member in self.value:
                _check_scalar(kind, member)
        else:
            _check_scalar(kind, self.value)

    def asks_the_same(self, other: Self) -> bool:
        """Whether it holds for the same contacts, whatever its id."""
        return attrs.evolve(other, id=self.id, created_at=self.created_at) == self

    @property
    def kind(self) -> ValueKind:
        return kind_of(self.filter_type, self.field_key, self.field_type)

    @classmethod
    def custom_field(
        cls,
        field_key: str,
        field_type: CustomFieldType,
        operator: FilterOperator,
        value: object = None,
        *,
        now: datetime,
    ) -> Self:
        """On a custom field; of a ``label`` or a ``multi_select``, ``value`` is one of its texts."""
        return cls(
            filter_type=FilterType.CUSTOM_FIELD,
            operator=operator,
            field_key=field_key,
            field_type=field_type,
            value=value,
            created_at=now,
        )

    @classmethod
    def pipeline_status(
        cls, pipeline_id: UUID, operator: FilterOperator, status_id: object = None, *, now: datetime
    ) -> Self:
        """On the contact's status in the pipeline; ``in`` and ``not_in`` take a list of ids."""
        return cls(
            filter_type=FilterType.PIPELINE_STATUS,
            operator=operator,
            field_key=STATUS_KEY,
            value=status_id,
            pipeline_id=pipeline_id,
            created_at=now,
        )

    @classmethod
    def tag(cls, operator: FilterOperator, value: object = None, *, now: datetime) -> Self:
        """On the contact's tags: ``in`` asks for any of a list, ``is_null`` for a contact without tags."""
        return cls(
            filter_type=FilterType.TAG, operator=operator, field_key=TAG_KEY, value=value, created_at=now
        )

    @classmethod
    def attribute(
        cls, attribute: ContactAttribute, operator: FilterOperator, value: object = None, *, now: datetime
    ) -> Self:
        """On a column of the contact. An email or phone to be equal to is brought into its normal form."""
        attribute, operator = ContactAttribute(attribute), FilterOperator(operator)
        if operator in _ONE_OF:
            value = _normal(attribute, value)
        return cls(
            filter_type=FilterType.ATTRIBUTE,
            operator=operator,
            field_key=attribute.value,
            value=value,
            created_at=now,
        )


def _normal(attribute: ContactAttribute, value: object) -> object:
    if isinstance(value, list | tuple):
        return tuple(_normal(attribute, member) for member in value)
    return attribute.normal(value) if isinstance(value, str) else value


def _check_scalar(kind: ValueKind, value: object) -> None:
    if kind is ValueKind.STATUS:
        if not isinstance(value, UUID) or value.int == 0:
            raise ValidationError("a pipeline status is compared by its id", field="value")
    elif not value and isinstance(value, str):
        raise ValidationError("an empty text is no value to compare with", field="value")
    elif not _SCALARS[kind].accepts(value):
        raise ValidationError(
            f"{kind.value} is not compared with such a {type(value).__name__}", field="value"
        )
