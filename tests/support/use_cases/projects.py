"""Cases of projects, their owners and who pays."""

from __future__ import annotations

from tests.support.constants import NOW
from tests.support.use_cases import Work, World, case
from ventros.application.channels.create_channel import CreateChannel, create_channel
from ventros.application.projects.create_project import CreateProject, create_project
from ventros.application.projects.follow_billing_account import FollowBillingAccount, follow_billing_account
from ventros.application.projects.onboard_tenant import OnboardTenant, onboard_tenant
from ventros.application.projects.sign_up import SignUp, sign_up
from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod
from ventros.crm.channels.values import ChannelType
from ventros.kernel.ids import new_id


@case("onboard_tenant", "whose owner is new", names_nothing=True)
async def _onboard(world: World) -> Work:
    world.tenant, world.user = f"customer-{world.number}", new_id()
    command = OnboardTenant(
        name="Customer",
        owner_email=f"ada@{world.tenant}.example",
        billing_email=f"pay@{world.tenant}.example",
        channel_name="Front desk",
        channel_type=ChannelType.WAHA,
        onboarded_at=NOW,
    )
    return lambda uow: onboard_tenant(uow, command)


async def _paying(world: World) -> BillingAccount:
    """The account of the world's owner, for whom the unit is from now on, with a payment method."""
    world.user = world.seed.user_id
    (account,) = await world.run(lambda uow: uow.billing_accounts.list_all())
    card = PaymentMethod(type="card", last_digits="4242")
    paying: BillingAccount = await world.run(
        lambda uow: uow.billing_accounts.apply(account.id, BillingAccount.activate_payment, card, now=NOW)
    )
    return paying


async def _next_project(world: World) -> Work:
    """What the command names is a user's, and no tenant's."""
    account = await _paying(world)
    world.tenant = f"next-{world.number}"
    command = CreateProject(billing_account_id=account.id, name="Next", created_at=NOW)
    return lambda uow: create_project(uow, command)


@case("create_project", "of a customer who pays", names_nothing=True)
async def _create_project(world: World) -> Work:
    return await _next_project(world)


@case("create_project", "while its account is suspended", names_nothing=True)
async def _create_while_suspended(world: World) -> Work:
    create, (account,) = (
        await _next_project(world),
        await world.run(lambda uow: uow.billing_accounts.list_all()),
    )
    world.rival = lambda uow: uow.billing_accounts.apply(
        account.id, BillingAccount.suspend, "unpaid", now=NOW
    )
    return create


@case("sign_up", "of a user who answers contacts", names_nothing=True)
async def _sign_up(world: World) -> Work:
    world.tenant, world.user = f"signed-up-{world.number}", new_id()
    command = SignUp(name="Customer", email=f"ada@{world.tenant}.example", agent_name="Ada", signed_up_at=NOW)
    return lambda uow: sign_up(uow, command)


async def _suspend(world: World, account: BillingAccount) -> None:
    await world.run(
        lambda uow: uow.billing_accounts.apply(account.id, BillingAccount.suspend, "unpaid", now=NOW)
    )


async def _follow(world: World, account: BillingAccount) -> Work:
    command = FollowBillingAccount(
        project_id=world.seed.project_id, billing_account_id=account.id, followed_at=NOW
    )
    return lambda uow: follow_billing_account(uow, command)


@case("follow_billing_account", "that was suspended")
async def _follow_suspended(world: World) -> Work:
    account = await _paying(world)
    await _suspend(world, account)
    world.rival = lambda uow: uow.billing_accounts.apply(account.id, BillingAccount.reactivate, now=NOW)
    return await _follow(world, account)


@case("follow_billing_account", "that was reactivated")
async def _follow_reactivated(world: World) -> Work:
    account = await _paying(world)
    follow = await _follow(world, account)
    await _suspend(world, account)
    await world.run(follow)
    await world.run(lambda uow: uow.billing_accounts.apply(account.id, BillingAccount.reactivate, now=NOW))
    return follow


@case("follow_billing_account", "while its project gets a channel")
async def _follow_meanwhile(world: World) -> Work:
    account = await _paying(world)
    await _suspend(world, account)
    command = CreateChannel(
        project_id=world.seed.project_id, name="Form", type=ChannelType.WEB_FORM, created_at=NOW
    )
    world.rival = lambda uow: create_channel(uow, command)
    return await _follow(world, account)
