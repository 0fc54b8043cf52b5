"""A value that no Python value can be is named by its column, in an array and in a range too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.constants import TENANT
from ventros import Database, UnitOfWork
from ventros.kernel.connection.driver import UNREADABLE, holds_unreadable
from ventros.kernel.errors import MappingError
from ventros.kernel.statements import Statement, columns
from ventros.kernel.statements.types import TYPES

DEEP = "'" + "[" * 4000 + "]" * 4000 + "'"
VALUES = {
    "date": "'20000-01-01'",
    "time": "'24:00'",
    "timestamptz": "'0044-03-15 BC'",
    "interval": "'99999999 years'",
    "json": DEEP,
    "jsonb": DEEP,
}
RANGES = {"daterange": "'[2026-01-01,20000-01-01)'", "tstzrange": "'[0044-03-15 BC,)'"}
EACH = VALUES | RANGES | {f"{name}[]": f"ARRAY[{value}]" for name, value in (VALUES | RANGES).items()}


def reading(value: str, type_name: str) -> Statement:
    return Statement(
        name="kept.find",
        text=f"SELECT 1 AS id, true AS fine, $1::{type_name} AS given, {value}::{type_name} AS value\n",
        why="reads what a hand has written",
        params=columns(f"given {type_name}"),
        rows="many",
        returns=f"id integer, fine boolean, given {type_name}, value {type_name}",
        path=Path("kept.sql"),
        line=1,
    )


def test_every_type_that_is_probed_is_tried() -> None:
    assert {name for name, type_ in TYPES.items() if type_.probe} == VALUES.keys()


@pytest.mark.spoiled
@pytest.mark.parametrize("type_name", EACH)
async def test_it_is_named_by_its_column(db: Database[UnitOfWork], type_name: str) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(MappingError) as caught:
            await uow.connection.many(reading(EACH[type_name], type_name), None)
    assert (caught.value.table, caught.value.column) == ("kept", "value")


@pytest.mark.spoiled
@pytest.mark.parametrize("type_name", [name for name, type_ in TYPES.items() if type_.probe])
async def test_control_what_python_can_read_is_read_with_the_same_connection(
    db: Database[UnitOfWork], type_name: str
) -> None:
    sample = TYPES[type_name].literal
    async with db.unit_of_work(TENANT) as uow:
        statement = reading(sample, type_name)
        (row,) = await uow.connection.many(statement, None)
        (again,) = await uow.connection.many(statement, row["value"])
    assert row["value"] == again["given"] == again["value"]


def test_a_row_is_looked_through() -> None:
    assert holds_unreadable([None, [UNREADABLE]])
    assert not holds_unreadable([None, [1]])
