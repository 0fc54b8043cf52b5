"""The envelope on the wire: CloudEvents 1.0, structured JSON. docs/cloudevents.md tells it field by field."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

import msgspec

from ventros.kernel.outbox.event import OutboxEvent

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
SOURCE: Final = "/ventros"


def envelope(event: OutboxEvent, *, kind: str | None = None, source: str = SOURCE) -> dict[str, Any]:
    """``event`` as JSON has it; what is None is left out.

    ``kind`` is the type to tell, the event's name unless said otherwise; ``source`` a URI reference, which
    the tenant is appended to.
    """
    attributes = {
        "specversion": "1.0",
        "id": str(event.event_id),
        "source": f"{source}/{event.tenant_id}",
        "type": kind or event.event_name,
        "subject": f"{event.aggregate_type}/{event.aggregate_id}",
        "time": event.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "tenantid": event.tenant_id,
        "aggregatetype": event.aggregate_type,
        "aggregateid": str(event.aggregate_id),
        "aggregateversion": event.aggregate_version,
        "versionsequence": event.sequence,
        "lastofversion": event.last_of_version,
        "eventversion": event.event_version,
        "correlationid": event.correlation_id and str(event.correlation_id),
        "causationid": event.causation_id and str(event.causation_id),
        "data": event.payload,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def encoded(event: OutboxEvent, *, kind: str | None = None, source: str = SOURCE) -> bytes:
    """The bytes of :func:`envelope`, the same for the same event each time."""
    return msgspec.json.encode(envelope(event, kind=kind, source=source))
