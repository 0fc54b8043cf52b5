"""How a project hands its sessions to agents, and when it takes them away again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError

DEFAULT_MAX_REASSIGNMENTS = 3
"""The older system's value for a new rule."""


class AssignmentStrategy(ValidatedEnum, field="strategy"):
    """How the agent of a new session is chosen."""

    ROUND_ROBIN = "round_robin"
    LEAST_SESSIONS = "least_sessions"
    MANUAL = "manual"


class ReassignmentTrigger(ValidatedEnum, field="trigger"):
    """Why a session gets another agent."""

    INACTIVITY = "inactivity"
    MANUAL = "manual"
    NO_RESPONSE = "no_response"
    WORKLOAD_BALANCE = "workload_balance"


_TIMED = frozenset({ReassignmentTrigger.INACTIVITY, ReassignmentTrigger.NO_RESPONSE})


@attrs.frozen(kw_only=True)
class ReassignmentRule:
    """When a session's agent is replaced; a disabled rule may hold any numbers.

    ``max_reassignments`` 0 is without limit. ``only_during_business_hours`` is kept for its readers;
    nothing here evaluates it.
    """

    enabled: bool = True
    trigger: ReassignmentTrigger = attrs.field(converter=ReassignmentTrigger)
    inactivity_timeout_minutes: int = attrs.field(default=0)
    max_reassignments: int = attrs.field(default=DEFAULT_MAX_REASSIGNMENTS)
    notify_previous_agent: bool = True
    only_during_business_hours: bool = False

    @inactivity_timeout_minutes.validator
    def _check_timeout(self, _attribute: object, value: int) -> None:
        if self.enabled and self.trigger in _TIMED and value <= 0:
            raise ValidationError(
                f"inactivity_timeout_minutes must be above 0 for the trigger {self.trigger}",
                field="inactivity_timeout_minutes",
            )

    @max_reassignments.validator
    def _check_limit(self, _attribute: object, value: int) -> None:
        if self.enabled and value < 0:
            raise ValidationError("max_reassignments must not be negative", field="max_reassignments")

    def fires(self, *, idle: timedelta, reassignments: int) -> bool:
        """For a session of that many reassignments whose last activity is ``idle`` ago.

        The triggers manual and workload_balance never fire by time.
        """
        if not self.enabled or self.trigger not in _TIMED:
            return False
        if 0 < self.max_reassignments <= reassignments:
            return False
        return idle >= timedelta(minutes=self.inactivity_timeout_minutes)


@attrs.frozen(kw_only=True)
class AgentAssignmentConfig:
    """How sessions get their agents; only an enabled one must be complete.

    Stricter than the older system: one that is enabled and invalid cannot be made at all, so nothing
    can enable an invalid one or take the last required agent from it. Its rules are valid by
    themselves. ``round_robin_index`` is the place in ``agent_ids`` of the next agent. Nothing here
    evaluates ``only_human_agents`` and ``exclude_virtual_agents``; they are kept for their readers.
    """

    enabled: bool = False
    agent_ids: tuple[UUID, ...] = attrs.field(default=())
    strategy: AssignmentStrategy = attrs.field(
        default=AssignmentStrategy.MANUAL, converter=AssignmentStrategy
    )
    round_robin_index: int = attrs.field(default=0)
    only_human_agents: bool = False
    exclude_virtual_agents: bool = True
    reassignment_rules: tuple[ReassignmentRule, ...] = ()
    require_at_least_one_agent: bool = True

    @agent_ids.validator
    def _check_agents(self, attribute: attrs.Attribute[Any], value: tuple[UUID, ...]) -> None:
        if not self.enabled:
            return
        for agent_id in value:
            validators.not_nil(self, attribute, agent_id)
        if len(set(value)) != len(value):
            raise ValidationError("agent_ids names an agent twice", field="agent_ids")
        if self.require_at_least_one_agent and not value:
            raise ValidationError(
                "agent_ids must name an agent: assignment is enabled and requires one", field="agent_ids"
            )

    @round_robin_index.validator
    def _check_index(self, _attribute: object, value: int) -> None:
        if self.enabled and value < 0:
            raise ValidationError("round_robin_index must not be negative", field="round_robin_index")

    @property
    def should_auto_assign(self) -> bool:
        return self.enabled and bool(self.agent_ids) and self.strategy is not AssignmentStrategy.MANUAL

    @property
    def active_rules(self) -> tuple[ReassignmentRule, ...]:
        """The enabled ones, in their order."""
        return tuple(rule for rule in self.reassignment_rules if rule.enabled)
