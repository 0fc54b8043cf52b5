"""What the conditions of a step ask of a contact, as it is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ventros.automation.conditions import ConditionType, ContactFacts, holds, status_ids_of
from ventros.automation.values import StepCondition
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork

_FIELDS = {ConditionType.CUSTOM_FIELD, ConditionType.FIELD_EQUALS}


async def all_hold(
    uow: UnitOfWork, conditions: Iterable[StepCondition], contact: Contact, *, now: datetime
) -> bool:
    """Whether they all do of the contact; what none of them asks for is not read.

    A contact without an interaction was last active when it was made.
    """
    asked = tuple(conditions)
    if not asked:
        return True
    fields = {}
    if any(condition.type in _FIELDS for condition in asked):
        stored = await uow.contact_custom_fields.get(contact.id)
        fields = {key: field.json_value for key, field in stored.items()}
    facts = ContactFacts(
        tags=contact.tags,
        fields=fields,
        status_ids=await _status_ids(uow, contact.id, status_ids_of(asked)),
        last_activity_at=contact.last_interaction_at or contact.created_at,
    )
    return all(holds(condition, facts, now=now) for condition in asked)


async def _status_ids(uow: UnitOfWork, contact_id: UUID, asked: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the statuses in which the contact stands; one that is gone is none of them."""
    found = set()
    for status_id in asked:
        try:
            status = await uow.pipeline_statuses.get(status_id)
        except NotFound:
            continue
        placement = await uow.placements.find_open(contact_id, status.pipeline_id)
        if placement is not None and placement.status_id == status_id:
            found.add(status_id)
    return frozenset(found)
