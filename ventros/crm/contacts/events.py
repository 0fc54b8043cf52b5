"""What can happen to a contact."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class ContactCreated(DomainEvent):
    event_name = "contact.created"

    contact_id: UUID
    project_id: UUID
    tenant_id: str
    name: str
    created_at: datetime


@attrs.frozen(kw_only=True)
class ContactUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "contact.updated"

    contact_id: UUID
    tenant_id: str
    fields: tuple[str, ...]
    updated_at: datetime


@attrs.frozen(kw_only=True)
class ContactNameChanged(DomainEvent):
    event_name = "contact.name_changed"

    contact_id: UUID
    tenant_id: str
    old_name: str
    new_name: str
    changed_by: UUID | None


@attrs.frozen(kw_only=True)
class ContactEmailSet(DomainEvent):
    event_name = "contact.email_set"

    contact_id: UUID
    tenant_id: str
    email: str


@attrs.frozen(kw_only=True)
class ContactPhoneSet(DomainEvent):
    event_name = "contact.phone_set"

    contact_id: UUID
    tenant_id: str
    phone: str


@attrs.frozen(kw_only=True)
class ContactTagAdded(DomainEvent):
    event_name = "contact.tag_added"

    contact_id: UUID
    tenant_id: str
    tag: str


@attrs.frozen(kw_only=True)
class ContactTagRemoved(DomainEvent):
    event_name = "contact.tag_removed"

    contact_id: UUID
    tenant_id: str
    tag: str


@attrs.frozen(kw_only=True)
class ContactTagsCleared(DomainEvent):
    event_name = "contact.tags_cleared"

    contact_id: UUID
    tenant_id: str
    cleared_tags: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ContactExternalIdSet(DomainEvent):
    event_name = "contact.external_id_set"

    contact_id: UUID
    tenant_id: str
    external_id: str | None


@attrs.frozen(kw_only=True)
class ContactSourceChannelSet(DomainEvent):
    event_name = "contact.source_channel_set"

    contact_id: UUID
    tenant_id: str
    source_channel: str | None


@attrs.frozen(kw_only=True)
class ContactLanguageChanged(DomainEvent):
    event_name = "contact.language_changed"

    contact_id: UUID
    tenant_id: str
    old_language: str
    new_language: str


@attrs.frozen(kw_only=True)
class ContactTimezoneSet(DomainEvent):
    event_name = "contact.timezone_set"

    contact_id: UUID
    tenant_id: str
    timezone: str | None


@attrs.frozen(kw_only=True)
class ContactProfilePictureUpdated(DomainEvent):
    event_name = "contact.profile_picture_updated"

    contact_id: UUID
    tenant_id: str
    profile_picture_url: str | None
    fetched_at: datetime | None


@attrs.frozen(kw_only=True)
class ContactInteractionRecorded(DomainEvent):
    event_name = "contact.interaction_recorded"

    contact_id: UUID
    tenant_id: str
    interaction_type: str
    is_first_interaction: bool
    interacted_at: datetime


@attrs.frozen(kw_only=True)
class ContactDeleted(DomainEvent):
    event_name = "contact.deleted"

    contact_id: UUID
    tenant_id: str
    deleted_at: datetime
