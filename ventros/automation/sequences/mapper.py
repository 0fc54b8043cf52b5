"""Sequence, its steps and their rows, column by column, in the order of the statements in ``sql/``."""

from __future__ import annotations

from collections import abc
from typing import Any, Final

from ventros.automation.documents import (
    conditions_from_json,
    conditions_to_json,
    template_from_json,
    template_to_json,
)
from ventros.automation.sequences.aggregate import Sequence, SequenceStep
from ventros.automation.sequences.values import SequenceStatus, TriggerType
from ventros.automation.values import DelayUnit

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "name",
    "description",
    "status",
    "trigger_type",
    "trigger_data",
    "exit_on_reply",
    "created_at",
    "updated_at",
)


def from_row(row: abc.Sequence[Any], steps: abc.Iterable[SequenceStep] = ()) -> Sequence:
    """Raises ValidationError when the rows break a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        name,
        description,
        status,
        trigger_type,
        trigger_data,
        exit_on_reply,
        created_at,
        updated_at,
    ) = row
    return Sequence(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        name=name,
        description=description,
        status=SequenceStatus(status),
        trigger_type=TriggerType(trigger_type),
        trigger_data=trigger_data,
        exit_on_reply=exit_on_reply,
        created_at=created_at,
        updated_at=updated_at,
        steps=steps,
    )


def insert_args(sequence: Sequence) -> tuple[object, ...]:
    """sequences.insert, from $1."""
    return (
        sequence.tenant_id,
        sequence.id,
        sequence.name,
        sequence.description,
        sequence.status.value,
        sequence.trigger_type.value,
        sequence.trigger_data,
        sequence.exit_on_reply,
        sequence.created_at,
        sequence.updated_at,
    )


def update_args(sequence: Sequence) -> tuple[object, ...]:
    """sequences.update, from $1."""
    return (
        sequence.tenant_id,
        sequence.id,
        sequence.version,
        sequence.name,
        sequence.description,
        sequence.status.value,
        sequence.trigger_data,
        sequence.exit_on_reply,
        sequence.updated_at,
    )


def step_from_row(row: abc.Sequence[Any]) -> SequenceStep:
    """Raises ValidationError or LookupError when the row breaks a rule of the step."""
    (
        _sequence_id,
        id_,
        position,
        name,
        delay_amount,
        delay_unit,
        message_template,
        conditions,
        created_at,
    ) = row
    return SequenceStep(
        id=id_,
        position=position,
        name=name,
        delay_amount=delay_amount,
        delay_unit=DelayUnit(delay_unit),
        message_template=template_from_json(message_template),
        conditions=conditions_from_json(conditions),
        created_at=created_at,
    )


def insert_step_args(sequence: Sequence, step: SequenceStep) -> tuple[object, ...]:
    """sequence_steps.insert, from $1."""
    return (
        sequence.tenant_id,
        sequence.id,
        step.id,
        step.position,
        step.name,
        step.delay_amount,
        step.delay_unit.value,
        template_to_json(step.message_template),
        conditions_to_json(step.conditions),
        step.created_at,
    )


def update_steps_args(sequence: Sequence, steps: abc.Sequence[SequenceStep]) -> tuple[object, ...]:
    """sequence_steps.update, from $1."""
    return (
        sequence.tenant_id,
        sequence.id,
        [step.id for step in steps],
        [step.position for step in steps],
        [step.name for step in steps],
        [step.delay_amount for step in steps],
        [step.delay_unit.value for step in steps],
        [_documents(step) for step in steps],
    )


def _documents(step: SequenceStep) -> dict[str, Any]:
    return {
        "message_template": template_to_json(step.message_template),
        "conditions": conditions_to_json(step.conditions),
    }
