"""The rules of virtual agents and of the seven system agents, without a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.agents import (
    LATER,
    PROJECT,
    assert_refused,
    last_event,
    make_agent,
    make_system,
    make_virtual,
)
from tests.support.constants import NOW
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import (
    RESERVED_IDS,
    AgentRole,
    AgentStatus,
    AgentType,
    SystemAgent,
    VirtualAgentMetadata,
)
from ventros.kernel.errors import InvariantViolation, ValidationError

NAIVE = datetime(2026, 1, 2)  # noqa: DTZ001 - naive on purpose


# The virtual kind


def test_a_virtual_agent_is_named_after_whom_it_stands_for() -> None:
    agent = make_virtual(source_device="", notes="seen once")
    assert agent.name == "[Virtual] Grace"
    assert (agent.type, agent.status, agent.role) == (
        AgentType.VIRTUAL,
        AgentStatus.OFFLINE,
        AgentRole.HUMAN_AGENT,
    )
    assert (agent.active, agent.user_id, agent.email) == (True, None, None)
    assert agent.virtual_metadata == VirtualAgentMetadata(
        represents_person_name="Grace",
        period_start=NOW,
        reason="historical_contact",
        source_device=None,
        notes="seen once",
    )
    assert last_event(agent)[0] == "agent.created"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project_id", UUID(int=0)),
        ("tenant_id", ""),
        ("represents_person_name", ""),
        ("reason", ""),
        ("period_start", NAIVE),
    ],
)
def test_a_faulty_argument_of_a_virtual_agent_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        make_virtual(**{field: value})
    assert raised.value.field == field


def test_the_period_of_a_virtual_agent_ends_and_may_end_otherwise() -> None:
    agent = make_virtual().end_virtual_period(LATER, now=LATER)
    assert agent.virtual_metadata is not None
    assert agent.virtual_metadata.period_end == LATER
    assert last_event(agent) == (
        "agent.updated",
        {"agent_id": agent.id, "fields": ("virtual_metadata",), "changes": {}},
    )
    assert agent.end_virtual_period(LATER, now=LATER) is agent
    shortened = agent.end_virtual_period(NOW, now=LATER)
    assert shortened.virtual_metadata is not None
    assert shortened.virtual_metadata.period_end == NOW


@pytest.mark.parametrize("end", [NOW - timedelta(microseconds=1), NAIVE])
def test_a_period_does_not_end_before_it_starts(end: datetime) -> None:
    with pytest.raises(ValidationError) as raised:
        make_virtual().end_virtual_period(end, now=LATER)
    assert raised.value.field == "period_end"


def test_only_a_virtual_agent_has_a_period() -> None:
    with pytest.raises(InvariantViolation):
        make_agent().end_virtual_period(LATER, now=LATER)


def test_a_virtual_agent_keeps_its_name_and_stays_offline_and_without_permissions() -> None:
    agent = make_virtual()
    assert_refused(
        lambda: agent.set_profile(name="Grace", email="grace@acme.example", now=LATER),
        lambda: agent.set_status(AgentStatus.AVAILABLE, now=LATER),
        lambda: agent.grant_permission("send_messages", now=LATER),
        lambda: agent.record_login(now=LATER),
    )
    assert agent.revoke_permission("send_messages", now=LATER) is agent
    assert agent.deactivate(now=LATER).active is False
    assert agent.set_config({"a": 1}, now=LATER).config == {"a": 1}


# The system kind


def test_the_seven_reserved_ids() -> None:
    assert {agent.value: str(agent.id)[-2:] for agent in SystemAgent} == {
        "broadcast": "01",
        "sequence": "02",
        "trigger": "03",
        "webhook": "04",
        "scheduled": "05",
        "test": "10",
        "default": "99",
    }
    assert len(RESERVED_IDS) == 7
    assert UUID("00000000-0000-0000-0000-000000000099") in RESERVED_IDS
    assert UUID(int=0) not in RESERVED_IDS
    assert UUID(int=6) not in RESERVED_IDS


@pytest.mark.parametrize("which", SystemAgent)
def test_a_system_agent_has_its_reserved_id_in_each_tenant(which: SystemAgent) -> None:
    agent = make_system(which)
    assert agent.id == which.id
    assert agent.name == f"System - {which.value.title()}"
    assert (agent.type, agent.user_id, agent.email) == (AgentType.SYSTEM, None, None)
    assert (agent.active, agent.status) == (True, AgentStatus.OFFLINE)
    assert agent.config == {"description": which.description, "immutable": True}
    assert which.description
    assert last_event(agent)[0] == "agent.created"


def test_an_unknown_system_agent_is_refused() -> None:
    with pytest.raises(ValidationError) as raised:
        Agent.create_system("plumber", project_id=PROJECT, tenant_id="acme", now=NOW)  # type: ignore[arg-type]
    assert raised.value.field == "system_agent"


def test_a_system_agent_never_changes() -> None:
    agent = make_system()
    assert_refused(
        lambda: agent.set_profile(name="x", email="x@acme.example", now=LATER),
        lambda: agent.set_role(AgentRole.ADMIN, now=LATER),
        lambda: agent.set_status(AgentStatus.AVAILABLE, now=LATER),
        lambda: agent.activate(now=LATER),
        lambda: agent.deactivate(now=LATER),
        lambda: agent.record_login(now=LATER),
        lambda: agent.grant_permission("send_messages", now=LATER),
        lambda: agent.set_config({}, now=LATER),
        lambda: agent.set_settings({"a": 1}, now=LATER),
        lambda: agent.delete(now=LATER),
    )
