"""What rides along in a message fails for all that comes behind it, and the error is its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import psycopg
import pytest
from psycopg import sql

from tests.support.constants import NOW, SHORT, TENANT
from tests.support.contacts import Contacts
from tests.support.lock_waits import waits
from tests.support.proxy import Proxy
from tests.support.stored import count
from ventros import CommitInDoubt, Database, Settings, UnitOfWork, VentrosError
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule
from ventros.crm.contacts.aggregate import Contact
from ventros.devserver import DevServer
from ventros.kernel.connection.answers import commands
from ventros.kernel.database import UnitOptions
from ventros.kernel.errors import (
    AlreadyProcessed,
    ConstraintViolation,
    OptimisticLockError,
    StatementTimeout,
    WriteSuppressed,
)
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import CommitMarker, Outcome
from ventros.kernel.transaction import commit_markers

SYNC = b"S\0\0\0\4"


def new_contact(contacts: Contacts, name: str) -> Contact:
    return Contact.create(project_id=contacts.seed.project_id, tenant_id=TENANT, name=name, now=NOW)


def is_stored(contacts: Contacts, contact: Contact) -> bool:
    """With its event, or neither of them."""
    found = contacts.superuser.execute(
        "SELECT EXISTS (SELECT FROM contacts WHERE id = %(id)s),"
        " EXISTS (SELECT FROM outbox_events WHERE aggregate_id = %(id)s)",
        {"id": contact.id},
    ).fetchone()
    assert found in ((True, True), (False, False)), "a part of the unit is stored and another is not"
    return found[0]


@pytest.mark.parametrize("apart", [False, True], ids=["one message", "control: a message of its own"])
async def test_nothing_is_executed_behind_a_begin_that_is_refused(
    server: DevServer, proxy: Proxy, contacts: Contacts, apart: bool
) -> None:
    """Neither is it stored by itself; as a superuser, whom no policy would keep from it.

    The control: had BEGIN a Sync of its own, all that comes behind it would be stored, COMMIT or not.
    """
    proxy.target = server.superuser_dsn(contacts.superuser.info.dbname)
    async with await Database.open(UnitOfWork, proxy.dsn, attrs.evolve(SHORT, max_size=1)) as database:
        async with database.unit_of_work(TENANT) as uow:
            await uow.commit(new_contact(contacts, "Warm"))
        (begin, _), (refused, _) = commands(("BEGIN",)), commands(("BEGUN",))
        proxy.swap = begin, refused + SYNC if apart else refused
        proxy.hold = b"SERROR\0" if apart else None  # asyncpg could not make sense of two messages' answers
        contact, unit = new_contact(contacts, "Alice"), database.unit_of_work(TENANT)
        with pytest.raises(VentrosError) as caught:
            async with unit as uow:
                await uow.commit(contact)
        if not apart:
            assert caught.value.sqlstate == "42601"
            assert unit.outcome is Outcome.ROLLED_BACK
        proxy.cut()
    assert await contacts.still_in_transaction() == 0
    assert is_stored(contacts, contact) == apart


@contextmanager
def cancelling(dsn: str, database: str) -> Iterator[None]:
    """Meanwhile whatever the application's sessions are at is cancelled, as often as possible."""
    done = threading.Event()

    def cancel() -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not done.is_set():
                connection.execute(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND usename = 'ventros_app' AND state = 'active'",
                    [database],
                )

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


async def test_a_server_that_cancels_anywhere_in_a_message(
    server: DevServer, dsn: str, db: Database[UnitOfWork], contacts: Contacts
) -> None:
    """Of units in one message, BEGIN and COMMIT included: those are stored that were told so."""
    met = {"begin": 0, "a statement": 0, "nothing": 0}
    wrong = 0
    long: UnitOptions = {"isolation": "repeatable read", "actor": "user:7", "use_case": "test"}
    long |= {"statement_timeout": 5, "lock_timeout": 5, "idle_in_transaction_timeout": 5}
    with cancelling(server.superuser_dsn("postgres"), contacts.superuser.info.dbname):
        async with asyncio.timeout(30):
            while sum(met.values()) < 100 or 0 in (met["nothing"], met["a statement"]):
                contact, unit = new_contact(contacts, "Ada"), db.unit_of_work(TENANT, **long)
                try:
                    async with unit as uow:
                        await uow.commit(contact)
                    met["nothing"] += 1
                except StatementTimeout as error:
                    part = "a statement" if " in " in str(error) else "begin"
                    met[part] += 1
                wrong += is_stored(contacts, contact) != (unit.outcome is Outcome.COMMITTED)
                assert await contacts.still_in_transaction() == 0
    print(f"cancelled in {met}; outcome wrong {wrong}")
    assert wrong == 0


@pytest.mark.parametrize("arrives", [True, False], ids=["late", "never"])
async def test_a_cancellation_that_hits_begin(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, arrives: bool
) -> None:
    """BEGIN is on its way, with a read behind it, when the task is cancelled: nothing stays of either."""
    await contacts.rename(through.unit_of_work(TENANT), "Warm")
    proxy.hold, unit = commands(("BEGIN",))[0], through.unit_of_work(TENANT)
    task = asyncio.create_task(contacts.rename(unit, "Alice"))
    await proxy.held.wait()
    task.cancel()
    await asyncio.sleep(0.05)
    if arrives:
        proxy.released.set()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert getattr(caught.value, "outcome", None) is unit.outcome is Outcome.ROLLED_BACK
    assert through.stats().in_use == 0
    assert await contacts.still_in_transaction() == 0
    proxy.hold = None
    await contacts.rename(through.unit_of_work(TENANT), "Bob")
    assert contacts.stored("Bob")


@pytest.mark.parametrize("arrives", [True, False], ids=["late", "never"])
async def test_a_cancellation_that_hits_begin_and_commit(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, arrives: bool
) -> None:
    """In one message: the unit waits for the answer to COMMIT, and if there is none, it is in doubt."""
    async with through.unit_of_work(TENANT) as uow:
        await uow.commit(new_contact(contacts, "Warm"))
    proxy.hold, unit = commands(("BEGIN",))[0], through.unit_of_work(TENANT)
    contact = new_contact(contacts, "Alice")

    async def add() -> None:
        async with unit as uow:
            await uow.commit(contact)

    task = asyncio.create_task(add())
    await proxy.held.wait()
    task.cancel()
    await asyncio.sleep(0.05)
    assert not task.done()
    if arrives:
        proxy.released.set()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert getattr(caught.value, "outcome", None) is unit.outcome
    assert unit.outcome is (Outcome.COMMITTED if arrives else Outcome.IN_DOUBT)
    assert through.stats().in_use == 0
    proxy.hold = None
    proxy.cut()
    resolved = await through.resolve(unit.marker, deadline=5)
    assert (resolved is Outcome.COMMITTED) == is_stored(contacts, contact) == arrives


def refuse(contacts: Contacts, table: str, event: str, condition: str) -> None:
    contacts.superuser.execute(
        sql.SQL(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN RAISE ''no'' USING ERRCODE = ''23514''; END';
            CREATE TRIGGER refuse BEFORE {} ON {} FOR EACH ROW WHEN ({}) EXECUTE FUNCTION refuse()
            """
        ).format(*map(sql.SQL, (event, table, condition)))
    )


@pytest.mark.parametrize(
    ("table", "event", "condition", "statement"),
    [
        ("contacts", "UPDATE", "NEW.name = 'Alice'", "contacts.update_or_fail"),
        (
            "outbox_events",
            "INSERT",
            "NEW.event_name = 'contact.name_changed'",
            "outbox_events.append_with_marker",
        ),
        ("outbox_events", "INSERT", "NEW.event_name = 'contact.tag_added'", "outbox_events.append"),
    ],
)
async def test_an_error_names_the_statement_that_failed(
    db: Database[UnitOfWork], contacts: Contacts, table: str, event: str, condition: str, statement: str
) -> None:
    """All are in one message with COMMIT, and the driver waits for the last one's answer."""

    async def change(unit: UnitOfWork, name: str) -> None:
        async with unit as uow:
            contact = await uow.contacts.get(contacts.id)
            await uow.commit(contact.rename(name, now=NOW).add_tag(name.lower(), now=NOW))

    await change(db.unit_of_work(TENANT), "Warm")
    refuse(contacts, table, event, condition)
    unit = db.unit_of_work(TENANT)
    with pytest.raises(ConstraintViolation) as caught:
        await change(unit, "Alice")
    assert f" in {statement} " in str(caught.value)
    assert unit.outcome is Outcome.ROLLED_BACK
    assert not contacts.stored("Alice")


async def test_a_conflict_names_the_aggregate_that_is_stale(
    db: Database[UnitOfWork], contacts: Contacts
) -> None:
    """Of several that ride together, whatever stands in front of it or behind it."""
    ids = []
    for number in range(3):
        async with db.unit_of_work(TENANT) as uow:
            (added,) = await uow.commit(new_contact(contacts, f"Ada {number}"))
        ids.append(added.id)
    for stale in ids:
        unit = db.unit_of_work(TENANT)
        with pytest.raises(OptimisticLockError) as caught:
            async with unit as uow:
                loaded = [await uow.contacts.get(id_) for id_ in ids]
                await Contacts(contacts.superuser, contacts.seed, stale).rename(
                    db.unit_of_work(TENANT), "Bob"
                )
                await uow.commit(*(contact.rename("Alice", now=NOW) for contact in loaded))
        assert caught.value.id == stale
        assert (caught.value.expected, caught.value.actual) == (
            loaded[ids.index(stale)].version,
            loaded[ids.index(stale)].version + 1,
        )
        assert unit.outcome is Outcome.ROLLED_BACK
    assert count(contacts.superuser, "SELECT count(*) FROM contacts WHERE name = 'Alice'") == 0


async def test_what_a_trigger_ate_of_what_rides_in_front_is_missed(
    db: Database[UnitOfWork], contacts: Contacts
) -> None:
    """By the count in its own answer, though what the driver waits for, behind it, has the right one."""
    rules = [FilterRule.tag(FilterOperator.EQ, name, now=NOW) for name in ("one", "two", "three")]
    new = ContactList.create(
        project_id=contacts.seed.project_id, tenant_id=TENANT, name="Customers", now=NOW
    ).add_filter_rule(rules[0], now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        stored = await uow.contact_lists.add(new)
        stored = await uow.contact_lists.save(  # so that all statements are prepared
            stored.remove_filter_rule(rules[0].id, now=NOW).add_filter_rule(rules[1], now=NOW)
        )
        await uow.commit()
    contacts.superuser.execute(
        """
        CREATE FUNCTION eat() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER eat BEFORE DELETE ON contact_list_filters FOR EACH ROW EXECUTE FUNCTION eat()
        """
    )
    with pytest.raises(
        WriteSuppressed, match=r"contact_list_filters\.delete was to write 1 rows and wrote 0"
    ):
        async with db.unit_of_work(TENANT) as uow:
            await uow.contact_lists.save(
                stored.remove_filter_rule(rules[1].id, now=NOW).add_filter_rule(rules[2], now=NOW)
            )


PATIENT = Settings(max_size=2, statement_timeout=30, lock_timeout=30, commit_timeout=0.5, release_timeout=0.5)


@pytest.mark.parametrize("tombstone", [True, False], ids=["the probe stays", "control: it does not"])
async def test_a_message_that_waits_for_a_lock_while_its_answer_is_lost(
    proxy: Proxy, db: Database[UnitOfWork], contacts: Contacts, tombstone: bool
) -> None:
    """UPDATE, marker and COMMIT are at the server, which has not come to the marker yet when it is asked for.

    The control: a probe that is rolled back has found no marker either, and then all is stored.
    """
    async with await Database.open(UnitOfWork, proxy.dsn, PATIENT) as through:
        await contacts.rename_shortly(through.unit_of_work(TENANT), "Warm")
        unit = through.unit_of_work(TENANT)
        with contacts.superuser.transaction():
            contacts.superuser.execute("SELECT FROM contacts WHERE id = %s FOR UPDATE", [contacts.id])
            task = asyncio.create_task(contacts.rename_shortly(unit, "Alice"))
            assert await waits(task, contacts.superuser)
            proxy.black_hole = True
            with pytest.raises(CommitInDoubt) as caught:
                await task
            if tombstone:
                assert await db.resolve(caught.value.marker) is Outcome.ROLLED_BACK
            else:
                await fleeting_probe(db, caught.value.marker)
        assert await contacts.still_in_transaction() == 0
        proxy.black_hole = False
        proxy.cut()
    assert contacts.stored("Alice") is not tombstone


async def fleeting_probe(db: Database[UnitOfWork], marker: CommitMarker) -> None:
    """There is no such marker, says the server; and what was asked with is rolled back."""
    async with db.unit_of_work(TENANT) as uow:
        assert not await commit_markers.probe(uow.connection, marker)


@pytest.mark.parametrize("same", [True, False], ids=["one command", "control: two commands"])
@pytest.mark.parametrize("form", ["one message", "short", "save and commit"])
async def test_a_command_twice_at_once(
    db: Database[UnitOfWork], contacts: Contacts, same: bool, form: str
) -> None:
    """Also where the claim and COMMIT are in one message, each time without the other being seen."""
    stored = told = 0
    for _ in range(10):
        commands_ = [new_id()] * 2 if same else [new_id(), new_id()]
        both = [new_contact(contacts, "Ada") for _ in commands_]

        async def process(contact: Contact, unit: UnitOfWork) -> None:
            async with unit as uow:
                if form == "short":
                    await uow.contacts.get(contacts.id)
                if form == "save and commit":
                    await uow.contacts.add(contact)
                    await uow.commit()
                else:
                    await uow.commit(contact)

        units = [db.unit_of_work(TENANT, command_id=command) for command in commands_]
        done = await asyncio.gather(*map(process, both, units), return_exceptions=True)
        outcomes = [unit.outcome for unit in units]
        assert [is_stored(contacts, contact) for contact in both] == [
            outcome is Outcome.COMMITTED for outcome in outcomes
        ]
        refused = [error for error in done if error is not None]
        assert all(isinstance(error, AlreadyProcessed) for error in refused)
        assert all(
            error.command_id == commands_[0] for error in refused if isinstance(error, AlreadyProcessed)
        )
        stored += outcomes.count(Outcome.COMMITTED)
        told += len(refused)
    print(f"10 pairs of units, {form}: stored {stored}, refused {told}")
    assert (stored, told) == ((10, 10) if same else (20, 0))


async def test_a_claim_that_is_lost_refuses_what_rides_with_it(
    db: Database[UnitOfWork], contacts: Contacts
) -> None:
    """It waits for its twin, with all of its own message behind it."""
    command, contact = new_id(), new_contact(contacts, "Ada")
    async with db.unit_of_work(TENANT, command_id=command) as first:
        await first.contacts.get(contacts.id)
        second = db.unit_of_work(TENANT, command_id=command)

        async def process() -> None:
            async with second as uow:
                await uow.commit(contact)

        task = asyncio.create_task(process())
        assert await waits(task, contacts.superuser)
        await first.commit()
        with pytest.raises(VentrosError) as caught:
            await task
    assert isinstance(caught.value, AlreadyProcessed)
    assert second.outcome is Outcome.ROLLED_BACK
    assert not is_stored(contacts, contact)
