"""Campaigns and sequences that contacts can be enrolled in, and who is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import GoalType, StepConfig, StepType
from ventros.automation.sequences.aggregate import Sequence, SequenceStep
from ventros.automation.sequences.values import TriggerType
from ventros.automation.values import DelayUnit, MessageTemplate, TemplateType, WaitFor
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.connection.call import Call
from ventros.kernel.repository import Repository

HELLO = MessageTemplate(type=TemplateType.TEXT, content="Hello {{name}}")


def message_step(position: int, **changes: Any) -> SequenceStep:
    """Due an hour after the one before it."""
    step = SequenceStep(
        position=position,
        name=f"message {position}",
        delay_amount=1,
        delay_unit=DelayUnit.HOURS,
        message_template=HELLO,
        created_at=NOW,
    )
    return attrs.evolve(step, **changes)


def active_sequence(tenant: str, *steps: SequenceStep) -> Sequence:
    """New, to be added; two steps, of positions 0 and 2, unless given."""
    sequence = Sequence.create(tenant_id=tenant, name="Welcome", trigger_type=TriggerType.MANUAL, now=NOW)
    for step in steps or (message_step(0), message_step(2)):
        sequence = sequence.add_step(step, now=NOW)
    return sequence.activate(now=NOW)


def campaign_step(position: int, type_: StepType, **config: Any) -> CampaignStep:
    return CampaignStep(
        position=position, name=f"step {position}", type=type_, config=StepConfig(**config), created_at=NOW
    )


def delay_step(position: int) -> CampaignStep:
    """Due an hour after the one before it."""
    return campaign_step(position, StepType.DELAY, delay_amount=1, delay_unit=DelayUnit.HOURS)


def wait_step(position: int, timeout_step: int, wait_for: WaitFor = WaitFor.REPLY) -> CampaignStep:
    """Waits at once, for a day."""
    return campaign_step(
        position,
        StepType.WAIT,
        delay_amount=0,
        delay_unit=DelayUnit.HOURS,
        wait_for=wait_for,
        wait_timeout=24,
        timeout_step=timeout_step,
    )


def draft_campaign(tenant: str, *steps: CampaignStep) -> Campaign:
    """New, to be added; two delays, of positions 0 and 2, unless given."""
    campaign = Campaign.create(
        tenant_id=tenant, name="Spring", goal_type=GoalType.REACH_CONTACTS, goal_value=10, now=NOW
    )
    for step in steps or (delay_step(0), delay_step(2)):
        campaign = campaign.add_step(step, now=NOW)
    return campaign


def active_campaign(tenant: str, *steps: CampaignStep) -> Campaign:
    return draft_campaign(tenant, *steps).activate(now=NOW)


async def store(db: Database[UnitOfWork], *aggregates: Any) -> Any:
    async with db.unit_of_work(TENANT) as uow:
        stored = await uow.add_all(*aggregates)
        await uow.commit()
    return stored


async def new_person(db: Database[UnitOfWork], seed: Seed, phone: str = "+5511900000001") -> Contact:
    """With a phone, so that we can write to it."""
    person = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    (stored,) = await store(db, person.set_phone(phone, now=NOW))
    return stored  # type: ignore[no-any-return]


def told(superuser: psycopg.Connection, aggregate_type: str) -> list[str]:
    """The names of the events of all aggregates of a type, in their order."""
    rows = superuser.execute(
        "SELECT event_name FROM outbox_events WHERE aggregate_type = %s ORDER BY position", [aggregate_type]
    )
    return [name for (name,) in rows]


def sent(superuser: psycopg.Connection) -> list[str]:
    """The texts of the messages, in their order."""
    return [text for (text,) in superuser.execute('SELECT text FROM messages ORDER BY "timestamp", id')]


def without_lock(monkeypatch: pytest.MonkeyPatch, repository: type[Repository[Any]]) -> None:
    """What it locks is read only."""

    def read_only(self: Repository[Any], _locking: object, ids: list[UUID]) -> Call:
        return Call(self.STORED_VERSION, ((self.tenant, ids[0]),))

    monkeypatch.setattr(repository, "locking", read_only)
