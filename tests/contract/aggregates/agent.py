"""Agent, for the contract suite; a human one, for its type never changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from tests.support.drawn_values import json_objects, maybe, texts, times
from tests.support.factory import Factory, Refs
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentPermission, AgentRole, AgentStatus, AgentType
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.values import Email


def new(seed: Seed, _refs: Refs) -> Agent:
    return Agent.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", user_id=seed.user_id, now=NOW
    )


def fields(seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    emails = st.from_regex(r"[a-z0-9]{1,9}@[a-z0-9]{1,9}\.[a-z]{2,5}", fullmatch=True).map(Email)
    return st.fixed_dictionaries(
        {
            "project_id": st.just(seed.project_id),
            "user_id": st.just(seed.user_id),
            "name": texts,
            "email": maybe(emails),
            "type": st.just(AgentType.HUMAN),
            "status": st.sampled_from(AgentStatus),
            "role": st.sampled_from(AgentRole),
            "active": st.booleans(),
            "config": json_objects,
            "permissions": st.frozensets(texts | st.sampled_from(AgentPermission), max_size=4),
            "settings": json_objects,
            "virtual_metadata": st.none(),
            "last_login_at": maybe(times),
            "updated_at": times,
            "deleted_at": st.none(),
        }
    )


def change(agent: Agent, now: datetime) -> Agent:
    return agent.set_settings({"theme": str(new_id())}, now=now)


FACTORY = Factory(
    resource="agent",
    repository=lambda uow: uow.agents,
    new=new,
    fields=fields,
    change=change,
    fixed=frozenset({"project_id", "user_id", "type"}),
)
