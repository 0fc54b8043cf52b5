"""Agent: a person, a program or a stand-in that acts on the CRM's side of a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.agents.events import (
    AgentActivated,
    AgentCreated,
    AgentDeactivated,
    AgentDeleted,
    AgentLoggedIn,
    AgentPermissionGranted,
    AgentPermissionRevoked,
    AgentUpdated,
)
from ventros.crm.agents.values import (
    RESERVED_IDS,
    AgentPermission,
    AgentRole,
    AgentStatus,
    AgentType,
    SystemAgent,
    VirtualAgentMetadata,
)
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.events import DomainEvent
from ventros.kernel.json_values import json_object
from ventros.values import Email, same_json

VIRTUAL_NAME_PREFIX = "[Virtual] "


def _texts(values: Iterable[str]) -> frozenset[str]:
    """Plain texts, for a member of an enum is one only almost; what is none is refused by the validator."""
    return frozenset(str(value) if isinstance(value, str) else value for value in values)


@attrs.frozen(kw_only=True, slots=False)
class Agent(AggregateRoot):
    """What it counts is kept beside it: see :meth:`AgentRepository.count_session_handled`.

    Tenant, project, user, type and time of creation never change. A system agent is read only, and each
    tenant that wants it has its own row under the reserved id. ``config`` and ``settings`` may hold keys
    to other services, so they are left out of the repr.

    Stricter than the older system: an email is one, in its normal form, and the only one of its tenant;
    neither type, status nor role can be unknown; a reserved id and the type system go together; a
    virtual agent is offline and without email and permissions for good, and keeps its name; only
    virtual agents have virtual metadata; neither virtual nor system agents belong to a user or log in;
    no command works on a system or a deleted agent; the time of the last login does not go back.
    Active, email and role may be given at creation, and the role may be changed later.
    """

    resource = "agent"
    created_event = AgentCreated
    updated_event = AgentUpdated

    tenant_id: str = attrs.field(validator=validators.tenant)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    user_id: UUID | None = attrs.field(default=None, validator=attrs.validators.optional(validators.not_nil))
    name: str = attrs.field(validator=[validators.not_empty, validators.indexed])
    email: Email | None = None
    type: AgentType = attrs.field(converter=AgentType)
    status: AgentStatus = attrs.field(default=AgentStatus.OFFLINE, converter=AgentStatus)
    role: AgentRole = attrs.field(default=AgentRole.HUMAN_AGENT, converter=AgentRole)
    active: bool = True
    config: dict[str, Any] = json_object(repr=False)
    permissions: frozenset[str] = attrs.field(
        default=frozenset(), converter=_texts, validator=validators.texts
    )
    settings: dict[str, Any] = json_object(repr=False)
    virtual_metadata: VirtualAgentMetadata | None = None
    last_login_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    def __attrs_post_init__(self) -> None:
        if self.type is AgentType.HUMAN and self.user_id is None:
            raise ValidationError("user_id is required of a human agent", field="user_id")
        if self.type in {AgentType.VIRTUAL, AgentType.SYSTEM} and self.user_id is not None:
            raise ValidationError(f"user_id must be None for a {self.type} agent", field="user_id")
        if self.is_virtual != (self.virtual_metadata is not None):
            raise ValidationError(
                "virtual_metadata belongs to a virtual agent, and to no other", field="virtual_metadata"
            )
        if self.is_system != (self.id in RESERVED_IDS):
            raise ValidationError("a reserved id belongs to a system agent, and to no other", field="id")
        if "" in self.permissions:
            raise ValidationError("permission must not be empty", field="permissions")
        if self.is_virtual:
            self._require_kept(status=AgentStatus.OFFLINE, permissions=frozenset(), email=None)
        if self.is_system:
            self._require_kept(status=AgentStatus.OFFLINE, active=True, deleted_at=None)

    def _require_kept(self, **kept: object) -> None:
        for field, value in kept.items():
            if getattr(self, field) != value:
                raise ValidationError(f"{field} of a {self.type} agent never changes", field=field)

    @classmethod
    def create(
        cls,
        *,
        project_id: UUID,
        tenant_id: str,
        name: str,
        now: datetime,
        type: AgentType = AgentType.HUMAN,  # noqa: A002 - the field's name everywhere
        user_id: UUID | None = None,
        email: str | None = None,
        role: AgentRole = AgentRole.HUMAN_AGENT,
        active: bool = True,
    ) -> Self:
        """A new agent, offline, version 1. A human one needs a ``user_id``; an empty email is none.

        Raises ValidationError for a nil, empty or unknown argument, and for the types virtual and system:
        see :meth:`create_virtual` and :meth:`create_system`.
        """
        known = AgentType(type)
        if known in {AgentType.VIRTUAL, AgentType.SYSTEM}:
            raise ValidationError(f"a {known} agent has a factory of its own", field="type")
        agent = cls(
            tenant_id=tenant_id,
            project_id=project_id,
            user_id=user_id,
            name=name,
            email=Email(email) if email else None,
            type=known,
            role=role,
            active=active,
            created_at=now,
            updated_at=now,
        )
        return agent.record_creation(AgentCreated(email=_text(agent.email)))

    @classmethod
    def create_virtual(
        cls,
        *,
        project_id: UUID,
        tenant_id: str,
        represents_person_name: str,
        period_start: datetime,
        reason: str,
        now: datetime,
        source_device: str | None = None,
        notes: str = "",
    ) -> Self:
        """A stand-in for a person, named after them, for a period that is still open.

        Raises ValidationError for a nil or empty argument.
        """
        metadata = VirtualAgentMetadata(
            represents_person_name=represents_person_name,
            period_start=period_start,
            reason=reason,
            source_device=source_device,
            notes=notes,
        )
        agent = cls(
            tenant_id=tenant_id,
            project_id=project_id,
            name=f"{VIRTUAL_NAME_PREFIX}{represents_person_name}",
            type=AgentType.VIRTUAL,
            virtual_metadata=metadata,
            created_at=now,
            updated_at=now,
        )
        return agent.record_creation(AgentCreated())

    @classmethod
    def create_system(cls, kind: SystemAgent, *, project_id: UUID, tenant_id: str, now: datetime) -> Self:
        """The tenant's own row of a built-in agent; adding it a second time raises AlreadyExists."""
        known = SystemAgent(kind)
        agent = cls(
            id=known.id,
            tenant_id=tenant_id,
            project_id=project_id,
            name=known.display_name,
            type=AgentType.SYSTEM,
            config={"description": known.description, "immutable": True},
            created_at=now,
            updated_at=now,
        )
        return agent.record_creation(AgentCreated())

    @property
    def is_virtual(self) -> bool:
        return self.type is AgentType.VIRTUAL

    @property
    def is_system(self) -> bool:
        return self.type is AgentType.SYSTEM

    @property
    def can_send_messages(self) -> bool:
        return self.active and not self.is_virtual

    @property
    def can_be_manually_assigned(self) -> bool:
        return self.active and not self.is_virtual

    @property
    def should_count_in_metrics(self) -> bool:
        return not self.is_virtual

    @property
    def can_reassign_sessions(self) -> bool:
        needed = {AgentPermission.REASSIGN_SESSIONS.value, AgentPermission.MANAGE_AGENTS.value}
        return not self.is_virtual and not needed.isdisjoint(self.permissions)

    def set_profile(self, *, name: str, email: str, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty or ``email`` is none, InvariantViolation for a
        virtual agent, which keeps its name and has no email.
        """
        self._refuse_virtual("set its profile")
        return self._updated_with_values(now, name=name, email=Email(email))

    def set_role(self, role: AgentRole, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown one."""
        return self._updated_with_values(now, role=AgentRole(role))

    def set_status(self, status: AgentStatus, *, now: datetime) -> Self:
        """Saving it is an activity of the agent too: see :meth:`AgentRepository.counters`.

        Raises ValidationError for an unknown one, InvariantViolation for a virtual agent.
        """
        self._refuse_virtual("set its status")
        return self._updated_with_values(now, status=AgentStatus(status))

    def activate(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when it is active already."""
        if self.active:
            raise InvariantViolation(f"agent {self.id} is active already")
        return self.record_change(now, AgentActivated(), active=True)

    def deactivate(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when it is inactive already."""
        if not self.active:
            raise InvariantViolation(f"agent {self.id} is inactive already")
        return self.record_change(now, AgentDeactivated(), active=False)

    def record_login(self, *, now: datetime) -> Self:
        """One not later than the last on record changes nothing."""
        self._refuse_virtual("log in")
        if self.last_login_at is not None and now <= self.last_login_at:
            return self
        return self.record_change(now, AgentLoggedIn(), last_login_at=now)

    def grant_permission(self, permission: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is empty, InvariantViolation for a virtual agent."""
        self._refuse_virtual("grant it a permission")
        granted = _permission(permission)
        if granted in self.permissions:
            return self
        event = AgentPermissionGranted(permission=granted)
        return self.record_change(now, event, permissions=self.permissions | {granted})

    def revoke_permission(self, permission: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is empty."""
        revoked = _permission(permission)
        if revoked not in self.permissions:
            return self
        event = AgentPermissionRevoked(permission=revoked)
        return self.record_change(now, event, permissions=self.permissions - {revoked})

    def set_settings(self, settings: Mapping[str, Any], *, now: datetime) -> Self:
        """Replaces them all."""
        if same_json(settings, self.settings, "settings"):
            return self
        return self.record_change(now, AgentUpdated(fields=("settings",)), settings=settings)

    def set_config(self, config: Mapping[str, Any], *, now: datetime) -> Self:
        """Replaces it all."""
        if same_json(config, self.config, "config"):
            return self
        return self.record_change(now, AgentUpdated(fields=("config",)), config=config)

    def end_virtual_period(self, end: datetime, *, now: datetime) -> Self:
        """May be set again. Raises InvariantViolation when the agent is not virtual, ValidationError when
        ``end`` lies before the start.
        """
        if self.virtual_metadata is None:
            raise InvariantViolation(f"agent {self.id} is not virtual; it has no period to end")
        metadata = attrs.evolve(self.virtual_metadata, period_end=end)
        return self.record_update(now, virtual_metadata=metadata)

    def delete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is deleted already, or a system agent."""
        return self.record_change(now, AgentDeleted(), deleted_at=now)

    def _refuse_virtual(self, command: str) -> None:
        if self.is_virtual:
            raise InvariantViolation(f"agent {self.id} is virtual; nobody can {command}")

    def _updated_with_values(self, now: datetime, **changes: Any) -> Self:
        """As :meth:`record_update`; the event tells old and new values too."""
        old = {field: getattr(self, field) for field in changes}
        differing = {field: value for field, value in changes.items() if value != old[field]}
        if not differing:
            return self
        values = {field: {"old": _text(old[field]), "new": _text(new)} for field, new in differing.items()}
        return self.record_change(now, AgentUpdated(fields=tuple(values), changes=values), **differing)

    def record_change(
        self,
        now: datetime,
        event: DomainEvent,
        *further: DomainEvent,
        occurred_at: datetime | None = None,
        **changes: Any,
    ) -> Self:
        if self.is_system:
            raise InvariantViolation(f"agent {self.id} is a system agent; it never changes")
        return super().record_change(now, event, *further, occurred_at=occurred_at, **changes)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _permission(text: str) -> str:
    if not text:
        raise ValidationError("permission must not be empty", field="permission")
    return str(text)
