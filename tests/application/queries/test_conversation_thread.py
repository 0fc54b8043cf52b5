"""A contact's conversation, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.conversations import LATER, Two, merge, write
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.queries.conversation_thread import (
    ConversationThread,
    ThreadMessage,
    conversation_thread,
)
from ventros.crm.messages.aggregate import Message
from ventros.crm.sessions.aggregate import EndReason, Session, SessionStatus
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.kernel.lists import Page

SECOND = timedelta(seconds=1)


async def thread(
    db: Database[UnitOfWork], contact_id: UUID, tenant: str = TENANT, **changes: Any
) -> Page[ThreadMessage]:
    query = ConversationThread(contact_id=contact_id, **changes)
    return await db.run(tenant, lambda uow: conversation_thread(uow, query))


async def said(db: Database[UnitOfWork], seed: Seed, two: Two, number: int) -> list[Message]:
    """By the survivor, three at each time; newest first."""
    async with db.unit_of_work(TENANT) as uow:
        messages = [
            await write(uow, seed, two.survivor, f"{line}", NOW + line // 3 * SECOND)
            for line in range(number)
        ]
        await uow.commit()
    return sorted(messages, key=lambda message: (message.timestamp, message.id), reverse=True)


def texts(page: Page[ThreadMessage]) -> list[str]:
    return [str(item.message.channel_message_id) for item in page.items]


@pytest.mark.parametrize("limit", [1, 2, 7, 8])
async def test_pages_have_each_message_once_newest_first(
    db: Database[UnitOfWork], seed: Seed, two: Two, limit: int
) -> None:
    stored = await said(db, seed, two, 7)
    pages = [await thread(db, two.survivor.id, limit=limit)]
    while after := pages[-1].next:
        pages.append(await thread(db, two.survivor.id, limit=limit, after=after))
    assert [item.message for page in pages for item in page.items] == stored
    assert [len(page.items) for page in pages] == [limit] * (7 // limit) + [7 % limit] * (7 % limit > 0)
    assert {page.total for page in pages} == {None}


async def test_each_message_has_its_session(db: Database[UnitOfWork], seed: Seed, two: Two) -> None:
    """One that ended, one that is active, one that is deleted, and none."""
    ended = (await said(db, seed, two, 1))[0].session_id
    assert ended is not None
    await db.run(
        TENANT, lambda uow: uow.sessions.apply(ended, Session.end, EndReason.MANUAL_CLOSE, now=NOW + SECOND)
    )
    async with db.unit_of_work(TENANT) as uow:
        active = await write(uow, seed, two.survivor, "active", NOW + 2 * SECOND)
        fields = ("tenant_id", "user_id", "project_id", "contact_id", "channel_id", "content_type")
        alone = Message.create(
            **{field: getattr(active, field) for field in fields},
            text="alone",
            channel_message_id="alone",
            from_me=True,
            timestamp=NOW + 3 * SECOND,
        )
        await uow.messages.add(alone)
        await uow.commit()
    page = await thread(db, two.survivor.id)
    assert texts(page) == ["alone", "active", "0"]
    without, now, before = [item.session for item in page.items]
    assert without is None
    assert now is not None
    assert (now.id, now.status, now.end_reason, now.ended_at) == (
        active.session_id,
        SessionStatus.ACTIVE,
        None,
        None,
    )
    assert before is not None
    assert (before.id, before.status, before.end_reason) == (
        ended,
        SessionStatus.ENDED,
        EndReason.MANUAL_CLOSE,
    )
    assert (before.channel_type_id, before.started_at, before.ended_at) == (1, NOW, NOW + SECOND)


async def test_what_is_deleted_is_not_shown(
    db: Database[UnitOfWork], seed: Seed, two: Two, superuser: psycopg.Connection
) -> None:
    stored = await said(db, seed, two, 3)
    superuser.execute("UPDATE messages SET deleted_at = now() WHERE id = %s", [stored[1].id])
    superuser.execute("UPDATE sessions SET deleted_at = now(), version = version + 1")
    page = await thread(db, two.survivor.id)
    assert [(item.message.id, item.session) for item in page.items] == [
        (stored[0].id, None),
        (stored[2].id, None),
    ]


async def test_what_comes_in_meanwhile_neither_repeats_nor_hides_others(
    db: Database[UnitOfWork], seed: Seed, two: Two
) -> None:
    stored = await said(db, seed, two, 4)
    first = await thread(db, two.survivor.id, limit=2)
    async with db.unit_of_work(TENANT) as uow:
        await write(uow, seed, two.survivor, "new", NOW + 5 * SECOND)
        await uow.commit()
    second = await thread(db, two.survivor.id, limit=2, after=first.next)
    assert [item.message for item in (*first.items, *second.items)] == stored


async def test_after_a_merge_the_conversation_of_both_is_one(
    db: Database[UnitOfWork], seed: Seed, two: Two
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await write(uow, seed, two.survivor, "first")
        await write(uow, seed, two.merged, "second", NOW + SECOND)
        await uow.commit()
    await merge(db, two)
    async with db.unit_of_work(TENANT) as uow:
        await write(uow, seed, two.survivor, "third", LATER)
        await uow.commit()
    assert texts(await thread(db, two.survivor.id)) == ["third", "second", "first"]
    with pytest.raises(NotFound):
        await thread(db, two.merged.id)


async def test_a_contact_without_messages_has_an_empty_thread_and_an_unknown_one_none(
    db: Database[UnitOfWork], two: Two
) -> None:
    assert await thread(db, two.merged.id) == Page(())
    with pytest.raises(NotFound) as caught:
        await thread(db, unknown := new_id())
    assert (caught.value.resource, caught.value.id) == ("contact", unknown)


async def test_another_tenant_sees_nothing(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, two: Two
) -> None:
    await said(db, seed, two, 3)
    first = await thread(db, two.survivor.id, limit=1)
    with pytest.raises(NotFound):
        await thread(db, two.survivor.id, OTHER_TENANT)
    with pytest.raises(ValidationError, match="belongs to another list"):
        await thread(db, two.survivor.id, OTHER_TENANT, after=first.next)


async def test_a_cursor_is_of_one_contact_and_whole(db: Database[UnitOfWork], seed: Seed, two: Two) -> None:
    await said(db, seed, two, 2)
    first = await thread(db, two.survivor.id, limit=1)
    assert first.next is not None
    with pytest.raises(ValidationError, match="the cursor belongs to another list"):
        await thread(db, two.merged.id, after=first.next)
    for damaged in ("", "%", first.next[:-6], "a" * 40):
        with pytest.raises(ValidationError, match="the cursor is damaged") as caught:
            await thread(db, two.survivor.id, after=damaged)
        assert caught.value.field == "after"


@pytest.mark.parametrize("limit", [0, -1, 1001, True, 2.5, "9"])
def test_a_page_has_a_limit(limit: Any) -> None:
    with pytest.raises(ValidationError, match="limit must be a whole number from 1 to 1000") as caught:
        ConversationThread(contact_id=new_id(), limit=limit)
    assert caught.value.field == "limit"
