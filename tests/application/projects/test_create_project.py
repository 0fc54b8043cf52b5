"""A further project is made for who pays, and for nobody else."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.stored import count
from ventros import AlreadyExists, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.projects.create_project import CreateProject, create_project
from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod
from ventros.core.billing_accounts.repository import BillingAccountRepository
from ventros.core.projects.aggregate import Project
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, TenancyViolation
from ventros.kernel.ids import new_id

NEXT = "acme-next"
CARD = PaymentMethod(type="card", last_digits="4242")


@pytest.fixture
async def account(db: Database[UnitOfWork], seed: Seed) -> BillingAccount:
    """The owner's, with a payment method."""
    async with db.unit_of_work(user=seed.user_id) as uow:
        (pending,) = await uow.billing_accounts.list_all()
        paying = await uow.billing_accounts.save(pending.activate_payment(CARD, now=NOW))
        await uow.commit()
    return paying


def command(account: BillingAccount, **changes: Any) -> CreateProject:
    return attrs.evolve(
        CreateProject(billing_account_id=account.id, name="Acme next", created_at=NOW), **changes
    )


async def run(
    db: Database[UnitOfWork], asked: CreateProject, user: UUID | None, tenant: str = NEXT
) -> Project:
    return await db.run(tenant, lambda uow: create_project(uow, asked), user=user)


def projects(superuser: psycopg.Connection) -> int:
    return count(superuser, "SELECT count(*) FROM projects")


async def test_what_is_returned_is_what_is_stored(
    db: Database[UnitOfWork], account: BillingAccount, seed: Seed, superuser: psycopg.Connection
) -> None:
    asked = command(
        account, description="For resellers", configuration={"plan": "gold"}, session_timeout_minutes=480
    )
    made = await run(db, asked, seed.user_id)
    async with db.unit_of_work(NEXT) as uow:
        assert await uow.projects.find_by_tenant() == made
    assert (made.version, made.active, made.customer_id) == (1, True, seed.user_id)
    assert (made.billing_account_id, made.name) == (account.id, "Acme next")
    assert (made.description, made.configuration) == ("For resellers", {"plan": "gold"})
    assert made.session_timeout_minutes == 480
    events = superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events WHERE tenant_id = %s ORDER BY position",
        [NEXT],
    ).fetchall()
    assert events == [("project.created", 1)] + [("project.updated", 1)] * 3


async def test_by_default_nothing_is_told_but_the_creation(
    db: Database[UnitOfWork], account: BillingAccount, seed: Seed, superuser: psycopg.Connection
) -> None:
    made = await run(db, command(account), seed.user_id)
    assert (made.description, made.configuration, made.session_timeout_minutes) == ("", {}, 30)
    assert count(superuser, f"SELECT count(*) FROM outbox_events WHERE tenant_id = '{NEXT}'") == 1  # noqa: S608


@pytest.mark.parametrize("state", ["pending", "suspended", "canceled"])
async def test_an_account_that_does_not_pay_gets_no_project(
    db: Database[UnitOfWork],
    account: BillingAccount,
    seed: Seed,
    superuser: psycopg.Connection,
    state: str,
) -> None:
    async with db.unit_of_work(user=seed.user_id) as uow:
        if state == "suspended":
            account = await uow.billing_accounts.save(account.suspend("unpaid", now=NOW))
        elif state == "canceled":
            account = await uow.billing_accounts.save(account.cancel(now=NOW))
        else:
            account = await uow.billing_accounts.add(
                BillingAccount.create(user_id=seed.user_id, name="New", billing_email="a@b.example", now=NOW)
            )
        await uow.commit()
    with pytest.raises(InvariantViolation, match=f"is {state}, not active"):
        await run(db, command(account), seed.user_id)
    assert projects(superuser) == 1


async def test_another_users_account_is_not_found(
    db: Database[UnitOfWork], account: BillingAccount, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    for user in (other_seed.user_id, new_id()):
        with pytest.raises(NotFound) as caught:
            await run(db, command(account), user)
        assert caught.value.resource == "billing_account"
    assert projects(superuser) == 2


async def test_a_project_has_an_owner(db: Database[UnitOfWork], account: BillingAccount) -> None:
    with pytest.raises(TenancyViolation, match="user="):
        await run(db, command(account), None)


async def test_a_tenant_has_one_project(
    db: Database[UnitOfWork],
    account: BillingAccount,
    seed: Seed,
    other_seed: Seed,
    superuser: psycopg.Connection,
) -> None:
    """Whether it is the owner's own or that of somebody else, who was first."""
    for tenant in (TENANT, OTHER_TENANT):
        with pytest.raises(AlreadyExists) as caught:
            await run(db, command(account), seed.user_id, tenant)
        assert caught.value.constraint == "projects_tenant_key"
    assert projects(superuser) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "A"),
        ("name", "A" * 101),
        ("session_timeout_minutes", 4),
        ("session_timeout_minutes", 481),
        ("billing_account_id", UUID(int=0)),
    ],
)
def test_what_is_out_of_range_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        CreateProject(**{"billing_account_id": new_id(), "name": "Acme", "created_at": NOW, field: value})
    assert caught.value.field == field


async def _suspended_meanwhile(db: Database[UnitOfWork], account: BillingAccount, seed: Seed) -> bool:
    """Whether the suspension waited for the project, which was decided before."""
    async with db.unit_of_work(NEXT, user=seed.user_id) as uow:
        await create_project(uow, command(account))
        suspension = asyncio.create_task(
            db.run(
                None,
                lambda other: other.billing_accounts.apply(
                    account.id, BillingAccount.suspend, "unpaid", now=NOW
                ),
                user=seed.user_id,
            )
        )
        await asyncio.wait([suspension], timeout=0.3)
        waited = not suspension.done()
        await uow.commit()
    await suspension
    return waited


async def test_the_account_is_held_until_the_project_is_stored(
    db: Database[UnitOfWork], account: BillingAccount, seed: Seed
) -> None:
    assert await _suspended_meanwhile(db, account, seed)


async def test_control_without_the_lock_it_is_suspended_in_between(
    db: Database[UnitOfWork], account: BillingAccount, seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = BillingAccountRepository.get

    async def get_without_lock(self: Any, id_: UUID, **_options: Any) -> Any:
        return await get(self, id_)

    monkeypatch.setattr(BillingAccountRepository, "get", get_without_lock)
    assert not await _suspended_meanwhile(db, account, seed)
