"""Campaign: a marketing flow of several steps towards a goal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self
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
    what the type needs.
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

    @property
    def delay(self) -> timedelta:
        """Zero but for the types delay and wait."""
        return self.config.delay if self.type in {StepType.DELAY, StepType.WAIT} else timedelta(0)


@attrs.frozen(kw_only=True)
class Campaign(SteppedAggregate[CampaignStep]):
    """Whom it reached is counted beside it: see :meth:`CampaignRepository.counters`.

    Its steps change while it is a draft, and it never becomes a draft again. Only a draft may be removed.

    Stricter than the older system: types of goal, step and delay are known ones; a step is checked when it
    is made, and one that is replaced keeps its id and time of creation; a wait needs its delay, what it
    waits for, its timeout and the step to go on from then, which must be there before the campaign starts.
    """

    resource = "campaign"

    tenant_id: str = attrs.field(validator=validators.tenant)
    name: str = attrs.field(validator=validators.not_empty)
    description: str = ""
    status: CampaignStatus = DRAFT
    goal_type: GoalType = attrs.field(converter=GoalType)
    goal_value: int = attrs.field(default=0, validator=not_negative)
    start_date: datetime | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.aware)
    )
    end_date: datetime | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.aware)
    )

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
        created = CampaignCreated(
            **campaign._fact(now),
            tenant_id=tenant_id,
            name=name,
            description=description,
            goal_type=campaign.goal_type.value,
            goal_value=goal_value,
        )
        return attrs.evolve(campaign, domain_events=(created,))

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
        return self._changed(now, CampaignActivated(**self._fact(now)), status=ACTIVE)

    def schedule(self, start_date: datetime, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft with steps, ValidationError for a past time."""
        self._require("schedule", DRAFT)
        self._require_complete_steps("schedule")
        require_not_past(start_date, now=now, field="start_date")
        scheduled = CampaignScheduled(**self._fact(now), start_date=start_date)
        return self._changed(now, scheduled, status=SCHEDULED, start_date=start_date)

    def pause(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is active."""
        self._require("pause", ACTIVE)
        return self._changed(now, CampaignPaused(**self._fact(now)), status=PAUSED)

    def resume(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is paused."""
        self._require("resume", PAUSED)
        return self._changed(now, CampaignResumed(**self._fact(now)), status=ACTIVE)

    def complete(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is active: a paused one is resumed first."""
        self._require("complete", ACTIVE)
        return self._changed(now, CampaignCompleted(**self._fact(now)), status=COMPLETED, end_date=now)

    def archive(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is archived already."""
        self._require("archive", DRAFT, SCHEDULED, ACTIVE, PAUSED, COMPLETED)
        return self._changed(now, CampaignArchived(**self._fact(now)), status=ARCHIVED)

    def add_step(self, step: CampaignStep, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft and the step's position is free."""
        self._require("add a step", DRAFT)
        steps = self._with_step(step)
        if steps is self.steps:
            return self
        added = CampaignStepAdded(
            **self._fact(now), step_id=step.id, step_type=step.type.value, order=step.position
        )
        return self._changed(now, added, steps=steps)

    def update_step(self, step_id: UUID, step: CampaignStep, *, now: datetime) -> Self:
        """Everything of ``step`` but its id and time of creation.

        Raises NotFound, InvariantViolation unless it is a draft and the step's position is free.
        """
        self._require("update a step", DRAFT)
        return self._with(now, steps=self._with_step_replaced(step_id, step))

    def remove_step(self, step_id: UUID, *, now: datetime) -> Self:
        """Raises NotFound, InvariantViolation unless it is a draft."""
        self._require("remove a step", DRAFT)
        removed = CampaignStepRemoved(**self._fact(now), step_id=step_id)
        return self._changed(now, removed, steps=self._without_step(step_id))

    def reorder_steps(self, step_ids: Sequence[UUID], *, now: datetime) -> Self:
        """The steps take the positions there are in the order of ``step_ids``; jumps go where they went.

        Raises ValidationError unless every step is named once, InvariantViolation unless it is a draft.
        """
        self._require("reorder the steps", DRAFT)
        places = self._rearranged(step_ids)
        moved = {step.position: places[step.id] for step in self.steps}
        steps = (
            attrs.evolve(step, position=places[step.id], config=_retargeted(step.config, moved))
            for step in self.steps
        )
        return self._with(now, steps=tuple(sorted(steps, key=lambda step: step.position)))

    def update_name(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self._with(now, name=name)

    def update_description(self, description: str, *, now: datetime) -> Self:
        return self._with(now, description=description)

    def update_goal(self, goal_type: GoalType, goal_value: int, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown type or a negative value."""
        return self._with(now, goal_type=GoalType(goal_type), goal_value=goal_value)

    def require_removable(self) -> None:
        """Raises InvariantViolation unless it is a draft."""
        self._require("remove", DRAFT)

    def _require(self, command: str, *statuses: CampaignStatus) -> None:
        if self.status not in statuses:
            raise InvariantViolation(f"cannot {command}: campaign {self.id} is {self.status.value}")

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

    def _with(self, now: datetime, **values: Any) -> Self:
        """``campaign.updated`` for those of ``values`` that differ."""
        changes = {field: value for field, value in values.items() if value != getattr(self, field)}
        if not changes:
            return self
        return self._changed(now, CampaignUpdated(**self._fact(now), fields=tuple(changes)), **changes)

    def _fact(self, now: datetime) -> dict[str, Any]:
        """What each of its events says first."""
        return {"occurred_at": now, "campaign_id": self.id}


def _retargeted(config: StepConfig, moved: dict[int, int]) -> StepConfig:
    """With the position that its jump's target has moved to; a jump to nowhere stays one."""
    if config.timeout_step is None:
        return config
    return attrs.evolve(config, timeout_step=moved.get(config.timeout_step, config.timeout_step))
