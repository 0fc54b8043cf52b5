"""Contact and its row, column by column, in the order of the statements in ``sql/contacts.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ventros.crm.contacts.aggregate import Contact
from ventros.values import Email, Phone

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "project_id",
    "name",
    "email",
    "phone",
    "external_id",
    "source_channel",
    "language",
    "timezone",
    "tags",
    "profile_picture_url",
    "profile_picture_fetched_at",
    "first_interaction_at",
    "last_interaction_at",
    "created_at",
    "updated_at",
    "deleted_at",
    "merged_into",
)


def from_row(row: Sequence[Any]) -> Contact:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        project_id,
        name,
        email,
        phone,
        external_id,
        source_channel,
        language,
        timezone,
        tags,
        profile_picture_url,
        profile_picture_fetched_at,
        first_interaction_at,
        last_interaction_at,
        created_at,
        updated_at,
        deleted_at,
        merged_into,
    ) = row
    return Contact(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        project_id=project_id,
        name=name,
        email=None if email is None else Email(email),
        phone=None if phone is None else Phone(phone),
        external_id=external_id,
        source_channel=source_channel,
        language=language,
        timezone=timezone,
        tags=tuple(tags),
        profile_picture_url=profile_picture_url,
        profile_picture_fetched_at=profile_picture_fetched_at,
        first_interaction_at=first_interaction_at,
        last_interaction_at=last_interaction_at,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
        merged_into=merged_into,
    )


def insert_args(contact: Contact) -> tuple[object, ...]:
    """contacts.insert, from $1."""
    return (
        contact.tenant_id,
        contact.id,
        contact.project_id,
        contact.name,
        contact.email.value if contact.email else None,
        contact.phone.value if contact.phone else None,
        contact.external_id,
        contact.source_channel,
        contact.language,
        contact.timezone,
        contact.tags,
        contact.profile_picture_url,
        contact.profile_picture_fetched_at,
        contact.first_interaction_at,
        contact.last_interaction_at,
        contact.created_at,
        contact.updated_at,
        contact.deleted_at,
        contact.merged_into,
    )


def update_args(contact: Contact) -> tuple[object, ...]:
    """contacts.update, from $1."""
    return (
        contact.tenant_id,
        contact.id,
        contact.version,
        contact.name,
        contact.email.value if contact.email else None,
        contact.phone.value if contact.phone else None,
        contact.external_id,
        contact.source_channel,
        contact.language,
        contact.timezone,
        contact.tags,
        contact.profile_picture_url,
        contact.profile_picture_fetched_at,
        contact.first_interaction_at,
        contact.last_interaction_at,
        contact.updated_at,
        contact.deleted_at,
        contact.merged_into,
    )
