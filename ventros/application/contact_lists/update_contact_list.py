"""A list of contacts changes in several fields at once, its rules among them: one version, one save."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs
from msgspec import UNSET, UnsetType

from ventros.application.contact_lists.rules import verify_rules
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterRule, LogicalOperator
from ventros.kernel import validators
from ventros.kernel.errors import ValidationError
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class UpdateContactList:
    """What is left UNSET stays. ``rules`` replace those that are there; an empty tuple clears them.

    ``updated_at`` is the one clock of all that follows. Raises ValidationError for a nil id, and when all is
    left UNSET.
    """

    contact_list_id: UUID = attrs.field(validator=validators.not_nil)
    updated_at: datetime = attrs.field(validator=validators.aware)
    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    logical_operator: LogicalOperator | UnsetType = UNSET
    rules: tuple[FilterRule, ...] | UnsetType = UNSET

    def __attrs_post_init__(self) -> None:
        if all(value is UNSET for value in (self.name, self.description, self.logical_operator, self.rules)):
            fault = "give at least one of name, description, logical_operator, rules"
            raise ValidationError(fault, field="fields")


async def update_contact_list(uow: UnitOfWork, command: UpdateContactList) -> ContactList:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which retries conflicts; it ends the unit.

    A rule that asks the same as one that is there is not written again. Where nothing differs, nothing is
    stored.

    Raises NotFound when there is no such list, and as ``create_contact_list`` for what a rule names,
    InvariantViolation for rules of a static list, ValidationError for an empty name.
    """
    contact_list, now = await uow.contact_lists.get(command.contact_list_id), command.updated_at
    if command.name is not UNSET:
        contact_list = contact_list.rename(command.name, now=now)
    if command.description is not UNSET:
        contact_list = contact_list.set_description(command.description, now=now)
    if command.logical_operator is not UNSET:
        contact_list = contact_list.set_logical_operator(command.logical_operator, now=now)
    if command.rules is not UNSET:
        contact_list = contact_list.replace_filter_rules(command.rules, now=now)
        await verify_rules(uow, contact_list.project_id, contact_list.filter_rules)
    (stored,) = await uow.commit(contact_list)
    return stored
