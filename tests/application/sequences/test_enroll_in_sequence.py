"""A contact is enrolled in a sequence once, when the sequence is active, and is counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.enrollments import active_sequence, message_step, new_person, store, told, without_lock
from ventros import AlreadyExists, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.sequences.enroll_in_sequence import (
    EnrollInSequence,
    decide_sequence_enrollment,
    enroll_in_sequence,
)
from ventros.application.sequences.exit_sequence import ExitSequence, exit_sequence
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.automation.sequences.aggregate import Sequence
from ventros.automation.sequences.repository import SequenceRepository
from ventros.automation.sequences.values import SequenceCounters, TriggerType
from ventros.demo.seed import Seed, seed_tenant
from ventros.kernel.errors import InvariantViolation, LockNotAvailable
from ventros.kernel.ids import new_id


@pytest.fixture
async def command(db: Database[UnitOfWork], seed: Seed) -> EnrollInSequence:
    person = await new_person(db, seed)
    (sequence,) = await store(db, active_sequence(TENANT, message_step(3), message_step(5)))
    return EnrollInSequence(
        sequence_id=sequence.id, contact_id=person.id, channel_id=seed.channel_id, enrolled_at=NOW
    )


async def run(
    db: Database[UnitOfWork], command: EnrollInSequence, tenant: str = TENANT
) -> SequenceEnrollment:
    return await db.run(tenant, lambda uow: enroll_in_sequence(uow, command))


async def counters(db: Database[UnitOfWork], command: EnrollInSequence) -> SequenceCounters:
    return await db.run(TENANT, lambda uow: uow.sequences.counters(command.sequence_id))


async def apply(db: Database[UnitOfWork], enrollment: SequenceEnrollment, name: str) -> None:
    """That command, in a unit of its own."""
    given = getattr(SequenceEnrollment, name)
    await db.run(TENANT, lambda uow: uow.sequence_enrollments.apply(enrollment.id, given, now=NOW))


async def test_a_contact_stands_before_the_first_step_and_is_counted(
    db: Database[UnitOfWork], command: EnrollInSequence, superuser: psycopg.Connection
) -> None:
    enrollment = await run(db, command)
    assert (enrollment.status, enrollment.version) == ("active", 1)
    assert (enrollment.step_position, enrollment.next_scheduled_at) == (3, NOW + timedelta(hours=1))
    assert await db.run(TENANT, lambda uow: uow.sequence_enrollments.get(enrollment.id)) == enrollment
    assert told(superuser, "sequence_enrollment") == ["sequence.contact_enrolled"]
    assert await counters(db, command) == SequenceCounters(
        total_enrolled=1, completed_count=0, exited_count=0
    )


async def test_it_has_one_open_enrollment_and_any_number_that_are_over(
    db: Database[UnitOfWork], command: EnrollInSequence
) -> None:
    first = await run(db, command)
    for status in ("active", "paused"):
        with pytest.raises(AlreadyExists) as refused:
            await run(db, command)
        assert (refused.value.resource, status) == ("sequence_enrollment", status)
        if status == "active":
            await apply(db, first, "pause")
    exiting = ExitSequence(enrollment_id=first.id, reason="by hand", exited_at=NOW)
    await db.run(TENANT, lambda uow: exit_sequence(uow, exiting))
    second = await run(db, command)
    found = await db.run(TENANT, lambda uow: uow.sequence_enrollments.find_by_contact(command.contact_id))
    assert {enrollment.id: enrollment.status.value for enrollment in found} == {
        first.id: "exited",
        second.id: "active",
    }
    assert await counters(db, command) == SequenceCounters(
        total_enrolled=2, completed_count=0, exited_count=1
    )


async def test_without_the_index_it_would_have_two(
    db: Database[UnitOfWork], command: EnrollInSequence, superuser: psycopg.Connection
) -> None:
    """The control of the test before."""
    superuser.execute("DROP INDEX sequence_enrollments_open_key")
    assert (await run(db, command)).id != (await run(db, command)).id


@pytest.mark.parametrize("status", ["draft", "paused", "archived"])
async def test_a_sequence_that_is_not_active_takes_nobody(
    db: Database[UnitOfWork], command: EnrollInSequence, status: str
) -> None:
    sequence = Sequence.create(tenant_id=TENANT, name="Other", trigger_type=TriggerType.MANUAL, now=NOW)
    sequence = sequence.add_step(message_step(0), now=NOW)
    if status != "draft":
        sequence = sequence.activate(now=NOW)
        sequence = sequence.pause(now=NOW) if status == "paused" else sequence.archive(now=NOW)
    (sequence,) = await store(db, sequence)
    with pytest.raises(InvariantViolation, match=f"is {status}, not active"):
        await run(db, attrs.evolve(command, sequence_id=sequence.id))
    found = await db.run(TENANT, lambda uow: uow.sequence_enrollments.find_by_contact(command.contact_id))
    assert found == []


@pytest.mark.parametrize("missing", ["sequence", "contact", "channel"])
async def test_what_is_not_there_is_named(
    db: Database[UnitOfWork], command: EnrollInSequence, missing: str
) -> None:
    unknown = new_id()
    changes: Any = {f"{missing}_id": unknown}
    with pytest.raises(NotFound) as raised:
        await run(db, attrs.evolve(command, **changes))
    assert (raised.value.resource, raised.value.id) == (missing, unknown)


async def test_another_tenants_ids_are_not_found(db: Database[UnitOfWork], command: EnrollInSequence) -> None:
    other = await seed_tenant(db, OTHER_TENANT, "other-phone", NOW)
    with pytest.raises(NotFound):
        await run(db, command, OTHER_TENANT)
    with pytest.raises(NotFound):
        await run(db, attrs.evolve(command, channel_id=other.channel_id))


@pytest.mark.parametrize("field", ["sequence_id", "contact_id", "channel_id"])
def test_no_id_is_nil(field: str) -> None:
    ids = {name: new_id() for name in ("sequence_id", "contact_id", "channel_id")}
    with pytest.raises(ValidationError) as raised:
        EnrollInSequence(**{**ids, field: ids[field].__class__(int=0)}, enrolled_at=NOW)
    assert raised.value.field == field


async def test_all_that_it_relies_on_is_held(db: Database[UnitOfWork], command: EnrollInSequence) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await decide_sequence_enrollment(uow, command)
        async with db.unit_of_work(TENANT) as other:
            for repository, id_ in (
                (other.sequences, command.sequence_id),
                (other.contacts, command.contact_id),
                (other.channels, command.channel_id),
            ):
                with pytest.raises(LockNotAvailable):
                    await repository.get(id_, lock="no key update", nowait=True)


async def test_without_the_lock_it_would_be_paused_meanwhile(
    db: Database[UnitOfWork], command: EnrollInSequence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test before."""
    without_lock(monkeypatch, SequenceRepository)
    async with db.unit_of_work(TENANT) as uow:
        enrollment = await decide_sequence_enrollment(uow, command)
        await db.run(
            TENANT, lambda other: other.sequences.apply(command.sequence_id, Sequence.pause, now=NOW)
        )
        (stored,) = await uow.commit(enrollment)
    sequence = await db.run(TENANT, lambda uow: uow.sequences.get(command.sequence_id))
    assert (stored.status, sequence.status) == ("active", "paused")
