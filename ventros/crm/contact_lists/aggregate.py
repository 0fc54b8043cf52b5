"""ContactList: a named group of a project's contacts, the audience of a broadcast."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

import attrs

from ventros.crm.contact_lists.events import (
    ContactListCreated,
    ContactListDeleted,
    ContactListFilterRuleAdded,
    ContactListFilterRuleRemoved,
    ContactListFilterRulesCleared,
    ContactListRecalculated,
    ContactListUpdated,
)
from ventros.crm.contact_lists.values import FilterRule, LogicalOperator
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot, or_none
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError


@attrs.frozen(kw_only=True, slots=False)
class ContactList(AggregateRoot):
    """A static list has members, which are rows beside it (:meth:`ContactListRepository.add_members`); a
    dynamic one has rules, joined by ``logical_operator``, and without any holds the whole project.

    ``contact_count`` is what was counted at ``last_calculated_at``; nothing else keeps it up to date.

    Stricter than the older system: no command works on a deleted list, a static list takes no rule, and
    a count that is older than the one on record is not taken.
    """

    resource = "contact_list"
    created_event = ContactListCreated
    updated_event = ContactListUpdated

    tenant_id: str = attrs.field(validator=validators.tenant)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    description: str | None = attrs.field(default=None, converter=or_none)
    logical_operator: LogicalOperator = attrs.field(default=LogicalOperator.AND, converter=LogicalOperator)
    is_static: bool = False
    filter_rules: tuple[FilterRule, ...] = attrs.field(default=())
    contact_count: int = attrs.field(default=0)
    last_calculated_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @filter_rules.validator
    def _check_rules(self, _attribute: object, rules: tuple[object, ...]) -> None:
        ids = [rule.id for rule in rules if isinstance(rule, FilterRule)]
        if len(ids) != len(rules):
            raise ValidationError("filter_rules must hold filter rules only", field="filter_rules")
        if len(set(ids)) != len(ids):
            raise ValidationError("filter_rules must not hold one id twice", field="filter_rules")
        if ids and self.is_static:
            raise ValidationError("a static list has members, not rules", field="filter_rules")

    @contact_count.validator
    def _check_count(self, _attribute: object, count: int) -> None:
        if count < 0:
            raise ValidationError("contact_count must be at least 0", field="contact_count")

    @classmethod
    def create(
        cls,
        *,
        project_id: UUID,
        tenant_id: str,
        name: str,
        logical_operator: LogicalOperator = LogicalOperator.AND,
        is_static: bool = False,
        now: datetime,
    ) -> Self:
        """A new list without rules, members or a count, version 1.

        Raises ValidationError for a nil or empty argument or an unknown operator.
        """
        contact_list = cls(
            tenant_id=tenant_id,
            project_id=project_id,
            name=name,
            logical_operator=logical_operator,
            is_static=is_static,
            created_at=now,
            updated_at=now,
        )
        return contact_list.record_creation(ContactListCreated())

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self.record_update(now, name=name)

    def set_description(self, description: str | None, *, now: datetime) -> Self:
        """Empty clears it."""
        return self.record_update(now, description=description or None)

    def set_logical_operator(self, logical_operator: LogicalOperator, *, now: datetime) -> Self:
        """Raises ValidationError when it is unknown."""
        return self.record_update(now, logical_operator=LogicalOperator(logical_operator))

    def add_filter_rule(self, rule: FilterRule, *, now: datetime) -> Self:
        """Appends; the same rule again changes nothing.

        Raises InvariantViolation on a static list, ValidationError when the id is another rule's.
        """
        if self.is_static:
            raise InvariantViolation(f"contact list {self.id} is static; it takes members, not rules")
        if rule in self.filter_rules:
            return self
        rules = (*self.filter_rules, rule)
        attrs.evolve(self, filter_rules=rules)  # refuses what is no rule before the event asks its type
        event = ContactListFilterRuleAdded(filter_rule_id=rule.id, filter_type=rule.filter_type.value)
        return self.record_change(now, event, filter_rules=rules)

    def remove_filter_rule(self, rule_id: UUID, *, now: datetime) -> Self:
        """Raises NotFound when the list has no such rule."""
        kept = tuple(rule for rule in self.filter_rules if rule.id != rule_id)
        if kept == self.filter_rules:
            raise NotFound("filter_rule", rule_id)
        event = ContactListFilterRuleRemoved(filter_rule_id=rule_id)
        return self.record_change(now, event, filter_rules=kept)

    def replace_filter_rules(self, rules: Iterable[FilterRule], *, now: datetime) -> Self:
        """By an event for each that comes or goes; one that asks the same as a rule that is there stays.

        Raises InvariantViolation on a static list.
        """
        wanted: list[FilterRule] = []
        for rule in rules:
            same = next((held for held in (*self.filter_rules, *wanted) if held.asks_the_same(rule)), rule)
            if same not in wanted:
                wanted.append(same)
        changed = self
        for rule in self.filter_rules:
            if rule not in wanted:
                changed = changed.remove_filter_rule(rule.id, now=now)
        for rule in wanted:
            changed = changed.add_filter_rule(rule, now=now)
        return changed

    def clear_filter_rules(self, *, now: datetime) -> Self:
        if not self.filter_rules:
            return self
        return self.record_change(now, ContactListFilterRulesCleared(), filter_rules=())

    def set_contact_count(self, count: int, *, now: datetime) -> Self:
        """``now`` is when it was counted; an older count than the one on record changes nothing.

        Raises ValidationError when ``count`` is negative.
        """
        if self.last_calculated_at is not None and (
            now < self.last_calculated_at or (now, count) == (self.last_calculated_at, self.contact_count)
        ):
            return self
        event = ContactListRecalculated(contact_count=count)
        return self.record_change(now, event, contact_count=count, last_calculated_at=now)

    def delete(self, *, now: datetime) -> Self:
        """Terminal; the row stays. Raises InvariantViolation when it is deleted already."""
        return self.record_change(now, ContactListDeleted(), deleted_at=now)
