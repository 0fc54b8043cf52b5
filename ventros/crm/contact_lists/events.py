"""What can happen to a contact list."""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class ContactListEvent(DomainEvent):
    """What every one of them says first."""

    contact_list_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class ContactListCreated(ContactListEvent):
    event_name = "contact_list.created"

    project_id: UUID = from_aggregate("project_id")
    tenant_id: str = from_aggregate("tenant_id")
    name: str = from_aggregate("name")
    is_static: bool = from_aggregate("is_static")


@attrs.frozen(kw_only=True)
class ContactListUpdated(ContactListEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "contact_list.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ContactListFilterRuleAdded(ContactListEvent):
    event_name = "contact_list.filter_rule_added"

    filter_rule_id: UUID
    filter_type: str


@attrs.frozen(kw_only=True)
class ContactListFilterRuleRemoved(ContactListEvent):
    event_name = "contact_list.filter_rule_removed"

    filter_rule_id: UUID


@attrs.frozen(kw_only=True)
class ContactListFilterRulesCleared(ContactListEvent):
    event_name = "contact_list.filter_rules_cleared"


@attrs.frozen(kw_only=True)
class ContactListRecalculated(ContactListEvent):
    event_name = "contact_list.recalculated"

    contact_count: int


@attrs.frozen(kw_only=True)
class ContactListDeleted(ContactListEvent):
    event_name = "contact_list.deleted"


@attrs.frozen(kw_only=True)
class ContactListMemberEvent(ContactListEvent):
    """Recorded by the repository: members are no part of the aggregate, its version stays."""

    contact_id: UUID


@attrs.frozen(kw_only=True)
class ContactListContactAdded(ContactListMemberEvent):
    event_name = "contact_list.contact_added"


@attrs.frozen(kw_only=True)
class ContactListContactRemoved(ContactListMemberEvent):
    event_name = "contact_list.contact_removed"
