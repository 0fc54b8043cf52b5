"""A marker tells of a unit that wrote whether it was stored."""

from __future__ import annotations

import psycopg

from tests.support.constants import TENANT
from tests.support.stored import count, new_contact
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome


async def test_a_marker_goes_with_what_was_written_and_only_then(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    before = count(superuser, "SELECT count(*) FROM commit_markers")
    contact = new_contact(seed)
    async with db.unit_of_work(TENANT) as with_events:
        await with_events.contacts.add(contact)
        await with_events.commit()
    async with db.unit_of_work(TENANT) as without_events:
        await without_events.first_time("test", new_id())
        await without_events.commit()
    async with db.unit_of_work(TENANT) as reading:
        await reading.contacts.get(contact.id)
        await reading.commit()
    async with db.unit_of_work(TENANT) as undone:
        await undone.contacts.add(new_contact(seed))
    assert count(superuser, "SELECT count(*) FROM commit_markers") == before + 2
    outcomes = [await db.resolve(unit.marker) for unit in (with_events, without_events, undone)]
    assert outcomes == [Outcome.COMMITTED, Outcome.COMMITTED, Outcome.ROLLED_BACK]
    tombs = "SELECT count(*) FROM commit_markers WHERE tombstone"
    assert count(superuser, tombs) == 1, "for the unit that is not to be stored any more"
    assert count(superuser, "SELECT count(*) FROM commit_markers") == before + 3, (
        "the resolver left something beside it"
    )
