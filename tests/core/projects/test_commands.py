"""What can be done with a project, and how it hands its sessions to agents; without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.core.projects.aggregate import Project
from ventros.core.projects.values import (
    AgentAssignmentConfig,
    AssignmentStrategy,
    ReassignmentRule,
    ReassignmentTrigger,
)
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
NIL, ONE, TWO, THREE = (UUID(int=number) for number in range(4))
MANUAL_RULE = ReassignmentRule(trigger=ReassignmentTrigger.MANUAL)

Command = Callable[[Project], Project]


def stored(**fields: Any) -> Project:
    """As it is loaded: without events."""
    project = Project.create(
        customer_id=uuid4(), billing_account_id=uuid4(), tenant_id="acme", name="Acme", now=NOW
    )
    return attrs.evolve(project.clear_events(), **fields)


def assigning(*agents: UUID, **fields: Any) -> Project:
    config = {"enabled": True, "strategy": AssignmentStrategy.ROUND_ROBIN, **fields}
    return stored(agent_assignment=AgentAssignmentConfig(agent_ids=agents, **config))


COMMANDS: list[tuple[Command, str, Any]] = [
    (lambda project: project.rename("Umbrella", now=LATER), "name", "Umbrella"),
    (lambda project: project.deactivate(now=LATER), "active", False),
    (lambda project: project.set_configuration({"a": [1]}, now=LATER), "configuration", {"a": [1]}),
    (lambda project: project.set_description("what it is", now=LATER), "description", "what it is"),
    (lambda project: project.set_session_timeout(45, now=LATER), "session_timeout_minutes", 45),
    (
        lambda project: project.set_agent_assignment(AgentAssignmentConfig(agent_ids=(ONE,)), now=LATER),
        "agent_assignment",
        AgentAssignmentConfig(agent_ids=(ONE,)),
    ),
    (
        lambda project: project.set_assignment_strategy(AssignmentStrategy.LEAST_SESSIONS, now=LATER),
        "agent_assignment",
        AgentAssignmentConfig(strategy=AssignmentStrategy.LEAST_SESSIONS),
    ),
    (
        lambda project: project.set_require_at_least_one_agent(False, now=LATER),
        "agent_assignment",
        AgentAssignmentConfig(require_at_least_one_agent=False),
    ),
]


@pytest.mark.parametrize(("command", "field", "value"), COMMANDS)
def test_a_command_changes_its_field_says_so_and_is_idempotent(
    command: Command, field: str, value: Any
) -> None:
    changed = command(stored())
    assert getattr(changed, field) == value
    assert changed.updated_at == LATER
    assert changed.version == 1
    (updated,) = changed.domain_events
    assert (updated.event_name, updated.occurred_at) == ("project.updated", LATER)
    assert updated.payload() == {"project_id": changed.id, "fields": (field,), "updated_at": LATER}
    assert command(changed) is changed


def test_an_active_project_is_not_activated_again() -> None:
    project = stored()
    assert project.activate(now=LATER) is project
    assert project.deactivate(now=LATER).activate(now=LATER).active


def test_true_is_another_configuration_than_one() -> None:
    project = stored(configuration={"limit": 1})
    assert project.set_configuration({"limit": True}, now=LATER).configuration["limit"] is True


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (lambda project: project.rename("", now=LATER), "name"),
        (lambda project: project.set_session_timeout(0, now=LATER), "session_timeout_minutes"),
        (lambda project: project.set_assignment_strategy("at_random", now=LATER), "strategy"),
        (lambda project: project.add_assignment_agent(NIL, now=LATER), "agent_id"),
        (lambda project: project.remove_reassignment_rule(0, now=LATER), "index"),
        (lambda project: project.remove_reassignment_rule(-1, now=LATER), "index"),
    ],
)
def test_a_faulty_argument_of_a_command_is_named(command: Command, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        command(stored())
    assert raised.value.field == field


def test_agents_come_and_go_in_their_order() -> None:
    project = stored().add_assignment_agent(ONE, now=LATER).add_assignment_agent(TWO, now=LATER)
    assert project.agent_assignment.agent_ids == (ONE, TWO)
    with pytest.raises(ValidationError) as raised:
        project.add_assignment_agent(ONE, now=LATER)
    assert raised.value.field == "agent_id"
    assert project.remove_assignment_agent(ONE, now=LATER).agent_assignment.agent_ids == (TWO,)
    with pytest.raises(NotFound):
        project.remove_assignment_agent(THREE, now=LATER)


@pytest.mark.parametrize(("index", "expected"), [(0, 0), (1, 1), (2, 0)])
def test_the_turn_starts_anew_when_its_place_is_gone(index: int, expected: int) -> None:
    project = assigning(ONE, TWO, THREE, round_robin_index=index)
    assert project.remove_assignment_agent(THREE, now=LATER).agent_assignment.round_robin_index == expected


def test_assignment_is_enabled_only_when_it_is_complete() -> None:
    with pytest.raises(InvariantViolation):
        stored().enable_agent_assignment(now=LATER)
    enabled = stored().add_assignment_agent(ONE, now=LATER).enable_agent_assignment(now=LATER)
    assert enabled.agent_assignment.enabled
    assert enabled.enable_agent_assignment(now=LATER) is enabled
    assert not enabled.disable_agent_assignment(now=LATER).agent_assignment.enabled


def test_an_enabled_assignment_keeps_its_last_required_agent() -> None:
    project = assigning(ONE)
    with pytest.raises(InvariantViolation):
        project.remove_assignment_agent(ONE, now=LATER)
    free = project.set_require_at_least_one_agent(False, now=LATER).remove_assignment_agent(ONE, now=LATER)
    assert free.agent_assignment.agent_ids == ()
    with pytest.raises(InvariantViolation):
        free.set_require_at_least_one_agent(True, now=LATER)


def test_agents_take_turns() -> None:
    project, agents = assigning(ONE, TWO), []
    for _ in range(3):
        project, agent = project.next_assignment_agent(now=LATER)
        agents.append(agent)
    assert agents == [ONE, TWO, ONE]
    assert [event.event_name for event in project.domain_events] == ["project.updated"] * 3
    assert project.updated_at == LATER


def test_a_turn_past_the_end_starts_anew() -> None:
    project, agent = assigning(ONE, TWO, round_robin_index=7).next_assignment_agent(now=LATER)
    assert (agent, project.agent_assignment.round_robin_index) == (ONE, 1)


@pytest.mark.parametrize(
    "project", [assigning(ONE), assigning(ONE, TWO, strategy=AssignmentStrategy.LEAST_SESSIONS)]
)
def test_where_no_turn_passes_the_project_does_not_change(project: Project) -> None:
    assert project.next_assignment_agent(now=LATER) == (project, ONE)


@pytest.mark.parametrize(
    "project",
    [
        stored(),
        assigning(ONE, strategy=AssignmentStrategy.MANUAL),
        assigning(ONE, enabled=False),
        assigning(require_at_least_one_agent=False),
    ],
)
def test_without_automatic_assignment_there_is_no_next_agent(project: Project) -> None:
    assert not project.agent_assignment.should_auto_assign
    with pytest.raises(InvariantViolation):
        project.next_assignment_agent(now=LATER)


def test_rules_are_kept_in_their_order() -> None:
    other = ReassignmentRule(enabled=False, trigger=ReassignmentTrigger.WORKLOAD_BALANCE)
    project = stored().add_reassignment_rule(MANUAL_RULE, now=LATER).add_reassignment_rule(other, now=LATER)
    assert project.agent_assignment.reassignment_rules == (MANUAL_RULE, other)
    assert project.agent_assignment.active_rules == (MANUAL_RULE,)
    assert project.remove_reassignment_rule(0, now=LATER).agent_assignment.reassignment_rules == (other,)
    cleared = project.clear_reassignment_rules(now=LATER)
    assert cleared.agent_assignment.reassignment_rules == ()
    assert cleared.clear_reassignment_rules(now=LATER) is cleared


def timed(minutes: int, **fields: Any) -> ReassignmentRule:
    return ReassignmentRule(
        trigger=ReassignmentTrigger.INACTIVITY, inactivity_timeout_minutes=minutes, **fields
    )


@pytest.mark.parametrize(
    ("rule", "minutes", "reassignments", "fires"),
    [
        (timed(10), 10, 0, True),
        (timed(10), 9, 0, False),
        (timed(10, max_reassignments=2), 10, 1, True),
        (timed(10, max_reassignments=2), 10, 2, False),
        (timed(10, max_reassignments=0), 10, 99, True),
        (timed(10, enabled=False), 99, 0, False),
        (MANUAL_RULE, 99, 0, False),
        (ReassignmentRule(trigger=ReassignmentTrigger.WORKLOAD_BALANCE), 99, 0, False),
    ],
)
def test_when_a_rule_fires(rule: ReassignmentRule, minutes: int, reassignments: int, fires: bool) -> None:
    assert rule.fires(idle=timedelta(minutes=minutes), reassignments=reassignments) is fires


def test_the_first_rule_that_fires_counts() -> None:
    slow, quick, quicker = timed(30), timed(10), timed(5)
    project = assigning(ONE, reassignment_rules=(slow, quick, quicker))

    def rule(project: Project, minutes: int) -> ReassignmentRule | None:
        silent_since = LATER - timedelta(minutes=minutes)
        return project.should_reassign_session(last_activity_at=silent_since, reassignments=0, now=LATER)

    assert [rule(project, minutes) for minutes in (1, 5, 10, 30)] == [None, quicker, quick, slow]
    assert rule(project.disable_agent_assignment(now=LATER), 30) is None


def test_a_deleted_project_is_deleted_for_good() -> None:
    deleted = stored().delete(now=LATER)
    assert deleted.deleted_at == LATER
    (event,) = deleted.domain_events
    assert (event.event_name, event.occurred_at) == ("project.deleted", LATER)
    assert event.payload() == {"project_id": deleted.id, "deleted_at": LATER}
    for command in (deleted.delete, deleted.deactivate):
        with pytest.raises(InvariantViolation):
            command(now=LATER)


def test_the_time_of_the_last_change_does_not_go_back() -> None:
    assert stored(updated_at=LATER).deactivate(now=NOW).updated_at == LATER


def test_a_project_is_suspended_once_and_resumed() -> None:
    project = stored(active=False)
    suspended = project.suspend(now=LATER)
    assert (suspended.suspended, suspended.suspended_at, suspended.active) == (True, LATER, False)
    (event,) = suspended.domain_events
    assert event.event_name == "project.suspended"
    assert event.payload() == {
        "project_id": project.id,
        "billing_account_id": project.billing_account_id,
        "suspended_at": LATER,
    }
    assert suspended.suspend(now=LATER + timedelta(hours=1)) is suspended
    resumed = suspended.clear_events().resume(now=LATER)
    assert (resumed.suspended, resumed.suspended_at) == (False, None)
    assert [event.event_name for event in resumed.domain_events] == ["project.resumed"]
    assert resumed.resume(now=LATER) is resumed
