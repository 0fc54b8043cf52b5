"""The customers of the shop, and their rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.events import DomainEvent
from ventros.kernel.ids import new_id

NOW = datetime(2026, 5, 1, tzinfo=UTC)
COLUMNS = ("id", "version", "tenant_id", "name", "created_at", "updated_at", "deleted_at")


@attrs.frozen
class Line:
    id: UUID
    note: str


@attrs.frozen(kw_only=True)
class CustomerCreated(DomainEvent):
    event_name = "customer.created"


@attrs.frozen(kw_only=True)
class CustomerUpdated(DomainEvent):
    event_name = "customer.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True, slots=False)
class Customer(AggregateRoot):
    resource = "customer"
    created_event = CustomerCreated
    updated_event = CustomerUpdated

    tenant_id: str
    name: str
    deleted_at: datetime | None = None
    lines: tuple[Line, ...] = ()

    @classmethod
    def create(cls, tenant_id: str, name: str, notes: tuple[str, ...] = ()) -> Self:
        lines = tuple(Line(new_id(), note) for note in notes)
        made = cls(tenant_id=tenant_id, name=name, lines=lines, created_at=NOW, updated_at=NOW)
        return made.record_creation(CustomerCreated())

    def rename(self, name: str) -> Self:
        return self.record_update(NOW, name=name)


def from_row(row: Any, lines: Iterable[Line] = ()) -> Customer:
    values = dict(zip(COLUMNS, row, strict=True))
    return Customer(**values, lines=tuple(lines))


def insert_args(customer: Customer) -> tuple[object, ...]:
    return (
        *(customer.tenant_id, customer.id, customer.name),
        *(customer.created_at, customer.updated_at, customer.deleted_at),
    )


def update_args(customer: Customer) -> tuple[object, ...]:
    return (
        *(customer.tenant_id, customer.id, customer.version, customer.name),
        *(customer.updated_at, customer.deleted_at),
    )


def line_from_row(row: Any) -> Line:
    return Line(row["id"], row["note"])


def insert_line_args(customer: Customer, line: Line) -> tuple[object, ...]:
    return (customer.tenant_id, line.id, customer.id, line.note)


def update_line_args(customer: Customer, line: Line) -> tuple[object, ...]:
    return (customer.tenant_id, line.id, line.note)
