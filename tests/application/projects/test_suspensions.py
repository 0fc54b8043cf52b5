"""What is paid through a suspended account stops, and what stopped goes on when it is reactivated."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.inbound_messages import inbound
from tests.support.outbox import events_of
from tests.support.stored import count
from ventros import Database, NotFound, OutboxEvent, UnitOfWork
from ventros.application.channels.create_channel import CreateChannel, create_channel
from ventros.application.consumers import CONSUMERS, Means
from ventros.application.messages.process_inbound_message import process_inbound_message
from ventros.application.projects.create_project import CreateProject, create_project
from ventros.application.projects.follow_billing_account import FollowBillingAccount, follow_billing_account
from ventros.application.projects.suspensions import stop_projects
from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod
from ventros.core.projects.aggregate import Project
from ventros.core.projects.repository import ProjectRepository
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.values import ChannelStatus, ChannelType
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id
from ventros.migrate import migrate, rollback
from ventros.unit_of_work import CRM

NEXT = "acme-next"
CARD = PaymentMethod(type="card", last_digits="4242")


@attrs.frozen
class Customer:
    """An owner with an account that pays for two projects, and what is done to them."""

    db: Database[UnitOfWork]
    superuser: psycopg.Connection
    seed: Seed
    account: BillingAccount
    second: Project

    async def do(self, command: Any, *args: Any) -> None:
        await self.db.run(
            None,
            lambda uow: uow.billing_accounts.apply(self.account.id, command, *args, now=NOW),
            user=self.seed.user_id,
        )

    async def follow(self, project_id: UUID, tenant: str, **changes: Any) -> Project:
        command = FollowBillingAccount(
            project_id=project_id,
            billing_account_id=changes.pop("account_id", self.account.id),
            followed_at=NOW,
        )
        user = changes.pop("user", self.seed.user_id)
        return await self.db.run(tenant, lambda uow: follow_billing_account(uow, command), user=user)

    async def project(self, tenant: str) -> Project:
        async with self.db.unit_of_work(tenant) as uow:
            project = await uow.projects.find_by_tenant()
        assert project is not None
        return project

    async def channels(self, tenant: str = TENANT) -> dict[str, ChannelStatus]:
        project = await self.project(tenant)
        async with self.db.unit_of_work(tenant) as uow:
            return {
                channel.name: channel.status for channel in await uow.channels.list_by_project(project.id)
            }

    async def told(self) -> OutboxEvent:
        """What the account told last."""
        return events_of(self.superuser, self.account.id)[-1]

    async def stop_or_go_on(self) -> None:
        await stop_projects(self.db, await self.told())


@pytest.fixture
async def customer(db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection) -> Customer:
    """Of the first project's channels, one is active, one inactive and one is activating."""
    async with db.unit_of_work(user=seed.user_id) as uow:
        (pending,) = await uow.billing_accounts.list_all()
        account = await uow.billing_accounts.save(pending.activate_payment(CARD, now=NOW))
        await uow.commit()
    create = CreateProject(billing_account_id=account.id, name="Next", created_at=NOW)
    second: Project = await db.run(NEXT, lambda uow: create_project(uow, create), user=seed.user_id)
    async with db.unit_of_work(TENANT) as uow:
        await uow.channels.apply(seed.channel_id, Channel.rename, "active", now=NOW)
        inactive, activating = (_channel(seed, TENANT, name) for name in ("inactive", "activating"))
        await uow.add_all(inactive, activating.request_activation(now=NOW))
        await uow.commit()
    return Customer(db, superuser, seed, account, second)


def _channel(seed: Seed, tenant: str, name: str, project_id: UUID | None = None) -> Channel:
    return Channel.create(
        user_id=seed.user_id,
        project_id=project_id or seed.project_id,
        tenant_id=tenant,
        name=name,
        type=ChannelType.WEB_FORM,
        now=NOW,
    )


BEFORE = {
    "active": ChannelStatus.ACTIVE,
    "inactive": ChannelStatus.INACTIVE,
    "activating": ChannelStatus.ACTIVATING,
}
STOPPED = dict.fromkeys(BEFORE, ChannelStatus.SUSPENDED)


async def test_all_that_the_account_pays_for_stops_and_goes_on(
    customer: Customer, superuser: psycopg.Connection
) -> None:
    async with customer.db.unit_of_work(NEXT) as uow:
        await uow.channels.add(_channel(customer.seed, NEXT, "other", customer.second.id).activate(now=NOW))
        await uow.commit()
    await customer.do(BillingAccount.suspend, "unpaid")
    await customer.stop_or_go_on()
    assert [(await customer.project(tenant)).suspended_at for tenant in (TENANT, NEXT)] == [NOW, NOW]
    assert await customer.channels() == STOPPED
    assert await customer.channels(NEXT) == {"other": ChannelStatus.SUSPENDED}
    await customer.do(BillingAccount.reactivate)
    await customer.stop_or_go_on()
    assert [(await customer.project(tenant)).suspended for tenant in (TENANT, NEXT)] == [False, False]
    assert await customer.channels() == BEFORE
    assert await customer.channels(NEXT) == {"other": ChannelStatus.ACTIVE}
    told = superuser.execute(
        "SELECT event_name, count(*) FROM outbox_events WHERE tenant_id = %s AND causation_id IS NOT NULL"
        " GROUP BY 1 ORDER BY 1",
        [TENANT],
    ).fetchall()
    assert told == [
        ("channel.resumed", 3),
        ("channel.suspended", 3),
        ("project.resumed", 1),
        ("project.suspended", 1),
    ]


async def test_what_follows_has_the_accounts_event_as_its_cause(customer: Customer) -> None:
    await customer.do(BillingAccount.suspend, "unpaid")
    event = await customer.told()
    await stop_projects(customer.db, event)
    last = events_of(customer.superuser, customer.seed.project_id)[-1]
    assert (last.event_name, last.payload["billing_account_id"]) == (
        "project.suspended",
        str(customer.account.id),
    )
    assert (last.causation_id, last.correlation_id) == (event.event_id, event.event_id)


async def test_other_customers_go_on(customer: Customer, other_seed: Seed) -> None:
    await customer.do(BillingAccount.suspend, "unpaid")
    await customer.stop_or_go_on()
    assert not (await customer.project(OTHER_TENANT)).suspended
    assert set((await customer.channels(OTHER_TENANT)).values()) == {ChannelStatus.ACTIVE}


@pytest.mark.parametrize("end", ["canceled", "deleted"])
async def test_an_account_that_ends_stops_its_projects_as_well(customer: Customer, end: str) -> None:
    await customer.do(BillingAccount.cancel if end == "canceled" else BillingAccount.delete)
    await customer.stop_or_go_on()
    assert (await customer.project(TENANT)).suspended
    assert await customer.channels() == STOPPED


async def test_events_may_come_twice_late_and_in_any_order(
    customer: Customer, superuser: psycopg.Connection
) -> None:
    """What counts is what the account is, so an old suspension stops nothing."""
    await customer.do(BillingAccount.suspend, "unpaid")
    suspended = await customer.told()
    await customer.do(BillingAccount.reactivate)
    reactivated = await customer.told()
    versions = (
        "SELECT sum(version) FROM (SELECT version FROM projects UNION ALL SELECT version FROM channels) t"
    )
    before = count(superuser, versions)
    for event in (reactivated, suspended, suspended):
        await stop_projects(customer.db, event)
    assert count(superuser, versions) == before
    await customer.do(BillingAccount.suspend, "unpaid again")
    for event in (reactivated, suspended, await customer.told(), reactivated):
        await stop_projects(customer.db, event)
    assert await customer.channels() == STOPPED
    events = [event.event_name for event in events_of(superuser, customer.seed.project_id)]
    assert events == ["project.created", "project.suspended"]


async def test_after_a_crash_in_between_the_rest_is_stopped(customer: Customer) -> None:
    """The first project's unit is committed when the second's fails; the event comes again."""
    await customer.do(BillingAccount.suspend, "unpaid")
    superuser = customer.superuser
    superuser.execute(
        "ALTER TABLE projects ADD CONSTRAINT fault CHECK (suspended_at IS NULL OR tenant_id <> 'acme-next')"
    )
    with pytest.raises(Exception, match="fault"):
        await customer.stop_or_go_on()
    assert [(await customer.project(tenant)).suspended for tenant in (TENANT, NEXT)] == [True, False]
    superuser.execute("ALTER TABLE projects DROP CONSTRAINT fault")
    await customer.stop_or_go_on()
    assert [(await customer.project(tenant)).suspended for tenant in (TENANT, NEXT)] == [True, True]
    assert len(events_of(superuser, customer.seed.project_id)) == 2


async def test_a_project_that_is_gone_keeps_no_other_from_it(customer: Customer) -> None:
    await customer.db.run(
        TENANT, lambda uow: uow.projects.apply(customer.seed.project_id, Project.delete, now=NOW)
    )
    await customer.do(BillingAccount.suspend, "unpaid")
    await customer.stop_or_go_on()
    assert (await customer.project(NEXT)).suspended


async def test_a_stopped_channel_takes_no_message_and_its_platform_does_not_start_it(
    customer: Customer,
) -> None:
    await customer.do(BillingAccount.suspend, "unpaid")
    await customer.stop_or_go_on()
    seed = customer.seed
    with pytest.raises(InvariantViolation, match="suspended, not active"):
        await customer.db.run(TENANT, lambda uow: process_inbound_message(uow, seed.channel_id, inbound()))
    for command in (Channel.activate, Channel.deactivate, Channel.request_activation):
        with pytest.raises(InvariantViolation, match="suspended"):
            await customer.db.run(
                TENANT,
                lambda uow, command=command: uow.channels.apply(  # type: ignore[misc]
                    seed.channel_id, command, now=NOW
                ),
            )
    await customer.do(BillingAccount.reactivate)
    await customer.stop_or_go_on()
    await customer.db.run(TENANT, lambda uow: process_inbound_message(uow, seed.channel_id, inbound()))


async def test_a_suspended_project_gets_no_channel(customer: Customer) -> None:
    await customer.do(BillingAccount.suspend, "unpaid")
    await customer.stop_or_go_on()
    command = CreateChannel(
        project_id=customer.seed.project_id, name="Form", type=ChannelType.WEB_FORM, created_at=NOW
    )
    with pytest.raises(InvariantViolation, match="suspended"):
        await customer.db.run(TENANT, lambda uow: create_channel(uow, command))


async def test_a_project_follows_its_own_account_alone(customer: Customer, other_seed: Seed) -> None:
    """Neither another account, nor one that its owner does not have, stops it."""
    seed = customer.seed
    async with customer.db.unit_of_work(user=seed.user_id) as uow:
        other = BillingAccount.create(user_id=seed.user_id, name="B", billing_email="b@b.example", now=NOW)
        other = await uow.billing_accounts.add(other.suspend("unpaid", now=NOW))
        await uow.commit()
    for changes in ({"account_id": other.id}, {"account_id": new_id()}, {"user": other_seed.user_id}):
        with pytest.raises(NotFound) as caught:
            await customer.follow(seed.project_id, TENANT, **changes)
        assert caught.value.resource == "project"
    assert not (await customer.project(TENANT)).suspended


async def test_a_user_is_shown_his_own_projects_and_a_tenant_its_own(
    customer: Customer, other_seed: Seed
) -> None:
    """The directory is no list of customers."""
    account_id = customer.account.id

    async def shown(tenant: str | None, user: UUID | None) -> list[str]:
        async with customer.db.unit_of_work(tenant, user=user) as uow:
            connection = uow.connection
            rows = await connection.many(
                uow.billing_accounts.FIND_PROJECTS, customer.seed.user_id, account_id
            )
            return [row["tenant_id"] for row in rows]

    assert await shown(None, customer.seed.user_id) == [TENANT, NEXT]
    assert await shown(TENANT, None) == [TENANT]
    assert await shown(OTHER_TENANT, None) == []
    assert await shown(None, other_seed.user_id) == []
    assert await shown(None, new_id()) == []
    customer.superuser.execute("CREATE POLICY control ON account_projects FOR SELECT USING (true)")
    assert await shown(None, new_id()) == [TENANT, NEXT]


async def _channel_meanwhile(customer: Customer) -> bool:
    """Whether a channel that came while the project was being stopped waited for that."""
    command = CreateChannel(
        project_id=customer.seed.project_id, name="late", type=ChannelType.WEB_FORM, created_at=NOW
    )
    follow = FollowBillingAccount(
        project_id=customer.seed.project_id, billing_account_id=customer.account.id, followed_at=NOW
    )
    async with customer.db.unit_of_work(TENANT, user=customer.seed.user_id) as uow:
        await follow_billing_account(uow, follow)
        late = asyncio.create_task(customer.db.run(TENANT, lambda other: create_channel(other, command)))
        await asyncio.wait([late], timeout=0.3)
        waited = not late.done()
        await uow.commit()
    await asyncio.gather(late, return_exceptions=True)
    return waited


async def test_no_channel_slips_in_while_its_project_is_being_stopped(customer: Customer) -> None:
    await customer.do(BillingAccount.suspend, "unpaid")
    assert await _channel_meanwhile(customer)
    assert await customer.channels() == STOPPED


async def test_control_without_the_lock_on_the_project_one_slips_in(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = ProjectRepository.get

    async def get_without_lock(self: Any, id_: UUID, **_options: Any) -> Any:
        return await get(self, id_)

    monkeypatch.setattr(ProjectRepository, "get", get_without_lock)
    await customer.do(BillingAccount.suspend, "unpaid")
    assert not await _channel_meanwhile(customer)
    assert (await customer.channels())["late"] is ChannelStatus.INACTIVE


async def test_the_crm_acts_upon_it(customer: Customer) -> None:
    """By the consumer that ``ventros relay --publisher crm`` hands the event to."""
    (consumer,) = (one for one in CONSUMERS if one.name == "stop_projects")
    await customer.do(BillingAccount.suspend, "unpaid")
    event = await customer.told()
    assert event.event_name in consumer.events
    gateway: Any = None
    encryptor: Any = None
    await consumer.handle(Means(db=customer.db, gateway=gateway, encryptor=encryptor), event)
    assert (await customer.project(TENANT)).suspended


async def test_the_projects_that_were_there_before_are_in_the_directory(
    owner_dsn: str, seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    """As on a database that is migrated with its customers."""
    rollback(owner_dsn, CRM, to="0141")
    migrate(owner_dsn, CRM)
    stored = superuser.execute(
        "SELECT tenant_id, project_id, user_id FROM account_projects ORDER BY tenant_id"
    ).fetchall()
    assert stored == [(one.tenant, one.project_id, one.user_id) for one in (seed, other_seed)]
