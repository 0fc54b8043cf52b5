"""Channel, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros import UnitOfWork
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.repository import AgentRepository
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.values import (
    MAX_DEBOUNCE_TIMEOUT_MS,
    MAX_SESSION_TIMEOUT_MINUTES,
    ChannelStatus,
    ChannelType,
    HistoryImportStats,
)
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.pipelines.repository import PipelineRepository
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import counts, maybe, texts, times
from ventros.testing.factory import Factory, Refs


async def prepare(uow: UnitOfWork, seed: Seed) -> Refs:
    owner: dict[str, Any] = {"project_id": seed.project_id, "tenant_id": seed.tenant, "now": NOW}
    pipeline = await PipelineRepository(uow).add(Pipeline.create(name="sales", **owner))
    agent = await AgentRepository(uow).add(Agent.create(name="Ada", user_id=seed.user_id, **owner))
    return {"pipeline_id": pipeline.id, "default_agent_id": agent.id}


def new(seed: Seed, _refs: Refs) -> Channel:
    return Channel.create(
        user_id=seed.user_id,
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        name="Support",
        type=ChannelType.WEB_FORM,
        now=NOW,
    )


limits = maybe(st.integers(1, 2**31 - 1))
stats = st.builds(
    HistoryImportStats,
    total=counts,
    processed=counts,
    failed=counts,
    started_at=times,
    ended_at=maybe(times),
)


def overrides(seed: Seed, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda ai_agents, suspended_from, **others: {
            **others,
            "suspended_from": suspended_from,
            "status": ChannelStatus.SUSPENDED if suspended_from else ChannelStatus.INACTIVE,
            "ai_enabled": others["ai_enabled"] or ai_agents,
            "ai_agents_enabled": ai_agents,
        },
        ai_agents=st.booleans(),
        suspended_from=maybe(
            st.sampled_from([status for status in ChannelStatus if status is not ChannelStatus.SUSPENDED])
        ),
        ai_enabled=st.booleans(),
        user_id=st.just(seed.user_id),
        project_id=st.just(seed.project_id),
        pipeline_id=maybe(st.just(refs["pipeline_id"])),
        webhook_url=maybe(texts.filter(lambda text: not set("?#@") & set(text))),
        session_timeout_minutes=maybe(st.integers(1, MAX_SESSION_TIMEOUT_MINUTES)),
        debounce_timeout_ms=st.integers(0, MAX_DEBOUNCE_TIMEOUT_MS),
        history_import_stats=maybe(stats),
        history_import_max_days=limits,
        history_import_max_messages_per_chat=limits,
        default_agent_id=maybe(st.just(refs["default_agent_id"])),
    )


def change(channel: Channel, now: datetime) -> Channel:
    return channel.rename(f"Support {new_id()}", now=now)


FACTORY = Factory(
    resource="channel",
    new=new,
    overrides=overrides,
    change=change,
    prepare=prepare,
    fixed=frozenset({"user_id", "project_id", "type", "webhook_id"}),
)
