"""The envelope, read by the CloudEvents project's own SDK."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.support.outbox_events import CONTACT, outbox_event
from ventros.relay.cloudevents import encoded, envelope

CAUSE = UUID("0190d7a0-0000-7000-8000-00000000000a")


def test_the_sdk_reads_every_field() -> None:
    event = outbox_event(3, correlation_id=CAUSE, causation_id=CAUSE)
    read = JSONFormat().read(CloudEvent, encoded(event))
    assert read.get_attributes() == {
        "specversion": "1.0",
        "id": str(event.event_id),
        "source": "/ventros/acme",
        "type": "contact.created",
        "subject": f"contact/{CONTACT}",
        "time": datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC),
        "datacontenttype": "application/json",
        "tenantid": "acme",
        "aggregatetype": "contact",
        "aggregateid": str(CONTACT),
        "aggregateversion": 3,
        "versionsequence": 1,
        "lastofversion": True,
        "eventversion": "v1",
        "correlationid": str(CAUSE),
        "causationid": str(CAUSE),
    }
    assert read.get_data() == {"name": "Ana", "tags": ["vip"]}


def test_the_sdk_refuses_what_is_none() -> None:
    """Control: the SDK does look."""
    broken = envelope(outbox_event()) | {"aggregate_version": 1}
    with pytest.raises(Exception, match="aggregate_version"):
        JSONFormat().read(CloudEvent, json.dumps(broken).encode())


def test_what_is_not_there_is_left_out() -> None:
    names = set(envelope(outbox_event(aggregate_version=None)))
    assert names.isdisjoint({"aggregateversion", "correlationid", "causationid"})


def test_names_of_attributes_are_those_that_cloudevents_allows() -> None:
    """Lower-case letters and digits, 20 at most by its recommendation."""
    names = set(envelope(outbox_event(correlation_id=CAUSE, causation_id=CAUSE)))
    assert [name for name in names if not (name.isascii() and name.isalnum() and name == name.lower())] == []
    assert max(map(len, names)) <= 20


def test_times_are_in_utc() -> None:
    east = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert envelope(outbox_event(occurred_at=east))["time"] == "2026-03-01T12:00:00Z"


def test_the_type_and_the_source_can_be_told() -> None:
    told = envelope(outbox_event(), kind="message.received", source="https://crm.example/events")
    assert (told["type"], told["source"]) == ("message.received", "https://crm.example/events/acme")


def test_the_same_event_is_the_same_bytes() -> None:
    event = outbox_event(payload={"b": 1, "a": [1.5, None, True, "é", 2**60]})
    assert encoded(event) == encoded(event)
    assert json.loads(encoded(event))["data"] == event.payload
