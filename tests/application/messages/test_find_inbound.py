"""What an inbound message has to know first is read at once, and what it stores is stored at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import (
    ADA,
    EVE,
    MINUTE,
    PHONE,
    inbound,
    message_of,
    process,
    store,
    wait_for_each_other,
)
from ventros import Database, Settings, UnitOfWork
from ventros.application.messages.inbound import Party
from ventros.application.messages.process_inbound_message import Duplicate, StoredMessage
from ventros.crm.sessions.aggregate import Session
from ventros.demo.seed import Seed
from ventros.kernel.errors import MappingError

LID = "797000000400001"


@pytest.fixture(params=[True, False], ids=["over a wire", "without one"])
async def either(request: pytest.FixtureRequest, dsn: str) -> AsyncIterator[Database[UnitOfWork]]:
    """Statements share round trips, or each takes one."""
    async with await Database.open(UnitOfWork, dsn, Settings(pipelining=request.param)) as database:
        yield database


async def test_of_two_deliveries_at_once_one_is_stored_and_the_other_leaves_nothing(
    either: Database[UnitOfWork],
    seed: Seed,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither has found the message; their contacts are different, so only the message is in the way."""
    wait_for_each_other(monkeypatch, 2, lambda found: found.match.contact is None)
    results = await asyncio.gather(*(process(either, seed, inbound(contact=party)) for party in (ADA, EVE)))
    assert {type(result) for result in results} == {StoredMessage, Duplicate}
    for table in ("contacts", "sessions", "messages", "processed_events"):
        assert superuser.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,), table  # noqa: S608
    row = superuser.execute(
        "SELECT count(*) FROM outbox_events WHERE event_name = 'contact.created'"
    ).fetchone()
    assert row == (1,)


async def test_the_second_message_of_a_contact_at_once_is_decided_again(
    either: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(either, seed, inbound())
    wait_for_each_other(monkeypatch, 2, lambda found: found.session is not None)
    later = [inbound(number=number, received_at=NOW + number * MINUTE) for number in (2, 3)]
    results = await asyncio.gather(*(process(either, seed, command) for command in later))
    assert all(isinstance(result, StoredMessage) for result in results)
    assert superuser.execute("SELECT message_count, version FROM sessions").fetchall() == [(3, 3)]


async def test_a_session_on_a_channel_of_another_type_is_not_joined(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    first = await store(db, seed, inbound())
    async with db.unit_of_work(TENANT) as uow:
        other = Session.start(contact_id=first.contact_id, tenant_id=TENANT, channel_type_id=2, now=NOW)
        await uow.sessions.add(other)
        assert first.session_id is not None
        own = await uow.sessions.get(first.session_id)
        await uow.commit()
    second = await store(db, seed, inbound(number=2, received_at=NOW + MINUTE))
    assert second.session_id == own.id
    async with db.unit_of_work(TENANT) as uow:
        await uow.sessions.remove(await uow.sessions.get(other.id))
        await uow.sessions.add(Session.start(contact_id=first.contact_id, tenant_id=TENANT, now=NOW))
        ended = (await uow.sessions.get(own.id)).check_timeout(now=NOW + 60 * MINUTE)
        await uow.sessions.save(ended)
        await uow.commit()
    third = await store(db, seed, inbound(number=3, received_at=NOW + 60 * MINUTE))
    assert third.session_id not in {own.id, other.id}


async def test_an_answer_to_a_message_of_a_contact_that_is_merged_with_it_points_there(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    quoted = await store(db, seed, inbound(contact=Party(lid=LID)))
    survivor = await store(db, seed, inbound(number=2, contact=Party(phone=PHONE)))
    both = inbound(
        number=3, contact=Party(phone=PHONE, lid=LID), reply_to="wamid.1", received_at=NOW + MINUTE
    )
    stored = await store(db, seed, both)
    assert stored.contact_id == survivor.contact_id != quoted.contact_id
    assert (await message_of(db, stored)).reply_to_id == quoted.message_id


@pytest.mark.parametrize("table", ["contacts", "sessions"])
async def test_a_row_that_breaks_a_rule_is_named(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, table: str
) -> None:
    stored = await store(db, seed, inbound())
    column, id_ = {"contacts": ("tags", stored.contact_id), "sessions": ("topics", stored.session_id)}[table]
    checks = superuser.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
    ).fetchall()
    for (check,) in checks:
        superuser.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
    superuser.execute(f"UPDATE {table} SET {column} = '{{NULL}}', version = version + 1")  # noqa: S608
    with pytest.raises(MappingError, match=str(id_)) as raised:
        await process(db, seed, inbound(number=2, received_at=NOW + MINUTE))
    assert raised.value.table == table
