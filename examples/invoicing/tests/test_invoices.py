"""Invoice: its commands, and the contract that every repository keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import attrs
import pytest
from ventros import InvariantViolation, NotFound, new_id
from ventros.testing import Factory, contract

from invoicing.invoices.aggregate import Invoice, InvoiceLine

TENANT = "acme"
NOW = datetime(2025, 6, 1, tzinfo=UTC)
LATER = datetime(2025, 6, 2, tzinfo=UTC)


def new_line() -> InvoiceLine:
    return InvoiceLine(
        description="a description",
        quantity=1,
        price_cents=1,
    )


def new_invoice(tenant: str = TENANT) -> Invoice:
    return Invoice.create(
        tenant_id=tenant,
        number="a number",
        lines=[new_line()],
        now=NOW,
    )


def new_under_contract(tenant: str, _refs: dict[str, UUID]) -> Invoice:
    return new_invoice(tenant)


def changed(invoice: Invoice, now: datetime) -> Invoice:
    """By any command that changes the root, each time anew."""
    return invoice.set_number(f"a number {new_id()}", now=now)


def changed_line(invoice: Invoice, now: datetime) -> Invoice:
    """By any command that changes lines alone."""
    line = attrs.evolve(invoice.lines[0], description=f"a description {new_id()}")
    return invoice.replace_line(line, now=now)


TestInvoices = contract(
    Factory(
        resource="invoice",
        new=new_under_contract,
        change=changed,
        change_child=changed_line,
    )
)
"""Added, loaded, saved, removed, raced for: as every aggregate is."""


def test_a_new_one_tells_of_its_creation() -> None:
    invoice = new_invoice()
    assert (invoice.version, [event.event_name for event in invoice.domain_events]) == (
        1,
        ["invoice.created"],
    )


def test_what_changes_nothing_is_no_change() -> None:
    invoice = new_invoice()
    assert invoice.set_number(invoice.number, now=LATER) is invoice


def test_number_changes() -> None:
    changed = new_invoice().set_number("another number", now=LATER)
    assert (changed.number, changed.updated_at) == ("another number", LATER)
    assert changed.domain_events[-1].payload()["fields"] == ("number",)


def test_an_issued_invoice_stays_as_it_is() -> None:
    issued = new_invoice().issue(now=LATER)
    assert (issued.issued_at, issued.domain_events[-1].payload()["total_cents"]) == (LATER, 1)
    with pytest.raises(InvariantViolation):
        issued.issue(now=LATER)
    with pytest.raises(InvariantViolation):
        issued.add_line(new_line(), now=LATER)


def test_a_note_may_still_be_written_on_an_issued_invoice() -> None:
    assert new_invoice().issue(now=LATER).set_note("paid", now=LATER).note == "paid"


def test_nothing_is_issued_without_lines() -> None:
    with pytest.raises(InvariantViolation):
        Invoice.create(tenant_id=TENANT, number="1", now=NOW).issue(now=LATER)


def test_lines_come_and_go() -> None:
    invoice = new_invoice()
    first, second = invoice.lines[0], new_line()
    both = invoice.add_line(second, now=LATER)
    assert set(both.lines) == {first, second}
    assert both.remove_line(first.id, now=LATER).lines == (second,)
    with pytest.raises(InvariantViolation):
        both.add_line(second, now=LATER)
    with pytest.raises(NotFound):
        invoice.remove_line(second.id, now=LATER)
