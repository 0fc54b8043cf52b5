"""What belongs to a user is that user's alone: by the repository, by SQL as the app, and by foreign keys.

The control takes the policy away, and then another user sees it.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.by_hand import as_app
from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, NotFound, UnitOfWork
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.core.projects.aggregate import Project
from ventros.demo.seed import Seed
from ventros.kernel.errors import (
    DatabaseError,
    OptimisticLockError,
    ReferenceNotFound,
    TenancyViolation,
)
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome

POLICY_GONE = "DROP POLICY own ON billing_accounts; CREATE POLICY own ON billing_accounts USING (true)"


async def account_of(db: Database[UnitOfWork], seed: Seed) -> BillingAccount:
    async with db.unit_of_work(user=seed.user_id) as uow:
        (account,) = await uow.billing_accounts.list_all()
    return account


def project(seed: Seed, account: BillingAccount, tenant: str) -> Project:
    return Project.create(
        customer_id=seed.user_id, billing_account_id=account.id, tenant_id=tenant, name="Other", now=NOW
    )


async def test_another_users_account_is_neither_found_nor_changed(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    account = await account_of(db, other_seed)
    async with db.unit_of_work(TENANT, user=seed.user_id) as uow:
        accounts = uow.billing_accounts
        with pytest.raises(NotFound):
            await accounts.get(account.id)
        with pytest.raises(NotFound):
            await accounts.get(account.id, lock="update")
        suspended = account.suspend("mine now", now=NOW)
        for write in (accounts.save, accounts.remove, accounts.touch, uow.save_all, uow.commit):
            with pytest.raises(TenancyViolation, match="belongs to user"):
                await write(suspended)
        claimed = attrs.evolve(suspended, user_id=seed.user_id)
        with pytest.raises(OptimisticLockError):
            await accounts.save(claimed)
        await uow.rollback()
    assert await account_of(db, other_seed) == account


async def test_one_account_serves_several_tenants_of_its_user(db: Database[UnitOfWork], seed: Seed) -> None:
    account = await account_of(db, seed)
    for tenant in (TENANT, OTHER_TENANT, None):
        async with db.unit_of_work(tenant, user=seed.user_id) as uow:
            account = await uow.billing_accounts.save(account.rename(f"by {tenant}", now=NOW))
            await uow.commit()
    async with db.unit_of_work(OTHER_TENANT, user=seed.user_id) as uow:
        await uow.projects.add(project(seed, account, OTHER_TENANT))
        await uow.commit()


@pytest.mark.parametrize("user", ["the own", "the other", "none"])
async def test_no_project_is_paid_through_another_users_account(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, user: str
) -> None:
    """Where it names its own user, by the foreign key, which looks past all policies; else by the policy."""
    account = await account_of(db, other_seed)
    made = project(seed if user == "the own" else other_seed, account, "third")
    expected: dict[str, Any] = {"the own": ReferenceNotFound}
    with pytest.raises(expected.get(user, TenancyViolation)):
        async with db.unit_of_work("third", user=None if user == "none" else seed.user_id) as uow:
            await uow.projects.add(made)


async def test_control_without_the_policy_of_projects_it_is(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    superuser.execute("DROP POLICY of_user ON projects")
    superuser.execute("DROP POLICY of_user ON account_projects")
    account = await account_of(db, other_seed)
    async with db.unit_of_work("third", user=seed.user_id) as uow:
        await uow.projects.add(project(other_seed, account, "third"))


async def test_by_sql_as_the_app_a_user_sees_and_touches_only_what_is_his(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    theirs = await account_of(db, other_seed)
    assert by_sql(superuser, seed, theirs) == (1, 0, 0)
    superuser.execute(POLICY_GONE)
    assert by_sql(superuser, seed, theirs) == (2, 1, 1), "the control"


def by_sql(superuser: psycopg.Connection, seed: Seed, theirs: BillingAccount) -> tuple[int, ...]:
    """How many accounts the app sees for the seed's user; of another's, locks and suspends."""
    suspend = "UPDATE billing_accounts SET payment_status = 'suspended', version = version + 1 WHERE id = %s"
    with as_app(superuser, tenant_id=TENANT, user_id=seed.user_id) as app:
        seen = app.execute("SELECT id FROM billing_accounts").rowcount
        locked = app.execute("SELECT id FROM billing_accounts WHERE id = %s FOR UPDATE", [theirs.id]).rowcount
        return seen, locked, app.execute(suspend, [theirs.id]).rowcount


@pytest.mark.parametrize("table", ["users", "billing_accounts"])
async def test_without_a_user_the_server_refuses_and_says_what_to_do(
    db: Database[UnitOfWork], owner_dsn: str, seed: Seed, table: str
) -> None:
    with psycopg.connect(owner_dsn) as connection:
        connection.execute("SET app.tenant_id = 'acme'")
        with pytest.raises(psycopg.DatabaseError, match="no user is set") as caught:
            connection.execute(f"SELECT * FROM {table}".encode())  # noqa: S608 - our own
    assert caught.value.sqlstate == "VT004"
    assert caught.value.diag.message_hint == "BEGIN; SET LOCAL app.user_id = '<id of the user>';"
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(TenancyViolation, match="user="):
            await uow.billing_accounts.list_all()
        with pytest.raises(DatabaseError, match=r"user=.*VT004"):
            await uow.projects.add(project(seed, await account_of(db, seed), TENANT))


def test_the_app_makes_no_admin(superuser: psycopg.Connection) -> None:
    user = new_id()
    for text in (
        "INSERT INTO users (id, email, role) VALUES (%s, 'a@b', 'admin')",
        "UPDATE users SET role = 'admin' WHERE id = %s",
        "INSERT INTO users (id, email) VALUES (gen_random_uuid(), %s)",
    ):
        with as_app(superuser, user_id=user) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(text, [user])
    with as_app(superuser, user_id=user) as app:
        app.execute("INSERT INTO users (id, email) VALUES (%s, 'a@b')", [user])


async def test_its_events_and_its_history_are_one_sequence_under_its_user(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """Whichever tenant the units were of; a unit of the user alone sees them, one of a tenant does not."""
    account = await account_of(db, seed)
    for tenant in (TENANT, OTHER_TENANT, None):
        async with db.unit_of_work(tenant, user=seed.user_id) as uow:
            account = await uow.billing_accounts.save(account.rename(f"by {tenant}", now=NOW))
            await uow.commit()
    stored = superuser.execute(
        "SELECT tenant_id, aggregate_version FROM outbox_events WHERE aggregate_id = %s ORDER BY position",
        [account.id],
    )
    assert stored.fetchall() == [(f"user:{seed.user_id}", version) for version in (1, 2, 3, 4)]
    markers = superuser.execute("SELECT tenant_id FROM commit_markers ORDER BY recorded_at").fetchall()
    assert [tenant for (tenant,) in markers] == [TENANT, TENANT, OTHER_TENANT, f"user:{seed.user_id}"]


async def test_a_unit_of_a_user_alone_is_resolved_by_its_marker(db: Database[UnitOfWork], seed: Seed) -> None:
    account = await account_of(db, seed)
    async with db.unit_of_work(user=seed.user_id) as uow:
        await uow.commit(account.rename("Other", now=NOW))
    assert await db.resolve(uow.marker) is Outcome.COMMITTED
    async with db.unit_of_work(user=seed.user_id) as uow:
        await uow.billing_accounts.list_all()
        await uow.rollback()
    assert await db.resolve(uow.marker) is Outcome.ROLLED_BACK


@pytest.mark.parametrize(("user", "allowed"), [("", False), ("the other", False), ("the own", True)])
def test_nobody_but_its_user_writes_events_of_a_user(
    seed: Seed, other_seed: Seed, superuser: psycopg.Connection, user: str, allowed: bool
) -> None:
    insert = (
        "INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, "
        "aggregate_type, aggregate_id, sequence, payload) VALUES (%s, gen_random_uuid(), 'a.b', 'v1', now(), "
        "'a', gen_random_uuid(), 1, '{}')"
    )
    users = {"the other": other_seed.user_id, "the own": seed.user_id}
    with as_app(superuser, tenant_id=TENANT, user_id=users.get(user, "")) as app:
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security")
        with nullcontext() if allowed else refused:
            app.execute(insert, [f"user:{seed.user_id}"])


@pytest.mark.parametrize("tenant", ["user:acme", f"user:{new_id()}"])
def test_no_caller_names_a_tenant_of_a_user(db: Database[UnitOfWork], tenant: str) -> None:
    with pytest.raises(Exception, match="belongs to a user") as caught:
        db.unit_of_work(tenant, user=new_id())
    assert getattr(caught.value, "field", None) == "tenant_id"
