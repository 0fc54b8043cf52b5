"""Whoever writes, under whatever of their names, is one contact."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.conversations import LID, MINUTE, PHONE, identify, write
from ventros import Database, Telemetry, UnitOfWork, ValidationError, connect
from ventros.application.contacts.identify_contact import identify_contact
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.values import Phone

OTHER_PHONE = Phone("5511970000002")


async def test_a_contact_is_made_once_and_called_by_what_is_known(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        for phone, lid, name in ((PHONE, None, PHONE.value), (None, LID, LID)):
            contact = await identify(uow, seed, phone, lid)
            assert (contact.name, contact.phone, contact.tags) == (name, phone, ("whatsapp",))
            assert contact.first_interaction_at == NOW
            again = await identify(uow, seed, phone, lid, name="Ada", now=NOW + MINUTE)
            assert (again.id, again.version, again.name) == (contact.id, 2, "Ada")
            assert again.last_interaction_at == NOW + MINUTE


async def test_the_phone_comes_to_the_contact_that_was_known_by_its_lid(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        contact = await identify(uow, seed, lid=LID)
        with_phone = await identify(uow, seed, PHONE, LID, now=NOW + MINUTE)
        assert (with_phone.id, with_phone.phone, with_phone.name) == (contact.id, PHONE, PHONE.value)
        for phone, lid in ((PHONE, None), (None, LID)):
            assert (await identify(uow, seed, phone, lid)).id == contact.id


async def test_a_lid_that_was_told_with_a_phone_once_is_known(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        contact = await identify(uow, seed, PHONE, LID)
        assert (await identify(uow, seed, lid=LID, now=NOW + MINUTE)).id == contact.id


async def test_the_contacts_of_phone_and_lid_are_merged_when_they_are_told_together(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        by_lid, by_phone = await identify(uow, seed, lid=LID, name="Ada"), await identify(uow, seed, PHONE)
        await write(uow, seed, by_lid, "one")
        merged = await identify(uow, seed, PHONE, LID, now=NOW + MINUTE)
        await write(uow, seed, merged, "two", NOW + MINUTE)
        await uow.commit()
    assert (merged.id, merged.name, merged.version) == (by_phone.id, "Ada", 3)
    assert superuser.execute("SELECT contact_id, message_count FROM sessions").fetchall() == [
        (by_phone.id, 2)
    ]
    async with db.unit_of_work(TENANT) as uow:
        assert (await identify(uow, seed, lid=LID)).id == by_phone.id


async def test_a_lid_with_another_phone_is_another_contact_and_the_newer_pairing_wins(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        old = await identify(uow, seed, PHONE, LID)
        new = await identify(uow, seed, OTHER_PHONE, LID, now=NOW + MINUTE)
        assert old.id != new.id
        assert (await identify(uow, seed, lid=LID, now=NOW + 2 * MINUTE)).id == new.id
        assert (await identify(uow, seed, PHONE, LID, now=NOW - MINUTE)).id == old.id
        assert (await identify(uow, seed, lid=LID, now=NOW + 2 * MINUTE)).id == new.id


async def test_a_brazilian_number_is_one_contact_with_and_without_its_ninth_digit(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        one, other = [await identify(uow, seed, Phone(text)) for text in ("5541988887777", "554188887777")]
        assert one.id == other.id


async def test_somebody_without_phone_and_lid_is_nobody(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError):
            await identify(uow, seed)
        with pytest.raises(ValidationError):
            await identify_contact(uow, new_id(), phone=None, lid="x", name=None, now=NOW)


async def test_who_is_known_costs_one_statement_to_find_and_one_to_save(
    db: Database[UnitOfWork], seed: Seed, dsn: str
) -> None:
    sent: list[str] = []
    telemetry = Telemetry(statement=lambda name, *_: sent.append(name))
    async with connect(dsn, telemetry=telemetry) as observed:
        for number in range(2):
            async with observed.unit_of_work(TENANT) as uow:
                sent.clear()
                await identify(uow, seed, PHONE, LID, now=NOW + number * MINUTE)
                await uow.commit()
    assert [name for name in sent if name.startswith("contact")] == [
        "contact_identities.match",
        "contacts.update",
    ]


async def test_racing_messages_of_one_person_end_with_one_contact_and_all_of_them_counted(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """Some name the phone, some the LID, some both; who comes first is left to chance."""
    chance_seed = random.randrange(2**32)
    print(f"seed {chance_seed}")
    chance = random.Random(chance_seed)
    names = [(PHONE, None), (None, LID), (PHONE, LID)] * 8
    chance.shuffle(names)
    at_once = asyncio.Semaphore(6)

    def storing(index: int) -> Callable[[UnitOfWork], Awaitable[None]]:
        phone, lid = names[index]
        now = NOW + chance.randrange(20) * MINUTE

        async def store(uow: UnitOfWork) -> None:
            await write(uow, seed, await identify(uow, seed, phone, lid, now=now), str(index), now)

        return store

    async def run(index: int) -> None:
        async with at_once:
            await db.run(TENANT, storing(index), attempts=50)

    await asyncio.gather(*(run(index) for index in range(len(names))))
    live = superuser.execute("SELECT id FROM contacts WHERE deleted_at IS NULL").fetchall()
    assert len(live) == 1
    assert superuser.execute("SELECT DISTINCT contact_id FROM messages").fetchall() == live
    assert superuser.execute("SELECT DISTINCT contact_id FROM sessions").fetchall() == live
    miscounted = """
        SELECT id FROM sessions s
         WHERE message_count <> (SELECT count(*) FROM messages m WHERE m.session_id = s.id)
        """
    assert superuser.execute(miscounted).fetchall() == []
    assert superuser.execute("SELECT count(*) FROM messages").fetchone() == (len(names),)
