"""The finders of projects against a database."""

from __future__ import annotations

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, UnitOfWork
from ventros.core.projects.values import AssignmentStrategy
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id


async def test_a_project_is_found_by_its_tenant_until_it_is_deleted(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        project = await uow.projects.get(seed.project_id)
        assert await uow.projects.find_by_tenant() == project
        await uow.projects.save(project.delete(now=NOW))
        assert await uow.projects.find_by_tenant() is None
    async with db.unit_of_work(OTHER_TENANT) as uow:
        others_project = await uow.projects.find_by_tenant()
    assert others_project is not None
    assert others_project.id == other_seed.project_id
    async with db.unit_of_work("nobody") as uow:
        assert await uow.projects.find_by_tenant() is None


async def test_a_customers_projects_are_those_of_the_units_tenant(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        project = await uow.projects.get(seed.project_id)
        assert await uow.projects.list_by_customer(seed.user_id) == [project]
        for customer in (other_seed.user_id, new_id()):
            assert await uow.projects.list_by_customer(customer) == []
        await uow.projects.save(project.delete(now=NOW))
        assert await uow.projects.list_by_customer(seed.user_id) == []


async def test_the_turn_of_the_agents_is_stored(db: Database[UnitOfWork], seed: Seed) -> None:
    agents = (new_id(), new_id())
    async with db.unit_of_work(TENANT) as uow:
        project = await uow.projects.get(seed.project_id)
        for agent in agents:
            project = project.add_assignment_agent(agent, now=NOW)
        project = project.set_assignment_strategy(AssignmentStrategy.ROUND_ROBIN, now=NOW)
        await uow.projects.save(project.enable_agent_assignment(now=NOW))
        await uow.commit()
    assigned = []
    for _ in range(3):
        async with db.unit_of_work(TENANT) as uow:
            project, agent = (await uow.projects.get(seed.project_id)).next_assignment_agent(now=NOW)
            await uow.projects.save(project)
            await uow.commit()
        assigned.append(agent)
    assert assigned == [agents[0], agents[1], agents[0]]
