"""Which contacts are to come into a static list, or out of it."""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.errors import ValidationError

MOST = 1_000
"""Contacts of one command; so many rows are locked until its transaction ends."""


@attrs.frozen(kw_only=True)
class ContactsOfList:
    """1 to 1,000 contacts, in any order; one that is given twice counts once.

    Raises ValidationError for a nil id, and for none of them or more.
    """

    contact_list_id: UUID = attrs.field(validator=validators.not_nil)
    contact_ids: tuple[UUID, ...] = attrs.field(validator=validators.ids)

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.contact_ids) <= MOST:
            message = f"contact_ids has {len(self.contact_ids)} ids; give 1 to {MOST:,} at a time"
            raise ValidationError(message, field="contact_ids")
