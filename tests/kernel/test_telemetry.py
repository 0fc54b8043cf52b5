"""Telemetry tells what was sent and what became of it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.documents import block
from tests.support.renaming import add_twice, added, rename
from ventros import Conflict, Database, OptimisticLockError, Settings, Telemetry, UnitOfWork
from ventros.core import users
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel import telemetry as module
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.errors import (
    AlreadyExists,
    AlreadyProcessed,
    NotFound,
    OperationTimeout,
    OptimisticLockErrors,
    SerializationFailure,
    TransactionRolledBack,
    ValidationError,
)
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome

RECIPES = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text(encoding="utf-8")


@attrs.define
class Heard:
    """What the hooks were told."""

    statements: list[tuple[str, int | None, BaseException | None]] = attrs.field(factory=list)
    seconds: list[float] = attrs.field(factory=list)
    conflicts: list[Conflict] = attrs.field(factory=list)
    retries: list[tuple[int, float]] = attrs.field(factory=list)
    outcomes: list[tuple[Outcome, int]] = attrs.field(factory=list)
    ends: list[tuple[bool, type[BaseException | None]]] = attrs.field(factory=list)
    waits: list[bool] = attrs.field(factory=list)

    def statement(self, name: str, seconds: float, rows: int | None, error: BaseException | None) -> None:
        self.statements.append((name, rows, error))
        self.seconds.append(seconds)

    def outcome(
        self, outcome: Outcome, seconds: float, events: int, wrote: bool, error: BaseException | None
    ) -> None:
        self.outcomes.append((outcome, events))
        self.ends.append((wrote, type(error)))
        self.seconds.append(seconds)

    @property
    def telemetry(self) -> Telemetry:
        return Telemetry(
            statement=self.statement,
            conflict=self.conflicts.append,
            retry=lambda attempt, pause: self.retries.append((attempt, pause)),
            outcome=self.outcome,
            acquire=lambda _seconds, acquired: self.waits.append(acquired),
        )


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def observed(dsn: str, db: Database[UnitOfWork], heard: Heard) -> AsyncIterator[Database[UnitOfWork]]:
    """A second pool, with hooks; ``db`` is for what they are not to be told of."""
    settings = Settings(max_size=2, acquire_timeout=0.2)
    async with await Database.open(UnitOfWork, dsn, settings, heard.telemetry) as database:
        yield database


@pytest.fixture
async def ada(db: Database[UnitOfWork], seed: Seed) -> Contact:
    return await added(db, seed)


async def test_statements_and_outcome_are_told(
    observed: Database[UnitOfWork], heard: Heard, ada: Contact
) -> None:
    async with observed.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.get(ada.id)
        async with uow.savepoint():
            await uow.contacts.save(contact.rename("Alice", now=NOW).add_tag("vip", now=NOW))
        with pytest.raises(ValidationError):
            await uow.connection.maybe(uow.contacts.GET, TENANT)
        await uow.commit()
    assert heard.statements == [
        ("contacts.get", 1, None),
        ("contacts.update", 1, None),
        ("outbox_events.append_with_marker", 1, None),
        ("outbox_events.append", 1, None),
    ]
    assert heard.outcomes == [(Outcome.COMMITTED, 2)]
    assert (heard.conflicts, heard.retries) == ([], [])
    *_, marker, append, unit = heard.seconds
    assert marker == append, "those of one message have its time"
    assert 0 < sum(heard.seconds[:3]) < unit, "the unit takes as long as all of its statements"


async def test_a_batch_is_told_once(
    observed: Database[UnitOfWork], db: Database[UnitOfWork], heard: Heard, seed: Seed
) -> None:
    three = [await added(db, seed) for _ in range(3)]
    async with observed.unit_of_work(TENANT) as uow:
        await uow.save_all(*(contact.rename("Alice", now=NOW) for contact in three))
        await uow.commit()
    assert [(name, rows) for name, rows, _ in heard.statements] == [
        ("contacts.lock_for_no_key_update", 3),
        ("contacts.update", 3),
        ("outbox_events.append_with_marker", 1),
        ("outbox_events.append", 2),
    ]


async def test_a_failed_statement_is_told_with_its_error_and_without_a_value(
    server: DevServer, ventros_copy: str, heard: Heard
) -> None:
    error = await add_twice(heard.telemetry, server.superuser_dsn(ventros_copy))
    assert [(name, rows) for name, rows, _ in heard.statements] == [
        ("users.insert", None),
    ]
    assert heard.statements[0][2] is error
    assert "secret" not in str(heard)


async def test_a_cancelled_statement_is_told(
    observed: Database[UnitOfWork], db: Database[UnitOfWork], heard: Heard, ada: Contact
) -> None:
    async with db.unit_of_work(TENANT) as holder:
        await holder.contacts.get(ada.id, lock="update")
        task = asyncio.create_task(rename(observed, ada, "Alice"))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    name, rows, error = heard.statements[-1]
    assert (name, rows, type(error)) == ("contacts.update", None, asyncio.CancelledError)
    assert heard.outcomes == [(Outcome.ROLLED_BACK, 0)]


async def caught(observed: Database[UnitOfWork], ada: Contact) -> None:
    async with observed.unit_of_work(TENANT) as uow:
        with pytest.raises(OptimisticLockError):
            await uow.contacts.save(ada.rename("Bob", now=NOW))


async def of_several(observed: Database[UnitOfWork], ada: Contact) -> None:
    with pytest.raises(OptimisticLockErrors):
        async with observed.unit_of_work(TENANT) as uow:
            await uow.save_all(ada.rename("Bob", now=NOW))


async def verified(observed: Database[UnitOfWork], ada: Contact) -> None:
    with pytest.raises(OptimisticLockErrors):
        async with observed.unit_of_work(TENANT) as uow:
            uow.contacts.verify(ada)
            await uow.commit()


async def of_the_server(observed: Database[UnitOfWork], ada: Contact) -> None:
    async with observed.unit_of_work(TENANT, isolation="repeatable read") as uow:
        contact = await uow.contacts.get(ada.id)
        async with observed.unit_of_work(TENANT) as other:
            await other.contacts.save(contact.rename("Carol", now=NOW))
            await other.commit()
        with pytest.raises(SerializationFailure):
            await uow.contacts.save(contact.rename("Bob", now=NOW))


@pytest.mark.parametrize("meet", [caught, of_several, verified, of_the_server])
async def test_a_conflict_is_told_once_whether_it_is_caught_or_not(
    observed: Database[UnitOfWork],
    db: Database[UnitOfWork],
    heard: Heard,
    ada: Contact,
    meet: Callable[[Database[UnitOfWork], Contact], Awaitable[None]],
) -> None:
    await rename(db, ada, "Alice")
    await meet(observed, ada)
    assert len(heard.conflicts) == 1
    assert heard.retries == []
    assert heard.outcomes[-1][0] is Outcome.ROLLED_BACK


async def test_a_conflict_at_commit_is_told(
    observed: Database[UnitOfWork], heard: Heard, ada: Contact, superuser: psycopg.Connection
) -> None:
    superuser.execute(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RAISE ''no'' USING ERRCODE = ''40001''; END';
        CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON contacts DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION refuse()
        """
    )
    with pytest.raises(SerializationFailure) as met:
        await rename(observed, ada, "Alice")
    assert heard.conflicts == [met.value]
    assert all(error is None for _, _, error in heard.statements)
    assert heard.outcomes == [(Outcome.ROLLED_BACK, 1)]


async def test_retries_are_told_of_run_and_of_apply(
    observed: Database[UnitOfWork], db: Database[UnitOfWork], heard: Heard, ada: Contact
) -> None:
    races = 0

    async def lose_two(uow: UnitOfWork) -> None:
        nonlocal races
        contact = await uow.contacts.get(ada.id)
        races += 1
        if races <= 2:
            await rename(db, ada, f"Other {races}")
        await uow.contacts.save(contact.rename("Alice", now=NOW))

    await observed.run(TENANT, lose_two)
    assert [attempt for attempt, _ in heard.retries] == [1, 2]
    assert all(0 <= pause <= 0.25 for _, pause in heard.retries)
    assert [type(conflict) for conflict in heard.conflicts] == [OptimisticLockError] * 2
    assert [outcome for outcome, _ in heard.outcomes] == [Outcome.ROLLED_BACK] * 2 + [Outcome.COMMITTED]

    heard.retries.clear()
    async with observed.unit_of_work(TENANT) as uow:
        stale = await uow.contacts.get(ada.id)
        await rename(db, ada, "Other")
        loads = iter([stale.rename("Carol", now=NOW)])
        await uow.contacts.apply(ada.id, lambda fresh: next(loads, fresh.rename("Carol", now=NOW)))
        await uow.commit()
    assert [attempt for attempt, _ in heard.retries] == [1]
    assert len(heard.conflicts) == 3


async def test_each_unit_that_is_entered_is_told_of_once(
    observed: Database[UnitOfWork], heard: Heard, ada: Contact
) -> None:
    command = new_id()
    async with observed.unit_of_work(TENANT, command_id=command) as uow:
        await uow.commit()
    with pytest.raises(AlreadyProcessed):
        async with observed.unit_of_work(TENANT, command_id=command) as uow:
            await uow.commit()
    async with observed.unit_of_work(TENANT) as uow:
        await uow.rollback()
    with pytest.raises(KeyError):
        async with observed.unit_of_work(TENANT):
            raise KeyError
    async with observed.unit_of_work(TENANT) as one, observed.unit_of_work(TENANT) as other:
        await one.connection.control("SAVEPOINT ventros")
        await other.connection.control("SAVEPOINT ventros")
        with pytest.raises(OperationTimeout):
            await observed.ping()
    observed.unit_of_work(TENANT)
    assert heard.outcomes == [
        (Outcome.COMMITTED, 0),
        (Outcome.ROLLED_BACK, 0),
        (Outcome.ROLLED_BACK, 0),
        (Outcome.ROLLED_BACK, 0),
        (Outcome.ROLLED_BACK, 0),
        (Outcome.ROLLED_BACK, 0),
        (Outcome.ROLLED_BACK, 0),
    ]
    nothing = type(None)
    errors = [nothing, AlreadyProcessed, nothing, KeyError, OperationTimeout, nothing, nothing]
    for (_, error), wanted in zip(heard.ends, errors, strict=True):
        assert issubclass(error, wanted)
    assert heard.waits == [True] * 4 + [False], "two units had nothing to say to the server"


async def test_a_read_is_told_from_a_failure_and_from_a_write(
    observed: Database[UnitOfWork], heard: Heard, ada: Contact
) -> None:
    async with observed.unit_of_work(TENANT) as uow:
        await uow.contacts.get(ada.id)
    with pytest.raises(NotFound):
        async with observed.unit_of_work(TENANT) as uow:
            await uow.contacts.get(new_id())
    async with observed.unit_of_work(TENANT) as uow:
        await uow.contacts.save(ada.rename("Alice", now=NOW))
    async with observed.unit_of_work(TENANT) as uow:
        await uow.contacts.save(ada.rename("Alice", now=NOW))
        await uow.commit()
    await observed.ping()
    nothing = type(None)
    assert [(outcome, *end) for (outcome, _), end in zip(heard.outcomes, heard.ends, strict=True)] == [
        (Outcome.ROLLED_BACK, False, nothing),
        (Outcome.ROLLED_BACK, False, NotFound),
        (Outcome.ROLLED_BACK, True, nothing),
        (Outcome.COMMITTED, True, nothing),
        (Outcome.ROLLED_BACK, False, nothing),
    ]


async def test_a_joined_unit_that_cannot_end_is_told_with_its_error(
    dsn: str, heard: Heard, ada: Contact
) -> None:
    driver = await asyncpg.connect(dsn)
    await prepare_driver(driver)
    with pytest.raises(TransactionRolledBack):
        joined = UnitOfWork.join(driver, TENANT, user=new_id(), telemetry=heard.telemetry)
        async with driver.transaction(), joined as uow:
            await uow.contacts.save(ada.rename("Alice", now=NOW))
            with pytest.raises(AlreadyExists):
                await users.add(uow, "a@acme.example")
                await users.add(uow, "a@acme.example")
    await driver.close()
    assert [error for _, error in heard.ends] == [TransactionRolledBack]


async def test_a_unit_that_joins_is_told_of(dsn: str, heard: Heard, ada: Contact) -> None:
    driver = await asyncpg.connect(dsn)
    await prepare_driver(driver)
    async with driver.transaction(), UnitOfWork.join(driver, TENANT, telemetry=heard.telemetry) as uow:
        await uow.contacts.save(ada.rename("Alice", now=NOW))
    await driver.close()
    assert [name for name, _, _ in heard.statements] == [
        "contacts.update",
        "outbox_events.append_with_marker",
    ]
    assert heard.outcomes == [(Outcome.LEFT_TO_CALLER, 1)]


async def test_who_does_not_ask_pays_nothing(
    db: Database[UnitOfWork], observed: Database[UnitOfWork], ada: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is the plain one, and no clock is read; the control is a unit with hooks."""

    def no_clock() -> float:
        raise AssertionError("a clock was read")

    monkeypatch.setattr(module, "perf_counter", no_clock)
    async with db.unit_of_work(TENANT) as uow:
        assert type(uow.connection) is Connection
        await uow.contacts.save(ada.rename("Alice", now=NOW))
        await uow.commit()
    with pytest.raises(AssertionError, match="a clock was read"):
        async with observed.unit_of_work(TENANT):
            pass


async def test_the_recipe_for_logging(
    dsn: str, db: Database[UnitOfWork], ada: Contact, caplog: pytest.LogCaptureFixture
) -> None:
    """Logs what stands beside it, but for times and ids."""
    recipe: dict[str, Any] = {}
    exec(block("python", "getLogger", RECIPES), recipe)  # noqa: S102 - our own documentation
    met: list[BaseException] = []

    async def lose_once(uow: UnitOfWork) -> None:
        contact = await uow.contacts.get(ada.id)
        if not met:
            await rename(db, ada, "Bob")
        await uow.contacts.save(contact.rename("Alice", now=NOW))

    caplog.set_level(logging.DEBUG, "acme.database")
    async with await Database.open(UnitOfWork, dsn, telemetry=recipe["telemetry"]) as observed:
        await observed.run(TENANT, lose_once, on_conflict=lambda error, _: met.append(error))
    lines = [f"{record.levelname} {record.getMessage()}\n" for record in caplog.records]
    assert without_times("".join(lines).replace(str(ada.id), "…")) == without_times(
        block("text", "contacts.get", RECIPES)
    )


def without_times(text: str) -> str:
    return re.sub(r"[\d.]+ ms", "… ms", text)
