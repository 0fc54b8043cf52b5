"""Child rows are declared by their table, and a declaration that cannot work is refused at import."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.invoicing import Invoice, InvoiceRepository, Line, mapper, statement
from ventros import ConfigurationError, UnknownStatement
from ventros.kernel.repository.children import ChildRows

DECLARED: dict[str, Any] = {
    "table": statement.table("invoice_lines"),
    "root_id": "invoice_id",
    "from_row": mapper.line_from_row,
    "insert_args": mapper.line_args,
    "update_args": mapper.line_args,
    "of": lambda invoice, _stored: invoice.lines,
}


def test_the_four_statements_are_those_of_the_table() -> None:
    (lines,) = InvoiceRepository.CHILDREN
    names = [part.name for part in (lines.find, lines.insert, lines.update, lines.delete)]
    assert names == [f"invoicing.invoice_lines.{verb}" for verb in ("find", "insert", "update", "delete")]
    assert ChildRows(**DECLARED).find == lines.find


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        ({"root_id": "order_id"}, ConfigurationError, "returns no order_id"),
        ({"update_args": None}, ConfigurationError, "update_args and update_all_args makes: give one"),
        ({"update_all_args": mapper.line_args}, ConfigurationError, "give one"),
        ({"table": statement.table("invoices")}, UnknownStatement, r"'invoicing\.invoices\.find'"),
    ],
)
def test_what_cannot_work_is_refused(change: dict[str, Any], error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        ChildRows(**{**DECLARED, **change})


def test_all_that_changed_may_go_as_one() -> None:
    def at_once(invoice: Invoice, lines: list[Line]) -> tuple[object, ...]:
        return (invoice.tenant_id, [line.id for line in lines])

    one, two = Line(text="Work", cents=1), Line(text="Travel", cents=2)
    dearer = [Line(id=line.id, text=line.text, cents=line.cents + 1) for line in (one, two)]
    invoice = Invoice.__new__(Invoice)
    object.__setattr__(invoice, "tenant_id", "acme")
    object.__setattr__(invoice, "id", one.id)
    object.__setattr__(invoice, "lines", tuple(dearer))
    singly = ChildRows(**DECLARED).saved("acme", invoice, [one, two])
    together = ChildRows(**{**DECLARED, "update_args": None, "update_all_args": at_once}).saved(
        "acme", invoice, [one, two]
    )
    assert [len(call.argument_sets) for call in singly] == [2]
    assert [call.argument_sets for call in together] == [[("acme", [one.id, two.id])]]
    assert [call.expected for call in (*singly, *together)] == [2, 2]
