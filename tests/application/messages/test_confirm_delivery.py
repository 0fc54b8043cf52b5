"""A report on the delivery of a message of ours, by our id or by the platform's: it only goes forward."""

from __future__ import annotations

from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.inbound_messages import MINUTE, inbound, last_event, store
from ventros import Conflict, Database, InvariantViolation, NotFound, UnitOfWork, ValidationError
from ventros.application.messages.confirm_delivery import ConfirmDelivery, confirm_delivery
from ventros.application.messages.process_inbound_message import StoredMessage
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.repository import MessageRepository
from ventros.crm.messages.values import MessageStatus
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

LATER = NOW + MINUTE
DELIVERED, READ, FAILED = MessageStatus.DELIVERED, MessageStatus.READ, MessageStatus.FAILED


@pytest.fixture
async def ours(db: Database[UnitOfWork], seed: Seed) -> StoredMessage:
    return await store(db, seed, inbound(from_me=True))


def report(ours: StoredMessage, **changes: Any) -> ConfirmDelivery:
    command = ConfirmDelivery(message_id=ours.message_id, status=DELIVERED, confirmed_at=LATER)
    return attrs.evolve(command, **changes)


async def confirm(db: Database[UnitOfWork], command: ConfirmDelivery, tenant: str = TENANT) -> Message:
    return await db.run(tenant, lambda uow: confirm_delivery(uow, command))


@pytest.mark.parametrize("by_platform", [False, True])
async def test_it_moves_forward_and_keeps_the_time_of_the_report(
    db: Database[UnitOfWork],
    seed: Seed,
    ours: StoredMessage,
    superuser: psycopg.Connection,
    by_platform: bool,
) -> None:
    command = report(ours)
    if by_platform:
        command = ConfirmDelivery(
            channel_id=seed.channel_id, channel_message_id="wamid.1", status=DELIVERED, confirmed_at=LATER
        )
    stored = await confirm(db, command)
    assert (stored.id, stored.status, stored.delivered_at) == (ours.message_id, DELIVERED, LATER)
    assert last_event(superuser)[0] == "message.delivered"


async def test_an_earlier_report_that_comes_late_changes_nothing(
    db: Database[UnitOfWork], ours: StoredMessage, superuser: psycopg.Connection
) -> None:
    read = await confirm(db, report(ours, status=READ))
    late = await confirm(db, report(ours, confirmed_at=LATER + MINUTE))
    assert late == read
    assert last_event(superuser)[0] == "message.read"


async def test_a_failure_keeps_its_reason(
    db: Database[UnitOfWork], ours: StoredMessage, superuser: psycopg.Connection
) -> None:
    stored = await confirm(db, report(ours, status=FAILED, reason="no such number"))
    assert stored.status is FAILED
    assert last_event(superuser)[1]["failure_reason"] == "no such number"


async def test_what_was_delivered_does_not_fail(db: Database[UnitOfWork], ours: StoredMessage) -> None:
    await confirm(db, report(ours))
    assert (await confirm(db, report(ours, status=FAILED))).status is DELIVERED


async def test_one_of_the_contacts_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    theirs = await store(db, seed, inbound())
    with pytest.raises(InvariantViolation, match="is the contact's"):
        await confirm(db, report(theirs))


async def test_what_is_not_there_or_another_tenants_is_not_found(
    db: Database[UnitOfWork], other_seed: Seed, ours: StoredMessage
) -> None:
    with pytest.raises(NotFound):
        await confirm(db, report(ours, message_id=new_id()))
    with pytest.raises(NotFound):
        await confirm(db, report(ours), OTHER_TENANT)
    elsewhere = report(ours, message_id=None, channel_id=other_seed.channel_id, channel_message_id="wamid.1")
    with pytest.raises(NotFound, match=r"wamid\.1"):
        await confirm(db, elsewhere)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"message_id": None}, "message_id"),
        ({"message_id": None, "channel_id": new_id()}, "message_id"),
        ({"status": MessageStatus.QUEUED}, "status"),
        ({"status": "lost"}, "status"),
        ({"reason": "why"}, "reason"),
    ],
)
def test_a_faulty_report_is_refused(changes: dict[str, Any], field: str) -> None:
    fields = {"message_id": new_id(), "status": DELIVERED, "confirmed_at": NOW, **changes}
    with pytest.raises(ValidationError) as refused:
        ConfirmDelivery(**fields)
    assert refused.value.field == field


async def test_where_another_is_further_meanwhile_it_is_decided_again(
    db: Database[UnitOfWork], ours: StoredMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, saved = MessageRepository.save, list[MessageStatus]()

    async def save_later(self: MessageRepository, message: Message) -> Message:
        saved.append(message.status)
        if saved == [DELIVERED]:
            await confirm(db, report(ours, status=READ))
        return await save(self, message)

    monkeypatch.setattr(MessageRepository, "save", save_later)
    with pytest.raises(Conflict, match="no longer behind"):
        async with db.unit_of_work(TENANT) as uow:
            await confirm_delivery(uow, report(ours))
    assert (await confirm(db, report(ours))).status is READ
    assert saved == [DELIVERED, READ], "decided again, there was nothing to save"
