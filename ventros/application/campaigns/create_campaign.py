"""A campaign is made with its steps, when what the steps refer to is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import GoalType
from ventros.kernel import validators
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class CreateCampaign:
    """``created_at`` is the one clock of all that follows."""

    name: str
    description: str = ""
    goal_type: GoalType
    goal_value: int = 0
    steps: tuple[CampaignStep, ...] = ()
    created_at: datetime = attrs.field(validator=validators.aware)


async def create_campaign(uow: UnitOfWork, command: CreateCampaign) -> Campaign:
    """To be run by :meth:`ventros.kernel.database.Database.run`; it ends the unit.

    A step names broadcast and sequence in a document, where no foreign key can look: so they are looked up,
    and held until the campaign is stored.

    Raises NotFound for a broadcast or a sequence that is not there, ValidationError for an empty name or a
    negative goal, InvariantViolation when two steps have one position.
    """
    now = command.created_at
    campaign = Campaign.create(
        tenant_id=uow.tenant,
        name=command.name,
        description=command.description,
        goal_type=command.goal_type,
        goal_value=command.goal_value,
        now=now,
    )
    for step in command.steps:
        campaign = campaign.add_step(step, now=now)
    await _require(uow.broadcasts, {step.config.broadcast_id for step in campaign.steps})
    await _require(uow.sequences, {step.config.sequence_id for step in campaign.steps})
    (stored,) = await uow.commit(campaign)
    return stored


async def _require(repository: Any, ids: Iterable[UUID | None]) -> None:
    """Nobody removes them until the unit ends. Raises NotFound, naming the first that is not there."""
    asked = sorted(id_ for id_ in ids if id_ is not None)
    if not asked:
        return
    found = await repository.lock_versions(repository.LOCK_FOR_SHARE, asked)
    for id_ in asked:
        if id_ not in found:
            raise NotFound(repository.resource, id_)
