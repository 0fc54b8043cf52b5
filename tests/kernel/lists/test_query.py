"""A list is put together at import, or refused there."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from tests.support.invoicing import statement
from tests.support.library import LIBRARY
from ventros import VentrosError
from ventros.kernel.lists import ListQuery, Shape
from ventros.kernel.lists.conditions import related


def test_a_filter_without_its_condition_is_found_at_import() -> None:
    contacts: ListQuery[Any, Any] = LIBRARY.list_queries["contacts"]
    with pytest.raises(VentrosError, match="contacts: the filter's fields"):
        attrs.evolve(contacts, conditions=contacts.conditions[1:])


def test_a_list_of_another_schema_is_read_there_and_kept_with_its_statements() -> None:
    contacts: ListQuery[Any, Any] = LIBRARY.list_queries["contacts"]
    line = related("id", statement.table("invoice_lines"), "invoice_id", live=False)
    listed = attrs.evolve(
        contacts,
        of=statement.table("invoices"),
        conditions=tuple(attrs.evolve(line, name=condition.name) for condition in contacts.conditions),
    )
    shape = Shape((contacts.conditions[0].name,))
    rendered = listed.statement(shape)
    assert rendered.name == f"invoicing.invoices.count({shape.filters[0]})"
    assert 'FROM "invoicing"."invoices"' in rendered.text
    assert '"invoicing"."invoice_lines"' in rendered.text
    assert rendered.path == statement.folder / "shapes" / "invoices.sql"
    assert 'FROM "contacts"' in contacts.statement(shape).text
