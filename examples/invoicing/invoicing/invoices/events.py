"""What can happen to an invoice."""

from __future__ import annotations

from uuid import UUID

import attrs
from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class InvoiceEvent(DomainEvent):
    """What every one of them says first."""

    invoice_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class InvoiceCreated(InvoiceEvent):
    event_name = "invoice.created"

    tenant_id: str = from_aggregate("tenant_id")


@attrs.frozen(kw_only=True)
class InvoiceUpdated(InvoiceEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "invoice.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class InvoiceIssued(InvoiceEvent):
    """From now on its number and its lines stay as they are."""

    event_name = "invoice.issued"

    number: str = from_aggregate("number")
    total_cents: int = from_aggregate("total_cents")
