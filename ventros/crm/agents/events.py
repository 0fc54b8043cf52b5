"""What can happen to an agent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class AgentCreated(DomainEvent):
    event_name = "agent.created"

    agent_id: UUID
    tenant_id: str
    name: str
    email: str | None
    role: str


@attrs.frozen(kw_only=True)
class AgentUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed.

    ``changes`` tells ``{field: {"old": ..., "new": ...}}`` of name, email, status and role. Of config and
    settings, which may hold keys to other services, it tells nothing.
    """

    event_name = "agent.updated"

    agent_id: UUID
    fields: tuple[str, ...]
    changes: dict[str, dict[str, Any]] = attrs.field(factory=dict, hash=False)


@attrs.frozen(kw_only=True)
class AgentActivated(DomainEvent):
    event_name = "agent.activated"

    agent_id: UUID


@attrs.frozen(kw_only=True)
class AgentDeactivated(DomainEvent):
    event_name = "agent.deactivated"

    agent_id: UUID


@attrs.frozen(kw_only=True)
class AgentLoggedIn(DomainEvent):
    event_name = "agent.logged_in"

    agent_id: UUID


@attrs.frozen(kw_only=True)
class AgentPermissionGranted(DomainEvent):
    event_name = "agent.permission_granted"

    agent_id: UUID
    permission: str


@attrs.frozen(kw_only=True)
class AgentPermissionRevoked(DomainEvent):
    event_name = "agent.permission_revoked"

    agent_id: UUID
    permission: str


@attrs.frozen(kw_only=True)
class AgentDeleted(DomainEvent):
    event_name = "agent.deleted"

    agent_id: UUID
