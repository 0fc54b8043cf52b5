"""Where agents are kept, with what they count."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.crm.agents import mapper
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.events import AgentUpdated
from ventros.crm.agents.list_query import LIST_QUERY, AgentFilter, AgentSort
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import InvariantViolation, NotFound
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import Repository
from ventros.kernel.validators import instance_of, whole_number
from ventros.statements import statement
from ventros.values import Email


@attrs.frozen(kw_only=True)
class AgentCounters:
    """``response_ms_total`` is the sum over the handled sessions; ``last_activity_at`` the later of the
    last of them and the last change of the agent's status.
    """

    sessions_handled: int
    response_ms_total: int
    last_activity_at: datetime | None

    @property
    def average_response_ms(self) -> int | None:
        """The mean, in whole milliseconds; None without a sample."""
        return self.response_ms_total // self.sessions_handled if self.sessions_handled else None


class AgentRepository(Repository[Agent], ListRepository[Agent, AgentFilter, AgentSort]):
    """Sessions that end bump an agent's figures while others change the agent: so these have rows of their
    own, without a version, and are no part of the aggregate.

    Stricter than the older system: the average is the mean of all samples, which can be added up in any
    order, and no longer half the old average and half the new sample.
    """

    resource = "agent"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("agents")
    SECRET_COLUMNS = ("config", "settings")
    FIND_BY_EMAIL = statement("agents.find_by_email")
    BUMP = statement("agent_counters.bump")
    TOTAL = statement("agent_counters.total")

    def calls_after_update(self, aggregate: Agent) -> list[Call]:
        """A change of its status is an activity of the agent."""
        changed_at = _status_changed_at(aggregate)
        if changed_at is None:
            return []
        return [Call(self.BUMP, ((self.tenant, aggregate.id, 0, 0, changed_at),))]

    async def remove(self, aggregate: Agent) -> None:
        """Raises InvariantViolation for a system agent."""
        self.require_own(aggregate)
        if aggregate.is_system:
            raise InvariantViolation(f"agent {aggregate.id} is a system agent; it is never removed")
        await super().remove(aggregate)

    async def find_by_email(self, email: Email) -> Agent | None:
        """The tenant's only live agent of that email."""
        instance_of(Email, email, "email")
        row = await self.connection.maybe(self.FIND_BY_EMAIL, self.tenant, email.value)
        return None if row is None else self.load(row)

    async def count_session_handled(self, agent_id: UUID, response_ms: int, at: datetime) -> None:
        """Count one session, answered within ``response_ms`` milliseconds, handled until ``at``.

        A virtual agent counts nothing. Raises ValidationError for a negative time, NotFound.
        """
        whole_number(response_ms, "response_ms", 0)
        args = (self.tenant, agent_id, 1, response_ms, at)
        if await self.connection.affected(self.BUMP, *args) == 1:
            return
        if await self.connection.maybe(self.STORED_VERSION, *self.key(agent_id)) is None:
            raise NotFound(self.resource, agent_id)

    async def counters(self, agent_id: UUID) -> AgentCounters:
        """Zeros before the first activity, and for an agent that is not there."""
        row = await self.connection.one(self.TOTAL, self.tenant, agent_id)
        return AgentCounters(
            sessions_handled=row["sessions_handled"],
            response_ms_total=row["response_ms_total"],
            last_activity_at=row["last_activity_at"],
        )


def _status_changed_at(agent: Agent) -> datetime | None:
    """When its status was last changed by a command since it was loaded; None when by none."""
    times = (
        event.occurred_at
        for event in agent.domain_events
        if isinstance(event, AgentUpdated) and "status" in event.fields
    )
    return max(times, default=None)
