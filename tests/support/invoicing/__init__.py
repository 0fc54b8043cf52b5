"""An application on the CRM with a schema of its own: invoices with their lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from uuid import UUID

import attrs

from ventros import Catalogue
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.events import DomainEvent
from ventros.kernel.ids import new_id
from ventros.kernel.repository import ChildRows, Repository
from ventros.kernel.transaction.held import Held
from ventros.unit_of_work import UnitOfWork

SCHEMA: Final = """
CREATE TABLE invoicing.invoices (
    tenant_id text NOT NULL, id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
    contact_id uuid NOT NULL, title text NOT NULL,
    created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts
);
CREATE TABLE invoicing.invoice_lines (
    tenant_id text NOT NULL, invoice_id uuid NOT NULL, id uuid NOT NULL,
    text text NOT NULL, cents bigint NOT NULL,
    PRIMARY KEY (tenant_id, invoice_id, id),
    FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoicing.invoices ON DELETE CASCADE
);
"""
statement: Final = Catalogue(Path(__file__).parent / "sql", schema="invoicing")


@attrs.frozen(kw_only=True)
class InvoiceCreated(DomainEvent):
    event_name = "invoice.created"


@attrs.frozen(kw_only=True)
class InvoiceUpdated(DomainEvent):
    event_name = "invoice.updated"
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Line:
    id: UUID = attrs.field(factory=new_id)
    text: str
    cents: int


@attrs.frozen(kw_only=True, slots=False)
class Invoice(AggregateRoot):
    resource = "invoice"
    created_event: ClassVar = InvoiceCreated
    updated_event: ClassVar = InvoiceUpdated

    tenant_id: str
    contact_id: UUID
    title: str
    lines: tuple[Line, ...] = ()

    @classmethod
    def create(
        cls, *, tenant_id: str, contact_id: UUID, title: str, lines: tuple[Line, ...], now: datetime
    ) -> Self:
        invoice = cls(
            tenant_id=tenant_id,
            contact_id=contact_id,
            title=title,
            lines=lines,
            created_at=now,
            updated_at=now,
        )
        return invoice.record_creation(InvoiceCreated())

    def retitle(self, title: str, *, now: datetime) -> Self:
        return self.record_update(now, title=title)

    def with_lines(self, *lines: Line, now: datetime) -> Self:
        return self.record_update(now, lines=lines)


class mapper:  # noqa: N801 - a module, in a slice
    COLUMNS = ("id", "version", "tenant_id", "contact_id", "title", "created_at", "updated_at")

    @staticmethod
    def from_row(row: Sequence[Any], lines: Sequence[Line]) -> Invoice:
        fields: dict[str, Any] = dict(zip(mapper.COLUMNS, row, strict=True))
        return Invoice(**fields, lines=tuple(lines))

    @staticmethod
    def insert_args(invoice: Invoice) -> tuple[object, ...]:
        key = (invoice.tenant_id, invoice.id, invoice.contact_id)
        return (*key, invoice.title, invoice.created_at, invoice.updated_at)

    @staticmethod
    def update_args(invoice: Invoice) -> tuple[object, ...]:
        return (invoice.tenant_id, invoice.id, invoice.version, invoice.title, invoice.updated_at)

    @staticmethod
    def line_from_row(row: Sequence[Any]) -> Line:
        _, id_, text, cents = row
        return Line(id=id_, text=text, cents=cents)

    @staticmethod
    def line_args(invoice: Invoice, line: Line) -> tuple[object, ...]:
        return (invoice.tenant_id, invoice.id, line.id, line.text, line.cents)


class InvoiceRepository(Repository[Invoice]):
    resource = "invoice"
    mapper = mapper

    TABLE = statement.table("invoices")
    CHILDREN = (
        ChildRows(
            table=statement.table("invoice_lines"),
            root_id="invoice_id",
            from_row=mapper.line_from_row,
            insert_args=mapper.line_args,
            update_args=mapper.line_args,
            of=lambda invoice, _stored: invoice.lines,
        ),
    )


class Invoicing(UnitOfWork):
    invoices = Held(InvoiceRepository)
