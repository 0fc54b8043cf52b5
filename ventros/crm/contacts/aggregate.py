"""Contact: a person that a project of one tenant talks to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.contacts.events import (
    ContactCreated,
    ContactDeleted,
    ContactEmailSet,
    ContactExternalIdSet,
    ContactInteractionRecorded,
    ContactLanguageChanged,
    ContactMerged,
    ContactMergedInto,
    ContactNameChanged,
    ContactPhoneSet,
    ContactProfilePictureUpdated,
    ContactSourceChannelSet,
    ContactTagAdded,
    ContactTagRemoved,
    ContactTagsCleared,
    ContactTimezoneSet,
    ContactUpdated,
)
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.values import Email, Phone

DEFAULT_LANGUAGE = "en"


@attrs.frozen(kw_only=True, slots=False)
class Contact(AggregateRoot):
    """Its sessions, messages and pipeline positions point at it; it holds no list of them.

    Stricter than the older system: no command works on a deleted contact, a tag is not empty, and the
    time of the last interaction does not go back when messages arrive out of order.
    """

    resource = "contact"
    created_event = ContactCreated
    updated_event = ContactUpdated

    tenant_id: str = attrs.field(validator=validators.tenant)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=[validators.not_empty, validators.indexed])
    email: Email | None = None
    phone: Phone | None = None
    external_id: str | None = None
    source_channel: str | None = None
    language: str = attrs.field(default=DEFAULT_LANGUAGE, validator=validators.not_empty)
    timezone: str | None = None
    tags: tuple[str, ...] = attrs.field(default=(), validator=validators.texts)
    profile_picture_url: str | None = None
    profile_picture_fetched_at: datetime | None = attrs.field(
        default=None, validator=validators.aware_or_none
    )
    first_interaction_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    last_interaction_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    merged_into: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )

    @merged_into.validator
    def _check_merged_into(self, _attribute: object, value: UUID | None) -> None:
        if value is not None and (self.deleted_at is None or value == self.id):
            raise ValidationError("only a deleted contact was merged, into another", field="merged_into")

    @classmethod
    def create(cls, *, project_id: UUID, tenant_id: str, name: str, now: datetime) -> Self:
        """A new contact, version 1. Raises ValidationError for a nil or empty argument."""
        contact = cls(tenant_id=tenant_id, project_id=project_id, name=name, created_at=now, updated_at=now)
        return contact.record_creation(ContactCreated())

    def rename(self, name: str, *, now: datetime, changed_by: UUID | None = None) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        if name == self.name:
            return self
        renamed = ContactNameChanged(old_name=self.name, new_name=name, changed_by=changed_by)
        return self.record_change(now, renamed, name=name)

    def set_email(self, email: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is none; see :class:`ventros.values.Email`."""
        value = Email(email)
        if value == self.email:
            return self
        return self.record_change(now, ContactEmailSet(email=value.value), email=value)

    def clear_email(self, *, now: datetime) -> Self:
        return self.record_update(now, email=None)

    def set_phone(self, phone: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is none; see :class:`ventros.values.Phone`."""
        value = Phone(phone)
        if value == self.phone:
            return self
        return self.record_change(now, ContactPhoneSet(phone=value.value), phone=value)

    def clear_phone(self, *, now: datetime) -> Self:
        return self.record_update(now, phone=None)

    def add_tag(self, tag: str, *, now: datetime) -> Self:
        """Appends; raises ValidationError when ``tag`` is empty."""
        if not tag:
            raise ValidationError("tag must not be empty", field="tag")
        if tag in self.tags:
            return self
        return self.record_change(now, ContactTagAdded(tag=tag), tags=(*self.tags, tag))

    def remove_tag(self, tag: str, *, now: datetime) -> Self:
        if tag not in self.tags:
            return self
        kept = tuple(held for held in self.tags if held != tag)
        return self.record_change(now, ContactTagRemoved(tag=tag), tags=kept)

    def clear_tags(self, *, now: datetime) -> Self:
        if not self.tags:
            return self
        return self.record_change(now, ContactTagsCleared(cleared_tags=self.tags), tags=())

    def set_tags(self, tags: Iterable[str], *, now: datetime) -> Self:
        """Replaces them all, by an event for each that comes or goes; one that is given twice counts once.

        Those that stay keep their place. Raises ValidationError when one is empty.
        """
        wanted = tuple(dict.fromkeys(tags))
        if not wanted:
            return self.clear_tags(now=now)
        changed = self
        for tag in self.tags:
            if tag not in wanted:
                changed = changed.remove_tag(tag, now=now)
        for tag in wanted:
            changed = changed.add_tag(tag, now=now)
        return changed

    def set_external_id(self, external_id: str | None, *, now: datetime) -> Self:
        value = external_id or None
        if value == self.external_id:
            return self
        return self.record_change(now, ContactExternalIdSet(external_id=value), external_id=value)

    def set_source_channel(self, source_channel: str | None, *, now: datetime) -> Self:
        value = source_channel or None
        if value == self.source_channel:
            return self
        return self.record_change(now, ContactSourceChannelSet(source_channel=value), source_channel=value)

    def set_language(self, language: str | None, *, now: datetime) -> Self:
        """Empty means ``en``."""
        value = language or DEFAULT_LANGUAGE
        if value == self.language:
            return self
        changed = ContactLanguageChanged(old_language=self.language, new_language=value)
        return self.record_change(now, changed, language=value)

    def set_timezone(self, timezone: str | None, *, now: datetime) -> Self:
        value = timezone or None
        if value == self.timezone:
            return self
        return self.record_change(now, ContactTimezoneSet(timezone=value), timezone=value)

    def set_profile_picture(self, url: str | None, *, now: datetime) -> Self:
        """Empty clears address and time; the same address again only renews the time of its fetching.

        That time does not go back.
        """
        value, fetched_at = (url, now) if url else (None, None)
        if value != self.profile_picture_url:
            return self.record_change(
                now,
                ContactProfilePictureUpdated(profile_picture_url=value, fetched_at=fetched_at),
                profile_picture_url=value,
                profile_picture_fetched_at=fetched_at,
            )
        last_fetched_at = self.profile_picture_fetched_at
        if fetched_at is None or (last_fetched_at is not None and fetched_at <= last_fetched_at):
            return self
        return self.record_update(now, profile_picture_fetched_at=fetched_at)

    def record_interaction(self, *, now: datetime, interaction_type: str = "message") -> Self:
        """``now`` is when it took place; one older than the last on record changes nothing."""
        if self.last_interaction_at is not None and now <= self.last_interaction_at:
            return self
        return self.record_change(
            now,
            ContactInteractionRecorded(
                interaction_type=interaction_type,
                is_first_interaction=self.first_interaction_at is None,
            ),
            first_interaction_at=self.first_interaction_at or now,
            last_interaction_at=now,
        )

    def delete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is deleted already."""
        return self.record_change(now, ContactDeleted(), deleted_at=now)

    def absorb(self, other: Contact, *, now: datetime) -> Self:
        """What ``other``, about to be :meth:`merge_into` this one, knows and this one does not.

        Its own values stand. A name that is but the phone gives way to a name; tags of both are kept, its own
        first; interactions span those of both. Raises InvariantViolation when they are not two contacts of
        one project, or ``other`` has a phone: two phones are two contacts.
        """
        if other.id == self.id or other.project_id != self.project_id:
            raise InvariantViolation(f"contacts {self.id} and {other.id} are not two of one project")
        if other.phone is not None:
            raise InvariantViolation(f"contact {other.id} has a phone; the contact with the phone survives")
        changes: dict[str, Any] = {
            name: getattr(other, name)
            for name in ("email", "external_id", "source_channel", "timezone")
            if getattr(self, name) is None
        }
        if self.profile_picture_url is None:
            changes["profile_picture_url"] = other.profile_picture_url
            changes["profile_picture_fetched_at"] = other.profile_picture_fetched_at
        if self.phone is not None and self.name == self.phone.value and not other.name.isdigit():
            changes["name"] = other.name
        changes["tags"] = tuple(dict.fromkeys((*self.tags, *other.tags)))
        for field, choose in (("first_interaction_at", min), ("last_interaction_at", max)):
            times = (getattr(self, field), getattr(other, field))
            changes[field] = choose(filter(None, times), default=None)
        changes = {name: value for name, value in changes.items() if getattr(self, name) != value}
        merged = ContactMerged(merged_contact_id=other.id, fields=tuple(changes))
        return self.record_change(now, merged, **changes)

    def merge_into(self, survivor: Contact, *, now: datetime) -> Self:
        """Terminal, as a deletion is. Raises InvariantViolation when it is deleted already."""
        event = ContactMergedInto(surviving_contact_id=survivor.id)
        return self.record_change(now, event, ContactDeleted(), deleted_at=now, merged_into=survivor.id)
