"""Invoice: what a customer owes, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

import attrs
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.ids import new_id

from invoicing.invoices.events import InvoiceCreated, InvoiceIssued, InvoiceUpdated


@attrs.frozen(kw_only=True)
class InvoiceLine:
    """One line of an invoice; changes with it, under its version."""

    id: UUID = attrs.field(factory=new_id, validator=validators.not_nil)
    description: str
    quantity: int
    price_cents: int

    def __attrs_post_init__(self) -> None:
        if self.quantity < 1:
            raise ValidationError(f"quantity is {self.quantity}, it must be 1 at least", field="quantity")


def _lines_in_order(lines: Iterable[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    """In the order in which the table gives them."""
    return tuple(sorted(lines, key=lambda line: line.id))


@attrs.frozen(kw_only=True, slots=False)
class Invoice(AggregateRoot):
    """A draft until it is issued; from then on its number and its lines stay as they are."""

    resource = "invoice"
    created_event = InvoiceCreated
    updated_event = InvoiceUpdated

    tenant_id: str = attrs.field(validator=validators.tenant)
    number: str
    issued_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    note: str | None = None
    lines: tuple[InvoiceLine, ...] = attrs.field(default=(), converter=_lines_in_order)

    @property
    def total_cents(self) -> int:
        return sum(line.quantity * line.price_cents for line in self.lines)

    @classmethod
    def create(
        cls,
        *,
        tenant_id: str,
        number: str,
        lines: Iterable[InvoiceLine] = (),
        now: datetime,
    ) -> Self:
        """A new one, at version 1. Raises ValidationError for what it cannot be."""
        invoice = cls(
            tenant_id=tenant_id,
            number=number,
            lines=lines,
            created_at=now,
            updated_at=now,
        )
        return invoice.record_creation(InvoiceCreated())

    def set_number(self, number: str, *, now: datetime) -> Self:
        """Raises ValidationError for what it cannot be."""
        return self.draft().record_update(now, number=number)

    def issue(self, *, now: datetime) -> Self:
        """Raises InvariantViolation for one without lines, or that is issued already."""
        if not self.lines:
            raise InvariantViolation(f"invoice {self.id} has no lines: there is nothing to pay")
        return self.draft().record_change(now, InvoiceIssued(), issued_at=now)

    def draft(self) -> Self:
        """Itself. Raises InvariantViolation when it is issued."""
        if self.issued_at is not None:
            raise InvariantViolation(f"invoice {self.id} is issued: it stays as it is")
        return self

    def set_note(self, note: str | None, *, now: datetime) -> Self:
        """What is told of the invoice may change, even when it is issued."""
        return self.record_update(now, note=note)

    def line(self, line_id: UUID) -> InvoiceLine:
        """Raises NotFound."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotFound("invoice_line", line_id)

    def add_line(self, line: InvoiceLine, *, now: datetime) -> Self:
        """Raises InvariantViolation when there is one of its id."""
        if any(other.id == line.id for other in self.lines):
            raise InvariantViolation(f"invoice {self.id} has the line {line.id} already")
        return self.draft().record_update(now, lines=_lines_in_order((*self.lines, line)))

    def replace_line(self, line: InvoiceLine, *, now: datetime) -> Self:
        """``line`` instead of the one of its id. Raises NotFound."""
        former = self.line(line.id)
        lines = (line if other is former else other for other in self.lines)
        return self.draft().record_update(now, lines=_lines_in_order(lines))

    def remove_line(self, line_id: UUID, *, now: datetime) -> Self:
        """Raises NotFound."""
        removed = self.line(line_id)
        return self.draft().record_update(
            now, lines=tuple(other for other in self.lines if other is not removed)
        )
