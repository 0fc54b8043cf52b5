"""ContactList, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import attrs
from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import (
    OPERATORS,
    ContactAttribute,
    FilterOperator,
    FilterRule,
    ValueKind,
)
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import json_objects, texts, times
from ventros.testing.factory import Factory, Refs
from ventros.values import CustomFieldType

VALUES: dict[ValueKind, st.SearchStrategy[Any]] = {
    ValueKind.TEXT: texts,
    ValueKind.NUMBER: st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    ValueKind.BOOLEAN: st.booleans(),
    ValueKind.TIME: times,
    ValueKind.OBJECT: json_objects,
    ValueKind.WORDS: texts,
}
UNLIMITED = sorted(set(ContactAttribute) - {ContactAttribute.EMAIL, ContactAttribute.PHONE})
"""The attributes of which any text is a value to be equal to."""


def new(seed: Seed, _refs: Refs) -> ContactList:
    return ContactList.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Customers", now=NOW)


@st.composite
def rules(draw: st.DrawFn, id_: UUID) -> FilterRule:
    """Of any type but ``pipeline_status``, which refers to a pipeline."""
    attribute, field_type = draw(st.sampled_from(UNLIMITED)), draw(st.sampled_from(CustomFieldType))
    subjects = [
        partial(FilterRule.tag),
        partial(FilterRule.attribute, attribute),
        partial(FilterRule.custom_field, draw(texts), field_type),
    ]
    rule_on = draw(st.sampled_from(subjects))
    kind = rule_on(FilterOperator.IS_NULL, now=NOW).kind
    operator = draw(st.sampled_from(sorted(OPERATORS[kind])))
    value = VALUES[kind] if operator.takes_value else st.none()
    if operator.takes_many:
        value = st.lists(value, min_size=1, max_size=4)
    return attrs.evolve(rule_on(operator, draw(value), now=NOW), id=id_)


def overrides(seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    # A few ids only, so that a save meets rules that are stored already: changed, moved or gone.
    known = [new_id() for _ in range(4)]
    ids = st.lists(st.sampled_from(known), unique=True, max_size=4)
    placed = ids.flatmap(lambda chosen: st.tuples(*map(rules, chosen)))
    return st.fixed_dictionaries(
        {
            "project_id": st.just(seed.project_id),
            "is_static": st.just(False),
            "filter_rules": placed,
            "contact_count": st.integers(0, 2**63 - 1),
        }
    )


def change(contact_list: ContactList, now: datetime) -> ContactList:
    return contact_list.rename(f"Customers {new_id()}", now=now)


def change_child(contact_list: ContactList, now: datetime) -> ContactList:
    return contact_list.add_filter_rule(FilterRule.tag(FilterOperator.EQ, "vip", now=now), now=now)


FACTORY = Factory(
    resource="contact_list",
    new=new,
    overrides=overrides,
    change=change,
    change_child=change_child,
    fixed=frozenset({"project_id", "is_static"}),
)
