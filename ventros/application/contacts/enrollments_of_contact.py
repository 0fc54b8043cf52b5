"""What becomes of a contact's enrollments when it is merged into another, or deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from ventros.application.sequences.counted import count_end
from ventros.automation.enrollments import CONTACT_DELETED, CONTACT_MERGED
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.kernel.connection.call import Call
from ventros.unit_of_work import UnitOfWork


async def move_enrollments(uow: UnitOfWork, merged_id: UUID, surviving_id: UUID, *, now: datetime) -> None:
    """All of them are the surviving contact's; both contacts are locked. It ends no unit.

    Of two open ones in one campaign or sequence the survivor's stays open, and the merged one's exits.
    """
    enrollments, others = await _enrollments(uow, merged_id), await _enrollments(uow, surviving_id)
    taken = {_way(enrollment) for enrollment in others if enrollment.is_open}
    moved = []
    for enrollment in enrollments:
        if enrollment.is_open and _way(enrollment) in taken:
            enrollment = enrollment.exit(CONTACT_MERGED, now=now)  # noqa: PLW2901 - the same one, a state later
            _count(uow, [enrollment])
        moved.append(enrollment.move_to_contact(surviving_id, now=now))
    await uow.save_all(*moved)


async def exit_enrollments(uow: UnitOfWork, contact_id: UUID, *, now: datetime) -> None:
    """All open ones of a contact that is being deleted, and is locked. It ends no unit."""
    exited = [
        enrollment.exit(CONTACT_DELETED, now=now)
        for enrollment in await _enrollments(uow, contact_id)
        if enrollment.is_open
    ]
    _count(uow, exited)
    await uow.save_all(*exited)


async def _enrollments(uow: UnitOfWork, contact_id: UUID) -> list[Any]:
    """In an order that is always the same, for their counters are locked in it."""
    repositories: tuple[Any, ...] = (uow.campaign_enrollments, uow.sequence_enrollments)
    found = await uow.connection.together(
        [Call(one.FIND_BY_CONTACT, (one.key(contact_id),)) for one in repositories]
    )
    enrollments = [
        repository.load(row) for repository, rows in zip(repositories, found, strict=True) for row in rows
    ]
    return sorted(enrollments, key=_way)


def _way(enrollment: Any) -> tuple[str, UUID]:
    """The campaign or the sequence."""
    if isinstance(enrollment, SequenceEnrollment):
        return ("sequence", enrollment.sequence_id)
    return ("campaign", enrollment.campaign_id)


def _count(uow: UnitOfWork, exited: Iterable[Any]) -> None:
    """A campaign does not count who leaves it."""
    for enrollment in exited:
        if isinstance(enrollment, SequenceEnrollment):
            count_end(uow, enrollment)
