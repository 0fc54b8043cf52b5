"""What the list of secret columns names is in no repr and in no event, whichever aggregate holds it."""

from __future__ import annotations

import base64
from collections import defaultdict
from typing import Any

import attrs
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.subjects import FACTORIES
from ventros import CRM
from ventros.demo.seed import Seed
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.encryption import EncryptedValue
from ventros.kernel.ids import new_id
from ventros.testing.factory import Factory

CANARY = "canary-of-the-columns"
SECRET = {one.resource: one.SECRET_COLUMNS for one in CRM.repositories() if one.SECRET_COLUMNS}
HOLDERS = [factory for factory in FACTORIES if factory.resource in SECRET]


def made(factory: Factory) -> AggregateRoot:
    new: AggregateRoot = factory.new(
        Seed(TENANT, "a", new_id(), new_id(), new_id(), "webhook"), defaultdict(new_id)
    )
    return new


def holding(aggregate: AggregateRoot, column: str) -> AggregateRoot:
    """The same with the canary in that column."""
    value: Any = {"key": CANARY}
    if not isinstance(getattr(aggregate, column), dict):
        value = EncryptedValue(key_id="k", nonce=bytes(12), ciphertext=CANARY.encode())
    return attrs.evolve(aggregate, **{column: value})


def shows(aggregate: AggregateRoot) -> bool:
    said = f"{aggregate!r} {aggregate} {[event.payload() for event in aggregate.domain_events]}"
    return any(form in said for form in (CANARY, base64.b64encode(CANARY.encode()).decode()))


@pytest.mark.parametrize("factory", HOLDERS, ids=lambda factory: factory.resource)
def test_no_secret_column_shows(factory: Factory) -> None:
    new = made(factory)
    fields = {field.name for field in attrs.fields(type(new))}
    for column in SECRET[factory.resource]:
        assert hasattr(new, column)
        if column in fields:
            changed = factory.change(holding(new, column), NOW)
            assert len(changed.domain_events) == 2
            assert not shows(changed), column


def test_every_table_of_the_list_is_tried() -> None:
    assert {factory.resource for factory in HOLDERS} == set(SECRET)
    tables = {one.TABLE.qualified_name: one.SECRET_COLUMNS for one in CRM.repositories()}
    assert CRM.secret_columns() == {table: columns for table, columns in tables.items() if columns}


def test_control_a_column_that_is_not_on_the_list_shows() -> None:
    (factory,) = (factory for factory in FACTORIES if factory.resource == "contact")
    new: Any = made(factory)
    assert shows(attrs.evolve(new, name=CANARY))
