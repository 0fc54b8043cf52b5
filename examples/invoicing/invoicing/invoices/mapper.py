"""Invoice and its rows, column by column, in the order of the statements in ``sql/``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from invoicing.invoices.aggregate import Invoice, InvoiceLine

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "number",
    "issued_at",
    "created_at",
    "updated_at",
    "note",
)


def from_row(
    row: Sequence[Any],
    lines: Iterable[InvoiceLine] = (),
) -> Invoice:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        number,
        issued_at,
        created_at,
        updated_at,
        note,
    ) = row
    return Invoice(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        number=number,
        issued_at=issued_at,
        created_at=created_at,
        updated_at=updated_at,
        note=note,
        lines=lines,
    )


def insert_args(invoice: Invoice) -> tuple[object, ...]:
    """invoices.insert, from $1."""
    return (
        invoice.tenant_id,
        invoice.id,
        invoice.number,
        invoice.issued_at,
        invoice.created_at,
        invoice.updated_at,
        invoice.note,
    )


def update_args(invoice: Invoice) -> tuple[object, ...]:
    """invoices.update, from $1."""
    return (
        invoice.tenant_id,
        invoice.id,
        invoice.version,
        invoice.number,
        invoice.issued_at,
        invoice.updated_at,
        invoice.note,
    )


def line_from_row(row: Sequence[Any]) -> InvoiceLine:
    """Raises ValidationError when the row breaks a rule of the line."""
    (
        _invoice_id,
        id_,
        description,
        quantity,
        price_cents,
    ) = row
    return InvoiceLine(
        id=id_,
        description=description,
        quantity=quantity,
        price_cents=price_cents,
    )


def insert_line_args(invoice: Invoice, line: InvoiceLine) -> tuple[object, ...]:
    """invoice_lines.insert, from $1."""
    return (
        invoice.tenant_id,
        invoice.id,
        line.id,
        line.description,
        line.quantity,
        line.price_cents,
    )


def update_line_args(invoice: Invoice, line: InvoiceLine) -> tuple[object, ...]:
    """invoice_lines.update, from $1."""
    return (
        invoice.tenant_id,
        invoice.id,
        line.id,
        line.description,
        line.quantity,
        line.price_cents,
    )
