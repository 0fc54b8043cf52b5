"""Agent: a person, a program or a stand-in that acts on the CRM's side of a conversation."""

from __future__ import annotations

import json
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
from ventros.kernel.aggregate import AggregateRoot, own_copy
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.events import DomainEvent
from ventros.values import Email

VIRTUAL_NAME_PREFIX = "[Virtual] "


def _texts(values: Iterable[str]) -> frozenset[str]:
    """Plain texts, for a member of an enum is one only almost."""
    return frozenset(str(each) for each in values)


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether they are the same JSON object; to ``==`` 1, 1.0 and true would be one value."""
    texts = (json.dumps(dict(each), sort_keys=True, default=repr) for each in (one, other))
    return next(texts) == next(texts)


@attrs.frozen(kw_only=True)
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

    tenant_id: str = attrs.field(validator=validators.tenant)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    user_id: UUID | None = attrs.field(default=None, validator=attrs.validators.optional(validators.not_nil))
    name: str = attrs.field(validator=validators.not_empty)
    email: Email | None = None
    type: AgentType = attrs.field(converter=AgentType)
    status: AgentStatus = attrs.field(default=AgentStatus.OFFLINE, converter=AgentStatus)
    role: AgentRole = attrs.field(default=AgentRole.HUMAN_AGENT, converter=AgentRole)
    active: bool = True
    config: dict[str, Any] = attrs.field(factory=dict, converter=own_copy, repr=False, hash=False)
    permissions: frozenset[str] = attrs.field(default=frozenset(), converter=_texts)
    settings: dict[str, Any] = attrs.field(factory=dict, converter=own_copy, repr=False, hash=False)
    virtual_metadata: VirtualAgentMetadata | None = None
    last_login_at: datetime | None = None
    deleted_at: datetime | None = None

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
        see :meth:`create_virtual` and :meth:`system`.
        """
        known = AgentType(type)
        if known in {AgentType.VIRTUAL, AgentType.SYSTEM}:
            raise ValidationError(f"a {known} agent has a factory of its own", field="type")
        return cls(
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
        )._announced()

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
        return cls(
            tenant_id=tenant_id,
            project_id=project_id,
            name=f"{VIRTUAL_NAME_PREFIX}{represents_person_name}",
            type=AgentType.VIRTUAL,
            virtual_metadata=metadata,
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def system(cls, which: SystemAgent, *, project_id: UUID, tenant_id: str, now: datetime) -> Self:
        """The tenant's own row of a built-in agent; adding it a second time raises AlreadyExists."""
        known = SystemAgent(which)
        return cls(
            id=known.id,
            tenant_id=tenant_id,
            project_id=project_id,
            name=known.display_name,
            type=AgentType.SYSTEM,
            config={"description": known.description, "immutable": True},
            created_at=now,
            updated_at=now,
        )._announced()

    def _announced(self) -> Self:
        """With its first event."""
        created = AgentCreated(
            **self._fact(self.created_at),
            tenant_id=self.tenant_id,
            name=self.name,
            email=self.email.value if self.email else None,
            role=self.role.value,
        )
        return attrs.evolve(self, domain_events=(created,))

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

    def update_profile(self, *, name: str, email: str, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty or ``email`` is none, InvariantViolation for a
        virtual agent, which keeps its name and has no email.
        """
        self._refuse_virtual("update its profile")
        if not name:
            raise ValidationError("name must not be empty", field="name")
        value = Email(email)
        old_email = self.email.value if self.email else None
        told = {"name": (self.name, name), "email": (old_email, value.value)}
        return self._updated(now, told, name=name, email=value)

    def set_role(self, role: AgentRole, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown one."""
        known = AgentRole(role)
        return self._updated(now, {"role": (self.role.value, known.value)}, role=known)

    def set_status(self, status: AgentStatus, *, now: datetime) -> Self:
        """Saving it is an activity of the agent too: see :meth:`AgentRepository.counters`.

        Raises ValidationError for an unknown one, InvariantViolation for a virtual agent.
        """
        self._refuse_virtual("set its status")
        known = AgentStatus(status)
        return self._updated(now, {"status": (self.status.value, known.value)}, status=known)

    def activate(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when it is active already."""
        if self.active:
            raise InvariantViolation(f"agent {self.id} is active already")
        return self._changed(now, AgentActivated(**self._fact(now)), active=True)

    def deactivate(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when it is inactive already."""
        if not self.active:
            raise InvariantViolation(f"agent {self.id} is inactive already")
        return self._changed(now, AgentDeactivated(**self._fact(now)), active=False)

    def record_login(self, *, now: datetime) -> Self:
        """One not later than the last on record changes nothing."""
        self._refuse_virtual("log in")
        if self.last_login_at is not None and now <= self.last_login_at:
            return self
        return self._changed(now, AgentLoggedIn(**self._fact(now)), last_login_at=now)

    def grant_permission(self, permission: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is empty, InvariantViolation for a virtual agent."""
        self._refuse_virtual("grant it a permission")
        granted = _permission(permission)
        if granted in self.permissions:
            return self
        event = AgentPermissionGranted(**self._fact(now), permission=granted)
        return self._changed(now, event, permissions=self.permissions | {granted})

    def revoke_permission(self, permission: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is empty."""
        revoked = _permission(permission)
        if revoked not in self.permissions:
            return self
        event = AgentPermissionRevoked(**self._fact(now), permission=revoked)
        return self._changed(now, event, permissions=self.permissions - {revoked})

    def update_settings(self, settings: Mapping[str, Any], *, now: datetime) -> Self:
        """Replaces them all."""
        if _alike(settings, self.settings):
            return self
        return self._changed(now, AgentUpdated(**self._fact(now), fields=("settings",)), settings=settings)

    def set_config(self, config: Mapping[str, Any], *, now: datetime) -> Self:
        """Replaces it all."""
        if _alike(config, self.config):
            return self
        return self._changed(now, AgentUpdated(**self._fact(now), fields=("config",)), config=config)

    def end_virtual_period(self, end: datetime, *, now: datetime) -> Self:
        """May be set again. Raises InvariantViolation when the agent is not virtual, ValidationError when
        ``end`` lies before the start.
        """
        if self.virtual_metadata is None:
            raise InvariantViolation(f"agent {self.id} is not virtual; it has no period to end")
        metadata = attrs.evolve(self.virtual_metadata, period_end=end)
        if metadata == self.virtual_metadata:
            return self
        event = AgentUpdated(**self._fact(now), fields=("virtual_metadata",))
        return self._changed(now, event, virtual_metadata=metadata)

    def delete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is deleted already, or a system agent."""
        return self._changed(now, AgentDeleted(**self._fact(now)), deleted_at=now)

    def _fact(self, now: datetime) -> dict[str, Any]:
        """What each of its events says first."""
        return {"occurred_at": now, "agent_id": self.id}

    def _refuse_virtual(self, command: str) -> None:
        if self.is_virtual:
            raise InvariantViolation(f"agent {self.id} is virtual; nobody can {command}")

    def _updated(self, now: datetime, told: dict[str, tuple[str | None, str]], **wanted: Any) -> Self:
        """With those of ``wanted`` that differ; ``told`` are old and new value as the event shows them."""
        changes = {field: {"old": old, "new": new} for field, (old, new) in told.items() if old != new}
        if not changes:
            return self
        event = AgentUpdated(**self._fact(now), fields=tuple(changes), changes=changes)
        return self._changed(now, event, **{field: wanted[field] for field in changes})

    def _changed(self, now: datetime, *events: DomainEvent, **changes: Any) -> Self:
        if self.is_system:
            raise InvariantViolation(f"agent {self.id} is a system agent; it never changes")
        if self.deleted_at is not None:
            raise InvariantViolation(f"agent {self.id} is deleted; nothing can be done with it")
        return super()._changed(now, *events, **changes)


def _permission(text: str) -> str:
    if not text:
        raise ValidationError("permission must not be empty", field="permission")
    return str(text)
