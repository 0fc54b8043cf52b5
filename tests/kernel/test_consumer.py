"""A consumer takes effect once for each event, and in the order of an aggregate where it asks for it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.outbox import events_of
from tests.support.stored import count, new_contact
from ventros import (
    ConnectionLost,
    Database,
    EventGap,
    OutboxEvent,
    Retry,
    UnitOfWork,
    UnitOfWorkError,
    ValidationError,
    consumer,
    new_id,
)
from ventros.demo.seed import Seed
from ventros.kernel.consumer import Receipt

Handler = Callable[[UnitOfWork, OutboxEvent], Awaitable[None]]
EFFECTS = "SELECT count(*) FROM contacts"
MARKS = "SELECT count(*) FROM processed_events"
AT_ONCE = Retry(attempts=1)
PATIENT = Retry(attempts=1000, cap=0.05)


@pytest.fixture
async def contact_id(db: Database[UnitOfWork], seed: Seed) -> UUID:
    """Of a contact of four versions, with 1, 2, 1 and 2 events."""
    contact = new_contact(seed)
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.add(contact)
        for number in range(1, 4):
            contact = contact.rename(f"Ada {number}", now=NOW)
            if number % 2:
                contact = contact.add_tag(f"tag {number}", now=NOW)
            contact = await uow.contacts.save(contact)
        await uow.commit()
    return contact.id


@pytest.fixture
def events(superuser: psycopg.Connection, contact_id: UUID) -> list[OutboxEvent]:
    return events_of(superuser, contact_id)


@pytest.fixture
def add_contact(seed: Seed) -> Handler:
    """An effect that is seen twice when it is had twice."""

    async def add(uow: UnitOfWork, _: OutboxEvent) -> None:
        await uow.contacts.add(new_contact(seed))

    return add


def place(event: OutboxEvent) -> tuple[int | None, int]:
    return event.aggregate_version, event.sequence


async def nothing(_: UnitOfWork, __: OutboxEvent) -> None:
    pass


def test_the_last_event_of_a_version_says_so(events: list[OutboxEvent]) -> None:
    assert [(*place(event), event.last_of_version) for event in events] == [
        (1, 1, True),
        (2, 1, False),
        (2, 2, True),
        (3, 1, True),
        (4, 1, False),
        (4, 2, True),
    ]


async def test_also_where_persistence_adds_an_event_of_its_own(
    db: Database[UnitOfWork], superuser: psycopg.Connection, contact_id: UUID
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.get(contact_id)
        await uow.contacts.remove(contact.rename("Eve", now=NOW))
        await uow.commit()
    last = [event for event in events_of(superuser, contact_id) if event.aggregate_version == 5]
    assert [(event.event_name, event.sequence, event.last_of_version) for event in last] == [
        ("contact.name_changed", 1, False),
        ("contact.removed", 2, True),
    ]


async def test_an_event_takes_effect_once(
    db: Database[UnitOfWork], superuser: psycopg.Connection, events: list[OutboxEvent], add_contact: Handler
) -> None:
    adding, other = consumer("adding")(add_contact), consumer("other")(add_contact)
    receipts = [await each.deliver(db, events[0]) for each in (adding, adding, other)]
    assert receipts == [Receipt.HANDLED, Receipt.KNOWN, Receipt.HANDLED]
    assert count(superuser, EFFECTS) == 3
    elsewhere = attrs.evolve(events[0], tenant_id=OTHER_TENANT)
    assert await consumer("adding")(nothing).deliver(db, elsewhere) is Receipt.HANDLED, "the tenant's own"


async def test_what_a_handler_leads_to_has_its_event_as_cause(
    db: Database[UnitOfWork], superuser: psycopg.Connection, events: list[OutboxEvent], add_contact: Handler
) -> None:
    correlated = attrs.evolve(events[1], correlation_id=new_id())
    for event in (events[0], correlated):
        await consumer("adding")(add_contact).deliver(db, event)
    told = superuser.execute(
        "SELECT causation_id, correlation_id FROM outbox_events WHERE causation_id IS NOT NULL "
        "ORDER BY position"
    ).fetchall()
    assert told == [
        (events[0].event_id, events[0].event_id),
        (correlated.event_id, correlated.correlation_id),
    ]


@pytest.mark.parametrize("marked", [True, False], ids=["marked", "control without a mark"])
async def test_of_many_deliveries_at_once_one_takes_effect(
    db: Database[UnitOfWork],
    superuser: psycopg.Connection,
    events: list[OutboxEvent],
    add_contact: Handler,
    marked: bool,
) -> None:
    adding = consumer("adding")(add_contact)

    async def deliver() -> Receipt:
        if marked:
            return await adding.deliver(db, events[0])
        await db.run(TENANT, lambda uow: adding(uow, events[0]))
        return Receipt.HANDLED

    receipts = Counter(await asyncio.gather(*(deliver() for _ in range(10))))
    effects = count(superuser, EFFECTS) - 1
    assert (receipts[Receipt.HANDLED], receipts[Receipt.KNOWN]) == ((1, 9) if marked else (10, 0))
    assert effects == receipts[Receipt.HANDLED]


@pytest.mark.parametrize("fails", [True, False])
async def test_a_twin_waits_and_is_then_told(
    db: Database[UnitOfWork],
    superuser: psycopg.Connection,
    events: list[OutboxEvent],
    add_contact: Handler,
    fails: bool,
) -> None:
    inside, failing = asyncio.Event(), iter([fails, False])

    @consumer("slow")
    async def slow(uow: UnitOfWork, event: OutboxEvent) -> None:
        inside.set()
        await add_contact(uow, event)
        await asyncio.sleep(0.1)
        if next(failing):
            raise KeyError

    first = asyncio.create_task(slow.deliver(db, events[0]))
    await inside.wait()
    second = await slow.deliver(db, events[0])
    (outcome,) = await asyncio.gather(first, return_exceptions=True)
    assert isinstance(outcome, KeyError) if fails else outcome is Receipt.HANDLED
    assert second is (Receipt.HANDLED if fails else Receipt.KNOWN)
    assert count(superuser, EFFECTS) == 2


Crash = Callable[[UnitOfWork], Awaitable[None]]


async def together(db: Database[UnitOfWork], event: OutboxEvent, effect: Handler, crash: Crash) -> None:
    async def effect_and_crash(uow: UnitOfWork, event: OutboxEvent) -> None:
        await effect(uow, event)
        await crash(uow)

    await consumer("adding")(effect_and_crash).deliver(db, event)


async def mark_before(db: Database[UnitOfWork], event: OutboxEvent, effect: Handler, crash: Crash) -> None:
    if not await db.run(TENANT, lambda uow: uow.first_time("adding", event.event_id)):
        return
    async with db.unit_of_work(TENANT) as uow:
        await effect(uow, event)
        await crash(uow)
        await uow.commit()


async def mark_behind(db: Database[UnitOfWork], event: OutboxEvent, effect: Handler, crash: Crash) -> None:
    await db.run(TENANT, lambda uow: effect(uow, event))
    async with db.unit_of_work(TENANT) as uow:
        await uow.first_time("adding", event.event_id)
        await crash(uow)
        await uow.commit()


@pytest.mark.parametrize(
    ("deliver", "effects"),
    [(together, 1), (mark_before, 0), (mark_behind, 2)],
    ids=["one transaction", "control marked before", "control marked behind"],
)
async def test_a_crash_between_effect_and_mark_leaves_both_or_neither(
    db: Database[UnitOfWork],
    superuser: psycopg.Connection,
    events: list[OutboxEvent],
    add_contact: Handler,
    deliver: Callable[[Database[UnitOfWork], OutboxEvent, Handler, Crash], Awaitable[None]],
    effects: int,
) -> None:
    crashes = iter([True])

    async def crash(uow: UnitOfWork) -> None:
        if next(crashes, False):
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid()"
            )
            await uow.contacts.get(events[0].aggregate_id)

    with pytest.raises(ConnectionLost):
        await deliver(db, events[0], add_contact, crash)
    await deliver(db, events[0], add_contact, crash)
    assert count(superuser, EFFECTS) - 1 == effects
    assert count(superuser, MARKS) == 1


async def test_a_handler_that_rolls_back_is_told_that_its_mark_is_gone(
    db: Database[UnitOfWork], superuser: psycopg.Connection, events: list[OutboxEvent]
) -> None:
    @consumer("undoing")
    async def undoing(uow: UnitOfWork, _: OutboxEvent) -> None:
        await uow.rollback()

    with pytest.raises(UnitOfWorkError, match="consumer undoing rolled its unit back"):
        await undoing.deliver(db, events[0])
    assert count(superuser, MARKS) == 0


class Seen:
    """A consumer that remembers what it has handled, in the order of the turns, which end with the commits.

    Of two commits, the one that is told of first need not be the first.
    """

    def __init__(self, db: Database[UnitOfWork], retry: Retry, **options: bool) -> None:
        self.db = db
        self.places: list[tuple[int | None, int]] = []
        self.consumer = consumer("seeing", retry=retry, **options)(self._see)

    async def _see(self, _uow: UnitOfWork, event: OutboxEvent) -> None:
        self.places.append(place(event))

    async def deliver(self, event: OutboxEvent, *, past_gap: bool = False) -> Receipt:
        return await self.consumer.deliver(self.db, event, past_gap=past_gap)


@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "control in no order"])
async def test_the_events_of_an_aggregate_are_handled_in_their_order(
    db: Database[UnitOfWork], events: list[OutboxEvent], in_order: bool
) -> None:
    """All at once, each twice, the last ones first."""
    seen = Seen(db, PATIENT, in_order=in_order)
    receipts = Counter(
        await asyncio.gather(*(seen.deliver(event) for event in reversed(events) for _ in range(2)))
    )
    assert receipts == {Receipt.HANDLED: len(events), Receipt.KNOWN: len(events)}
    assert (seen.places == [place(event) for event in events]) == in_order


@pytest.mark.parametrize("seed_of_order", range(5))
async def test_in_whatever_order_they_come(
    db: Database[UnitOfWork], events: list[OutboxEvent], seed_of_order: int
) -> None:
    shuffled = random.Random(seed_of_order).sample(events, len(events))
    seen = Seen(db, PATIENT, in_order=True)
    await asyncio.gather(*map(seen.deliver, shuffled))
    assert seen.places == [place(event) for event in events]


async def test_a_gap_is_waited_for_and_then_reported(
    db: Database[UnitOfWork], superuser: psycopg.Connection, events: list[OutboxEvent]
) -> None:
    hasty, patient = Seen(db, AT_ONCE, in_order=True), Seen(db, PATIENT, in_order=True)
    for event in events[:2]:
        await hasty.deliver(event)
    with pytest.raises(EventGap, match="event 2 of version 2 is due before it") as caught:
        await hasty.deliver(events[3])
    assert (caught.value.expected, caught.value.got, caught.value.retryable) == ((2, 2), (3, 1), True)
    assert count(superuser, MARKS) == 2, "nothing was done"

    waiting = asyncio.create_task(patient.deliver(events[3]))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    assert await hasty.deliver(events[2]) is Receipt.HANDLED
    assert await waiting is Receipt.HANDLED


async def test_control_without_the_mark_of_the_last_a_lost_event_is_not_seen(
    db: Database[UnitOfWork], events: list[OutboxEvent]
) -> None:
    """By versions alone the second event of version 2 is missed by nobody, and dropped when it comes."""
    unmarked = [attrs.evolve(event, last_of_version=True) for event in events]
    seen = Seen(db, AT_ONCE, in_order=True)
    for index in (0, 1, 3):
        assert await seen.deliver(unmarked[index]) is Receipt.HANDLED
    assert await seen.deliver(unmarked[2]) is Receipt.LATE


async def test_a_lost_event_can_be_passed_over(db: Database[UnitOfWork], events: list[OutboxEvent]) -> None:
    seen = Seen(db, AT_ONCE, in_order=True)
    await seen.deliver(events[0])
    assert await seen.deliver(events[3], past_gap=True) is Receipt.HANDLED
    assert await seen.deliver(events[4]) is Receipt.HANDLED
    assert await seen.deliver(events[2]) is Receipt.LATE


async def test_in_order_a_duplicate_is_told_after_the_inbox_was_pruned(
    db: Database[UnitOfWork], superuser: psycopg.Connection, events: list[OutboxEvent]
) -> None:
    ordered, plain = Seen(db, AT_ONCE, in_order=True), consumer("plain")(nothing)
    for deliver in (ordered.deliver, lambda event: plain.deliver(db, event)):
        assert await deliver(events[0]) is Receipt.HANDLED
    superuser.execute("DELETE FROM processed_events")
    assert await ordered.deliver(events[0]) is Receipt.LATE
    assert await plain.deliver(db, events[0]) is Receipt.HANDLED, "the control: by the inbox alone"


async def test_who_joins_late_begins_where_it_comes_in(
    db: Database[UnitOfWork], events: list[OutboxEvent]
) -> None:
    late, first = Seen(db, AT_ONCE, in_order=True, joins_late=True), Seen(db, AT_ONCE, in_order=True)
    with pytest.raises(EventGap):
        await first.deliver(events[3])
    assert await late.deliver(events[3]) is Receipt.HANDLED
    with pytest.raises(EventGap):
        await late.deliver(events[5])
    assert await late.deliver(events[2]) is Receipt.LATE


async def test_of_two_that_are_the_first_at_once_one_is(
    db: Database[UnitOfWork], events: list[OutboxEvent]
) -> None:
    """The others meet a Conflict, and are decided again upon what the first one stored."""
    seen = Seen(db, PATIENT, in_order=True, joins_late=True)
    receipts = await asyncio.gather(*(seen.deliver(event) for event in events))
    assert seen.places == [place(event) for event in events][len(events) - len(seen.places) :]
    assert set(receipts) <= {Receipt.HANDLED, Receipt.LATE}


async def test_what_has_no_version_has_no_order(db: Database[UnitOfWork], events: list[OutboxEvent]) -> None:
    seen = Seen(db, AT_ONCE, in_order=True)
    for event in events[3:]:
        assert await seen.deliver(attrs.evolve(event, aggregate_version=None)) is Receipt.HANDLED


async def test_a_publisher_of_its_own_process(db: Database[UnitOfWork], events: list[OutboxEvent]) -> None:
    seen = consumer("seeing", in_order=True, retry=AT_ONCE)(nothing).publisher(db)
    assert seen.name == "seeing"
    for _ in range(2):
        await seen.publish(events[0])
    with pytest.raises(EventGap):
        await seen.publish(events[2])


@pytest.mark.parametrize("name", ["", "command", "two words", "x" * 101, None])
async def test_a_name_that_cannot_be_is_refused(db: Database[UnitOfWork], name: str) -> None:
    with pytest.raises(ValidationError):
        consumer(name)(nothing)
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError):
            await uow.first_time(name, new_id())
