"""A contact enters a status of a pipeline, and leaves the one it stood in there, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

import attrs

from ventros.crm.pipelines.placement import Placement
from ventros.crm.pipelines.placement_mapper import ChangeView, TargetView
from ventros.kernel import validators
from ventros.kernel.errors import AlreadyExists, Conflict, InvariantViolation, NotFound
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class StatusChange:
    """What one change and many have in common. Raises ValidationError for a nil id."""

    project_id: UUID = attrs.field(validator=validators.not_nil)
    pipeline_id: UUID = attrs.field(validator=validators.not_nil)
    status_id: UUID = attrs.field(validator=validators.not_nil)
    changed_at: datetime = attrs.field(validator=validators.aware)
    changed_by: UUID | None = None
    reason: str | None = None
    notes: str | None = None


@attrs.frozen(kw_only=True)
class ChangePipelineStatus(StatusChange):
    """``changed_at`` is the one clock of all that follows. Raises ValidationError for a nil id."""

    contact_id: UUID = attrs.field(validator=validators.not_nil)


@attrs.frozen(kw_only=True)
class PipelineStatusChanged:
    """``previous_status_id`` is None for a contact that stood nowhere in the pipeline."""

    placement_id: UUID
    previous_status_id: UUID | None


async def change_pipeline_status(uow: UnitOfWork, command: ChangePipelineStatus) -> PipelineStatusChanged:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    Contact, pipeline and status are held until the end of the transaction, so that none of them is
    deleted or deactivated in between. Of two changes at once the second meets a Conflict, and is decided
    again upon what the first one did. ``contact.pipeline_status_changed``, after
    ``contact.entered_pipeline`` where that is so, goes to the outbox as an event of the new placement: the
    contact itself is not written, and its version stands still.

    Raises NotFound for a contact or pipeline that is not in the project, or a status that is not in the
    pipeline, InvariantViolation when pipeline or status is not active or the contact is in that status.
    """
    view = await uow.placements.find_change(
        project_id=command.project_id,
        contact_id=command.contact_id,
        pipeline_id=command.pipeline_id,
        status_id=command.status_id,
    )
    if view is None:
        await _say_what_is_missing(uow, command)
    require_active(command, view)
    ended, placement = decide_placement(uow, command, command.contact_id, view)
    try:
        if ended is None:
            await uow.placements.add(placement)
        else:
            await uow.placements.replace(ended, placement)
    except AlreadyExists as error:
        raise Conflict("another change put the contact into the pipeline first") from error
    return PipelineStatusChanged(
        placement_id=placement.id, previous_status_id=ended.status_id if ended else None
    )


def decide_placement(
    uow: UnitOfWork, command: StatusChange, contact_id: UUID, view: ChangeView
) -> tuple[Placement | None, Placement]:
    """The placement that ends, if there is one, and the one that begins; neither is stored.

    Raises InvariantViolation when the contact is in that status.
    """
    told: dict[str, Any] = {
        "project_id": command.project_id,
        "status_id": command.status_id,
        "status_name": view.status_name,
        "now": command.changed_at,
        "changed_by": command.changed_by,
        "reason": command.reason,
        "notes": command.notes,
    }
    if view.open_placement is None:
        pipeline_id = command.pipeline_id
        return None, Placement.enter(
            tenant_id=uow.tenant, contact_id=contact_id, pipeline_id=pipeline_id, **told
        )
    return view.open_placement.move(**told, previous_status_name=view.open_status_name or "")


def require_active(command: StatusChange, view: TargetView) -> None:
    """Raises InvariantViolation unless pipeline and status are both."""
    _require_active("pipeline", command.pipeline_id, view.pipeline_active)
    _require_active("status", command.status_id, view.status_active)


def _require_active(resource: str, id_: UUID, active: bool) -> None:
    if not active:
        raise InvariantViolation(f"{resource} {id_} is not active: no contact can enter it")


async def _say_what_is_missing(uow: UnitOfWork, command: ChangePipelineStatus) -> NoReturn:
    """Only now, so that a change that can be made does not pay for it."""
    contact = await uow.contacts.get(command.contact_id)
    if contact.project_id != command.project_id:
        raise NotFound("contact", command.contact_id)
    await say_what_cannot_be_entered(uow, command)


async def say_what_cannot_be_entered(uow: UnitOfWork, command: StatusChange) -> NoReturn:
    """Raises NotFound, or InvariantViolation for a pipeline that is not active."""
    pipeline = await uow.pipelines.get(command.pipeline_id)
    if pipeline.project_id != command.project_id:
        raise NotFound("pipeline", command.pipeline_id)
    _require_active("pipeline", command.pipeline_id, pipeline.active)
    raise NotFound("pipeline_status", command.status_id)
