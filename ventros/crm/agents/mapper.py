"""Agent and its row, column by column, in the order of the statements in ``sql/agents.sql``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentRole, AgentStatus, AgentType, VirtualAgentMetadata
from ventros.values import Email

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "project_id",
    "user_id",
    "name",
    "email",
    "type",
    "status",
    "role",
    "active",
    "config",
    "permissions",
    "settings",
    "virtual_metadata",
    "last_login_at",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Sequence[Any]) -> Agent:
    """Raises ValidationError, ValueError, TypeError or LookupError when the row breaks a rule."""
    (
        id_,
        version,
        tenant_id,
        project_id,
        user_id,
        name,
        email,
        type_,
        status,
        role,
        active,
        config,
        permissions,
        settings,
        virtual_metadata,
        last_login_at,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return Agent(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        project_id=project_id,
        user_id=user_id,
        name=name,
        email=None if email is None else Email(email),
        type=AgentType(type_),
        status=AgentStatus(status),
        role=AgentRole(role),
        active=active,
        config=config,
        permissions=frozenset(permissions),
        settings=settings,
        virtual_metadata=None if virtual_metadata is None else _metadata_from_json(virtual_metadata),
        last_login_at=last_login_at,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(agent: Agent) -> tuple[object, ...]:
    """agents.insert, from $1."""
    return (
        agent.tenant_id,
        agent.id,
        agent.project_id,
        agent.user_id,
        agent.name,
        agent.email.value if agent.email else None,
        agent.type.value,
        agent.status.value,
        agent.role.value,
        agent.active,
        agent.config,
        sorted(agent.permissions),
        agent.settings,
        _metadata_to_json(agent.virtual_metadata) if agent.virtual_metadata else None,
        agent.last_login_at,
        agent.created_at,
        agent.updated_at,
        agent.deleted_at,
    )


def update_args(agent: Agent) -> tuple[object, ...]:
    """agents.update, from $1."""
    return (
        agent.tenant_id,
        agent.id,
        agent.version,
        agent.name,
        agent.email.value if agent.email else None,
        agent.status.value,
        agent.role.value,
        agent.active,
        agent.config,
        sorted(agent.permissions),
        agent.settings,
        _metadata_to_json(agent.virtual_metadata) if agent.virtual_metadata else None,
        agent.last_login_at,
        agent.updated_at,
        agent.deleted_at,
    )


def _metadata_to_json(metadata: VirtualAgentMetadata) -> dict[str, Any]:
    return {
        "represents_person_name": metadata.represents_person_name,
        "period_start": metadata.period_start.isoformat(),
        "period_end": None if metadata.period_end is None else metadata.period_end.isoformat(),
        "reason": metadata.reason,
        "source_device": metadata.source_device,
        "notes": metadata.notes,
    }


def _metadata_from_json(data: Mapping[str, Any]) -> VirtualAgentMetadata:
    period_end = data["period_end"]
    return VirtualAgentMetadata(
        represents_person_name=data["represents_person_name"],
        period_start=datetime.fromisoformat(data["period_start"]),
        period_end=None if period_end is None else datetime.fromisoformat(period_end),
        reason=data["reason"],
        source_device=data["source_device"],
        notes=data["notes"],
    )
