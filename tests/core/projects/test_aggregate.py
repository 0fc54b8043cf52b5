"""The rules of a project and of its configuration of agents, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.core.projects import mapper
from ventros.core.projects.aggregate import Project
from ventros.core.projects.values import (
    AgentAssignmentConfig,
    AssignmentStrategy,
    ReassignmentRule,
    ReassignmentTrigger,
)
from ventros.kernel.errors import ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NIL = UUID(int=0)


def make_project() -> Project:
    return Project.create(
        customer_id=uuid4(), billing_account_id=uuid4(), tenant_id="acme", name="Acme", now=NOW
    )


def test_a_new_project_has_the_defaults_and_one_event() -> None:
    project = make_project()
    assert project.version == 1
    assert project.active
    assert project.description == ""
    assert project.configuration == {}
    assert project.session_timeout_minutes == 30
    assert project.agent_assignment == AgentAssignmentConfig()
    assert project.created_at == project.updated_at == NOW
    assert project.deleted_at is None
    (created,) = project.domain_events
    assert created.event_name == "project.created"
    assert created.occurred_at == NOW
    assert created.payload() == {
        "project_id": project.id,
        "customer_id": project.customer_id,
        "billing_account_id": project.billing_account_id,
        "tenant_id": "acme",
        "name": "Acme",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer_id", NIL),
        ("billing_account_id", NIL),
        ("tenant_id", ""),
        ("tenant_id", "a'b"),
        ("name", ""),
    ],
)
def test_a_faulty_argument_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_project(), **{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize("minutes", [0, -1])
def test_a_session_timeout_is_above_zero(minutes: int) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_project(), session_timeout_minutes=minutes)
    assert raised.value.field == "session_timeout_minutes"


def test_nobody_else_holds_a_part_of_the_configuration() -> None:
    configuration = {"colors": {"main": "red"}}
    project = attrs.evolve(make_project(), configuration=configuration)
    configuration["colors"]["main"] = "blue"
    later = attrs.evolve(project, name="Other")
    later.configuration["colors"]["main"] = "green"
    assert project.configuration == {"colors": {"main": "red"}}


def test_a_project_can_be_hashed() -> None:
    project = attrs.evolve(make_project(), configuration={"key": []})
    assert {project, attrs.evolve(project)} == {project}


def test_a_disabled_assignment_is_not_validated() -> None:
    agent = uuid4()
    config = AgentAssignmentConfig(agent_ids=(agent, agent, NIL), round_robin_index=-1)
    assert config.strategy is AssignmentStrategy.MANUAL
    assert config.require_at_least_one_agent
    assert config.exclude_virtual_agents


@pytest.mark.parametrize(
    ("agents", "index", "field"),
    [
        ((), 0, "agent_ids"),
        ((NIL,), 0, "agent_ids"),
        ((UUID(int=1), UUID(int=1)), 0, "agent_ids"),
        ((UUID(int=1),), -1, "round_robin_index"),
    ],
)
def test_an_enabled_assignment_is_complete(agents: tuple[UUID, ...], index: int, field: str) -> None:
    disabled = AgentAssignmentConfig(agent_ids=agents, round_robin_index=index)
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(disabled, enabled=True)
    assert raised.value.field == field


def test_an_enabled_assignment_may_have_no_agents_when_none_is_required() -> None:
    assert AgentAssignmentConfig(enabled=True, require_at_least_one_agent=False).agent_ids == ()


def test_the_last_required_agent_cannot_be_taken_away() -> None:
    enabled = AgentAssignmentConfig(enabled=True, agent_ids=(uuid4(),))
    with pytest.raises(ValidationError):
        attrs.evolve(enabled, agent_ids=())


def test_an_unknown_strategy_or_trigger_is_refused() -> None:
    with pytest.raises(ValidationError) as raised:
        AssignmentStrategy("at_random")
    assert raised.value.field == "strategy"
    with pytest.raises(ValidationError) as raised:
        ReassignmentTrigger("weather")
    assert raised.value.field == "trigger"


@pytest.mark.parametrize("trigger", [ReassignmentTrigger.INACTIVITY, ReassignmentTrigger.NO_RESPONSE])
def test_a_timed_rule_needs_a_time(trigger: ReassignmentTrigger) -> None:
    with pytest.raises(ValidationError) as raised:
        ReassignmentRule(trigger=trigger, inactivity_timeout_minutes=0)
    assert raised.value.field == "inactivity_timeout_minutes"
    assert ReassignmentRule(trigger=trigger, inactivity_timeout_minutes=1).max_reassignments == 3
    assert not ReassignmentRule(enabled=False, trigger=trigger, inactivity_timeout_minutes=0).enabled


@pytest.mark.parametrize("trigger", [ReassignmentTrigger.MANUAL, ReassignmentTrigger.WORKLOAD_BALANCE])
def test_another_rule_needs_no_time(trigger: ReassignmentTrigger) -> None:
    assert ReassignmentRule(trigger=trigger).inactivity_timeout_minutes == 0


def test_a_rule_counts_reassignments_from_zero() -> None:
    assert ReassignmentRule(trigger=ReassignmentTrigger.MANUAL, max_reassignments=0).max_reassignments == 0
    with pytest.raises(ValidationError) as raised:
        ReassignmentRule(trigger=ReassignmentTrigger.MANUAL, max_reassignments=-1)
    assert raised.value.field == "max_reassignments"


def full_project() -> Project:
    """No field at its default, so that one that a mapper forgets is missed."""
    return attrs.evolve(
        make_project().clear_events(),
        description="what it is",
        configuration={"nested": {"list": [1, "two", None]}},
        active=False,
        session_timeout_minutes=45,
        agent_assignment=AgentAssignmentConfig(
            enabled=True,
            agent_ids=(uuid4(), uuid4()),
            strategy=AssignmentStrategy.ROUND_ROBIN,
            round_robin_index=1,
            only_human_agents=True,
            exclude_virtual_agents=False,
            reassignment_rules=(
                ReassignmentRule(
                    trigger=ReassignmentTrigger.NO_RESPONSE,
                    inactivity_timeout_minutes=15,
                    max_reassignments=0,
                    notify_previous_agent=False,
                    only_during_business_hours=True,
                ),
                ReassignmentRule(enabled=False, trigger=ReassignmentTrigger.WORKLOAD_BALANCE),
            ),
            require_at_least_one_agent=False,
        ),
        updated_at=datetime(2026, 1, 3, tzinfo=UTC),
        deleted_at=datetime(2026, 1, 4, tzinfo=UTC),
        suspended_at=datetime(2026, 1, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize("make", [make_project, full_project])
def test_what_the_mapper_writes_it_reads(make: Callable[[], Project]) -> None:
    project = make().clear_events()
    written = mapper.insert_args(project)
    tenant_id, id_, *others = written
    assert mapper.from_row((id_, project.version, tenant_id, *others)) == project
    assert len(mapper.COLUMNS) == len(written) + 1


def test_an_update_writes_all_but_what_never_changes() -> None:
    project = full_project()
    tenant_id, id_, user_id, billing_account_id, *others, created_at, updated_at, deleted_at, suspended_at = (
        mapper.insert_args(project)
    )
    assert mapper.update_args(project) == (tenant_id, id_, 1, *others, updated_at, deleted_at, suspended_at)
    assert (user_id, billing_account_id, created_at) == (
        project.customer_id,
        project.billing_account_id,
        project.created_at,
    )
