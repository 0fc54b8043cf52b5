"""A message has one vote of each who voted, with all options that stand."""

from __future__ import annotations

import psycopg

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import ADA, EVE, MINUTE, inbound, last_event, message_of, named, store
from ventros import Database, UnitOfWork
from ventros.application.messages.existing_messages import ChangeResult
from ventros.application.messages.inbound import Party
from ventros.application.messages.record_poll_vote import PollVote, record_poll_vote
from ventros.crm.messages.values import ContentType
from ventros.demo.seed import Seed

POLL = inbound(content_type=ContentType.UNSUPPORTED, text="Which day?", metadata={"kind": "poll"})


async def vote(
    db: Database[UnitOfWork], seed: Seed, voter: Party | None, *options: str, minutes: int = 1
) -> ChangeResult:
    command = PollVote(message=named(POLL), voter=voter, options=options, voted_at=NOW + minutes * MINUTE)
    return await db.run(TENANT, lambda uow: record_poll_vote(uow, seed.channel_id, command))


async def test_a_later_vote_replaces_the_earlier_one(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ids = await store(db, seed, POLL)
    ada = str(ids.contact_id)
    assert await vote(db, seed, ADA, "Monday", "Friday") is ChangeResult.APPLIED
    assert await vote(db, seed, None, "Monday") is ChangeResult.APPLIED
    assert await vote(db, seed, ADA, "Friday", minutes=2) is ChangeResult.APPLIED
    name, payload = last_event(superuser)
    assert (name, payload["voter"], payload["options"]) == ("message.poll_voted", ada, ["Friday"])
    assert await vote(db, seed, ADA, "Monday") is ChangeResult.UNCHANGED, "it is older"
    message = await message_of(db, ids)
    votes = {key: vote["options"] for key, vote in message.metadata["poll_votes"].items()}
    assert votes == {ada: ["Friday"], "us": ["Monday"]}
    assert message.metadata["kind"] == "poll"
    assert await vote(db, seed, ADA, minutes=3) is ChangeResult.APPLIED, "it is taken back"
    assert (await message_of(db, ids)).metadata["poll_votes"][ada]["options"] == []


async def test_nobody_else_votes_in_a_one_to_one_chat(db: Database[UnitOfWork], seed: Seed) -> None:
    await store(db, seed, POLL)
    await store(db, seed, inbound(number=2, contact=EVE))
    assert await vote(db, seed, EVE, "Monday") is ChangeResult.UNKNOWN
