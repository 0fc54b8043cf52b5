"""Project, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros import UnitOfWork
from ventros.core.projects.aggregate import Project
from ventros.core.projects.values import (
    AgentAssignmentConfig,
    AssignmentStrategy,
    ReassignmentRule,
    ReassignmentTrigger,
)
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import counts, texts, uuids
from ventros.testing.factory import Factory, Refs


async def prepare(uow: UnitOfWork, seed: Seed) -> Refs:
    """A tenant has one project, so the seed's makes room for the one that is looked at."""
    await uow.channels.remove(await uow.channels.get(seed.channel_id))
    project = await uow.projects.get(seed.project_id)
    await uow.projects.remove(project)
    return {"billing_account_id": project.billing_account_id}


def new(seed: Seed, refs: Refs) -> Project:
    return Project.create(
        customer_id=seed.user_id,
        billing_account_id=refs["billing_account_id"],
        tenant_id=seed.tenant,
        name="Acme",
        now=NOW,
    )


minutes = st.integers(1, 10**6)
rules = st.builds(
    ReassignmentRule,
    enabled=st.booleans(),
    trigger=st.sampled_from(ReassignmentTrigger),
    inactivity_timeout_minutes=minutes,
    max_reassignments=counts,
    notify_previous_agent=st.booleans(),
    only_during_business_hours=st.booleans(),
)
assignments = st.builds(
    AgentAssignmentConfig,
    enabled=st.booleans(),
    agent_ids=st.lists(uuids, min_size=1, max_size=3, unique=True).map(tuple),
    strategy=st.sampled_from(AssignmentStrategy),
    round_robin_index=counts,
    only_human_agents=st.booleans(),
    exclude_virtual_agents=st.booleans(),
    reassignment_rules=st.lists(rules, max_size=3).map(tuple),
    require_at_least_one_agent=st.booleans(),
)


def overrides(seed: Seed, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "customer_id": st.just(seed.user_id),
            "billing_account_id": st.just(refs["billing_account_id"]),
            "description": st.just("") | texts,
            "session_timeout_minutes": minutes,
            "agent_assignment": assignments | st.just(AgentAssignmentConfig()),
        }
    )


def change(project: Project, now: datetime) -> Project:
    return project.rename(f"Acme {new_id()}", now=now)


FACTORY = Factory(
    resource="project",
    new=new,
    overrides=overrides,
    change=change,
    prepare=prepare,
    several=False,
    fixed=frozenset({"customer_id", "billing_account_id"}),
)
