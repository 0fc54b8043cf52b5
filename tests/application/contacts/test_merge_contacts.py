"""Two contacts of one person become one, with all that belonged to either, wholly or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.conversations import LATER, LID, MINUTE, PHONE, Two, identify, merge, owners, write
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.contacts.merge_contacts import merge_contacts
from ventros.application.pipelines.change_pipeline_status import ChangePipelineStatus, change_pipeline_status
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import ParticipantType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id
from ventros.values import CustomField, CustomFieldType, Email, Phone


def events(superuser: psycopg.Connection, *names: str) -> list[tuple[Any, ...]]:
    return superuser.execute(
        "SELECT event_name, aggregate_id, aggregate_version FROM outbox_events"
        " WHERE event_name = ANY (%s) ORDER BY position",
        [list(names)],
    ).fetchall()


# The contacts


async def test_one_survives_and_the_other_is_deleted_and_says_into_which_it_was_merged(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    stored = await merge(db, two)
    assert (stored.id, stored.version, stored.name, stored.phone) == (two.survivor.id, 2, "Ada", PHONE)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.contacts.get(stored.id) == stored
        with pytest.raises(NotFound):
            await uow.contacts.get(two.merged.id)
        assert await uow.contacts.find_surviving(two.merged.id) == stored
        assert await uow.contacts.find_surviving(stored.id) == stored
        assert await uow.contacts.find_surviving(new_id()) is None
        assert await uow.contact_identities.find(seed.project_id, None, LID) == stored
    async with db.unit_of_work(OTHER_TENANT) as uow:
        assert await uow.contacts.find_surviving(two.merged.id) is None
    assert superuser.execute(
        "SELECT merged_into, deleted_at, version FROM contacts WHERE id = %s", [two.merged.id]
    ).fetchall() == [(two.survivor.id, LATER, 2)]
    assert events(superuser, "contact.merged", "contact.merged_into", "contact.deleted") == [
        ("contact.merged_into", two.merged.id, 2),
        ("contact.deleted", two.merged.id, 2),
        ("contact.merged", two.survivor.id, 2),
    ]


async def test_an_email_of_the_merged_one_becomes_the_survivors(
    db: Database[UnitOfWork], two: Two, superuser: psycopg.Connection
) -> None:
    """It names one live contact at any time, so the merged one gives it up first."""
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.apply(two.merged.id, Contact.set_email, "ada@example.com", now=NOW)
        await uow.commit()
    assert (await merge(db, two)).email == Email("ada@example.com")
    live = "SELECT id FROM contacts WHERE email = 'ada@example.com' AND deleted_at IS NULL"
    assert superuser.execute(live).fetchall() == [(two.survivor.id,)]


async def test_the_surviving_one_is_found_through_any_number_of_merges(
    db: Database[UnitOfWork], two: Two, seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        last = await identify(uow, seed, Phone("5511970000009"))
        await merge_contacts(uow, two.command())
        survivor = await uow.contacts.get(two.survivor.id)
        await uow.contacts.save(survivor.clear_phone(now=LATER))
        await merge_contacts(
            uow, two.command(surviving_contact_id=last.id, merged_contact_id=two.survivor.id)
        )
        found = await uow.contacts.find_surviving(two.merged.id)
        assert found is not None
        assert found.id == last.id
        await uow.contacts.save(found.delete(now=LATER))
        assert await uow.contacts.find_surviving(two.merged.id) is None


async def test_what_cannot_be_merged_is_refused(db: Database[UnitOfWork], two: Two, seed: Seed) -> None:
    swapped = two.command(surviving_contact_id=two.merged.id, merged_contact_id=two.survivor.id)
    twice = two.command(merged_contact_id=two.survivor.id)
    unknown = two.command(merged_contact_id=new_id())
    for command, error in ((swapped, InvariantViolation), (twice, InvariantViolation), (unknown, NotFound)):
        with pytest.raises(error):
            await db.run(TENANT, lambda uow, command=command: merge_contacts(uow, command))  # type: ignore[misc]
    with pytest.raises(NotFound):
        await db.run(OTHER_TENANT, lambda uow: merge_contacts(uow, two.command()))
    await merge(db, two)
    with pytest.raises(NotFound):
        await merge(db, two)
    for field in ("surviving_contact_id", "merged_contact_id"):
        with pytest.raises(ValidationError, match=field):
            two.command(**{field: UUID(int=0)})


# What belongs to them


async def test_messages_go_with_their_sessions(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        first = await write(uow, seed, two.merged, "first")
        session = await uow.sessions.find_active(two.merged.id, 1)
        assert session is not None
        await uow.sessions.save(session.end(EndReason.AGENT_CLOSE, now=NOW))
        second = await write(uow, seed, two.merged, "second", NOW + MINUTE)
        await uow.commit()
    await merge(db, two)
    assert owners(superuser, "messages") == owners(superuser, "sessions") == {two.survivor.id}
    async with db.unit_of_work(TENANT) as uow:
        active = await uow.sessions.find_active(two.survivor.id, 1)
        assert active is not None
        assert (active.id, active.message_count) == (second.session_id, 1)
        assert first.session_id is not None
        ended = await uow.sessions.get(first.session_id)
        assert ended.end_reason is EndReason.AGENT_CLOSE
    assert [event[1] for event in events(superuser, "session.contact_changed")] == [
        second.session_id,
        first.session_id,
    ]


@pytest.mark.parametrize("merged_is_later", [True, False])
@pytest.mark.parametrize("long_ago", [False, True])
async def test_of_two_active_sessions_the_one_that_was_active_last_stays_so(
    db: Database[UnitOfWork], two: Two, seed: Seed, merged_is_later: bool, long_ago: bool
) -> None:
    contacts = [two.survivor, two.merged]
    earlier, later = contacts if merged_is_later else reversed(contacts)
    start = NOW - timedelta(days=1) if long_ago else NOW
    async with db.unit_of_work(TENANT) as uow:
        over = await write(uow, seed, earlier, "earlier", start)
        going_on = await write(uow, seed, later, "later", NOW + MINUTE)
        await uow.commit()
    await merge(db, two)
    async with db.unit_of_work(TENANT) as uow:
        active = await uow.sessions.find_active(two.survivor.id, 1)
        assert active is not None
        assert active.id == going_on.session_id
        assert over.session_id is not None
        ended = await uow.sessions.get(over.session_id)
    assert ended.contact_id == two.survivor.id
    assert ended.message_count == active.message_count == 1
    reason = EndReason.INACTIVITY_TIMEOUT if long_ago else EndReason.SYSTEM_CLOSE
    assert (ended.end_reason, ended.ended_at) == (reason, start + 30 * MINUTE if long_ago else LATER)


async def test_active_sessions_of_two_types_of_channel_both_stay(
    db: Database[UnitOfWork], two: Two, seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await write(uow, seed, two.survivor, "waha")
        telegram = Session.start(contact_id=two.merged.id, tenant_id=TENANT, channel_type_id=5, now=NOW)
        await uow.sessions.add(telegram)
        await uow.commit()
    await merge(db, two)
    async with db.unit_of_work(TENANT) as uow:
        for channel_type_id in (1, 5):
            assert await uow.sessions.find_active(two.survivor.id, channel_type_id) is not None


async def test_of_two_open_placements_in_a_pipeline_the_survivors_stays_open(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    names = ("Sales", "Support")
    async with db.unit_of_work(TENANT) as uow:
        pipelines, statuses = [], []
        for name in names:
            pipeline = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name=name, now=NOW)
            pipelines.append(await uow.pipelines.add(pipeline))
            for status_name in ("New", "Won"):
                status = PipelineStatus.create(
                    pipeline_id=pipeline.id,
                    tenant_id=TENANT,
                    name=status_name,
                    status_type=StatusType.OPEN,
                    now=NOW,
                )
                statuses.append(await uow.pipeline_statuses.add(status))
        sales_new, sales_won, support_new, _ = statuses
        for contact, status in (
            (two.survivor, sales_new),
            (two.merged, sales_new),
            (two.merged, sales_won),
            (two.merged, support_new),
        ):
            change = ChangePipelineStatus(
                project_id=seed.project_id,
                contact_id=contact.id,
                pipeline_id=status.pipeline_id,
                status_id=status.id,
                changed_at=NOW,
            )
            await change_pipeline_status(uow, change)
        await uow.commit()
    await merge(db, two)
    async with db.unit_of_work(TENANT) as uow:
        in_sales, in_support = [
            await uow.placements.find_open(two.survivor.id, pipeline.id) for pipeline in pipelines
        ]
        history = await uow.placements.history(two.survivor.id, pipelines[0].id)
    assert in_sales is not None
    assert in_support is not None
    assert (in_sales.status_id, in_support.status_id) == (sales_new.id, support_new.id)
    assert owners(superuser, "placements") == {two.survivor.id}
    assert sorted(
        (stay.status_name, stay.placement.exited_at) for stay in history[:3] if stay.placement.exited_at
    ) == [
        ("New", NOW),
        ("Won", LATER),
    ]
    assert superuser.execute(
        "SELECT payload ->> 'contact_id', payload ->> 'reason' FROM outbox_events"
        " WHERE event_name = 'contact.exited_pipeline'"
    ).fetchall() == [(str(two.merged.id), "merged")]


async def test_a_list_has_the_survivor_once(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        lists = [
            await uow.contact_lists.add(
                ContactList.create(
                    project_id=seed.project_id, tenant_id=TENANT, name=name, is_static=True, now=NOW
                )
            )
            for name in ("Both", "One")
        ]
        both, one = lists
        await uow.contact_lists.add_members(both.id, [two.survivor.id], now=NOW)
        await uow.contact_lists.add_members(both.id, [two.merged.id], now=NOW + MINUTE)
        await uow.contact_lists.add_members(one.id, [two.merged.id], now=NOW + MINUTE)
        await uow.commit()
    await merge(db, two)
    assert superuser.execute(
        "SELECT contact_list_id, contact_id, added_at FROM contact_list_members ORDER BY added_at"
    ).fetchall() == [(both.id, two.survivor.id, NOW), (one.id, two.survivor.id, NOW + MINUTE)]
    added, removed = "contact_list.contact_added", "contact_list.contact_removed"
    assert [event[:2] for event in events(superuser, added, removed)[3:]] == [
        (removed, both.id),
        (removed, one.id),
        (added, one.id),
    ]


async def test_the_survivors_custom_fields_stand(db: Database[UnitOfWork], two: Two) -> None:
    def field(key: str, value: str) -> CustomField:
        return CustomField(key, CustomFieldType.TEXT, value)

    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        for contact in (two.survivor, two.merged):
            for key in ("both", "removed_of_survivor", "removed_of_merged"):
                await fields.set(contact.id, field(key, contact.name), now=NOW)
        await fields.set(two.merged.id, field("one", "x"), now=NOW)
        await fields.remove(two.survivor.id, "removed_of_survivor", now=NOW)
        await fields.remove(two.merged.id, "removed_of_merged", now=NOW)
        await uow.commit()
    await merge(db, two)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.contact_custom_fields.get(two.survivor.id) == {
            "both": field("both", PHONE.value),
            "one": field("one", "x"),
            "removed_of_merged": field("removed_of_merged", PHONE.value),
        }


async def test_the_survivor_takes_part_in_the_chats_of_both(
    db: Database[UnitOfWork], two: Two, seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        groups = [
            await uow.chats.add(
                Chat.create_group(
                    project_id=seed.project_id,
                    tenant_id=TENANT,
                    subject=subject,
                    creator_id=two.merged.id,
                    external_id=f"{subject}@g.us",
                    now=NOW,
                )
            )
            for subject in ("both", "one")
        ]
        both = groups[0].add_participant(two.survivor.id, ParticipantType.CONTACT, now=LATER)
        await uow.chats.save(both)
        alone = await uow.chats.add(
            Chat.create_individual(
                project_id=seed.project_id, tenant_id=TENANT, contact_id=two.merged.id, now=NOW
            )
        )
        await uow.commit()
    await merge(db, two)
    async with db.unit_of_work(TENANT) as uow:
        for chat in (*groups, alone):
            (participant,) = (await uow.chats.get(chat.id)).contact_participants
            assert (participant.id, participant.joined_at) == (two.survivor.id, NOW)
            assert participant.is_admin is chat.is_group
        assert await uow.chats.find_individual_by_contact(seed.project_id, two.survivor.id) is not None


async def test_of_two_individual_chats_the_survivors_stays_with_the_messages_of_both(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        kept, left = [
            await uow.chats.add(
                Chat.create_individual(
                    project_id=seed.project_id, tenant_id=TENANT, contact_id=contact.id, now=NOW
                )
            )
            for contact in (two.survivor, two.merged)
        ]
        await uow.chats.save(left.record_last_message(NOW + MINUTE, now=NOW + MINUTE))
        message = await write(uow, seed, two.merged, "first")
        await uow.commit()
    superuser.execute("UPDATE messages SET chat_id = %s", [left.id])
    await merge(db, two)
    async with db.unit_of_work(TENANT) as uow:
        stored = await uow.messages.get(message.id)
        assert (stored.contact_id, stored.chat_id) == (two.survivor.id, kept.id)
        with pytest.raises(NotFound):
            await uow.chats.get(left.id)
        assert (await uow.chats.get(kept.id)).last_message_at == NOW + MINUTE
