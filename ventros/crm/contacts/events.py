"""What can happen to a contact."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence


@attrs.frozen(kw_only=True)
class ContactEvent(DomainEvent):
    """What every one of them says first."""

    contact_id: UUID = from_aggregate("id")
    tenant_id: str = from_aggregate("tenant_id")


@attrs.frozen(kw_only=True)
class ContactCreated(ContactEvent):
    event_name = "contact.created"

    project_id: UUID = from_aggregate("project_id")
    name: str = from_aggregate("name")
    created_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ContactUpdated(ContactEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "contact.updated"

    fields: tuple[str, ...]
    updated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ContactNameChanged(ContactEvent):
    event_name = "contact.name_changed"

    old_name: str
    new_name: str
    changed_by: UUID | None


@attrs.frozen(kw_only=True)
class ContactEmailSet(ContactEvent):
    event_name = "contact.email_set"

    email: str


@attrs.frozen(kw_only=True)
class ContactPhoneSet(ContactEvent):
    event_name = "contact.phone_set"

    phone: str


@attrs.frozen(kw_only=True)
class ContactTagAdded(ContactEvent):
    event_name = "contact.tag_added"

    tag: str


@attrs.frozen(kw_only=True)
class ContactTagRemoved(ContactEvent):
    event_name = "contact.tag_removed"

    tag: str


@attrs.frozen(kw_only=True)
class ContactTagsCleared(ContactEvent):
    event_name = "contact.tags_cleared"

    cleared_tags: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ContactExternalIdSet(ContactEvent):
    event_name = "contact.external_id_set"

    external_id: str | None


@attrs.frozen(kw_only=True)
class ContactSourceChannelSet(ContactEvent):
    event_name = "contact.source_channel_set"

    source_channel: str | None


@attrs.frozen(kw_only=True)
class ContactLanguageChanged(ContactEvent):
    event_name = "contact.language_changed"

    old_language: str
    new_language: str


@attrs.frozen(kw_only=True)
class ContactTimezoneSet(ContactEvent):
    event_name = "contact.timezone_set"

    timezone: str | None


@attrs.frozen(kw_only=True)
class ContactProfilePictureUpdated(ContactEvent):
    event_name = "contact.profile_picture_updated"

    profile_picture_url: str | None
    fetched_at: datetime | None


@attrs.frozen(kw_only=True)
class ContactInteractionRecorded(ContactEvent):
    event_name = "contact.interaction_recorded"

    interaction_type: str
    is_first_interaction: bool
    interacted_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ContactDeleted(ContactEvent):
    event_name = "contact.deleted"

    deleted_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ContactMerged(ContactEvent):
    """The contact took over what belonged to another; ``fields`` are the names of its own that changed."""

    event_name = "contact.merged"

    merged_contact_id: UUID
    fields: tuple[str, ...]
    merged_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ContactMergedInto(ContactEvent):
    """The contact gave what belonged to it to another; ``contact.deleted`` follows."""

    event_name = "contact.merged_into"

    surviving_contact_id: UUID
    merged_at: datetime = from_occurrence()
