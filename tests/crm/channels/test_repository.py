"""The finders of channels, and the directory that follows them, against a database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import OLD
from ventros import AlreadyExists, Database, UnitOfWork
from ventros.core import users
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import WahaConfig, WahaSessionStatus
from ventros.crm.channels.repository import find_route
from ventros.crm.channels.values import ChannelType
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

OTHER_SESSION = WahaConfig(base_url="http://waha.example", api_key="demo", session_id="second")


async def add(uow: UnitOfWork, seed: Seed, name: str, hours: int, **owner: object) -> Channel:
    channel = Channel.create(
        **{  # type: ignore[arg-type]
            "user_id": seed.user_id,
            "project_id": seed.project_id,
            "tenant_id": seed.tenant,
            "name": name,
            "type": ChannelType.WAHA,
            "now": NOW + timedelta(hours=hours),
            **owner,
        }
    )
    return await uow.channels.add(channel)


async def test_a_channel_is_found_by_its_webhook_inside_its_tenant(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        channel = await uow.channels.get(seed.channel_id)
        assert await uow.channels.find_by_webhook_id(channel.webhook_id) == channel
        assert await uow.channels.find_by_webhook_id("no such path") is None
    async with db.unit_of_work(OTHER_TENANT) as uow:
        assert await uow.channels.find_by_webhook_id(channel.webhook_id) is None
    async with db.unit_of_work(TENANT) as uow:
        await uow.channels.save(channel.delete(now=NOW))
        assert await uow.channels.find_by_webhook_id(channel.webhook_id) is None


async def test_live_channels_are_listed_by_owner_and_by_project_oldest_first(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        colleague = await users.add(uow, "colleague@acme.example")
        seeded = await uow.channels.get(seed.channel_id)
        third = await add(uow, seed, "third", 3)
        second = await add(uow, seed, "second", 2)
        theirs = await add(uow, seed, "theirs", 1, user_id=colleague)
        gone = await add(uow, seed, "gone", 4)
        await uow.channels.save(gone.delete(now=NOW))
        assert await uow.channels.list_by_user(seed.user_id) == [seeded, second, third]
        assert await uow.channels.list_by_user(colleague) == [theirs]
        assert await uow.channels.list_by_user(new_id()) == []
        assert await uow.channels.list_by_project(seed.project_id) == [seeded, theirs, second, third]
        assert await uow.channels.list_by_project(other_seed.project_id) == []


async def test_active_waha_channels_are_those_whose_session_works(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        seeded = await uow.channels.get(seed.channel_id)
        waiting = await add(uow, seed, "waiting", 1)
        form = await add(uow, seed, "form", 2, type=ChannelType.WEB_FORM)
        await uow.channels.save(form.activate(now=NOW))
        assert await uow.channels.list_active_waha() == [seeded]
        working = await uow.channels.save(waiting.set_session_status(WahaSessionStatus.WORKING, now=NOW))
        assert await uow.channels.list_active_waha() == [seeded, working]
        await uow.channels.save(seeded.deactivate(now=NOW))
        assert await uow.channels.list_active_waha() == [working]


async def test_the_directory_follows_the_config_and_forgets_a_deleted_channel(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        channel = await uow.channels.get(seed.channel_id)
        channel = await uow.channels.save(channel.set_config(OTHER_SESSION, encryptor=OLD, now=NOW))
        assert await find_route(uow.connection, "waha", seed.session) is None
        route = await find_route(uow.connection, "waha", "second")
        assert route is not None
        assert route.channel_id == channel.id
        await uow.channels.save(channel.delete(now=NOW))
        assert await find_route(uow.connection, "waha", "second") is None
        successor = await add(uow, seed, "successor", 1)
        await uow.channels.save(successor.set_config(OTHER_SESSION, encryptor=OLD, now=NOW))
        assert await find_route(uow.connection, "waha", "second") is not None


async def test_no_config_takes_the_session_of_another_tenant(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    theirs = WahaConfig(base_url="http://waha.example", api_key="demo", session_id=other_seed.session)
    with pytest.raises(AlreadyExists):
        async with db.unit_of_work(TENANT) as uow:
            channel = await uow.channels.get(seed.channel_id)
            await uow.channels.save(channel.set_config(theirs, encryptor=OLD, now=NOW))
