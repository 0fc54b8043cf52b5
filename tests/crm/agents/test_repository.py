"""What agents are to the database: one to an email, counting beside their version."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import AlreadyExists, Database, UnitOfWork
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentStatus, SystemAgent
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.ids import new_id
from ventros.values import Email

EMAIL = "ada@example.org"
LATER = NOW + timedelta(hours=1)


def make(seed: Seed, name: str = "Ada", email: str | None = None) -> Agent:
    return Agent.create(
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        name=name,
        user_id=seed.user_id,
        email=email,
        now=NOW,
    )


async def add(db: Database[UnitOfWork], *agents: Agent) -> list[Agent]:
    async with db.unit_of_work(agents[0].tenant_id) as uow:
        added = [await uow.agents.add(agent) for agent in agents]
        await uow.commit()
    return added


async def test_an_email_names_one_live_agent_of_its_tenant(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    [ada], [other] = await add(db, make(seed, email=EMAIL)), await add(db, make(other_seed, email=EMAIL))
    with pytest.raises(AlreadyExists) as caught:
        await add(db, make(seed, email=EMAIL.upper()))
    assert caught.value.constraint == "agents_live_email_key"
    for tenant, agent in ((TENANT, ada), (OTHER_TENANT, other)):
        async with db.unit_of_work(tenant) as uow:
            assert await uow.agents.find_by_email(Email(f" {EMAIL.title()} ")) == agent
    async with db.unit_of_work(TENANT) as uow:
        await uow.agents.save(ada.delete(now=LATER))
        assert await uow.agents.find_by_email(Email(EMAIL)) is None
        await uow.commit()
    await add(db, make(seed, email=EMAIL))


async def test_a_system_agent_is_never_removed(db: Database[UnitOfWork], seed: Seed) -> None:
    system = Agent.create_system(SystemAgent.DEFAULT, project_id=seed.project_id, tenant_id=TENANT, now=NOW)
    [agent] = await add(db, system)
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(InvariantViolation, match="system agent"):
            await uow.agents.remove(agent)
        assert await uow.agents.get(agent.id) == agent


async def test_sessions_add_up_over_many_connections_without_a_version(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    [agent] = await add(db, make(seed))

    async def handle(number: int) -> None:
        async with db.unit_of_work(TENANT) as uow:
            await uow.agents.count_session_handled(agent.id, 100 * number, NOW + timedelta(minutes=number))
            await uow.commit()

    await asyncio.gather(*map(handle, range(20)))
    async with db.unit_of_work(TENANT) as uow:
        counters = await uow.agents.counters(agent.id)
        assert (counters.sessions_handled, counters.response_ms_total) == (20, 19_000)
        assert (counters.average_response_ms, counters.last_activity_at) == (950, NOW + timedelta(minutes=19))
        assert (await uow.agents.get(agent.id)).version == 1


async def test_a_change_of_status_is_an_activity(db: Database[UnitOfWork], seed: Seed) -> None:
    [agent] = await add(db, make(seed))
    async with db.unit_of_work(TENANT) as uow:
        busy = await uow.agents.save(agent.set_status(AgentStatus.BUSY, now=LATER))
        await uow.agents.save(busy.set_settings({"theme": "dark"}, now=LATER + timedelta(hours=1)))
        counters = await uow.agents.counters(agent.id)
        assert (counters.sessions_handled, counters.last_activity_at) == (0, LATER)
        await uow.agents.count_session_handled(agent.id, 1, NOW)
        assert (await uow.agents.counters(agent.id)).last_activity_at == LATER


async def test_what_counts_nothing(db: Database[UnitOfWork], seed: Seed) -> None:
    virtual = Agent.create_virtual(
        project_id=seed.project_id,
        tenant_id=TENANT,
        represents_person_name="Eve",
        period_start=NOW,
        reason="history",
        now=NOW,
    )
    gone, _ = await add(db, make(seed), virtual)
    async with db.unit_of_work(TENANT) as uow:
        await uow.agents.count_session_handled(virtual.id, 1, NOW)
        assert (await uow.agents.counters(virtual.id)).sessions_handled == 0
        await uow.agents.save(gone.delete(now=LATER))
        for missing in (gone.id, new_id()):
            with pytest.raises(NotFound):
                await uow.agents.count_session_handled(missing, 1, NOW)
        with pytest.raises(ValidationError, match="response_ms"):
            await uow.agents.count_session_handled(virtual.id, -1, NOW)
