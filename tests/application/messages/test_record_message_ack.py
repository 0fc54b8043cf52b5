"""A delivery report moves a message's status forward, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import MINUTE, inbound, message_of, named, store
from ventros import Database, UnitOfWork
from ventros.application.messages.record_message_ack import AckResult, MessageAck, record_message_ack
from ventros.crm.messages.values import ContentType, MessageStatus
from ventros.demo.seed import Seed

OWN = inbound(from_me=True)


async def report(db: Database[UnitOfWork], seed: Seed, status: MessageStatus, minutes: int) -> AckResult:
    command = MessageAck(message=named(OWN), status=status, at=NOW + minutes * MINUTE)
    return await db.run(TENANT, lambda uow: record_message_ack(uow, seed.channel_id, command))


async def test_reports_move_it_forward_only(db: Database[UnitOfWork], seed: Seed) -> None:
    ids = await store(db, seed, OWN)
    for minutes, (status, result) in enumerate(
        (
            (MessageStatus.DELIVERED, AckResult.ADVANCED),
            (MessageStatus.SENT, AckResult.UNCHANGED),
            (MessageStatus.READ, AckResult.ADVANCED),
            (MessageStatus.DELIVERED, AckResult.UNCHANGED),
        )
    ):
        assert await report(db, seed, status, minutes) is result
    message = await message_of(db, ids)
    assert (message.status, message.delivered_at, message.read_at) == (
        MessageStatus.READ,
        NOW,
        NOW + 2 * MINUTE,
    )


@pytest.mark.parametrize(
    ("content_type", "status"), [(ContentType.VOICE, "played"), (ContentType.TEXT, "read")]
)
async def test_what_cannot_be_played_was_read(
    db: Database[UnitOfWork], seed: Seed, content_type: ContentType, status: str
) -> None:
    ids = await store(db, seed, inbound(from_me=True, content_type=content_type, text=None))
    assert await report(db, seed, MessageStatus.PLAYED, 1) is AckResult.ADVANCED
    assert (await message_of(db, ids)).status == status
