"""What can happen to a credential; no event ever tells a secret."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class CredentialEvent(DomainEvent):
    """What every one of them says first."""

    credential_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class CredentialCreated(CredentialEvent):
    event_name = "credential.created"

    tenant_id: str = from_aggregate("tenant_id")
    credential_type: str = from_aggregate("credential_type")
    name: str = from_aggregate("name")


@attrs.frozen(kw_only=True)
class CredentialUpdated(CredentialEvent):
    """``fields`` are the names of what changed, never the values."""

    event_name = "credential.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CredentialOAuthRefreshed(CredentialEvent):
    """``is_first`` tells the first token apart from one that took the place of another."""

    event_name = "credential.oauth_refreshed"

    expires_at: datetime
    is_first: bool


@attrs.frozen(kw_only=True)
class CredentialActivated(CredentialEvent):
    event_name = "credential.activated"


@attrs.frozen(kw_only=True)
class CredentialDeactivated(CredentialEvent):
    event_name = "credential.deactivated"
