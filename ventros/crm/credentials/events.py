"""What can happen to a credential; no event ever tells a secret."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class CredentialCreated(DomainEvent):
    event_name = "credential.created"

    credential_id: UUID
    tenant_id: str
    credential_type: str
    name: str


@attrs.frozen(kw_only=True)
class CredentialUpdated(DomainEvent):
    """``fields`` are the names of what changed, never the values."""

    event_name = "credential.updated"

    credential_id: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CredentialOAuthRefreshed(DomainEvent):
    """``is_first`` tells the first token apart from one that took the place of another."""

    event_name = "credential.oauth_refreshed"

    credential_id: UUID
    expires_at: datetime
    is_first: bool


@attrs.frozen(kw_only=True)
class CredentialActivated(DomainEvent):
    event_name = "credential.activated"

    credential_id: UUID


@attrs.frozen(kw_only=True)
class CredentialDeactivated(DomainEvent):
    event_name = "credential.deactivated"

    credential_id: UUID
