"""Project: the workspace of one customer, and the owner of one tenant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.core.projects.events import (
    ProjectCreated,
    ProjectDeleted,
    ProjectResumed,
    ProjectSuspended,
    ProjectUpdated,
)
from ventros.core.projects.values import AgentAssignmentConfig, AssignmentStrategy, ReassignmentRule
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.json_values import json_object
from ventros.values import same_json

DEFAULT_SESSION_TIMEOUT_MINUTES = 30
"""What the older system falls back to when neither pipeline, channel nor project says otherwise."""


@attrs.frozen(kw_only=True, slots=False)
class Project(AggregateRoot):
    """One project is one tenant, for ever: a deleted project's tenant is not handed out again.

    Owner, payer, tenant and time of creation never change. Stricter than the older system: a timeout
    of 0 or less is refused instead of silently becoming 30 minutes, assignment cannot be enabled while it
    is not complete, a disabled one reassigns nobody, and no command works on a deleted project.
    """

    resource = "project"
    created_event = ProjectCreated
    updated_event = ProjectUpdated

    tenant_id: str = attrs.field(validator=validators.tenant)
    customer_id: UUID = attrs.field(validator=validators.not_nil)
    billing_account_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    description: str = ""
    configuration: dict[str, Any] = json_object()
    active: bool = True
    session_timeout_minutes: int = attrs.field(default=DEFAULT_SESSION_TIMEOUT_MINUTES)
    agent_assignment: AgentAssignmentConfig = attrs.field(factory=AgentAssignmentConfig)
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    suspended_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @session_timeout_minutes.validator
    def _check_session_timeout(self, _attribute: object, value: int) -> None:
        if value <= 0:
            raise ValidationError("session_timeout_minutes must be above 0", field="session_timeout_minutes")

    @property
    def suspended(self) -> bool:
        """While its billing account is: its channels take no messages."""
        return self.suspended_at is not None

    @classmethod
    def create(
        cls, *, customer_id: UUID, billing_account_id: UUID, tenant_id: str, name: str, now: datetime
    ) -> Self:
        """A new, active project, version 1. Raises ValidationError for a nil or empty argument."""
        project = cls(
            tenant_id=tenant_id,
            customer_id=customer_id,
            billing_account_id=billing_account_id,
            name=name,
            created_at=now,
            updated_at=now,
        )
        return project.record_creation(ProjectCreated())

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self.record_update(now, name=name)

    def activate(self, *, now: datetime) -> Self:
        return self.record_update(now, active=True)

    def deactivate(self, *, now: datetime) -> Self:
        return self.record_update(now, active=False)

    def suspend(self, *, now: datetime) -> Self:
        """It stands still, because its billing account does; whether the customer uses it is ``active``.

        A suspended one keeps its first time.
        """
        if self.suspended_at is not None:
            return self
        return self.record_change(now, ProjectSuspended(), suspended_at=now)

    def resume(self, *, now: datetime) -> Self:
        """Changes nothing of one that is not suspended."""
        if self.suspended_at is None:
            return self
        return self.record_change(now, ProjectResumed(), suspended_at=None)

    def set_configuration(self, configuration: Mapping[str, Any], *, now: datetime) -> Self:
        """Replaces the whole of it."""
        if same_json(configuration, self.configuration, "configuration"):
            return self
        return self.record_change(now, ProjectUpdated(fields=("configuration",)), configuration=configuration)

    def set_description(self, description: str, *, now: datetime) -> Self:
        return self.record_update(now, description=description)

    def set_session_timeout(self, minutes: int, *, now: datetime) -> Self:
        """Raises ValidationError unless it is above 0."""
        return self.record_update(now, session_timeout_minutes=minutes)

    def set_agent_assignment(self, config: AgentAssignmentConfig, *, now: datetime) -> Self:
        """Replaces the whole of it, the place of the next agent included."""
        return self.record_update(now, agent_assignment=config)

    def enable_agent_assignment(self, *, now: datetime) -> Self:
        """Raises InvariantViolation while what it needs, an agent first of all, is missing."""
        return self._assignment(now, enabled=True)

    def disable_agent_assignment(self, *, now: datetime) -> Self:
        return self._assignment(now, enabled=False)

    def add_assignment_agent(self, agent_id: UUID, *, now: datetime) -> Self:
        """The last in turn. Raises ValidationError for the nil UUID and for one that is there already."""
        if agent_id.int == 0:
            raise ValidationError("agent_id must not be the nil UUID", field="agent_id")
        agent_ids = self.agent_assignment.agent_ids
        if agent_id in agent_ids:
            raise ValidationError(f"agent {agent_id} is assigned already", field="agent_id")
        return self._assignment(now, agent_ids=(*agent_ids, agent_id))

    def remove_assignment_agent(self, agent_id: UUID, *, now: datetime) -> Self:
        """Raises NotFound, and InvariantViolation for the last agent of an assignment that needs one."""
        config = self.agent_assignment
        if agent_id not in config.agent_ids:
            raise NotFound("agent", agent_id)
        kept = tuple(assigned for assigned in config.agent_ids if assigned != agent_id)
        index = config.round_robin_index if config.round_robin_index < len(kept) else 0
        return self._assignment(now, agent_ids=kept, round_robin_index=index)

    def set_assignment_strategy(self, strategy: AssignmentStrategy, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown one."""
        return self._assignment(now, strategy=AssignmentStrategy(strategy))

    def set_require_at_least_one_agent(self, required: bool, *, now: datetime) -> Self:
        """Raises InvariantViolation when one is required of an enabled assignment that has none."""
        return self._assignment(now, require_at_least_one_agent=required)

    def next_assignment_agent(self, *, now: datetime) -> tuple[Self, UUID]:
        """The agent for one more session, and the project with the turn passed on, to be saved with it.

        By least_sessions it is always the first agent, as in the older system: a project knows no
        sessions. Raises InvariantViolation unless agents are assigned automatically.
        """
        config = self.agent_assignment
        if not config.should_auto_assign:
            raise InvariantViolation(f"project {self.id} assigns no agents by itself")
        if config.strategy is AssignmentStrategy.LEAST_SESSIONS:
            return self, config.agent_ids[0]
        agents = len(config.agent_ids)
        turn = config.round_robin_index if config.round_robin_index < agents else 0
        return self._assignment(now, round_robin_index=(turn + 1) % agents), config.agent_ids[turn]

    def add_reassignment_rule(self, rule: ReassignmentRule, *, now: datetime) -> Self:
        """The last to be tried."""
        rules = self.agent_assignment.reassignment_rules
        return self._assignment(now, reassignment_rules=(*rules, rule))

    def remove_reassignment_rule(self, index: int, *, now: datetime) -> Self:
        """``index`` counts from 0. Raises ValidationError when there is no such rule."""
        rules = self.agent_assignment.reassignment_rules
        if not 0 <= index < len(rules):
            raise ValidationError(f"index is {index}, there are {len(rules)} rules", field="index")
        return self._assignment(now, reassignment_rules=(*rules[:index], *rules[index + 1 :]))

    def clear_reassignment_rules(self, *, now: datetime) -> Self:
        return self._assignment(now, reassignment_rules=())

    def delete(self, *, now: datetime) -> Self:
        """Terminal, and so is the tenant. Raises InvariantViolation when it is deleted already."""
        return self.record_change(now, ProjectDeleted(), deleted_at=now)

    def should_reassign_session(
        self, *, last_activity_at: datetime, reassignments: int, now: datetime
    ) -> ReassignmentRule | None:
        """The first rule, in their order, by which a session shall have another agent now; None to leave it.

        ``reassignments`` is how often the session has had another one already.
        """
        if not self.agent_assignment.enabled:
            return None
        idle = now - last_activity_at
        rules = self.agent_assignment.active_rules
        return next((rule for rule in rules if rule.fires(idle=idle, reassignments=reassignments)), None)

    def _assignment(self, now: datetime, **changes: Any) -> Self:
        """With ``changes`` made in its assignment; a config that may not be is the project's fault here."""
        try:
            config = attrs.evolve(self.agent_assignment, **changes)
        except ValidationError as error:
            raise InvariantViolation(f"the agent assignment of project {self.id}: {error}") from error
        return self.record_update(now, agent_assignment=config)
