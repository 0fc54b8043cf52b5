"""A list of contacts is made, with the rules that say who is in it, or to be filled by hand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contact_lists.rules import verify_rules
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterRule, LogicalOperator
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class CreateContactList:
    """A static list has no rules. ``created_at`` is the one clock of all that follows.

    Raises ValidationError for a nil id.
    """

    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str
    created_at: datetime = attrs.field(validator=validators.aware)
    description: str | None = None
    logical_operator: LogicalOperator = LogicalOperator.AND
    is_static: bool = False
    rules: tuple[FilterRule, ...] = ()


async def create_contact_list(uow: UnitOfWork, command: CreateContactList) -> ContactList:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which retries conflicts; it ends the unit.

    What a rule on a pipeline's status names is there until the list is stored; the other rules are whole by
    themselves, see :class:`FilterRule`.

    Raises ReferenceNotFound when there is no such project, NotFound for a pipeline that is not in the project
    or a status that is not in the pipeline, InvariantViolation for rules of a static list, ValidationError
    for an empty name.
    """
    now = command.created_at
    contact_list = ContactList.create(
        project_id=command.project_id,
        tenant_id=uow.tenant,
        name=command.name,
        logical_operator=command.logical_operator,
        is_static=command.is_static,
        now=now,
    )
    contact_list = contact_list.set_description(command.description, now=now)
    contact_list = contact_list.replace_filter_rules(command.rules, now=now)
    await verify_rules(uow, command.project_id, contact_list.filter_rules)
    (stored,) = await uow.commit(contact_list)
    return stored
