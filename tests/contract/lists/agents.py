"""Agents, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentStatus, AgentType, SystemAgent
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

AGENTS = (
    # name, type, email, status, active; two in a row are created at the same time
    ("Ada", AgentType.HUMAN, "ada@acme.example", AgentStatus.AVAILABLE, True),
    ("bot", AgentType.BOT, None, AgentStatus.BUSY, True),
    ("bot", AgentType.BOT, None, AgentStatus.OFFLINE, False),
    ("100% Bob", AgentType.HUMAN, "bob_2@umbrella.example", AgentStatus.AWAY, True),
    ("bot", AgentType.AI, "back@acme.example", AgentStatus.AVAILABLE, False),
    ("Back\\slash", AgentType.CHANNEL, None, AgentStatus.OFFLINE, True),
)


async def store(uow: UnitOfWork, seed: Seed) -> list[Agent]:
    of: dict[str, Any] = {"project_id": seed.project_id, "tenant_id": seed.tenant}
    agents = [
        Agent.create(
            **of,
            name=name,
            type=kind,
            user_id=seed.user_id if kind is AgentType.HUMAN else None,
            email=email,
            active=active,
            now=NOW + line // 2 * timedelta(hours=1),
        ).set_status(status, now=NOW)
        for line, (name, kind, email, status, active) in enumerate(AGENTS)
    ]
    agents.append(Agent.create_system(SystemAgent.DEFAULT, **of, now=NOW))
    virtual: dict[str, Any] = {
        "represents_person_name": "Zoé",
        "period_start": NOW,
        "reason": "historical_contact",
    }
    agents.append(Agent.create_virtual(**of, **virtual, now=NOW))
    live = [await uow.agents.add(agent) for agent in agents]
    gone = await uow.agents.add(Agent.create(**of, name="bot", type=AgentType.BOT, now=NOW))
    await uow.agents.save(gone.delete(now=NOW))
    return live


def expected(stored: list[Agent]) -> Mapping[str, list[Filtered]]:
    def has(field: str, *values: object) -> Filtered:
        value = values[0] if len(values) == 1 else values
        return Filtered(value=value, passes=lambda agent: getattr(agent, field) in values)

    def says(text: str) -> Filtered:
        def passes(agent: Agent) -> bool:
            email = agent.email.value if agent.email else ""
            return text.lower() in agent.name.lower() or text.lower() in email

        return Filtered(value=text, passes=passes)

    return {
        "project_id": [has("project_id", stored[0].project_id), has("project_id", new_id())],
        "type": [has("type", AgentType.BOT), has("type", AgentType.SYSTEM, AgentType.VIRTUAL)],
        "status": [
            has("status", AgentStatus.OFFLINE),
            has("status", AgentStatus.AVAILABLE, AgentStatus.AWAY),
        ],
        "active": [has("active", True), has("active", False)],
        "text": [*map(says, ("ACME", "BACK", "%", "_", "\\", "zoé"))],
    }


CASE: Any = Case(repository=lambda uow: uow.agents, store=store, expected=expected)
