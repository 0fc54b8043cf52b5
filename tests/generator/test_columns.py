"""Columns as ``--columns`` describes them."""

from __future__ import annotations

import pytest

from ventros.generator.columns import Field, parse_child, parse_columns, plural_of
from ventros.kernel.errors import ConfigurationError


def described(field: Field) -> tuple[str, str, str]:
    return (field.name, field.sql, field.annotation)


def test_columns_are_as_in_sql() -> None:
    fields = parse_columns(
        "number text, note TEXT null, weight  double precision not null, tags text[], at timestamptz, "
        "data jsonb, price numeric(10, 2), due_on date null, host inet, code varchar(8),"
    )
    assert list(map(described, fields)) == [
        ("number", "text", "str"),
        ("note", "text", "str | None"),
        ("weight", "double precision", "float"),
        ("tags", "text[]", "tuple[str, ...]"),
        ("at", "timestamptz", "datetime"),
        ("data", "jsonb", "dict[str, Any]"),
        ("price", "numeric(10, 2)", "Decimal"),
        ("due_on", "date", "date | None"),
        ("host", "inet", "IPv4Address"),
        ("code", "varchar(8)", "str"),
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("", "there is no column"),
        ("number", "is no name and type"),
        ("number txt", "no type 'txt' is known"),
        ("price money", "keep cents in a bigint"),
        ("at int4range", "no pattern for the type int4range"),
        ("Number text", "is no name"),
        ("order text", "is a word of Python or of SQL"),
        ("class text", "is a word of Python or of SQL"),
        ("id uuid", "there is a id already"),
        ("number text, number text", "there is a number already"),
        ("tags text[] null", "an array is empty, not NULL"),
        ("data jsonb[]", "holds no documents"),
    ],
)
def test_what_cannot_be_a_column_is_refused(columns: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message.replace("[", r"\[")):
        parse_columns(columns)


def test_a_child_may_bring_its_plural() -> None:
    child = parse_child("entry/items: text text", ["invoice_id"])
    assert (child.name, child.plural, child.ordered) == ("entry", "items", False)
    assert parse_child("line: position integer", []).ordered
    with pytest.raises(ConfigurationError, match="names no child"):
        parse_child("line", [])
    with pytest.raises(ConfigurationError, match="there is a invoice_id already"):
        parse_child("line: invoice_id uuid", ["invoice_id"])


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("invoice", "invoices"),
        ("entry", "entries"),
        ("day", "days"),
        ("box", "boxes"),
        ("credit_note", "credit_notes"),
    ],
)
def test_a_plural_is_as_english_mostly_has_it(name: str, plural: str) -> None:
    assert plural_of(name) == plural


def test_the_examples_of_a_type_differ() -> None:
    for field in parse_columns(
        "a text, b boolean, c integer, d numeric, e uuid, f timestamptz, g jsonb, h text[]"
    ):
        assert field.example(0) != field.example(1)
