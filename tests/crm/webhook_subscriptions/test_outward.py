"""The names that subscribers know events by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import ventros.unit_of_work  # noqa: F401 - so that every event is declared
from ventros.crm.webhook_subscriptions.outward import (
    CONTACT_EVENTS,
    OUTWARD_NAMES,
    contact_event,
    outward_name,
)
from ventros.crm.webhook_subscriptions.values import check_pattern
from ventros.kernel.events import DomainEvent


def declared(kind: type[DomainEvent] = DomainEvent) -> Iterator[str]:
    for event in kind.__subclasses__():
        if event.__module__.startswith("ventros."):
            if not event.__subclasses__():
                yield event.event_name
            yield from declared(event)


def test_every_name_in_the_tables_is_an_event_that_somebody_tells() -> None:
    names = set(declared())
    assert len(names) > 100
    assert sorted((OUTWARD_NAMES.keys() | CONTACT_EVENTS.keys()) - names) == []


def test_no_two_events_have_one_outward_name() -> None:
    outward = [name for name in map(outward_name, set(declared())) if name is not None]
    assert len(set(outward)) == len(outward)


def test_every_outward_name_can_be_subscribed_to() -> None:
    for name in filter(None, map(outward_name, declared())):
        check_pattern(name)


@pytest.mark.parametrize(
    ("event", "outward"),
    [
        ("message.created", "message.received"),
        ("session.ended", "session.closed"),
        ("session.message_recorded", None),
        ("contact.created", "contact.created"),
        ("invoice.paid", "invoice.paid"),
    ],
)
def test_outward_names(event: str, outward: str | None) -> None:
    assert outward_name(event) == outward


def test_contact_events_have_a_type_and_one_of_the_categories() -> None:
    assert contact_event("contact.entered_pipeline") == ("contact_entered_pipeline", "pipeline")
    assert contact_event("message.created") is None
    assert set(CONTACT_EVENTS.values()) <= {"system", "session", "pipeline", "status", "note"}
