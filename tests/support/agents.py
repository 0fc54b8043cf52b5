"""Agents of each kind, not stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.support.constants import NOW
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import SystemAgent
from ventros.kernel.errors import InvariantViolation

LATER = NOW + timedelta(hours=1)
USER = uuid4()
PROJECT = uuid4()


def make_agent(**changes: Any) -> Agent:
    arguments: dict[str, Any] = {"project_id": PROJECT, "tenant_id": "acme", "name": "Ada", "user_id": USER}
    return Agent.create(**{**arguments, **changes}, now=NOW)


def make_virtual(**changes: Any) -> Agent:
    arguments: dict[str, Any] = {
        "project_id": PROJECT,
        "tenant_id": "acme",
        "represents_person_name": "Grace",
        "period_start": NOW,
        "reason": "historical_contact",
    }
    return Agent.create_virtual(**{**arguments, **changes}, now=NOW)


def make_system(which: SystemAgent = SystemAgent.DEFAULT) -> Agent:
    return Agent.create_system(which, project_id=PROJECT, tenant_id="acme", now=NOW)


def assert_refused(*commands: Callable[[], object]) -> None:
    for command in commands:
        with pytest.raises(InvariantViolation):
            command()


def last_event(agent: Agent) -> tuple[str, dict[str, Any]]:
    event = agent.domain_events[-1]
    return event.event_name, event.payload()
