"""An answer ends sequences that it ends, and goes on where it is waited for, and does nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.enrollments import (
    active_campaign,
    active_sequence,
    delay_step,
    new_person,
    store,
    told,
    wait_step,
)
from tests.support.inbound_messages import inbound
from tests.support.outbox import events_of
from ventros import Database, UnitOfWork
from ventros.application.campaigns.advance_campaign_enrollment import advance_campaign_enrollment
from ventros.application.campaigns.enroll_in_campaign import EnrollInCampaign, enroll_in_campaign
from ventros.application.consumers import CONSUMERS, reply_recorded
from ventros.application.contacts.record_reply import RecordReply, record_reply
from ventros.application.messages.inbound import Party
from ventros.application.messages.process_inbound_message import StoredMessage, process_inbound_message
from ventros.application.sequences.enroll_in_sequence import EnrollInSequence, enroll_in_sequence
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.enrollments import Enrollment
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.automation.sequences.aggregate import Sequence
from ventros.automation.values import WaitFor
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed

HOUR = timedelta(hours=1)
LATER = NOW + HOUR
PHONE = "+5511900000001"


@pytest.fixture
async def person(db: Database[UnitOfWork], seed: Seed) -> Contact:
    return await new_person(db, seed, PHONE)


async def in_sequence(
    db: Database[UnitOfWork], seed: Seed, person: Contact, sequence: Sequence
) -> SequenceEnrollment:
    (stored,) = await store(db, sequence)
    command = EnrollInSequence(
        sequence_id=stored.id, contact_id=person.id, channel_id=seed.channel_id, enrolled_at=NOW
    )
    return await db.run(TENANT, lambda uow: enroll_in_sequence(uow, command))


async def waiting(
    db: Database[UnitOfWork], seed: Seed, person: Contact, wait_for: WaitFor = WaitFor.REPLY
) -> CampaignEnrollment:
    """Since NOW."""
    (campaign,) = await store(
        db, active_campaign(TENANT, wait_step(0, 5, wait_for), delay_step(3), delay_step(5))
    )
    command = EnrollInCampaign(
        campaign_id=campaign.id, contact_id=person.id, channel_id=seed.channel_id, enrolled_at=NOW
    )
    enrollment = await db.run(TENANT, lambda uow: enroll_in_campaign(uow, command))
    begun = await db.run(TENANT, lambda uow: advance_campaign_enrollment(uow, enrollment.id, NOW))
    assert begun is not None
    assert begun.waiting_for is wait_for
    return begun


async def reply(
    db: Database[UnitOfWork], person: Contact, at: datetime = LATER, tenant: str = TENANT
) -> tuple[Enrollment, ...]:
    command = RecordReply(contact_id=person.id, replied_at=at)
    return await db.run(tenant, lambda uow: record_reply(uow, command))


async def test_it_ends_a_sequence_and_is_counted(
    db: Database[UnitOfWork], seed: Seed, person: Contact, superuser: psycopg.Connection
) -> None:
    enrollment = await in_sequence(db, seed, person, active_sequence(TENANT))
    (exited,) = await reply(db, person)
    assert (exited.id, exited.status, exited.exit_reason) == (enrollment.id, "exited", "replied")
    assert await reply(db, person) == ()
    counted = await db.run(TENANT, lambda uow: uow.sequences.counters(enrollment.sequence_id))
    assert (counted.total_enrolled, counted.exited_count) == (1, 1)
    assert told(superuser, "sequence_enrollment")[-1] == "sequence.enrollment_exited"


async def test_it_ends_a_paused_one_too(db: Database[UnitOfWork], seed: Seed, person: Contact) -> None:
    enrollment = await in_sequence(db, seed, person, active_sequence(TENANT))
    await db.run(
        TENANT, lambda uow: uow.sequence_enrollments.apply(enrollment.id, SequenceEnrollment.pause, now=NOW)
    )
    assert [exited.id for exited in await reply(db, person)] == [enrollment.id]


async def test_a_sequence_that_goes_on_in_spite_of_it_goes_on(
    db: Database[UnitOfWork], seed: Seed, person: Contact
) -> None:
    await in_sequence(db, seed, person, active_sequence(TENANT).set_exit_on_reply(False, now=NOW))
    assert await reply(db, person) == ()


async def test_what_was_written_before_is_no_answer(
    db: Database[UnitOfWork], seed: Seed, person: Contact
) -> None:
    await in_sequence(db, seed, person, active_sequence(TENANT))
    await waiting(db, seed, person)
    assert await reply(db, person, NOW - timedelta(microseconds=1)) == ()


async def test_who_waits_for_it_goes_on_behind_the_wait(
    db: Database[UnitOfWork], seed: Seed, person: Contact
) -> None:
    enrollment = await waiting(db, seed, person)
    (on,) = await reply(db, person)
    assert isinstance(on, CampaignEnrollment)
    assert (on.id, on.step_position, on.waiting_for) == (enrollment.id, 3, None)
    assert on.next_scheduled_at == LATER + HOUR


@pytest.mark.parametrize("wait_for", [WaitFor.CLICK, WaitFor.OPEN])
async def test_who_waits_for_something_else_waits(
    db: Database[UnitOfWork], seed: Seed, person: Contact, wait_for: WaitFor
) -> None:
    await waiting(db, seed, person, wait_for)
    assert await reply(db, person) == ()


async def test_others_are_not_concerned(db: Database[UnitOfWork], seed: Seed, person: Contact) -> None:
    await in_sequence(db, seed, person, active_sequence(TENANT))
    somebody = await new_person(db, seed, "+5511900000009")
    assert await reply(db, somebody) == ()
    assert await reply(db, person, tenant=OTHER_TENANT) == ()


@pytest.mark.parametrize("from_me", [False, True])
async def test_an_inbound_message_is_one_by_its_event(
    db: Database[UnitOfWork], seed: Seed, person: Contact, superuser: psycopg.Connection, from_me: bool
) -> None:
    """Once, however often it is delivered; what we wrote ourselves is none."""
    enrollment = await in_sequence(db, seed, person, active_sequence(TENANT))
    message: Any = attrs.evolve(
        inbound(number="1", contact=Party(phone=PHONE), received_at=LATER), from_me=from_me
    )
    stored = await db.run(TENANT, lambda uow: process_inbound_message(uow, seed.channel_id, message))
    assert isinstance(stored, StoredMessage)
    (wanted,) = [one for one in CONSUMERS if one.name == reply_recorded.name]
    assert wanted.events == {"message.created"}
    (event,) = [one for one in events_of(superuser, stored.message_id) if one.event_name in wanted.events]
    receipts = [(await reply_recorded.deliver(db, event)).value for _ in range(2)]
    assert receipts == ["handled", "known"]
    after = await db.run(TENANT, lambda uow: uow.sequence_enrollments.get(enrollment.id))
    assert after.status == ("active" if from_me else "exited")
