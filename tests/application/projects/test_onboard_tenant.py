"""A tenant is onboarded wholly or not at all, and once, however many try."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import OLD
from tests.support.stored import count
from ventros import AlreadyExists, Database, UnitOfWork, ValidationError
from ventros.application.projects.onboard_tenant import OnboardedTenant, OnboardTenant, onboard_tenant
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.channels.values import ChannelStatus, ChannelType
from ventros.kernel.errors import AlreadyProcessed, ReferenceNotFound, TenancyViolation
from ventros.kernel.ids import new_id

TABLES = ("users", "billing_accounts", "projects", "channels")
KEY = "some-key"


def command(who: str = "ada", **changes: Any) -> OnboardTenant:
    base = OnboardTenant(
        name="Acme",
        owner_email=f"{who}@acme.example",
        billing_email="pay@acme.example",
        channel_name="Front desk",
        channel_type=ChannelType.WAHA,
        channel_config=WahaConfig(base_url="http://waha.example", api_key=KEY, session_id=f"{who}-phone"),
        encryptor=OLD,
        onboarded_at=NOW,
    )
    return attrs.evolve(base, **changes)


async def run(
    db: Database[UnitOfWork],
    asked: OnboardTenant,
    tenant: str = TENANT,
    *,
    user: UUID | None = None,
    command_id: UUID | None = None,
) -> OnboardedTenant:
    return await db.run(
        tenant, lambda uow: onboard_tenant(uow, asked), user=user or new_id(), command_id=command_id
    )


def rows(superuser: psycopg.Connection) -> list[int]:
    return [count(superuser, f"SELECT count(*) FROM {table}") for table in TABLES]  # noqa: S608 - our own


async def test_what_is_returned_is_what_is_stored(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    made = await run(db, command())
    async with db.unit_of_work(TENANT, user=made.user_id) as uow:
        assert await uow.projects.find_by_tenant() == made.project
        assert await uow.billing_accounts.list_all() == [made.billing_account]
        assert await uow.channels.get(made.channel.id) == made.channel
    assert made.channel.status is ChannelStatus.ACTIVE
    assert made.project.billing_account_id == made.billing_account.id
    assert {made.project.customer_id, made.channel.user_id} == {made.user_id}
    assert superuser.execute("SELECT id, email FROM users").fetchall() == [(made.user_id, "ada@acme.example")]
    events = superuser.execute("SELECT event_name, tenant_id FROM outbox_events ORDER BY position").fetchall()
    assert events == [
        ("billing.account.created", f"user:{made.user_id}"),
        ("project.created", TENANT),
        ("channel.created", TENANT),
        ("channel.activated", TENANT),
    ]


async def test_one_owner_may_have_several_tenants(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    first = await run(db, command())
    second = await run(db, command("eve", owner_email=None), OTHER_TENANT, user=first.user_id)
    assert second.user_id == first.user_id
    assert rows(superuser) == [1, 2, 2, 2]


@pytest.mark.parametrize("who", ["ada", "eve"])
async def test_a_second_time_is_refused_whoever_asks_and_changes_nothing(
    db: Database[UnitOfWork], superuser: psycopg.Connection, who: str
) -> None:
    await run(db, command())
    with pytest.raises(AlreadyExists) as caught:
        await run(db, command(who))
    assert (caught.value.resource, caught.value.constraint) == ("project", "projects_tenant_key")
    assert rows(superuser) == [1, 1, 1, 1]


async def test_a_deleted_tenant_is_not_handed_out_again(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    await run(db, command())
    superuser.execute("UPDATE projects SET deleted_at = now(), version = version + 1")
    with pytest.raises(AlreadyExists, match="projects_tenant_key"):
        await run(db, command("eve"))
    assert rows(superuser) == [1, 1, 1, 1]


async def test_asked_twice_under_one_command_id_it_is_done_once(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    id_ = new_id()
    await run(db, command(), command_id=id_)
    with pytest.raises(AlreadyProcessed):
        await run(db, command(), command_id=id_)
    assert rows(superuser) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"owner_email": "ada@acme.example"}, AlreadyExists),
        ({"owner_email": None}, ReferenceNotFound),
        ({"owner_email": ""}, ValidationError),
        ({"name": ""}, ValidationError),
        ({"billing_email": ""}, ValidationError),
        ({"channel_name": ""}, ValidationError),
    ],
    ids=["email", "unknown owner", "no owner", "no name", "no email", "no channel"],
)
async def test_what_cannot_be_made_leaves_nothing(
    db: Database[UnitOfWork], superuser: psycopg.Connection, changes: dict[str, Any], expected: type
) -> None:
    await run(db, command(), OTHER_TENANT)
    with pytest.raises(expected):
        await run(db, command("eve", **changes))
    assert rows(superuser) == [1, 1, 1, 1]


async def test_a_tenant_has_an_owner(db: Database[UnitOfWork], superuser: psycopg.Connection) -> None:
    with pytest.raises(TenancyViolation, match="user="):
        await db.run(TENANT, lambda uow: onboard_tenant(uow, command()))
    assert rows(superuser) == [0, 0, 0, 0]


def test_the_keys_of_a_channel_are_not_shown() -> None:
    assert KEY not in repr(command())


async def both_at_once(db: Database[UnitOfWork]) -> None:
    """The second one looks before the first one commits. Asserts that it is refused all the same."""
    async with db.unit_of_work(TENANT, user=new_id()) as first:
        await onboard_tenant(first, command("ada"))
        second = asyncio.create_task(run(db, command("eve")))
        await asyncio.sleep(0.3)
        waited = not second.done()
        await first.commit()
    (outcome,) = await asyncio.gather(second, return_exceptions=True)
    assert waited, "the second one did not wait for the first"
    assert isinstance(outcome, AlreadyExists), outcome
    assert outcome.constraint == "projects_tenant_key"


async def test_of_two_at_once_one_is_refused(db: Database[UnitOfWork], superuser: psycopg.Connection) -> None:
    await both_at_once(db)
    assert rows(superuser) == [1, 1, 1, 1]


async def test_control_without_the_key_of_the_tenant_both_are_made(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    superuser.execute("ALTER TABLE projects DROP CONSTRAINT projects_tenant_key")
    with pytest.raises(AssertionError, match="did not wait"):
        await both_at_once(db)
    assert rows(superuser) == [2, 2, 2, 2]
