"""Messages that are too old to change their contact hold it all the same, and before anything else."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import ADA, GROUP, MINUTE, inbound, store
from ventros import Database, UnitOfWork
from ventros.application.contacts.contacts_of_parties import find_contact, save_contact
from ventros.application.messages.process_inbound_message import process_inbound_message
from ventros.demo.seed import Seed
from ventros.kernel.errors import LockNotAvailable
from ventros.kernel.retry import Retry

WRITERS = 8


async def locks(db: Database[UnitOfWork], seed: Seed, *, held: bool) -> bool:
    """Whether another unit gets the contact of a late message, which is ``held`` or only found."""
    async with db.unit_of_work(TENANT) as uow, db.unit_of_work(TENANT) as other:
        how = (
            save_contact(uow, seed.project_id, ADA, now=NOW - MINUTE)
            if held
            else find_contact(uow, seed.project_id, ADA)
        )
        contact = await how
        assert contact is not None
        assert contact.domain_events == ()
        try:
            await other.contacts.get(contact.id, lock="no key update", nowait=True)
        except LockNotAvailable:
            return False
        return True


@pytest.mark.parametrize("held", [True, False], ids=["as it is", "control: only found"])
async def test_its_contact_is_held_at_once(db: Database[UnitOfWork], seed: Seed, held: bool) -> None:
    await store(db, seed, inbound())
    assert await locks(db, seed, held=held) is not held


@pytest.mark.parametrize("group", [None, GROUP])
async def test_many_at_once_are_all_stored_without_a_deadlock(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, group: Any
) -> None:
    """New ones are among them, which write the contact before the session or the chat."""
    await store(db, seed, inbound(group=group))
    errors: list[str] = []

    async def one(number: int) -> object:
        at = NOW + (MINUTE if number % 4 == 0 else -MINUTE)
        command = inbound(number=number, group=group, received_at=at)
        return await db.run(
            TENANT,
            lambda uow: process_inbound_message(uow, seed.channel_id, command),
            retry=Retry(attempts=50),
            on_conflict=lambda error, _attempt: errors.append(type(error).__name__),
        )

    await asyncio.gather(*map(one, range(2, 2 + 3 * WRITERS)))
    assert "DeadlockDetected" not in errors
    assert superuser.execute("SELECT count(*) FROM messages").fetchone() == (1 + 3 * WRITERS,)
