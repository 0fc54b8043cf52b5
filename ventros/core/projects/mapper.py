"""Project and its row, column by column, in the order of the statements in ``sql/projects.sql``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from ventros.core.projects.aggregate import Project
from ventros.core.projects.values import (
    AgentAssignmentConfig,
    AssignmentStrategy,
    ReassignmentRule,
    ReassignmentTrigger,
)

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "user_id",
    "billing_account_id",
    "name",
    "description",
    "configuration",
    "active",
    "session_timeout_minutes",
    "agent_assignment",
    "created_at",
    "updated_at",
    "deleted_at",
    "suspended_at",
)


def from_row(row: Sequence[Any]) -> Project:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        user_id,
        billing_account_id,
        name,
        description,
        configuration,
        active,
        session_timeout_minutes,
        agent_assignment,
        created_at,
        updated_at,
        deleted_at,
        suspended_at,
    ) = row
    return Project(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        customer_id=user_id,
        billing_account_id=billing_account_id,
        name=name,
        description=description,
        configuration=configuration,
        active=active,
        session_timeout_minutes=session_timeout_minutes,
        agent_assignment=_assignment_from_json(agent_assignment),
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
        suspended_at=suspended_at,
    )


def insert_args(project: Project) -> tuple[object, ...]:
    """projects.insert, from $1."""
    return (
        project.tenant_id,
        project.id,
        project.customer_id,
        project.billing_account_id,
        project.name,
        project.description,
        project.configuration,
        project.active,
        project.session_timeout_minutes,
        _assignment_to_json(project.agent_assignment),
        project.created_at,
        project.updated_at,
        project.deleted_at,
        project.suspended_at,
    )


def update_args(project: Project) -> tuple[object, ...]:
    """projects.update, from $1."""
    return (
        project.tenant_id,
        project.id,
        project.version,
        project.name,
        project.description,
        project.configuration,
        project.active,
        project.session_timeout_minutes,
        _assignment_to_json(project.agent_assignment),
        project.updated_at,
        project.deleted_at,
        project.suspended_at,
    )


def _assignment_to_json(config: AgentAssignmentConfig) -> dict[str, Any]:
    return {
        "enabled": config.enabled,
        "agent_ids": [str(agent_id) for agent_id in config.agent_ids],
        "strategy": config.strategy.value,
        "round_robin_index": config.round_robin_index,
        "only_human_agents": config.only_human_agents,
        "exclude_virtual_agents": config.exclude_virtual_agents,
        "reassignment_rules": [_rule_to_json(rule) for rule in config.reassignment_rules],
        "require_at_least_one_agent": config.require_at_least_one_agent,
    }


def _assignment_from_json(data: Mapping[str, Any]) -> AgentAssignmentConfig:
    return AgentAssignmentConfig(
        enabled=data["enabled"],
        agent_ids=tuple(UUID(agent_id) for agent_id in data["agent_ids"]),
        strategy=AssignmentStrategy(data["strategy"]),
        round_robin_index=data["round_robin_index"],
        only_human_agents=data["only_human_agents"],
        exclude_virtual_agents=data["exclude_virtual_agents"],
        reassignment_rules=tuple(_rule_from_json(rule) for rule in data["reassignment_rules"]),
        require_at_least_one_agent=data["require_at_least_one_agent"],
    )


def _rule_to_json(rule: ReassignmentRule) -> dict[str, Any]:
    return {
        "enabled": rule.enabled,
        "trigger": rule.trigger.value,
        "inactivity_timeout_minutes": rule.inactivity_timeout_minutes,
        "max_reassignments": rule.max_reassignments,
        "notify_previous_agent": rule.notify_previous_agent,
        "only_during_business_hours": rule.only_during_business_hours,
    }


def _rule_from_json(data: Mapping[str, Any]) -> ReassignmentRule:
    return ReassignmentRule(
        enabled=data["enabled"],
        trigger=ReassignmentTrigger(data["trigger"]),
        inactivity_timeout_minutes=data["inactivity_timeout_minutes"],
        max_reassignments=data["max_reassignments"],
        notify_previous_agent=data["notify_previous_agent"],
        only_during_business_hours=data["only_during_business_hours"],
    )
