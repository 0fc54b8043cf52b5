"""Agent, for the contract suite; a human one, for its type never changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentPermission, AgentType
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import maybe, texts
from ventros.testing.factory import Factory, Refs
from ventros.values import Email


def new(seed: Seed, _refs: Refs) -> Agent:
    return Agent.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", user_id=seed.user_id, now=NOW
    )


def overrides(seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    emails = st.from_regex(r"[a-z0-9]{1,9}@[a-z0-9]{1,9}\.[a-z]{2,5}", fullmatch=True).map(Email)
    return st.fixed_dictionaries(
        {
            "project_id": st.just(seed.project_id),
            "user_id": st.just(seed.user_id),
            "email": maybe(emails),
            "type": st.just(AgentType.HUMAN),
            "permissions": st.frozensets(texts | st.sampled_from(AgentPermission), max_size=4),
            "virtual_metadata": st.none(),
        }
    )


def change(agent: Agent, now: datetime) -> Agent:
    return agent.set_settings({"theme": str(new_id())}, now=now)


FACTORY = Factory(
    resource="agent",
    new=new,
    overrides=overrides,
    change=change,
    fixed=frozenset({"project_id", "user_id", "type"}),
)
