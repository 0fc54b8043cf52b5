"""A revocation marks the message and keeps what it said."""

from __future__ import annotations

import attrs
import psycopg

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import MINUTE, inbound, last_event, message_of, named, store
from ventros import Database, UnitOfWork
from ventros.application.messages.existing_messages import ChangeResult
from ventros.application.messages.revoke_message import MessageRevocation, revoke_message
from ventros.demo.seed import Seed


async def test_what_was_said_is_kept(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ids = await store(db, seed, inbound())
    before = await message_of(db, ids)
    command = MessageRevocation(message=named(inbound()), revoked_at=NOW + MINUTE)
    result = await db.run(TENANT, lambda uow: revoke_message(uow, seed.channel_id, command))
    assert result is ChangeResult.APPLIED
    at = NOW + MINUTE
    assert await message_of(db, ids) == attrs.evolve(before, revoked_at=at, updated_at=at)
    name, payload = last_event(superuser)
    assert (name, payload["message_id"]) == ("message.revoked", str(ids.message_id))
    later = attrs.evolve(command, revoked_at=NOW + 2 * MINUTE)
    assert (
        await db.run(TENANT, lambda uow: revoke_message(uow, seed.channel_id, later))
        is ChangeResult.UNCHANGED
    )
    assert (await message_of(db, ids)).revoked_at == at, "the first one counts"
