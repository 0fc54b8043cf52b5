"""What a campaign, its steps and its counters are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs

from ventros.automation.values import DelayUnit, StepCondition, WaitFor
from ventros.kernel import validators
from ventros.kernel.aggregate import or_none
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError
from ventros.kernel.json_values import json_object_or_none


class CampaignStatus(ValidatedEnum, field="status"):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class GoalType(ValidatedEnum, field="goal_type"):
    """What the goal's value counts."""

    REACH_CONTACTS = "reach_contacts"
    CONVERSIONS = "conversions"
    ENGAGEMENT = "engagement"


class StepType(ValidatedEnum, field="type"):
    BROADCAST = "broadcast"
    SEQUENCE = "sequence"
    DELAY = "delay"
    CONDITION = "condition"
    WAIT = "wait"


def _at_least(low: int) -> Any:
    def check(_instance: object, attribute: attrs.Attribute[Any], value: int) -> None:
        if value < low:
            raise ValidationError(f"{attribute.name} must be at least {low}", field=attribute.name)

    return attrs.validators.optional(check)


_NEEDED: Mapping[StepType, tuple[str, ...]] = {
    StepType.BROADCAST: ("broadcast_id",),
    StepType.SEQUENCE: ("sequence_id",),
    StepType.DELAY: ("delay_amount", "delay_unit"),
    StepType.CONDITION: ("condition_type",),
    StepType.WAIT: ("delay_amount", "delay_unit", "wait_for", "wait_timeout", "timeout_step"),
}


@attrs.frozen(kw_only=True)
class StepConfig:
    """What a step does, by its type: see :meth:`require`; what the type does not ask for is None or ignored.

    ``wait_timeout`` is in hours; ``timeout_step`` is the position to go on from when it has passed.
    """

    broadcast_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    sequence_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    delay_amount: int | None = attrs.field(default=None, validator=_at_least(0))
    delay_unit: DelayUnit | None = attrs.field(default=None, converter=attrs.converters.optional(DelayUnit))
    condition_type: str | None = attrs.field(default=None, converter=or_none)
    condition_data: dict[str, Any] | None = json_object_or_none()
    wait_for: WaitFor | None = attrs.field(default=None, converter=attrs.converters.optional(WaitFor))
    wait_timeout: int | None = attrs.field(default=None, validator=_at_least(1))
    timeout_step: int | None = attrs.field(default=None, validator=_at_least(0))

    def __attrs_post_init__(self) -> None:
        if self.delay_amount is not None and self.delay_unit is not None:
            self.delay_unit.delay(self.delay_amount)

    def require(self, type: StepType) -> None:  # noqa: A002 - the field's name everywhere
        """Raises ValidationError, naming the key, when one that a step of that type needs is None."""
        for key in _NEEDED[type]:
            if getattr(self, key) is None:
                raise ValidationError(f"a step of type {type.value} needs {key}", field=key)

    @property
    def condition(self) -> StepCondition:
        """``condition_data`` may have an operator, by default equals, a value and a field.

        Raises ValidationError without a type.
        """
        data = self.condition_data or {}
        return StepCondition(
            type=self.condition_type or "",
            operator=data.get("operator", "equals"),
            value=data.get("value"),
            field=data.get("field"),
        )

    @property
    def delay(self) -> timedelta:
        """Zero unless both parts are given."""
        if self.delay_amount is None or self.delay_unit is None:
            return timedelta(0)
        return self.delay_unit.delay(self.delay_amount)


@attrs.frozen(kw_only=True)
class CampaignCounters:
    """Kept beside the campaign: see :meth:`CampaignRepository.counting`."""

    contacts_reached: int
    conversions_count: int

    @property
    def conversion_rate(self) -> float:
        """Per cent of the contacts reached, 0 when there are none."""
        return 100 * self.conversions_count / self.contacts_reached if self.contacts_reached else 0.0
