"""Many contacts enter one status of a pipeline, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import attrs

from ventros.application.pipelines.change_pipeline_status import (
    StatusChange,
    decide_placement,
    require_active,
    say_what_cannot_be_entered,
)
from ventros.kernel import validators
from ventros.kernel.errors import ValidationError
from ventros.unit_of_work import UnitOfWork

MAX_CONTACTS = 1000
"""What one transaction moves at most: so long are the contacts held."""


def _distinct(ids: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


@attrs.frozen(kw_only=True)
class MoveContactsInPipeline(StatusChange):
    """``changed_at`` is the one clock of all that follows. A contact that is named twice is one.

    Raises ValidationError for a nil id, no contact, or more than 1,000.
    """

    contact_ids: tuple[UUID, ...] = attrs.field(converter=_distinct, validator=validators.ids)

    @contact_ids.validator
    def _check_contact_ids(self, _attribute: object, value: tuple[UUID, ...]) -> None:
        if not 1 <= len(value) <= MAX_CONTACTS:
            raise ValidationError(
                f"contact_ids has {len(value)} contacts, from 1 to {MAX_CONTACTS} are moved at once: "
                "move the others by commands of their own",
                field="contact_ids",
            )


@attrs.frozen(kw_only=True)
class ContactsMoved:
    """Every contact of the command once, in its order there.

    ``unknown`` are those that are not there, are deleted, or belong to another project.
    """

    moved: tuple[UUID, ...]
    there_already: tuple[UUID, ...]
    unknown: tuple[UUID, ...]


async def move_contacts_in_pipeline(uow: UnitOfWork, command: MoveContactsInPipeline) -> ContactsMoved:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    Each contact is moved as ``change_pipeline_status`` moves one, with the same events. Pipeline and
    status are held, then the contacts, in the order of their ids. The rows go in batches, so the round trips
    are as many for one contact as for all; an INSERT of many rows from arrays is none that a router takes
    under row-level security.

    A contact that cannot be moved keeps no other from it: it is in the answer. Raises NotFound for a pipeline
    that is not in the project, or a status that is not in the pipeline, InvariantViolation when either is not
    active.
    """
    found = await uow.placements.find_changes(
        project_id=command.project_id,
        contact_ids=command.contact_ids,
        pipeline_id=command.pipeline_id,
        status_id=command.status_id,
    )
    if found is None:
        await say_what_cannot_be_entered(uow, command)
    target, views = found
    require_active(command, target)
    pairs, there_already = [], set()
    for contact_id, view in views.items():
        if view.open_placement is not None and view.open_placement.status_id == command.status_id:
            there_already.add(contact_id)
        else:
            pairs.append(decide_placement(uow, command, contact_id, view))
    if pairs:
        await uow.placements.replace_many(pairs)
    return ContactsMoved(
        moved=tuple(id_ for id_ in command.contact_ids if id_ in views and id_ not in there_already),
        there_already=tuple(id_ for id_ in command.contact_ids if id_ in there_already),
        unknown=tuple(id_ for id_ in command.contact_ids if id_ not in views),
    )
