"""The company's day comes to what it should, on a database in which the audit finds nothing."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from ventros.audit.checks import Finding
from ventros.demo.day import CUSTOMERS, Day, play_day
from ventros.devserver import DevServer

FAULTLESS = Day(
    messages_received=CUSTOMERS + 1,
    answers_sent=CUSTOMERS,
    contacts_moved=CUSTOMERS,
    campaign_messages=CUSTOMERS,
    broadcast_messages=CUSTOMERS,
    broadcasts_completed=1,
    refused_while_suspended=1,
    checks=18,
    findings=(),
)
FINDING = Finding("catalogue", "contacts", "the table contacts is gone", "SELECT 1", "SELECT 2")


async def test_the_day_comes_to_what_it_should() -> None:
    """A server as the command starts it: in the tests' own the audit finds that nothing is durable."""
    with DevServer() as server:
        day = await play_day(server)
    assert day.faults() == []
    assert attrs.evolve(day, checks=18) == FAULTLESS


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"answers_sent": CUSTOMERS - 1}, "answers sent: 11, not 12"),
        ({"broadcast_messages": CUSTOMERS + 1}, "broadcast messages: 13, not 12"),
        ({"refused_while_suspended": 0}, "refused while suspended: 0, not 1"),
        ({"findings": (FINDING,)}, "the audit found: catalogue: the table contacts is gone"),
    ],
)
def test_what_came_to_something_else_is_a_fault(changes: dict[str, Any], fault: str) -> None:
    assert attrs.evolve(FAULTLESS, **changes).faults() == [fault]
