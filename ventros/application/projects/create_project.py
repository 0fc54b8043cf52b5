"""A customer who pays already gets a further project, which is a tenant of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.core.projects.aggregate import DEFAULT_SESSION_TIMEOUT_MINUTES, Project
from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation, TenancyViolation, ValidationError
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class CreateProject:
    """Tenant and owner are the unit's, the owner its ``user=``. Raises ValidationError outside of the ranges.

    ``name`` has 2 to 100 characters, ``session_timeout_minutes`` is from 5 to 480, as in the older system.
    """

    billing_account_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field()
    description: str = ""
    configuration: Mapping[str, Any] = attrs.field(factory=dict)
    session_timeout_minutes: int = attrs.field(
        default=DEFAULT_SESSION_TIMEOUT_MINUTES,
        validator=validators.attribute(validators.whole_number, least=5, most=480),
    )
    created_at: datetime = attrs.field(validator=validators.aware)

    @name.validator
    def _check_name(self, _attribute: object, value: str) -> None:
        if not 2 <= len(value) <= 100:
            raise ValidationError(f"name has {len(value)} characters, 2 to 100 are allowed", field="name")


async def create_project(uow: UnitOfWork, command: CreateProject) -> Project:
    """To be run by :meth:`ventros.kernel.database.Database.run`, in a unit of the new tenant and its owner.

    The billing account is held until the project is stored: it is suspended before, and there is no project,
    or afterwards, and whoever hears of that finds the project. A first project, for which nobody has paid
    yet, is made by ``onboard_tenant`` or ``sign_up``.

    Raises NotFound when the owner has no such account, InvariantViolation when it is not active,
    AlreadyExists when the tenant has a project, a deleted one included, TenancyViolation when the unit has no
    user.
    """
    if uow.user is None:
        raise TenancyViolation("a project has an owner: give the unit of work user=, the id of that user")
    now = command.created_at
    account = await uow.billing_accounts.get(command.billing_account_id, lock="share")
    if not account.can_create_project:
        raise InvariantViolation(
            f"billing account {account.id} is {account.payment_status}, not active: activate its payment, "
            "and then create the project"
        )
    project = Project.create(
        customer_id=uow.user,
        billing_account_id=account.id,
        tenant_id=uow.tenant,
        name=command.name,
        now=now,
    )
    project = (
        project.set_description(command.description, now=now)
        .set_configuration(command.configuration, now=now)
        .set_session_timeout(command.session_timeout_minutes, now=now)
    )
    return await uow.projects.add(project)
