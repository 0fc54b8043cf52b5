"""The finders of billing accounts, and what no two of them may share, against a database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.constants import NOW, TENANT
from ventros import AlreadyExists, Database, UnitOfWork
from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

CARD = PaymentMethod(type="card", last_digits="4242")


async def add(uow: UnitOfWork, seed: Seed, name: str, hours: int) -> BillingAccount:
    account = BillingAccount.create(
        user_id=seed.user_id,
        name=name,
        billing_email="pay@acme.example",
        now=NOW + timedelta(hours=hours),
    )
    return await uow.billing_accounts.add(account)


async def test_a_users_accounts_are_listed_oldest_first(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    async with db.unit_of_work(TENANT, user=seed.user_id) as uow:
        second = await add(uow, seed, "second", 2)
        first = await add(uow, seed, "first", 1)
        listed = await uow.billing_accounts.list_all()
        assert listed[1:] == [first, second]
        assert listed[0].name == TENANT
        await uow.billing_accounts.save(first.delete(now=NOW))
        names = [account.name for account in await uow.billing_accounts.list_all()]
        assert names == [TENANT, "second"]
    async with db.unit_of_work(TENANT, user=new_id()) as uow:
        assert await uow.billing_accounts.list_all() == []


async def test_the_active_account_is_the_oldest_that_pays(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT, user=seed.user_id) as uow:
        accounts = uow.billing_accounts
        assert await accounts.find_active() is None
        later = await add(uow, seed, "later", 2)
        earlier = await add(uow, seed, "earlier", 1)
        later = await accounts.save(later.activate_payment(CARD, now=NOW))
        assert await accounts.find_active() == later
        earlier = await accounts.save(earlier.activate_payment(CARD, now=NOW))
        assert await accounts.find_active() == earlier
        await accounts.save(earlier.suspend("unpaid", now=NOW))
        assert await accounts.find_active() == later
        await accounts.save(later.cancel(now=NOW))
        assert await accounts.find_active() is None


async def test_a_customer_at_stripe_pays_for_one_live_account(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT, user=seed.user_id) as uow:
        first, second = await add(uow, seed, "first", 1), await add(uow, seed, "second", 2)
        first = await uow.billing_accounts.save(first.set_stripe_customer_id("cus_1", now=NOW))
        await uow.commit()
    linked = second.set_stripe_customer_id("cus_1", now=NOW)
    with pytest.raises(AlreadyExists) as caught:
        async with db.unit_of_work(TENANT, user=seed.user_id) as uow:
            await uow.billing_accounts.save(linked)
    assert caught.value.constraint == "billing_accounts_stripe_customer_key"
    async with db.unit_of_work(TENANT, user=seed.user_id) as uow:
        await uow.billing_accounts.save(first.delete(now=NOW))
        assert (await uow.billing_accounts.save(linked)).stripe_customer_id == "cus_1"
