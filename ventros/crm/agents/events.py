"""What can happen to an agent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class AgentEvent(DomainEvent):
    """What every one of them says first."""

    agent_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class AgentCreated(AgentEvent):
    event_name = "agent.created"

    tenant_id: str = from_aggregate("tenant_id")
    name: str = from_aggregate("name")
    email: str | None = None
    role: str = from_aggregate("role")


@attrs.frozen(kw_only=True)
class AgentUpdated(AgentEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed.

    ``changes`` tells ``{field: {"old": ..., "new": ...}}`` of name, email, status and role. Of config and
    settings, which may hold keys to other services, it tells nothing.
    """

    event_name = "agent.updated"

    fields: tuple[str, ...]
    changes: dict[str, dict[str, Any]] = attrs.field(factory=dict, hash=False)


@attrs.frozen(kw_only=True)
class AgentActivated(AgentEvent):
    event_name = "agent.activated"


@attrs.frozen(kw_only=True)
class AgentDeactivated(AgentEvent):
    event_name = "agent.deactivated"


@attrs.frozen(kw_only=True)
class AgentLoggedIn(AgentEvent):
    event_name = "agent.logged_in"


@attrs.frozen(kw_only=True)
class AgentPermissionGranted(AgentEvent):
    event_name = "agent.permission_granted"

    permission: str


@attrs.frozen(kw_only=True)
class AgentPermissionRevoked(AgentEvent):
    event_name = "agent.permission_revoked"

    permission: str


@attrs.frozen(kw_only=True)
class AgentDeleted(AgentEvent):
    event_name = "agent.deleted"
