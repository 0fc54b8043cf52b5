"""A due step of a sequence is taken once: its message is stored, and the contact goes on or has arrived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.enrollments import HELLO, active_sequence, message_step, new_person, sent, store, told
from ventros import Database, UnitOfWork
from ventros.application.sequences.advance_sequence_enrollment import (
    MOST_POSTPONEMENTS,
    RETRY_AFTER,
    advance_sequence_enrollment,
)
from ventros.application.sequences.enroll_in_sequence import EnrollInSequence, enroll_in_sequence
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.automation.sequence_enrollments.repository import SequenceEnrollmentRepository
from ventros.automation.sequences.aggregate import Sequence, SequenceStep
from ventros.automation.sequences.values import SequenceCounters
from ventros.automation.values import StepCondition
from ventros.crm.channels.aggregate import Channel
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import LockNotAvailable, OptimisticLockError

HOUR = timedelta(hours=1)

Enroll = Callable[..., Awaitable[SequenceEnrollment]]


@pytest.fixture
async def enroll(db: Database[UnitOfWork], seed: Seed) -> Enroll:
    """Somebody new, in a new sequence of the steps."""

    async def begin(*steps: SequenceStep) -> SequenceEnrollment:
        person = await new_person(db, seed)
        (sequence,) = await store(db, active_sequence(TENANT, *steps))
        command = EnrollInSequence(
            sequence_id=sequence.id, contact_id=person.id, channel_id=seed.channel_id, enrolled_at=NOW
        )
        return await db.run(TENANT, lambda uow: enroll_in_sequence(uow, command))

    return begin


async def advance(
    db: Database[UnitOfWork], enrollment: SequenceEnrollment, now: Any = NOW + HOUR, **options: Any
) -> SequenceEnrollment:
    """It is due."""
    advanced = await db.run(
        TENANT, lambda uow: advance_sequence_enrollment(uow, enrollment.id, now), **options
    )
    assert advanced is not None
    return advanced


async def is_left(db: Database[UnitOfWork], enrollment: SequenceEnrollment, now: Any = NOW + HOUR) -> bool:
    work = await db.run(TENANT, lambda uow: advance_sequence_enrollment(uow, enrollment.id, now))
    return work is None


async def counters(db: Database[UnitOfWork], enrollment: SequenceEnrollment) -> tuple[int, int, int]:
    found: SequenceCounters = await db.run(TENANT, lambda uow: uow.sequences.counters(enrollment.sequence_id))
    return found.total_enrolled, found.completed_count, found.exited_count


async def test_each_step_is_taken_in_its_time_to_the_end(
    db: Database[UnitOfWork], enroll: Enroll, superuser: psycopg.Connection
) -> None:
    """Positions have gaps."""
    later = message_step(7, delay_amount=2, message_template=attrs.evolve(HELLO, content="Still there?"))
    enrollment = await enroll(message_step(2), later)
    assert await is_left(db, enrollment, NOW + HOUR - timedelta(microseconds=1))
    enrollment = await advance(db, enrollment)
    assert (enrollment.step_position, enrollment.next_scheduled_at) == (7, NOW + 3 * HOUR)
    assert await is_left(db, enrollment)
    assert sent(superuser) == ["Hello Ada"]
    enrollment = await advance(db, enrollment, NOW + 3 * HOUR)
    assert (enrollment.status, enrollment.completed_at) == ("completed", NOW + 3 * HOUR)
    assert sent(superuser) == ["Hello Ada", "Still there?"]
    assert await is_left(db, enrollment, NOW + 9 * HOUR)
    assert await counters(db, enrollment) == (1, 1, 0)
    assert told(superuser, "sequence_enrollment") == [
        "sequence.contact_enrolled",
        "sequence.enrollment_advanced",
        "sequence.enrollment_completed",
    ]
    assert told(superuser, "message").count("message.send_requested") == 2


async def test_the_message_says_where_it_is_from(
    db: Database[UnitOfWork], enroll: Enroll, superuser: psycopg.Connection
) -> None:
    enrollment = await enroll(message_step(0))
    await advance(db, enrollment)
    ((source, metadata),) = superuser.execute("SELECT source, metadata FROM messages").fetchall()
    assert source == "sequence"
    assert metadata["sequence_id"] == str(enrollment.sequence_id)


@pytest.mark.parametrize("tagged", [False, True])
async def test_a_step_whose_conditions_do_not_hold_is_passed_over(
    db: Database[UnitOfWork], enroll: Enroll, superuser: psycopg.Connection, tagged: bool
) -> None:
    for_vips = message_step(
        0,
        conditions=(StepCondition(type="tag", operator="equals", value="vip"),),
        message_template=attrs.evolve(HELLO, content="Dear {{name}}"),
    )
    enrollment = await enroll(for_vips, message_step(1))
    if tagged:
        await db.run(
            TENANT, lambda uow: uow.contacts.apply(enrollment.contact_id, Contact.add_tag, "vip", now=NOW)
        )
    enrollment = await advance(db, enrollment)
    assert (enrollment.step_position, sent(superuser)) == (1, ["Dear Ada"] if tagged else [])


async def test_a_step_that_is_refused_is_put_off_and_taken_when_it_can_be(
    db: Database[UnitOfWork], enroll: Enroll, seed: Seed, superuser: psycopg.Connection
) -> None:
    enrollment = await enroll(message_step(0))
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.deactivate, now=NOW))
    enrollment = await advance(db, enrollment)
    assert (enrollment.status, enrollment.postponements) == ("active", 1)
    assert enrollment.next_scheduled_at == NOW + HOUR + RETRY_AFTER
    assert await is_left(db, enrollment)
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.activate, now=NOW))
    assert sent(superuser) == []
    enrollment = await advance(db, enrollment, NOW + 2 * HOUR)
    assert (enrollment.status, sent(superuser)) == ("completed", ["Hello Ada"])
    assert "sequence.enrollment_postponed" in told(superuser, "sequence_enrollment")


async def test_it_is_not_put_off_for_ever(
    db: Database[UnitOfWork], enroll: Enroll, seed: Seed, superuser: psycopg.Connection
) -> None:
    enrollment = await enroll(message_step(0))
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.deactivate, now=NOW))
    for hours in range(1, MOST_POSTPONEMENTS + 2):
        assert enrollment.status == "active"
        enrollment = await advance(db, enrollment, NOW + hours * HOUR)
    assert (enrollment.status, enrollment.exit_reason) == ("exited", "step_failed")
    assert await counters(db, enrollment) == (1, 0, 1)


async def test_of_a_paused_sequence_nothing_is_taken_until_it_is_resumed(
    db: Database[UnitOfWork], enroll: Enroll
) -> None:
    enrollment = await enroll()
    await db.run(TENANT, lambda uow: uow.sequences.apply(enrollment.sequence_id, Sequence.pause, now=NOW))
    assert await is_left(db, enrollment)
    await db.run(TENANT, lambda uow: uow.sequences.apply(enrollment.sequence_id, Sequence.resume, now=NOW))
    assert (await advance(db, enrollment, NOW + 9 * HOUR)).next_scheduled_at == NOW + 10 * HOUR


async def test_a_paused_enrollment_is_left(db: Database[UnitOfWork], enroll: Enroll) -> None:
    enrollment = await enroll()
    await db.run(
        TENANT, lambda uow: uow.sequence_enrollments.apply(enrollment.id, SequenceEnrollment.pause, now=NOW)
    )
    assert await is_left(db, enrollment)


@pytest.mark.parametrize("why", ["sequence_archived", "contact_deleted"])
async def test_who_cannot_go_on_exits(
    db: Database[UnitOfWork], enroll: Enroll, superuser: psycopg.Connection, why: str
) -> None:
    enrollment = await enroll()
    if why == "sequence_archived":
        await db.run(
            TENANT, lambda uow: uow.sequences.apply(enrollment.sequence_id, Sequence.archive, now=NOW)
        )
    else:
        await db.run(TENANT, lambda uow: uow.contacts.apply(enrollment.contact_id, Contact.delete, now=NOW))
    exited = await advance(db, enrollment)
    assert (exited.status, exited.exit_reason) == ("exited", why)
    assert (await counters(db, enrollment), sent(superuser)) == ((1, 0, 1), [])


async def test_a_worker_leaves_what_another_has(db: Database[UnitOfWork], enroll: Enroll) -> None:
    """And nobody merges or deletes the contact meanwhile."""
    enrollment = await enroll()
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.sequence_enrollments.claim(enrollment.id, NOW + HOUR) is not None
        assert await is_left(db, enrollment)
        async with db.unit_of_work(TENANT) as other:
            with pytest.raises(LockNotAvailable):
                await other.contacts.get(enrollment.contact_id, lock="no key update", nowait=True)
    await advance(db, enrollment)


async def test_without_the_claim_two_workers_would_do_the_same_work(
    db: Database[UnitOfWork], enroll: Enroll, monkeypatch: pytest.MonkeyPatch, superuser: psycopg.Connection
) -> None:
    """The control of the test before; then the version alone keeps the second message from being stored."""

    async def read_only(
        self: SequenceEnrollmentRepository, enrollment_id: Any, _at: Any
    ) -> SequenceEnrollment:
        return await self.get(enrollment_id)

    monkeypatch.setattr(SequenceEnrollmentRepository, "claim", read_only)
    enrollment = await enroll()
    async with db.unit_of_work(TENANT) as uow:
        loaded = await uow.sequence_enrollments.get(enrollment.id)
        assert not await is_left(db, enrollment)
        with pytest.raises(OptimisticLockError):
            await uow.commit(loaded.complete(now=NOW))
    assert sent(superuser) == ["Hello Ada"]
