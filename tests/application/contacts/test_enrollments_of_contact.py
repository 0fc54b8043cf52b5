"""Enrollments of a merged contact are the survivor's, and those of a deleted one exit."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.conversations import Two
from tests.support.enrollments import active_campaign, active_sequence, new_person, store, told
from ventros import Database, UnitOfWork
from ventros.application.campaigns.enroll_in_campaign import EnrollInCampaign, enroll_in_campaign
from ventros.application.contacts.delete_contact import DeleteContact, delete_contact
from ventros.application.contacts.enrollments_of_contact import exit_enrollments
from ventros.application.contacts.merge_contacts import MergeContacts, merge_contacts
from ventros.application.sequences.enroll_in_sequence import EnrollInSequence, enroll_in_sequence
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed


async def in_sequence(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, sequence_id: object = None
) -> SequenceEnrollment:
    if sequence_id is None:
        (sequence,) = await store(db, active_sequence(TENANT))
        sequence_id = sequence.id
    command = EnrollInSequence(
        sequence_id=sequence_id,  # type: ignore[arg-type]
        contact_id=contact.id,
        channel_id=seed.channel_id,
        enrolled_at=NOW,
    )
    return await db.run(TENANT, lambda uow: enroll_in_sequence(uow, command))


async def in_campaign(db: Database[UnitOfWork], seed: Seed, contact: Contact) -> CampaignEnrollment:
    (campaign,) = await store(db, active_campaign(TENANT))
    command = EnrollInCampaign(
        campaign_id=campaign.id, contact_id=contact.id, channel_id=seed.channel_id, enrolled_at=NOW
    )
    return await db.run(TENANT, lambda uow: enroll_in_campaign(uow, command))


async def test_a_merged_contacts_go_to_the_survivor(
    db: Database[UnitOfWork], seed: Seed, two: Two, superuser: psycopg.Connection
) -> None:
    own = await in_sequence(db, seed, two.survivor)
    double = await in_sequence(db, seed, two.merged, own.sequence_id)
    alone = await in_sequence(db, seed, two.merged)
    campaign = await in_campaign(db, seed, two.merged)
    command = MergeContacts(
        surviving_contact_id=two.survivor.id, merged_contact_id=two.merged.id, merged_at=NOW
    )
    await db.run(TENANT, lambda uow: merge_contacts(uow, command))

    async with db.unit_of_work(TENANT) as uow:
        sequences = {one.id: one for one in await uow.sequence_enrollments.find_by_contact(two.survivor.id)}
        campaigns = await uow.campaign_enrollments.find_by_contact(two.survivor.id)
        assert await uow.sequence_enrollments.find_by_contact(two.merged.id) == []
        counted = await uow.sequences.counters(own.sequence_id)
    assert {id_: (one.status.value, one.exit_reason) for id_, one in sequences.items()} == {
        own.id: ("active", None),
        double.id: ("exited", "contact_merged"),
        alone.id: ("active", None),
    }
    assert [(one.id, one.status) for one in campaigns] == [(campaign.id, "active")]
    assert (counted.total_enrolled, counted.exited_count) == (2, 1)
    assert told(superuser, "campaign_enrollment")[-1] == "campaign.enrollment_updated"


@pytest.mark.parametrize("paused", [False, True])
async def test_a_deleted_contacts_exit(db: Database[UnitOfWork], seed: Seed, paused: bool) -> None:
    person = await new_person(db, seed)
    enrollment = await in_sequence(db, seed, person)
    campaign = await in_campaign(db, seed, person)
    if paused:
        await db.run(
            TENANT,
            lambda uow: uow.sequence_enrollments.apply(enrollment.id, SequenceEnrollment.pause, now=NOW),
        )
    command = DeleteContact(contact_id=person.id, deleted_at=NOW)
    await db.run(TENANT, lambda uow: delete_contact(uow, command))
    async with db.unit_of_work(TENANT) as uow:
        exited = await uow.sequence_enrollments.get(enrollment.id)
        left = await uow.campaign_enrollments.get(campaign.id)
        counted = await uow.sequences.counters(enrollment.sequence_id)
        await exit_enrollments(uow, person.id, now=NOW)
        assert uow.events == []
    assert (exited.exit_reason, left.exit_reason, counted.exited_count) == (
        "contact_deleted",
        "contact_deleted",
        1,
    )
