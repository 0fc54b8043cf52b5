"""Whom a dynamic list holds, asked of the database.

A dynamic list's text depends on what its rules look at, on their operators and on what joins them, not on
any value, and its name says all of that. ``all`` is AND, ``any`` is OR::

    /* contact_lists.contacts(any: attribute name starts_with, tag contains) after */
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs
from pypika import PostgreSQLQuery, Table
from pypika.functions import Count
from pypika.terms import BasicCriterion, CustomFunction

from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import (
    OPERATORS,
    ContactAttribute,
    FilterOperator,
    FilterRule,
    FilterType,
    LogicalOperator,
    ValueKind,
)
from ventros.kernel.errors import UnknownStatement
from ventros.kernel.lists.conditions import ANY, ArrayOperator, Binds, containing, escaped, exists
from ventros.kernel.lists.render import render
from ventros.kernel.statements import Statement
from ventros.statements import statement
from ventros.values import to_json

Op = FilterOperator
LISTS: Final = statement.table("contact_lists")
LIKE: Final = frozenset({Op.CONTAINS, Op.NOT_CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH})


@attrs.frozen(order=True)
class RuleShape:
    """What the text of a rule depends on. ``subject`` is the column of an attribute, the kind of value of a
    custom field, and empty for the others.
    """

    type: FilterType
    subject: str
    operator: FilterOperator

    @classmethod
    def of(cls, rule: FilterRule) -> RuleShape:
        subjects = {FilterType.ATTRIBUTE: rule.field_key, FilterType.CUSTOM_FIELD: rule.kind.value}
        return cls(rule.filter_type, subjects.get(rule.filter_type, ""), rule.operator)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.type, self.subject, self.operator)))

    @property
    def kind(self) -> ValueKind:
        if self.type is FilterType.ATTRIBUTE:
            return ContactAttribute(self.subject).kind
        if self.type is FilterType.CUSTOM_FIELD:
            return ValueKind(self.subject)
        return ValueKind.WORDS if self.type is FilterType.TAG else ValueKind.STATUS

    @property
    def is_json(self) -> bool:
        """Whether the value is compared as JSON: by its type, and without a cast that could fail."""
        is_text = self.kind is ValueKind.WORDS or self.operator in LIKE
        return self.type is FilterType.CUSTOM_FIELD and not is_text

    @property
    def value_type(self) -> str:
        plain = {ValueKind.TIME: "timestamptz", ValueKind.STATUS: "uuid"}.get(self.kind, "text")
        return ("jsonb" if self.is_json else plain) + ("[]" if self.operator.takes_many else "")


def shapes() -> Iterator[RuleShape]:
    """Those of all rules there can be."""
    for column in ContactAttribute:
        yield from _shapes(FilterType.ATTRIBUTE, column.value, column.kind)
    for kind in ValueKind:
        if kind is not ValueKind.STATUS:
            yield from _shapes(FilterType.CUSTOM_FIELD, kind.value, kind)
    yield from _shapes(FilterType.TAG, "", ValueKind.WORDS)
    yield from _shapes(FilterType.PIPELINE_STATUS, "", ValueKind.STATUS)


def _shapes(filter_type: FilterType, subject: str, kind: ValueKind) -> Iterator[RuleShape]:
    return (RuleShape(filter_type, subject, operator) for operator in Op if operator in OPERATORS[kind])


@attrs.frozen
class Audience:
    """Whom a dynamic list holds: live contacts of its project that satisfy all of the rules or any of them,
    everybody when there are none. The tenant and the project are compared beside the rules, not among them.
    """

    rules: tuple[RuleShape, ...]
    joined_by: LogicalOperator = LogicalOperator.AND

    def __str__(self) -> str:
        word = "all" if self.joined_by is LogicalOperator.AND else "any"
        return f"({word}: {', '.join(map(str, self.rules))})" if self.rules else "()"

    def restricted(self, contacts: Table, binds: Binds) -> Any:
        query = PostgreSQLQuery.from_(contacts).where(contacts.tenant_id == binds("tenant_id", "text"))
        query = query.where(contacts.project_id == binds("project_id", "uuid"))
        query = query.where(contacts.deleted_at.isnull())
        conditions = [_condition(shape, contacts, binds, n) for n, shape in enumerate(self.rules)]
        return query.where(_joined(conditions, self.joined_by)) if conditions else query


def audience_of(contact_list: ContactList) -> tuple[Audience, dict[str, object]]:
    """That of a dynamic list, and the arguments of its statements by name.

    The order of rules means nothing, so they are brought into one.
    """
    rules = sorted(contact_list.filter_rules, key=RuleShape.of)
    arguments: dict[str, object] = {
        "tenant_id": contact_list.tenant_id,
        "project_id": contact_list.project_id,
    }
    for number, rule in enumerate(rules):
        arguments |= {
            f"field_key_{number}": rule.field_key,
            f"field_type_{number}": rule.field_type,
            f"pipeline_id_{number}": rule.pipeline_id,
            f"value_{number}": _argument(rule),
        }
    return Audience(tuple(map(RuleShape.of, rules)), contact_list.logical_operator), arguments


def _argument(rule: FilterRule) -> object:
    shape = RuleShape.of(rule)
    if shape.kind is ValueKind.TEXT and rule.operator in LIKE:
        if rule.operator is Op.STARTS_WITH:
            return f"{escaped(rule.value)}%"
        return f"%{escaped(rule.value)}" if rule.operator is Op.ENDS_WITH else containing(rule.value)
    value = to_json(rule.value) if shape.is_json else rule.value
    return list(value) if rule.operator.takes_many else value


def _joined(conditions: list[Any], by: LogicalOperator) -> Any:
    """In halves: a chain of some hundred would be too deep for the query builder."""
    if len(conditions) == 1:
        return conditions[0]
    half = len(conditions) // 2
    one, other = _joined(conditions[:half], by), _joined(conditions[half:], by)
    return one & other if by is LogicalOperator.AND else one | other


_ALL: Final = CustomFunction("ALL", ["values"])
_ARRAY_DIMS: Final = CustomFunction("array_dims", ["values"])
_JSONB_HASH: Final = CustomFunction("jsonb_hash", ["value"])


Comparison = Callable[[Any, Any], Any]
COMPARISONS: Final[Mapping[FilterOperator, Comparison]] = {
    Op.EQ: lambda column, value: column == value,
    Op.NE: lambda column, value: column != value,
    Op.GT: lambda column, value: column > value,
    Op.LT: lambda column, value: column < value,
    Op.GTE: lambda column, value: column >= value,
    Op.LTE: lambda column, value: column <= value,
    Op.CONTAINS: lambda column, pattern: column.ilike(pattern),
    Op.NOT_CONTAINS: lambda column, pattern: column.not_ilike(pattern),
    Op.STARTS_WITH: lambda column, pattern: column.ilike(pattern),
    Op.ENDS_WITH: lambda column, pattern: column.ilike(pattern),
    Op.IN: lambda column, values: column == ANY(values),
    Op.NOT_IN: lambda column, values: column != _ALL(values),
    Op.IS_NULL: lambda column, _: column.isnull(),
    Op.IS_NOT_NULL: lambda column, _: column.notnull(),
}
"""Each is NULL, which is not true, for a column that is NULL, but for the last two."""

TAGS: Final[Mapping[FilterOperator, Comparison]] = {
    Op.EQ: lambda tags, word: word == ANY(tags),
    Op.CONTAINS: lambda tags, word: word == ANY(tags),
    Op.NE: lambda tags, word: word != _ALL(tags),
    Op.NOT_CONTAINS: lambda tags, word: word != _ALL(tags),
    Op.IN: lambda tags, words: BasicCriterion(ArrayOperator.OVERLAPS, tags, words),
    Op.NOT_IN: lambda tags, words: BasicCriterion(ArrayOperator.OVERLAPS, tags, words).negate(),
    Op.IS_NULL: lambda tags, _: _ARRAY_DIMS(tags).isnull(),
    Op.IS_NOT_NULL: lambda tags, _: _ARRAY_DIMS(tags).notnull(),
}

WORDS: Final[Mapping[FilterOperator, Comparison]] = {
    Op.EQ: lambda words, word: words.has_key(word),
    Op.CONTAINS: lambda words, word: words.has_key(word),
    Op.NE: lambda words, word: words.has_key(word).negate(),
    Op.NOT_CONTAINS: lambda words, word: words.has_key(word).negate(),
    Op.IN: lambda words, some: BasicCriterion(ArrayOperator.HAS_ANY, words, some),
    Op.NOT_IN: lambda words, some: BasicCriterion(ArrayOperator.HAS_ANY, words, some).negate(),
}
"""Of a JSON array of texts."""


def _condition(shape: RuleShape, contacts: Table, binds: Binds, number: int) -> Any:
    def bound(name: str, type: str) -> Any:  # noqa: A002 - the header's word
        return binds(f"{name}_{number}", type)

    tenant = binds("tenant_id", "text")
    if shape.type is FilterType.CUSTOM_FIELD:
        return _satisfied(_custom_field(shape, contacts, tenant, bound), shape)
    if shape.type is FilterType.PIPELINE_STATUS:
        return _satisfied(_placement(shape, contacts, tenant, bound), shape)
    comparisons = TAGS if shape.type is FilterType.TAG else COMPARISONS
    column = contacts.tags if shape.type is FilterType.TAG else contacts.field(shape.subject)
    value = bound("value", shape.value_type) if shape.operator.takes_value else None
    return comparisons[shape.operator](column, value)


def _satisfied(rows: Any, shape: RuleShape) -> Any:
    """A contact without a row satisfies ``is_null`` alone."""
    row_exists: Any = exists(rows)
    return row_exists.negate() if shape.operator is Op.IS_NULL else row_exists


def _custom_field(shape: RuleShape, contacts: Table, tenant: Any, bound: Callable[[str, str], Any]) -> Any:
    """By its type too, which says what JSON the value is. Equality goes by the hash, which has the index."""
    fields = Table("contact_custom_fields").as_("f")
    rows = PostgreSQLQuery.from_(fields).select(fields.id)
    rows = rows.where(fields.tenant_id == tenant).where(fields.contact_id == contacts.id)
    rows = rows.where(fields.field_key == bound("field_key", "text"))
    rows = rows.where(fields.field_type == bound("field_type", "text")).where(fields.deleted_at.isnull())
    if not shape.operator.takes_value:
        return rows
    value = bound("value", shape.value_type)
    if shape.kind is ValueKind.WORDS:
        return rows.where(WORDS[shape.operator](fields.field_value, value))
    if shape.operator is Op.EQ:
        rows = rows.where(fields.field_value_hash == _JSONB_HASH(value))
    is_like = shape.operator in LIKE
    column = fields.field_value.get_path_text_value("{}") if is_like else fields.field_value
    return rows.where(COMPARISONS[shape.operator](column, value))


def _placement(shape: RuleShape, contacts: Table, tenant: Any, bound: Callable[[str, str], Any]) -> Any:
    """Where the contact is now."""
    placements = Table("placements").as_("p")
    rows = PostgreSQLQuery.from_(placements).select(placements.id)
    rows = rows.where(placements.tenant_id == tenant).where(placements.contact_id == contacts.id)
    rows = rows.where(placements.pipeline_id == bound("pipeline_id", "uuid")).where(
        placements.exited_at.isnull()
    )
    if not shape.operator.takes_value:
        return rows
    return rows.where(COMPARISONS[shape.operator](placements.status_id, bound("value", shape.value_type)))


@functools.lru_cache(maxsize=256)
def page_of(audience: Audience, *, after: bool = False) -> Statement:
    """By the contacts' ids, so it costs the same wherever it starts."""
    contacts, binds = Table("contacts"), Binds()
    query = audience.restricted(contacts, binds).select(contacts.id).orderby(contacts.id)
    if after:
        query = query.where(contacts.id > binds("after_id", "uuid"))
    query = query.limit(binds("limit", "bigint"))
    name = f"contact_lists.contacts{audience} after" if after else f"contact_lists.contacts{audience}"
    why = "one page of whom a dynamic list holds"
    return render(query, binds, LISTS, name=name, why=why, rows="many", returns="id uuid")


@functools.lru_cache(maxsize=256)
def count_of(audience: Audience) -> Statement:
    contacts, binds = Table("contacts"), Binds()
    query = audience.restricted(contacts, binds).select(Count("*").as_("total"))
    name, why = f"contact_lists.count_contacts{audience}", "how many contacts a dynamic list holds"
    return render(query, binds, LISTS, name=name, why=why, rows="one", returns="total bigint")


@functools.lru_cache(maxsize=256)
def lookup_of(audience: Audience) -> Statement:
    contacts, binds = Table("contacts"), Binds()
    query = audience.restricted(contacts, binds).where(contacts.id == binds("contact_id", "uuid"))
    name, why = f"contact_lists.holds{audience}", "whether a dynamic list holds a contact"
    query = query.select(contacts.id)
    return render(query, binds, LISTS, name=name, why=why, rows="maybe", returns="id uuid")


@functools.lru_cache(maxsize=256)
def snapshot_of(audience: Audience) -> Statement:
    """Each contact gets the broadcast, once. By their ids, in which others lock contacts too."""
    contacts, binds = Table("contacts"), Binds()
    query = audience.restricted(contacts, binds)
    status, now = binds("status", "text"), binds("created_at", "timestamptz")
    columns = ("tenant_id", "broadcast_id", "contact_id", "status", "created_at", "updated_at")
    values = (contacts.tenant_id, binds("broadcast_id", "uuid"), contacts.id, status, now, now)
    query = query.into(Table("broadcast_executions")).columns(*columns).select(*values).orderby(contacts.id)
    query = query.on_conflict(*columns[:3]).do_nothing()
    name, why = f"contact_lists.snapshot{audience}", "whom a dynamic list holds gets a broadcast"
    return render(query, binds, LISTS, name=name, why=why, rows="affected", returns="")


def statements_of(audience: Audience) -> tuple[Statement, ...]:
    pages = page_of(audience), page_of(audience, after=True)
    return *pages, count_of(audience), lookup_of(audience), snapshot_of(audience)


_NAME: Final = re.compile(
    r"contact_lists\.(contacts|count_contacts|holds|snapshot)\((?:(all|any): (.+))?\)( after)?"
)


def evaluation(name: str) -> Statement:
    """The statement whose name that is, render from it again. Raises UnknownStatement."""
    known = {str(shape): shape for shape in shapes()}
    if match := _NAME.fullmatch(name):
        rules = tuple(known[rule] for rule in (match[3] or "").split(", ") if rule in known)
        joined_by = LogicalOperator.OR if match[2] == "any" else LogicalOperator.AND
        for statement in statements_of(Audience(rules, joined_by)):
            if statement.name == name:
                return statement
    raise UnknownStatement(f"no evaluation of a contact list has the name {name!r}")


def evaluations() -> Iterator[Statement]:
    """Those from which any other is put together: with no rule, with two that are joined, with each alone."""
    two = (
        RuleShape(FilterType.CUSTOM_FIELD, ValueKind.NUMBER.value, Op.GTE),
        RuleShape(FilterType.TAG, "", Op.CONTAINS),
    )
    for audience in (Audience(()), Audience(two), Audience(two, LogicalOperator.OR)):
        yield from statements_of(audience)
    yield from (count_of(Audience((shape,))) for shape in shapes())
