"""The finders of channels, and the directory that follows them, against a database."""

from __future__ import annotations

from datetime import timedelta

import attrs
import psycopg
import pytest

from tests.support.by_hand import as_app
from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import OLD
from ventros import AlreadyExists, Database, Settings, UnitOfWork
from ventros.core import users
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import WahaConfig, WahaSessionStatus
from ventros.crm.channels.repository import ChannelRoute, find_route
from ventros.crm.channels.values import ChannelType
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing import RoundTrips

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
    colleague = await db.run(None, lambda uow: users.add(uow, "colleague@acme.example"), user=new_id())
    async with db.unit_of_work(TENANT) as uow:
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
        assert await uow.channels.find_id("waha", seed.session) is None
        assert await uow.channels.find_id("waha", "second") == channel.id
        await uow.channels.save(channel.delete(now=NOW))
        assert await uow.channels.find_id("waha", "second") is None
        successor = await add(uow, seed, "successor", 1)
        await uow.channels.save(successor.set_config(OTHER_SESSION, encryptor=OLD, now=NOW))
        assert await uow.channels.find_id("waha", "second") == successor.id


async def test_a_session_is_one_channels_in_its_tenant(db: Database[UnitOfWork], seed: Seed) -> None:
    with pytest.raises(AlreadyExists):
        async with db.unit_of_work(TENANT) as uow:
            channel = await add(uow, seed, "second", 1)
            await uow.channels.save(
                channel.set_config(
                    attrs.evolve(OTHER_SESSION, session_id=seed.session), encryptor=OLD, now=NOW
                )
            )


async def test_who_calls_a_channel_by_anothers_session_gets_none_of_its_events(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    """Nor keeps the other from the name. An event is its channel's whose webhook it came to.

    The control asks by the session alone, and finds both.
    """
    async with db.unit_of_work(TENANT) as uow:
        channel = await uow.channels.get(seed.channel_id)
        squatted = attrs.evolve(OTHER_SESSION, session_id=other_seed.session)
        await uow.channels.save(channel.set_config(squatted, encryptor=OLD, now=NOW))
        await uow.commit()
    route = await find_route(db, other_seed.webhook_id, "waha", other_seed.session)
    assert route == ChannelRoute(tenant_id=OTHER_TENANT, channel_id=other_seed.channel_id)
    by_session = "SELECT tenant_id FROM channel_routes WHERE external_id = %s ORDER BY 1"
    assert superuser.execute(by_session, [other_seed.session]).fetchall() == [(TENANT,), (OTHER_TENANT,)]
    assert await find_route(db, seed.webhook_id, "waha", seed.session) is None, "it has another session now"
    assert await find_route(db, str(new_id()), "waha", other_seed.session) is None


async def test_the_directory_is_asked_by_webhook_and_not_listed(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    assert listed(superuser) == 0
    assert listed(superuser, webhook_id=seed.webhook_id) == 1
    assert listed(superuser, webhook_id=new_id()) == 0
    assert listed(superuser, tenant_id=TENANT) == 1
    superuser.execute("CREATE POLICY control ON channel_routes FOR SELECT USING (true)")
    assert listed(superuser) == 2


def listed(superuser: psycopg.Connection, **settings: object) -> int:
    with as_app(superuser, **settings) as app:
        return app.execute("SELECT webhook_id FROM channel_routes").rowcount


async def test_no_route_leads_from_anothers_webhook(
    seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    """Not even for who has learnt it, and before its channel has a session."""
    superuser.execute("DELETE FROM channel_routes")
    insert = (
        "INSERT INTO channel_routes (tenant_id, platform, external_id, channel_id, webhook_id) "
        "VALUES (%s, %s, %s, %s, %s)"
    )
    row = [TENANT, "waha", "mine", seed.channel_id, other_seed.webhook_id]
    with as_app(superuser, tenant_id=TENANT) as app, pytest.raises(psycopg.errors.ForeignKeyViolation):
        app.execute(insert, row)


async def test_to_ask_takes_one_round_trip(dsn: str, seed: Seed, round_trips: RoundTrips) -> None:
    async with await Database.open(UnitOfWork, dsn, Settings(max_size=1)) as one:
        for _ in range(3):  # it is prepared first
            before = round_trips.count
            assert await find_route(one, seed.webhook_id, "waha", seed.session) is not None
        assert round_trips.count - before == 1
