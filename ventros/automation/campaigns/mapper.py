"""Campaign, its steps and their rows, column by column, in the order of the statements in ``sql/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import CampaignStatus, GoalType, StepConfig, StepType
from ventros.automation.documents import conditions_from_json, conditions_to_json
from ventros.automation.values import DelayUnit, WaitFor

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "name",
    "description",
    "status",
    "goal_type",
    "goal_value",
    "start_date",
    "end_date",
    "created_at",
    "updated_at",
)


def from_row(row: Sequence[Any], steps: Iterable[CampaignStep] = ()) -> Campaign:
    """Raises ValidationError when the rows break a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        name,
        description,
        status,
        goal_type,
        goal_value,
        start_date,
        end_date,
        created_at,
        updated_at,
    ) = row
    return Campaign(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        name=name,
        description=description,
        status=CampaignStatus(status),
        goal_type=GoalType(goal_type),
        goal_value=goal_value,
        start_date=start_date,
        end_date=end_date,
        created_at=created_at,
        updated_at=updated_at,
        steps=steps,
    )


def insert_args(campaign: Campaign) -> tuple[object, ...]:
    """campaigns.insert, from $1."""
    return (
        campaign.tenant_id,
        campaign.id,
        campaign.name,
        campaign.description,
        campaign.status.value,
        campaign.goal_type.value,
        campaign.goal_value,
        campaign.start_date,
        campaign.end_date,
        campaign.created_at,
        campaign.updated_at,
    )


def update_args(campaign: Campaign) -> tuple[object, ...]:
    """campaigns.update, from $1."""
    return (
        campaign.tenant_id,
        campaign.id,
        campaign.version,
        campaign.name,
        campaign.description,
        campaign.status.value,
        campaign.goal_type.value,
        campaign.goal_value,
        campaign.start_date,
        campaign.end_date,
        campaign.updated_at,
    )


def step_from_row(row: Sequence[Any]) -> CampaignStep:
    """Raises ValidationError, ValueError or LookupError when the row breaks a rule of the step."""
    (
        _campaign_id,
        id_,
        position,
        name,
        type_,
        config,
        conditions,
        created_at,
    ) = row
    return CampaignStep(
        id=id_,
        position=position,
        name=name,
        type=StepType(type_),
        config=_config_from_json(config),
        conditions=conditions_from_json(conditions),
        created_at=created_at,
    )


def insert_step_args(campaign: Campaign, step: CampaignStep) -> tuple[object, ...]:
    """campaign_steps.insert, from $1."""
    return (
        campaign.tenant_id,
        campaign.id,
        step.id,
        step.position,
        step.name,
        step.type.value,
        _config_to_json(step.config),
        conditions_to_json(step.conditions),
        step.created_at,
    )


def update_steps_args(campaign: Campaign, steps: Sequence[CampaignStep]) -> tuple[object, ...]:
    """campaign_steps.update, from $1."""
    return (
        campaign.tenant_id,
        campaign.id,
        [step.id for step in steps],
        [step.position for step in steps],
        [step.name for step in steps],
        [step.type.value for step in steps],
        [_documents(step) for step in steps],
    )


def _documents(step: CampaignStep) -> dict[str, Any]:
    return {
        "config": _config_to_json(step.config),
        "conditions": conditions_to_json(step.conditions),
    }


def _config_to_json(config: StepConfig) -> dict[str, Any]:
    """What is None is left out."""
    data = {
        "broadcast_id": None if config.broadcast_id is None else str(config.broadcast_id),
        "sequence_id": None if config.sequence_id is None else str(config.sequence_id),
        "delay_amount": config.delay_amount,
        "delay_unit": None if config.delay_unit is None else config.delay_unit.value,
        "condition_type": config.condition_type,
        "condition_data": config.condition_data,
        "wait_for": None if config.wait_for is None else config.wait_for.value,
        "wait_timeout": config.wait_timeout,
        "timeout_step": config.timeout_step,
    }
    return {key: value for key, value in data.items() if value is not None}


def _config_from_json(data: Mapping[str, Any]) -> StepConfig:
    return StepConfig(
        broadcast_id=UUID(data["broadcast_id"]) if "broadcast_id" in data else None,
        sequence_id=UUID(data["sequence_id"]) if "sequence_id" in data else None,
        delay_amount=data.get("delay_amount"),
        delay_unit=DelayUnit(data["delay_unit"]) if "delay_unit" in data else None,
        condition_type=data.get("condition_type"),
        condition_data=data.get("condition_data"),
        wait_for=WaitFor(data["wait_for"]) if "wait_for" in data else None,
        wait_timeout=data.get("wait_timeout"),
        timeout_step=data.get("timeout_step"),
    )
