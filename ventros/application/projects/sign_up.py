"""Somebody signs up: a user with an account, a project and its first pipeline, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import attrs

from ventros.application.projects.beginning import begin_tenant
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.core.projects.aggregate import Project
from ventros.crm.agents.aggregate import Agent
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork
from ventros.values import BLUE, Email, HexColor

DEFAULT_PIPELINE: Final = "Default"


def _normal(email: str) -> str:
    return Email(email).value


@attrs.frozen(kw_only=True)
class SignUp:
    """Tenant and user are the unit's, the user its ``user=``, an id that is new.

    ``name`` is the project's and the billing account's. ``agent_name`` is given of a user who will answer
    contacts himself: the agent that he is then. Raises ValidationError for an email that is none.
    """

    name: str
    email: str = attrs.field(converter=_normal)
    agent_name: str | None = None
    pipeline_name: str = DEFAULT_PIPELINE
    pipeline_color: HexColor = BLUE
    signed_up_at: datetime = attrs.field(validator=validators.aware)


@attrs.frozen(kw_only=True)
class SignedUp:
    """What was made, as it is stored. ``agent`` is None where none was asked for."""

    billing_account: BillingAccount
    project: Project
    pipeline: Pipeline
    agent: Agent | None


async def sign_up(uow: UnitOfWork, command: SignUp) -> SignedUp:
    """To be run by :meth:`ventros.kernel.database.Database.run`, in a unit of the new tenant and its user.

    The billing account is pending until a payment is activated; no channel is there yet. What the user may
    do, how he logs in and by which keys is managed elsewhere: nothing of that is made or returned.

    An email signs up once: one that is known is refused with AlreadyExists, and nothing is told of its user.
    Raises AlreadyExists, too, when the tenant has a project, a deleted one included, TenancyViolation when
    the unit has no user, ValidationError for an empty argument.
    """
    now, email = command.signed_up_at, command.email
    begun = await begin_tenant(uow, name=command.name, owner_email=email, billing_email=email, now=now)
    project_id, user_id = begun.project.id, begun.project.customer_id
    pipeline = Pipeline.create(
        project_id=project_id, tenant_id=uow.tenant, name=command.pipeline_name, now=now
    ).set_color(command.pipeline_color, now=now)
    agents = []
    if command.agent_name is not None:
        agents = [
            Agent.create(
                project_id=project_id,
                tenant_id=uow.tenant,
                user_id=user_id,
                name=command.agent_name,
                email=email,
                now=now,
            )
        ]
    account, project, pipeline, *stored = await uow.add_all(begun.account, begun.project, pipeline, *agents)
    return SignedUp(
        billing_account=account, project=project, pipeline=pipeline, agent=stored[0] if stored else None
    )
