"""What can happen to a contact list."""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class ContactListCreated(DomainEvent):
    event_name = "contact_list.created"

    contact_list_id: UUID
    project_id: UUID
    tenant_id: str
    name: str
    is_static: bool


@attrs.frozen(kw_only=True)
class ContactListUpdated(DomainEvent):
    """A change that has no event of its own."""

    event_name = "contact_list.updated"

    contact_list_id: UUID
    updated_fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ContactListFilterRuleAdded(DomainEvent):
    event_name = "contact_list.filter_rule_added"

    contact_list_id: UUID
    filter_rule_id: UUID
    filter_type: str


@attrs.frozen(kw_only=True)
class ContactListFilterRuleRemoved(DomainEvent):
    event_name = "contact_list.filter_rule_removed"

    contact_list_id: UUID
    filter_rule_id: UUID


@attrs.frozen(kw_only=True)
class ContactListFilterRulesCleared(DomainEvent):
    event_name = "contact_list.filter_rules_cleared"

    contact_list_id: UUID


@attrs.frozen(kw_only=True)
class ContactListRecalculated(DomainEvent):
    event_name = "contact_list.recalculated"

    contact_list_id: UUID
    contact_count: int


@attrs.frozen(kw_only=True)
class ContactListDeleted(DomainEvent):
    event_name = "contact_list.deleted"

    contact_list_id: UUID


@attrs.frozen(kw_only=True)
class ContactListContactAdded(DomainEvent):
    """Recorded by the repository: members are no part of the aggregate, its version stays."""

    event_name = "contact_list.contact_added"

    contact_list_id: UUID
    contact_id: UUID


@attrs.frozen(kw_only=True)
class ContactListContactRemoved(DomainEvent):
    """As :class:`ContactListContactAdded`."""

    event_name = "contact_list.contact_removed"

    contact_list_id: UUID
    contact_id: UUID
