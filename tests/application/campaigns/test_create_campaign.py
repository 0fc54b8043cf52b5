"""A campaign is made with its steps, or not at all when a step refers to nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.enrollments import HELLO, active_sequence, campaign_step, delay_step, store, without_lock
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.campaigns.create_campaign import CreateCampaign, create_campaign
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.campaigns.values import GoalType, StepType
from ventros.automation.sequences.aggregate import Sequence
from ventros.automation.sequences.repository import SequenceRepository
from ventros.automation.sequences.values import TriggerType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, LockNotAvailable
from ventros.kernel.ids import new_id


async def create(db: Database[UnitOfWork], *steps: Any, tenant: str = TENANT, **changes: Any) -> Campaign:
    fields: dict[str, Any] = {"name": "Spring", "goal_type": GoalType.CONVERSIONS, "goal_value": 5}
    command = CreateCampaign(**(fields | changes), steps=steps, created_at=NOW)
    return await db.run(tenant, lambda uow: create_campaign(uow, command))


async def test_it_is_stored_with_its_steps_in_their_order(db: Database[UnitOfWork], seed: Seed) -> None:
    readers = ContactList.create(project_id=seed.project_id, tenant_id=TENANT, name="Readers", now=NOW)
    news = Broadcast.create(
        tenant_id=TENANT, name="News", list_id=readers.id, message_template=HELLO, now=NOW
    )
    sequence, *_ = await store(db, active_sequence(TENANT), readers, news)
    campaign = await create(
        db,
        campaign_step(4, StepType.SEQUENCE, sequence_id=sequence.id),
        campaign_step(1, StepType.BROADCAST, broadcast_id=news.id),
        delay_step(2),
    )
    stored = await db.run(TENANT, lambda uow: uow.campaigns.get(campaign.id))
    assert [step.position for step in stored.steps] == [1, 2, 4]
    assert (stored.status, stored.goal_value, stored.version) == ("draft", 5, 1)


@pytest.mark.parametrize("kind", ["broadcast", "sequence"])
async def test_what_a_step_refers_to_must_be_there(db: Database[UnitOfWork], seed: Seed, kind: str) -> None:
    unknown = new_id()
    step = campaign_step(0, StepType(kind), **{f"{kind}_id": unknown})
    with pytest.raises(NotFound) as raised:
        await create(db, step)
    assert (raised.value.resource, raised.value.id) == (kind, unknown)


async def test_another_tenants_sequence_is_not_there(db: Database[UnitOfWork], seed: Seed) -> None:
    (sequence,) = await store(db, active_sequence(TENANT))
    with pytest.raises(NotFound):
        await create(db, campaign_step(0, StepType.SEQUENCE, sequence_id=sequence.id), tenant=OTHER_TENANT)


async def test_bad_input_is_refused(db: Database[UnitOfWork]) -> None:
    with pytest.raises(ValidationError):
        await create(db, name="")
    with pytest.raises(ValidationError):
        await create(db, goal_value=-1)
    with pytest.raises(InvariantViolation, match="position 0"):
        await create(db, delay_step(0), delay_step(0))


@pytest.mark.parametrize("held", [True, False])
async def test_a_sequence_is_not_removed_meanwhile(
    db: Database[UnitOfWork], monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    """Not held, it is the control: a campaign is stored whose sequence is gone."""
    (sequence,) = await store(
        db, Sequence.create(tenant_id=TENANT, name="Draft", trigger_type=TriggerType.MANUAL, now=NOW)
    )
    if not held:
        without_lock(monkeypatch, SequenceRepository)
        monkeypatch.setattr(
            SequenceRepository, "lock_versions", lambda self, _locking, ids: _versions(self, ids)
        )
    commit = UnitOfWork.commit

    async def removing(self: UnitOfWork, *aggregates: Any) -> Any:
        if aggregates and isinstance(aggregates[0], Campaign):
            async with db.unit_of_work(TENANT) as other:
                found = await other.sequences.get(sequence.id, lock="update" if held else None, nowait=held)
                await other.sequences.remove(found)
                await commit(other)
        return await commit(self, *aggregates)

    monkeypatch.setattr(UnitOfWork, "commit", removing)
    step = campaign_step(0, StepType.SEQUENCE, sequence_id=sequence.id)
    if held:
        with pytest.raises(LockNotAvailable):
            await create(db, step)
    else:
        await create(db, step)
        with pytest.raises(NotFound):
            await db.run(TENANT, lambda uow: uow.sequences.get(sequence.id))


async def _versions(repository: SequenceRepository, ids: list[Any]) -> dict[Any, int]:
    return {found.id: found.version for found in await repository.get_many(ids)}
