"""Contacts with tags, custom fields and places in pipelines, and what rules on them mean, said once more."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs

from tests.support.constants import NOW
from ventros import Database, UnitOfWork
from ventros.crm.contact_lists.values import FilterOperator, FilterRule, FilterType, LogicalOperator
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.pipelines.placement import Placement
from ventros.demo.seed import Seed
from ventros.values import CustomField, CustomFieldType, Email, Phone

KIND, OP, AND, OR = CustomFieldType, FilterOperator, LogicalOperator.AND, LogicalOperator.OR
LATER = NOW + timedelta(hours=1)
KEY = "key"

NAMES = ("Alice", "alina", "100% Bob", "Bob_Under", "back\\slash", "12", "Élise", "Zoé")
TEXTS = ("alpha", "Alphabet", "100%", "a_b", "back\\slash", "12", "2026-01-02T03:04:05+00:00")
TIMES = (NOW, NOW + timedelta(microseconds=1), NOW - timedelta(days=1), NOW + timedelta(days=400))
WORDS: tuple[tuple[str, ...], ...] = ((), ("vip",), ("vip", "lead"), ("VIP",), ('a"b', "é"), ("lead",))
VALUES: dict[CustomFieldType, tuple[Any, ...]] = {
    **dict.fromkeys((KIND.TEXT, KIND.URL, KIND.EMAIL, KIND.PHONE, KIND.SELECT), TEXTS),
    **dict.fromkeys((KIND.MULTI_SELECT, KIND.LABEL), WORDS),
    KIND.NUMBER: (-1, 0, 2, 2.5, 10, 2**70, 1e300),
    KIND.BOOLEAN: (True, False, True),
    KIND.DATE: TIMES,
    KIND.JSON: ({}, {"a": 1}, {"a": [1, {"b": None}]}, {"a": "1"}),
}
PIECES = ("AL", "ha", "%", "_", "\\", "1", "e", "zoé", "p", "55")
"""What texts contain, start and end with."""


@attrs.frozen
class Person:
    contact: Contact
    fields: Mapping[str, CustomField]
    statuses: Mapping[UUID, UUID]
    """By pipeline, where the contact is now."""


@attrs.frozen
class World:
    seed: Seed
    people: list[Person]
    statuses: dict[UUID, list[UUID]]
    """By pipeline."""


def looked_at(rule: FilterRule, person: Person) -> Any:
    """None where there is nothing to compare."""
    if rule.filter_type is FilterType.TAG:
        return person.contact.tags
    if rule.filter_type is FilterType.PIPELINE_STATUS:
        assert rule.pipeline_id is not None
        return person.statuses.get(rule.pipeline_id)
    if rule.filter_type is FilterType.CUSTOM_FIELD:
        field = person.fields.get(rule.field_key)
        return field.value if field and field.field_type is rule.field_type else None
    value = getattr(person.contact, rule.field_key)
    return value.value if isinstance(value, Email | Phone) else value


COMPARED: dict[FilterOperator, Callable[[Any, Any], bool]] = {
    OP.EQ: operator.eq,
    OP.NE: operator.ne,
    OP.GT: operator.gt,
    OP.LT: operator.lt,
    OP.GTE: operator.ge,
    OP.LTE: operator.le,
    OP.CONTAINS: lambda looked_up, text: text.lower() in looked_up.lower(),
    OP.NOT_CONTAINS: lambda looked_up, text: text.lower() not in looked_up.lower(),
    OP.STARTS_WITH: lambda looked_up, text: looked_up.lower().startswith(text.lower()),
    OP.ENDS_WITH: lambda looked_up, text: looked_up.lower().endswith(text.lower()),
    OP.IN: lambda looked_up, values: looked_up in values,
    OP.NOT_IN: lambda looked_up, values: looked_up not in values,
}


def satisfies(person: Person, rule: FilterRule) -> bool:
    """The rules' meaning, said once more."""
    looked_up = looked_at(rule, person)
    if rule.operator in {OP.IS_NULL, OP.IS_NOT_NULL}:
        absent = not looked_up if rule.filter_type is FilterType.TAG else looked_up is None
        return absent is (rule.operator is OP.IS_NULL)
    if looked_up is None:
        return False
    if isinstance(looked_up, tuple):
        asked = set(rule.value) if rule.operator.takes_many else {rule.value}
        wants = rule.operator in {OP.EQ, OP.CONTAINS, OP.IN}
        return bool(asked & set(looked_up)) is wants
    return COMPARED[rule.operator](looked_up, rule.value)


def chosen(people: Iterable[Person], rules: Iterable[FilterRule], by: LogicalOperator) -> set[UUID]:
    rules = list(rules)
    joined = all if by is AND or not rules else any
    return {person.contact.id for person in people if joined(satisfies(person, rule) for rule in rules)}


def make_contact(seed: Seed, line: int) -> Contact:
    contact = Contact.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name=NAMES[line % len(NAMES)], now=NOW
    )
    first = (*TIMES, None)[line % 5]
    return attrs.evolve(
        contact,
        email=Email(f"person{line}@{'acme' if line % 2 else 'umbrella'}.example") if line % 3 else None,
        phone=Phone(f"551190000{line:04}") if line % 4 else None,
        language=("en", "pt", "100%")[line % 3],
        timezone=("America/Sao_Paulo", None, "100%")[line // 2 % 3],
        source_channel=(None, "waha", "100%_web")[line % 3],
        tags=WORDS[line % len(WORDS)],
        created_at=TIMES[line % 4],
        updated_at=TIMES[line // 2 % 4],
        first_interaction_at=first,
        last_interaction_at=first and first + timedelta(days=line // 5 % 2),
    )


async def set_fields(uow: UnitOfWork, contact: Contact, line: int) -> dict[str, CustomField]:
    """A field of each type comes by turns, and no field; another key tells of nothing, nor does what was
    removed.
    """
    types = [*CustomFieldType, None]
    field_type = types[line % len(types)]
    values = VALUES.get(field_type, ()) if field_type else ()
    kept = {"other": CustomField("other", KIND.TEXT, TEXTS[line % len(TEXTS)])}
    if field_type:
        kept[KEY] = CustomField(KEY, field_type, values[line // len(types) % len(values)])
    for field in kept.values():
        await uow.contact_custom_fields.set(contact.id, field, now=NOW)
    if field_type and line % 5 == 0:
        await uow.contact_custom_fields.remove(contact.id, KEY, now=LATER)
        del kept[KEY]
    return kept


async def place(uow: UnitOfWork, contact: Contact, pipeline_id: UUID, statuses: list[UUID]) -> None:
    """In each of the statuses, one after the other; in the last one the contact stays."""
    for status_id in statuses:
        before = await uow.placements.find_open(contact.id, pipeline_id)
        if before is not None:
            await uow.placements.close(before.exit(status_name="any", now=LATER))
        placement = Placement.enter(
            tenant_id=contact.tenant_id,
            project_id=contact.project_id,
            contact_id=contact.id,
            pipeline_id=pipeline_id,
            status_id=status_id,
            status_name="any",
            now=NOW,
        )
        await uow.placements.add(placement)


async def make_world(db: Database[UnitOfWork], seed: Seed, size: int = 96) -> World:
    """Deleted contacts are there too, but among ``people`` are the live ones only."""
    people, pipelines = [], {}
    async with db.unit_of_work(seed.tenant) as uow:
        for name in ("Sales", "Support"):
            pipeline = await uow.pipelines.add(
                Pipeline.create(project_id=seed.project_id, tenant_id=seed.tenant, name=name, now=NOW)
            )
            new_statuses = [
                PipelineStatus.create(
                    pipeline_id=pipeline.id,
                    tenant_id=seed.tenant,
                    name=status_name,
                    status_type=StatusType.OPEN,
                    now=NOW,
                )
                for status_name in ("New", "Won", "Lost")
            ]
            pipelines[pipeline.id] = [(await uow.pipeline_statuses.add(status)).id for status in new_statuses]
        for line in range(size):
            contact = await uow.contacts.add(make_contact(seed, line))
            fields = await set_fields(uow, contact, line)
            statuses = {}
            for turn, (pipeline_id, ids) in enumerate(pipelines.items()):
                went = ids[: (line + turn) % 4]
                await place(uow, contact, pipeline_id, went)
                if went:
                    statuses[pipeline_id] = went[-1]
            if line % 11 == 10:
                await uow.contacts.save(contact.delete(now=LATER))
            else:
                people.append(Person(contact, fields, statuses))
        await uow.commit()
    return World(seed, people, pipelines)
