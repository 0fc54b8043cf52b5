"""Campaign: a marketing flow of several steps towards a goal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

import attrs

from ventros.automation.campaigns.events import (
    CampaignActivated,
    CampaignArchived,
    CampaignCompleted,
    CampaignCreated,
    CampaignPaused,
    CampaignResumed,
    CampaignScheduled,
    CampaignStepAdded,
    CampaignStepRemoved,
    CampaignUpdated,
)
from ventros.automation.campaigns.values import (
    CampaignCounters,
    CampaignStatus,
    GoalType,
    StepConfig,
    StepType,
)
from ventros.automation.conditions import require_known
from ventros.automation.steps import SteppedAggregate
from ventros.automation.values import StepCondition, all_of, not_negative, require_not_past
from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id

DRAFT, SCHEDULED, ACTIVE = CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, CampaignStatus.ACTIVE
PAUSED, COMPLETED, ARCHIVED = CampaignStatus.PAUSED, CampaignStatus.COMPLETED, CampaignStatus.ARCHIVED


@attrs.frozen(kw_only=True)
class CampaignStep:
    """``position`` is what the older system called its order. Raises ValidationError when ``config`` lacks
    what the type needs, or a condition is none that is known.
    """

    id: UUID = attrs.field(factory=new_id, validator=validators.not_nil)
    position: int = attrs.field(validator=not_negative)
    name: str
    type: StepType = attrs.field(converter=StepType)
    config: StepConfig
    conditions: tuple[StepCondition, ...] = attrs.field(default=(), converter=all_of)
    created_at: datetime = attrs.field(validator=validators.aware)

    def __attrs_post_init__(self) -> None:
        self.config.require(self.type)
        for condition in (*self.conditions, *self.asked):
            require_known(condition)

    @property
    def asked(self) -> tuple[StepCondition, ...]:
        """What a step of type condition asks: the contact goes on if it holds, and leaves if not."""
        return (self.config.condition,) if self.type is StepType.CONDITION else ()

    @property
    def delay(self) -> timedelta:
        """Zero but for the types delay and wait."""
        return self.config.delay if self.type in {StepType.DELAY, StepType.WAIT} else timedelta(0)


@attrs.frozen(kw_only=True, slots=False)
class Campaign(SteppedAggregate[CampaignStep]):
    """Whom it reached is counted beside it: see :meth:`CampaignRepository.counters`.

    Its steps change while it is a draft, and it never becomes a draft again. Only a draft may be removed.

    Stricter than the older system: types of goal, step and delay are known ones; a step is checked when it
    is made, and one that is replaced keeps its id and time of creation; a wait needs its delay, what it
    waits for, its timeout and the step to go on from then, which must be there before the campaign starts.
    """

    resource = "campaign"
    created_event = CampaignCreated
    updated_event = CampaignUpdated

    status: CampaignStatus = DRAFT
    goal_type: GoalType = attrs.field(converter=GoalType)
    goal_value: int = attrs.field(default=0, validator=not_negative)
    start_date: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    end_date: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @classmethod
    def create(
        cls,
        *,
        tenant_id: str,
        name: str,
        goal_type: GoalType,
        goal_value: int,
        now: datetime,
        description: str = "",
    ) -> Self:
        """A draft without steps, version 1.

        Raises ValidationError for an empty or unknown argument or a negative goal.
        """
        campaign = cls(
            tenant_id=tenant_id,
            name=name,
            description=description,
            goal_type=goal_type,
            goal_value=goal_value,
            created_at=now,
            updated_at=now,
        )
        return campaign.record_creation(CampaignCreated())

    def progress_rate(self, counters: CampaignCounters) -> float:
        """Per cent of the goal; 0 for a goal of 0, and for engagement, which nothing counts."""
        reached = {
            GoalType.REACH_CONTACTS: counters.contacts_reached,
            GoalType.CONVERSIONS: counters.conversions_count,
        }.get(self.goal_type, 0)
        return 100 * reached / self.goal_value if self.goal_value else 0.0

    def activate(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft or scheduled and has steps."""
        self._require("activate", DRAFT, SCHEDULED)
        self._require_complete_steps("activate")
        return self.record_change(now, CampaignActivated(), status=ACTIVE)

    def schedule(self, start_date: datetime, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft with steps, ValidationError for a past time."""
        self._require("schedule", DRAFT)
        self._require_complete_steps("schedule")
        require_not_past(start_date, now=now, field="start_date")
        scheduled = CampaignScheduled(start_date=start_date)
        return self.record_change(now, scheduled, status=SCHEDULED, start_date=start_date)

    def pause(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is active."""
        self._require("pause", ACTIVE)
        return self.record_change(now, CampaignPaused(), status=PAUSED)

    def resume(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is paused."""
        self._require("resume", PAUSED)
        return self.record_change(now, CampaignResumed(), status=ACTIVE)

    def complete(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is active: a paused one is resumed first."""
        self._require("complete", ACTIVE)
        return self.record_change(now, CampaignCompleted(), status=COMPLETED, end_date=now)

    def archive(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is archived already."""
        self._require("archive", DRAFT, SCHEDULED, ACTIVE, PAUSED, COMPLETED)
        return self.record_change(now, CampaignArchived(), status=ARCHIVED)

    def add_step(self, step: CampaignStep, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft and the step's position is free."""
        added = CampaignStepAdded(step_id=step.id, step_type=step.type.value, order=step.position)
        return self._with_step(step, added, now)

    def remove_step(self, step_id: UUID, *, now: datetime) -> Self:
        """Raises NotFound, InvariantViolation unless it is a draft."""
        steps = self._without_step(step_id)
        return self.record_change(now, CampaignStepRemoved(step_id=step_id), steps=steps)

    def set_goal(self, goal_type: GoalType, goal_value: int, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown type or a negative value."""
        return self.record_update(now, goal_type=GoalType(goal_type), goal_value=goal_value)

    def _moved(self, step: CampaignStep, moves: Mapping[int, int]) -> CampaignStep:
        """Its jump goes where the target went; a jump to nowhere stays one."""
        moved, target = super()._moved(step, moves), step.config.timeout_step
        if target is None:
            return moved
        return attrs.evolve(moved, config=attrs.evolve(step.config, timeout_step=moves.get(target, target)))

    def _require_complete_steps(self, command: str) -> None:
        if not self.steps:
            raise InvariantViolation(f"cannot {command}: campaign {self.id} has no steps")
        positions = {step.position for step in self.steps}
        for step in self.steps:
            target = step.config.timeout_step
            if step.type is StepType.WAIT and target not in positions:
                raise InvariantViolation(
                    f"cannot {command}: step {step.id} of campaign {self.id} goes on from position {target}, "
                    "where there is no step"
                )
