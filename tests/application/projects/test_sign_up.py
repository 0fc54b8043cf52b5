"""Somebody signs up once, with all that a customer begins with."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.stored import count
from ventros import AlreadyExists, Database, UnitOfWork, ValidationError
from ventros.application.projects.sign_up import SignedUp, SignUp, sign_up
from ventros.core.billing_accounts.aggregate import PaymentStatus
from ventros.crm.agents.values import AgentType
from ventros.kernel.errors import AlreadyProcessed, TenancyViolation
from ventros.kernel.ids import new_id
from ventros.values import BLUE, Email

TABLES = ("users", "billing_accounts", "projects", "pipelines", "agents")
EMAIL = "ada@acme.example"


def command(**changes: Any) -> SignUp:
    return attrs.evolve(SignUp(name="Acme", email=EMAIL, agent_name="Ada", signed_up_at=NOW), **changes)


async def run(
    db: Database[UnitOfWork],
    asked: SignUp,
    tenant: str = TENANT,
    *,
    user: UUID | None = None,
    command_id: UUID | None = None,
) -> SignedUp:
    return await db.run(tenant, lambda uow: sign_up(uow, asked), user=user or new_id(), command_id=command_id)


def rows(superuser: psycopg.Connection) -> list[int]:
    return [count(superuser, f"SELECT count(*) FROM {table}") for table in TABLES]  # noqa: S608 - our own


async def test_what_is_returned_is_what_is_stored(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    user = new_id()
    made = await run(db, command(), user=user)
    assert made.agent is not None
    async with db.unit_of_work(TENANT, user=user) as uow:
        assert await uow.projects.find_by_tenant() == made.project
        assert await uow.billing_accounts.list_all() == [made.billing_account]
        assert await uow.pipelines.get(made.pipeline.id) == made.pipeline
        assert await uow.agents.get(made.agent.id) == made.agent
    assert made.billing_account.payment_status is PaymentStatus.PENDING
    assert made.billing_account.payment_methods == ()
    assert (made.billing_account.billing_email, made.project.customer_id) == (EMAIL, user)
    assert (made.pipeline.name, made.pipeline.color, made.pipeline.position) == ("Default", BLUE, 0)
    assert (made.agent.user_id, made.agent.type, made.agent.email) == (user, AgentType.HUMAN, Email(EMAIL))
    assert superuser.execute("SELECT id, email, role FROM users").fetchall() == [(user, EMAIL, "user")]
    events = superuser.execute(
        "SELECT event_name, tenant_id, aggregate_version FROM outbox_events ORDER BY position"
    ).fetchall()
    assert events == [
        ("billing.account.created", f"user:{user}", 1),
        ("project.created", TENANT, 1),
        ("pipeline.created", TENANT, 1),
        ("pipeline.updated", TENANT, 1),
        ("agent.created", TENANT, 1),
    ]


async def test_who_answers_nobody_is_no_agent(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    assert (await run(db, command(agent_name=None))).agent is None
    assert rows(superuser) == [1, 1, 1, 1, 0]


@pytest.mark.parametrize("email", [EMAIL, "ADA@Acme.example", f" {EMAIL}"])
async def test_a_known_email_is_refused_and_nothing_is_made(
    db: Database[UnitOfWork], superuser: psycopg.Connection, email: str
) -> None:
    await run(db, command())
    with pytest.raises(AlreadyExists) as caught:
        await run(db, command(email=email), OTHER_TENANT)
    assert (caught.value.resource, caught.value.constraint) == ("user", "users_email_key")
    assert rows(superuser) == [1, 1, 1, 1, 1]


async def test_nobody_signs_up_as_another_user(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    """Whoever names the id of one who is there gets neither him nor what is his."""
    user = new_id()
    await run(db, command(), user=user)
    with pytest.raises(AlreadyExists) as caught:
        await run(db, command(email="eve@acme.example"), OTHER_TENANT, user=user)
    assert caught.value.constraint == "users_pkey"
    assert rows(superuser) == [1, 1, 1, 1, 1]


async def test_a_tenant_that_is_there_is_refused(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    await run(db, command())
    with pytest.raises(AlreadyExists) as caught:
        await run(db, command(email="eve@acme.example"))
    assert caught.value.constraint == "projects_tenant_key"
    assert rows(superuser) == [1, 1, 1, 1, 1]


async def test_asked_twice_under_one_command_id_it_is_done_once(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    user, id_ = new_id(), new_id()
    await run(db, command(), user=user, command_id=id_)
    with pytest.raises(AlreadyProcessed):
        await run(db, command(), user=user, command_id=id_)
    assert rows(superuser) == [1, 1, 1, 1, 1]


@pytest.mark.parametrize("field", ["name", "agent_name", "pipeline_name"])
async def test_what_is_empty_is_refused_and_leaves_nothing(
    db: Database[UnitOfWork], superuser: psycopg.Connection, field: str
) -> None:
    with pytest.raises(ValidationError):
        await run(db, command(**{field: ""}))
    assert rows(superuser) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("email", ["", "ada", "ada@acme"])
def test_what_is_no_email_is_named(email: str) -> None:
    with pytest.raises(ValidationError) as caught:
        command(email=email)
    assert caught.value.field == "email"


async def test_who_signs_up_is_a_user(db: Database[UnitOfWork], superuser: psycopg.Connection) -> None:
    with pytest.raises(TenancyViolation, match="user="):
        await db.run(TENANT, lambda uow: sign_up(uow, command()))
    assert rows(superuser) == [0, 0, 0, 0, 0]


async def _both_at_once(db: Database[UnitOfWork]) -> None:
    """The second one, of another tenant, looks before the first one commits. Asserts that it is refused."""
    async with db.unit_of_work(TENANT, user=new_id()) as first:
        await sign_up(first, command())
        second = asyncio.create_task(run(db, command(), OTHER_TENANT))
        await asyncio.wait([second], timeout=0.3)
        waited = not second.done()
        await first.commit()
    (outcome,) = await asyncio.gather(second, return_exceptions=True)
    assert waited, "the second one did not wait for the first"
    assert isinstance(outcome, AlreadyExists), outcome


async def test_of_two_of_one_email_at_once_one_is_refused(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    await _both_at_once(db)
    assert rows(superuser) == [1, 1, 1, 1, 1]


async def test_control_without_the_key_of_the_email_both_are_made(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    superuser.execute("ALTER TABLE users DROP CONSTRAINT users_email_key")
    with pytest.raises(AssertionError, match="did not wait"):
        await _both_at_once(db)
    assert rows(superuser) == [2, 2, 2, 2, 2]
