"""A contact's picture is asked for over HTTP in no unit of work, and kept in one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import NEW
from tests.support.sending import CHAT, LATER, LOCAL, new_contact
from tests.support.stored import count
from tests.support.waha_server import Waha, answering, drop, waha_server
from ventros import Database, InvariantViolation, NotFound, UnitOfWork
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.contacts.profile_pictures import FetchProfilePicture, fetch_profile_picture
from ventros.application.messages.gateway import PlatformUnanswered, PlatformUnavailable
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.relay.waha import WahaGateway

PICTURE = "https://pps.whatsapp.net/v/ada.jpg"
EVENTS = "SELECT count(*) FROM outbox_events WHERE event_name = 'contact.profile_picture_updated'"


@attrs.frozen
class World:
    db: Database[UnitOfWork]
    waha: Waha
    gateway: WahaGateway
    seed: Seed
    contact: Contact

    async def fetch(self, tenant: str = TENANT, **changes: Any) -> Contact | None:
        command = FetchProfilePicture(
            contact_id=self.contact.id, channel_id=self.seed.channel_id, encryptor=NEW, fetched_at=LATER
        )
        return await fetch_profile_picture(self.db, self.gateway, tenant, attrs.evolve(command, **changes))

    async def stored(self, id_: UUID | None = None) -> Contact:
        async with self.db.unit_of_work(TENANT) as uow:
            return await uow.contacts.get(id_ or self.contact.id)


@pytest.fixture
async def world(db: Database[UnitOfWork], seed: Seed) -> AsyncIterator[World]:
    async with waha_server() as waha, WahaGateway(LOCAL) as gateway:
        await waha.configure(db, seed)
        yield World(db, waha, gateway, seed, await new_contact(db, seed))


async def test_the_picture_that_the_platform_shows_is_kept(
    world: World, superuser: psycopg.Connection
) -> None:
    world.waha.pictures = {CHAT: PICTURE}
    fetched = await world.fetch()
    assert fetched == await world.stored()
    assert fetched is not None
    assert (fetched.profile_picture_url, fetched.profile_picture_fetched_at) == (PICTURE, LATER)
    assert count(superuser, EVENTS) == 1
    (request,) = world.waha.there.requests
    assert request.path == (
        f"/api/contacts/profile-picture?contactId=5511999990000%40c.us&session={world.seed.session}"
    )


@pytest.mark.parametrize("shown", [None, ""])
async def test_where_none_is_shown_what_is_known_stays(
    world: World, superuser: psycopg.Connection, shown: str | None
) -> None:
    world.waha.pictures = {CHAT: PICTURE}
    await world.fetch()
    world.waha.pictures = {CHAT: shown}
    assert await world.fetch() is None
    assert (await world.stored()).profile_picture_url == PICTURE
    assert count(superuser, EVENTS) == 1


async def test_one_that_is_known_by_its_lid_is_asked_for_by_it(world: World) -> None:
    known = await world.db.run(
        TENANT,
        lambda uow: identify_contact(
            uow, world.seed.project_id, phone=None, lid="797012", name=None, now=NOW
        ),
    )
    world.waha.pictures = {"797012@lid": PICTURE}
    await world.fetch(contact_id=known.id)
    assert (await world.stored(known.id)).profile_picture_url == PICTURE


async def test_nothing_is_held_while_the_platform_is_asked(world: World) -> None:
    """A change that comes in meanwhile stays, and so does the picture."""
    world.waha.pictures = {CHAT: PICTURE}
    find = world.gateway.find_profile_picture

    class Meanwhile(WahaGateway):
        async def find_profile_picture(self, config: WahaConfig, session: str, chat_id: str) -> str | None:
            assert world.db.stats().in_use == 0
            await world.db.run(
                TENANT, lambda uow: uow.contacts.apply(world.contact.id, Contact.rename, "Bea", now=LATER)
            )
            return await find(config, session, chat_id)

    async with Meanwhile(LOCAL) as gateway:
        await attrs.evolve(world, gateway=gateway).fetch()
    stored = await world.stored()
    assert (stored.name, stored.profile_picture_url) == ("Bea", PICTURE)


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [(answering(500), PlatformUnanswered), (answering(404), PlatformUnavailable), (drop, PlatformUnanswered)],
)
async def test_what_the_platform_does_not_answer_is_raised(
    world: World, behaviour: Any, error: type[Exception]
) -> None:
    world.waha.script = [behaviour]
    with pytest.raises(error):
        await world.fetch()
    assert (await world.stored()).profile_picture_url is None


async def test_what_is_not_there_or_another_tenants_is_not_asked_for(world: World, other_seed: Seed) -> None:
    for changes in ({"contact_id": new_id()}, {"channel_id": new_id()}, {"tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            await world.fetch(**changes)
    await world.db.run(
        TENANT, lambda uow: uow.channels.apply(world.seed.channel_id, Channel.deactivate, now=NOW)
    )
    with pytest.raises(InvariantViolation, match="not active"):
        await world.fetch()
    assert world.waha.there.requests == []
