"""What is known of a contact at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.errors import NotFound
from ventros.statements import statement
from ventros.unit_of_work import UnitOfWork

_SUMMARIZE: Final = statement("contacts.summarize").of("contact")


@attrs.frozen(kw_only=True)
class ContactStatistics:
    contact_id: UUID = attrs.field(validator=validators.not_nil)


@attrs.frozen(kw_only=True)
class ContactFigures:
    """Deleted messages and sessions do not count. Of a group's messages a contact's are those that it wrote.

    ``first_interaction_at`` and ``last_interaction_at`` are what the contact says, ``first_message_at`` and
    ``last_message_at`` what its stored messages say. ``responses`` counts the sessions in which an agent has
    answered; the seconds are those from the contact's first message to the answer, None without an answer.
    ``placements`` has the status of each pipeline that the contact stands in.
    """

    tags: tuple[str, ...]
    first_interaction_at: datetime | None
    last_interaction_at: datetime | None
    messages_from_contact: int
    messages_to_contact: int
    first_message_at: datetime | None
    last_message_at: datetime | None
    sessions: int
    active_sessions: int
    responses: int
    average_response_seconds: float | None
    median_response_seconds: int | None
    longest_response_seconds: int | None
    placements: Mapping[UUID, UUID]


async def contact_statistics(uow: UnitOfWork, query: ContactStatistics) -> ContactFigures:
    """In one statement, so all of one moment. Raises NotFound for an unknown contact."""
    row = await uow.connection.maybe(_SUMMARIZE, uow.tenant, query.contact_id)
    if row is None:
        raise NotFound("contact", query.contact_id)
    tags, *figures, pipeline_ids, status_ids = row
    names = [field.name for field in attrs.fields(ContactFigures)][1:-1]
    return ContactFigures(
        tags=tuple(tags),
        **dict(zip(names, figures, strict=True)),
        placements=dict(zip(pipeline_ids, status_ids, strict=True)),
    )
