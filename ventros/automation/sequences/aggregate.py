"""Sequence: a series of messages that a contact gets one after the other, with delays between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.automation.conditions import require_known
from ventros.automation.sequences.events import (
    SequenceActivated,
    SequenceArchived,
    SequenceCreated,
    SequencePaused,
    SequenceResumed,
    SequenceStepAdded,
    SequenceUpdated,
)
from ventros.automation.sequences.values import SequenceStatus, TriggerType
from ventros.automation.steps import SteppedAggregate
from ventros.automation.values import DelayUnit, MessageTemplate, StepCondition, all_of, not_negative
from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.json_values import json_object

DRAFT, ACTIVE = SequenceStatus.DRAFT, SequenceStatus.ACTIVE
PAUSED, ARCHIVED = SequenceStatus.PAUSED, SequenceStatus.ARCHIVED


@attrs.frozen(kw_only=True)
class SequenceStep:
    """One message and how long to wait before it; ``position`` is what the older system called its order."""

    id: UUID = attrs.field(factory=new_id, validator=validators.not_nil)
    position: int = attrs.field(validator=not_negative)
    name: str
    delay_amount: int = attrs.field(validator=not_negative)
    delay_unit: DelayUnit = attrs.field(converter=DelayUnit)
    message_template: MessageTemplate
    conditions: tuple[StepCondition, ...] = attrs.field(default=(), converter=all_of)
    created_at: datetime = attrs.field(validator=validators.aware)

    @conditions.validator
    def _check_conditions(self, _attribute: object, value: tuple[StepCondition, ...]) -> None:
        for condition in value:
            require_known(condition)
            if not isinstance(condition.value, str):
                raise ValidationError("a condition compares with a text", field="conditions")

    def __attrs_post_init__(self) -> None:
        self.delay_unit.delay(self.delay_amount)

    @property
    def delay(self) -> timedelta:
        return self.delay_unit.delay(self.delay_amount)


@attrs.frozen(kw_only=True, slots=False)
class Sequence(SteppedAggregate[SequenceStep]):
    """Who went through it is counted beside it: see :meth:`SequenceRepository.counters`.

    Its steps change while it is a draft, and it never becomes a draft again. Only a draft may be removed.
    ``trigger_data`` narrows the trigger: it fires for events whose own data contain it.

    Stricter than the older system: only a draft is activated, a paused one is resumed and an archived one
    stays; types of trigger, condition and delay are known ones; templates are checked; a replaced step may
    not take another's position. A step that is added keeps the id that it was made with.
    """

    resource = "sequence"
    created_event = SequenceCreated
    updated_event = SequenceUpdated

    status: SequenceStatus = DRAFT
    trigger_type: TriggerType = attrs.field(converter=TriggerType)
    trigger_data: dict[str, Any] = json_object()
    exit_on_reply: bool = True

    @classmethod
    def create(
        cls, *, tenant_id: str, name: str, trigger_type: TriggerType, now: datetime, description: str = ""
    ) -> Self:
        """A draft without steps, version 1. Raises ValidationError for an empty or unknown argument."""
        sequence = cls(
            tenant_id=tenant_id,
            name=name,
            description=description,
            trigger_type=trigger_type,
            created_at=now,
            updated_at=now,
        )
        return sequence.record_creation(SequenceCreated())

    def activate(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft with steps."""
        self._require("activate", DRAFT)
        if not self.steps:
            raise InvariantViolation(f"cannot activate: sequence {self.id} has no steps")
        return self.record_change(now, SequenceActivated(), status=ACTIVE)

    def pause(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is active."""
        self._require("pause", ACTIVE)
        return self.record_change(now, SequencePaused(), status=PAUSED)

    def resume(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is paused."""
        self._require("resume", PAUSED)
        return self.record_change(now, SequenceResumed(), status=ACTIVE)

    def archive(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is archived already."""
        self._require("archive", DRAFT, ACTIVE, PAUSED)
        return self.record_change(now, SequenceArchived(), status=ARCHIVED)

    def add_step(self, step: SequenceStep, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft and the step's position is free."""
        return self._with_step(step, SequenceStepAdded(step_id=step.id, order=step.position), now)

    def remove_step(self, step_id: UUID, *, now: datetime) -> Self:
        """Raises NotFound, InvariantViolation unless it is a draft."""
        return self.record_update(now, steps=self._without_step(step_id))

    def set_exit_on_reply(self, exit_on_reply: bool, *, now: datetime) -> Self:
        """Whether an answer of the contact ends its way through the sequence."""
        return self.record_update(now, exit_on_reply=exit_on_reply)

    def set_trigger_data(self, trigger_data: Mapping[str, Any], *, now: datetime) -> Self:
        """Raises InvariantViolation when it is archived."""
        self._require("set the trigger's data", DRAFT, ACTIVE, PAUSED)
        return self.record_update(now, trigger_data=dict(trigger_data))
