"""What a server says in between, and a schema that changes: nothing of it gets into an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.wire_load import (
    FORMS,
    GET_CONTACT,
    GET_PROJECT,
    all_forms,
    new_contacts,
    read,
    stored,
    the_wire,
    without_a_gap,
)
from tests.support.wire_model import FLUSH
from ventros import Database, Settings, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.connection.answers import Answer, State
from ventros.kernel.connection.call import Call
from ventros.kernel.connection.driver import probing
from ventros.kernel.connection.wire import Wire
from ventros.kernel.errors import SchemaChanged, TransactionRolledBack
from ventros.kernel.events import Envelope
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome

NOTICES = """
CREATE FUNCTION remark() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE NOTICE '% of %', TG_ARGV[0], repeat('x', 300); RETURN NULL; END$$;
CREATE TRIGGER at_once AFTER INSERT OR UPDATE ON contacts
    FOR EACH ROW EXECUTE FUNCTION remark('statement');
CREATE CONSTRAINT TRIGGER at_the_end AFTER UPDATE ON contacts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION remark('commit');
CREATE TRIGGER of_events AFTER INSERT ON outbox_events
    FOR EACH ROW EXECUTE FUNCTION remark('event');
"""
REPORTED = """
CREATE FUNCTION elsewhere() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN PERFORM set_config('TimeZone', 'Asia/Tokyo', true); RETURN NULL; END$$;
CREATE TRIGGER elsewhere AFTER UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION elsewhere();
"""
NAME_IS = "ALTER TABLE contacts ALTER COLUMN name TYPE {}"


@pytest.fixture
async def one(dsn: str) -> AsyncIterator[Database[UnitOfWork]]:
    """A pool of one connection, which goes through a wire."""
    async with await Database.open(UnitOfWork, dsn, Settings(max_size=1)) as database:
        assert await the_wire(database)
        yield database


@pytest.fixture
async def contact(one: Database[UnitOfWork], seed: Seed) -> Contact:
    (contact,) = await new_contacts(one, seed, 1)
    return contact


async def test_notices_reach_who_listens_and_no_answer(
    one: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    superuser.execute(NOTICES)
    heard: list[str] = []

    def listen(_: object, message: Any) -> None:
        heard.append(message.message.split(" ")[0])

    async with one.connection() as connection:
        connection.link.add_log_listener(listen)
    named = await all_forms(one, seed, tasks=3, count=6)
    assert stored(superuser, list(named)) == named
    assert all(without_a_gap(superuser, id_) for id_ in named)
    await asyncio.sleep(0)
    assert heard.count("statement") >= 21
    assert heard.count("commit") >= 18
    assert heard.count("event") >= 21
    async with one.connection() as connection:
        connection.link.remove_log_listener(listen)


@pytest.mark.parametrize("form", FORMS)
async def test_a_setting_that_is_reported_comes_and_goes(
    one: Database[UnitOfWork], contact: Contact, superuser: psycopg.Connection, form: Any
) -> None:
    """With the update or with COMMIT, and again when the transaction ends: asyncpg knows of it either way."""
    superuser.execute(REPORTED)
    for number in range(3):
        await form(one, contact.id, f"name {number}")
        assert await read(one, contact.id) == f"name {number}"
    async with one.connection() as connection:
        assert connection.link.get_settings().TimeZone != "Asia/Tokyo"


@pytest.mark.spoiled
async def test_a_setting_that_is_reported_by_a_commit_that_nobody_waits_for(
    one: Database[UnitOfWork], contact: Contact
) -> None:
    async with one.connection() as connection:
        at_home = connection.link.get_settings().TimeZone
    for zone in ("Asia/Tokyo", "America/Bogota"):
        async with one.unit_of_work(TENANT) as uow:
            await uow.contacts.get(contact.id)
            await uow.connection.control(f"SET LOCAL TimeZone = '{zone}'")
            assert (await uow.contacts.get(contact.id)).id == contact.id
            assert uow.connection.link.get_settings().TimeZone == zone
            await uow.commit()
        assert await read(one, contact.id) == contact.name
        async with one.connection() as connection:
            assert connection.link.get_settings().TimeZone == at_home


@pytest.mark.spoiled
async def test_notifications_in_between_are_all_heard(
    one: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    heard: list[str] = []

    def listen(_: object, __: int, ___: str, payload: str) -> None:
        heard.append(payload[:8].rstrip("x"))

    async with one.connection() as connection:
        await connection.link.add_listener("news", listen)
    stop = asyncio.Event()
    sent = 0

    async def notify() -> None:
        nonlocal sent
        while not stop.is_set():
            superuser.execute(
                "SELECT pg_notify('news', rpad(%s, %s, 'x'))", [str(sent), 50 + sent * 97 % 7900]
            )
            sent += 1
            await asyncio.sleep(0.001)

    telling = asyncio.create_task(notify())
    named = await all_forms(one, seed, tasks=4, count=8)
    stop.set()
    await telling
    assert stored(superuser, list(named)) == named
    await one.ping()
    await asyncio.sleep(0.05)
    assert heard == [str(number) for number in range(sent)]
    async with one.connection() as connection:
        await connection.link.remove_listener("news", listen)


def in_the_middle(id_: UUID, project_id: UUID) -> list[Call]:
    return [
        Call(GET_PROJECT, ((TENANT, project_id),)),
        Call(GET_CONTACT, ((TENANT, id_),)),
        Call(GET_PROJECT, ((TENANT, project_id),)),
    ]


@pytest.mark.spoiled
async def test_a_schema_that_changes_below_a_statement_in_the_middle_is_met_once(
    one: Database[UnitOfWork], contact: Contact, superuser: psycopg.Connection
) -> None:
    attempts = 0

    async def work(uow: UnitOfWork) -> tuple[UUID, ...]:
        nonlocal attempts
        attempts += 1
        calls = in_the_middle(contact.id, contact.project_id)
        return tuple(rows[0]["id"] for rows in await uow.connection.together(calls))

    right = (contact.project_id, contact.id, contact.project_id)
    assert await one.run(TENANT, work) == right
    for number, kind in enumerate(("varchar", "text"), 1):
        superuser.execute(NAME_IS.format(kind).encode())
        assert await one.run(TENANT, work) == right
        assert attempts == 1 + 2 * number
        assert await one.run(TENANT, work) == right
        attempts -= 1


@pytest.mark.spoiled
@pytest.mark.parametrize("form", FORMS)
async def test_a_schema_that_changes_is_met_by_each_form_and_nothing_is_half_stored(
    one: Database[UnitOfWork], contact: Contact, superuser: psycopg.Connection, form: Any
) -> None:
    await form(one, contact.id, "before")
    superuser.execute(NAME_IS.format("varchar").encode())
    with pytest.raises(SchemaChanged):
        await form(one, contact.id, "meanwhile")
    assert stored(superuser, [contact.id]) == {contact.id: "before"}
    await form(one, contact.id, "after")
    assert stored(superuser, [contact.id]) == {contact.id: "after"}
    assert without_a_gap(superuser, contact.id)


@pytest.mark.spoiled
async def test_control_without_a_retry_the_change_is_told(
    one: Database[UnitOfWork], contact: Contact, superuser: psycopg.Connection
) -> None:
    async def work(uow: UnitOfWork) -> None:
        await uow.connection.together(in_the_middle(contact.id, contact.project_id))

    await one.run(TENANT, work)
    superuser.execute(NAME_IS.format("varchar").encode())
    with pytest.raises(SchemaChanged, match=r"contacts\.get"):
        await one.run(TENANT, work, attempts=1)


INSERT = "INSERT INTO kept SELECT unnest($1::uuid[]) RETURNING id"


@pytest.fixture
async def driver(one: Database[UnitOfWork], superuser: psycopg.Connection) -> AsyncIterator[Any]:
    """asyncpg's, which has sent INSERT before, and has since forgotten it and what a uuid[] is."""
    superuser.execute("CREATE TABLE kept (id uuid); GRANT ALL ON kept TO PUBLIC")
    async with one.connection() as connection:
        await connection.driver.fetch(INSERT, [])
        assert connection.wire is not None
        connection.wire.prepared.add(INSERT)
        async with probing(connection.driver):
            pass
        yield connection.driver


def kept(superuser: psycopg.Connection) -> list[UUID]:
    return [id_ for (id_,) in superuser.execute("SELECT id FROM kept").fetchall()]


@pytest.mark.spoiled
async def test_commit_does_not_follow_what_asyncpg_asks_about_types(
    driver: Any, superuser: psycopg.Connection
) -> None:
    ids = [new_id(), new_id()]
    began, own, commit = Answer(), Answer(), Answer()
    driver.wire.precede(("BEGIN",), began)
    driver.wire.watch(own)
    driver.wire.follow("COMMIT", commit)
    rows = await driver.fetch(INSERT, ids)
    driver.wire.forget()
    assert (began.state, own.tags, commit.state) == (State.DONE, ["INSERT 0 2"], State.DONE)
    assert [row["id"] for row in rows] == ids == kept(superuser)


@pytest.mark.spoiled
async def test_what_asyncpg_asks_about_types_is_neither_recorded_nor_replayed(
    driver: Any, superuser: psycopg.Connection
) -> None:
    ids = [new_id(), new_id()]
    began, recorded = Answer(), Answer()
    driver.wire.precede(("BEGIN",), began)
    driver.wire.record(recorded)
    assert await driver.fetch(INSERT, ids) == []
    assert recorded.state is State.UNSENT
    assert [row["id"] for row in await driver.fetch(INSERT, ids[:1])] == ids[:1]
    assert (recorded.state, recorded.tags) == (State.DONE, ["INSERT 0 2"])
    async with probing(driver):
        pass
    driver.wire.replay(recorded)
    assert [row["id"] for row in await driver.fetch(INSERT, ids)] == ids
    assert await driver.execute("COMMIT") == "COMMIT"
    assert kept(superuser) == [*ids, ids[0]]


@pytest.mark.spoiled
async def test_control_by_its_name_alone_is_a_statement_known(
    driver: Any, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Wire, "_is_asked_for", lambda _, __, end: end != FLUSH)
    with pytest.raises(AssertionError):
        await test_commit_does_not_follow_what_asyncpg_asks_about_types(driver, superuser)


def events(aggregate: UUID, others: int, size: int) -> list[Envelope]:
    """One, and so many others, each with a text of that size."""
    return [
        Envelope(
            event_id=new_id(),
            event_name="contact.renamed",
            event_version="v1",
            occurred_at=NOW,
            aggregate_type="contact",
            aggregate_id=aggregate,
            aggregate_version=1,
            sequence=number,
            last_of_version=number == others + 1,
            payload={"text": "x" * size},
        )
        for number in range(1, others + 2)
    ]


@pytest.mark.parametrize("size", [100, 8_000, 33_000, 70_000])
@pytest.mark.parametrize("others", [1, 3, 4, 8, 12])
async def test_events_of_any_number_and_size_are_stored_with_commit(
    one: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, others: int, size: int
) -> None:
    """A batch goes in pieces of four times 32 KiB; the last may be full, and its Sync comes alone."""
    aggregate = new_id()
    for _ in range(2):  # not prepared yet, and prepared
        superuser.execute("DELETE FROM outbox_events WHERE aggregate_id = %s", [aggregate])
        async with one.unit_of_work(TENANT) as uow:
            uow.record(events(aggregate, others, size))
            await uow.commit()
        assert uow.outcome is Outcome.COMMITTED
        row = superuser.execute(
            "SELECT count(*) FROM outbox_events WHERE aggregate_id = %s", [aggregate]
        ).fetchone()
        assert row == (others + 1,)


async def locked(superuser: psycopg.Connection, id_: UUID) -> None:
    superuser.execute("SELECT FROM contacts WHERE id = %s FOR UPDATE", [id_])


@pytest.mark.parametrize("form", FORMS)
async def test_a_statement_that_waits_is_given_up_and_the_connection_serves_on(
    one: Database[UnitOfWork], contact: Contact, superuser: psycopg.Connection, form: Any
) -> None:
    await form(one, contact.id, "before")
    with superuser.transaction():
        await locked(superuser, contact.id)
        work = asyncio.create_task(form(one, contact.id, "meanwhile"))
        for _ in range(200):
            await asyncio.sleep(0.01)
            waiting = superuser.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            if waiting != (0,):
                break
        else:
            pytest.fail("the unit does not wait")
        work.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await work
        assert getattr(cancelled.value, "outcome") is Outcome.ROLLED_BACK  # noqa: B009 - mypy knows none
    assert stored(superuser, [contact.id]) == {contact.id: "before"}
    assert await read(one, contact.id) == "before"
    await form(one, contact.id, "after")
    assert stored(superuser, [contact.id]) == {contact.id: "after"}
    assert without_a_gap(superuser, contact.id)


@pytest.mark.parametrize("others", [4, 8])
async def test_control_a_commit_that_was_not_sent_is_no_success(
    one: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    """As if the Sync that ends a batch were not known."""
    write = Wire.write

    def spoiled(self: Wire, data: Any) -> None:
        self._unended = False
        write(self, data)

    monkeypatch.setattr(Wire, "write", spoiled)
    with pytest.raises(TransactionRolledBack):
        async with one.unit_of_work(TENANT) as uow:
            uow.record(events(new_id(), others, 33_000))
            await uow.commit()
    assert uow.outcome is Outcome.ROLLED_BACK
