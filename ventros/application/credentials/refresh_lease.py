"""The units of work before and after the call to a service that refreshes a token."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import OAuthToken, RefreshState
from ventros.kernel import validators
from ventros.kernel.encryption import Encryptor, Plain
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.secret import Secret, secret_text
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class Lease:
    """The right to ask the service for a token of ``credential``, which is as it was when that was given."""

    id: UUID
    credential: Credential


@attrs.frozen(kw_only=True)
class NewToken:
    """What a service answered. ``expires_in`` is in seconds; without ``refresh`` the old one stays good.

    Raises ValidationError for an empty ``access`` and an ``expires_in`` that is not positive.
    """

    access: Plain = attrs.field(repr=False)
    expires_in: int
    refresh: Plain | None = attrs.field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        secret_text(self.access, "access")
        validators.whole_number(self.expires_in, "expires_in", 1)


async def take_lease(
    uow: UnitOfWork,
    credential_id: UUID,
    lease_id: UUID,
    *,
    seconds: float,
    failures: int | None,
    now: datetime,
) -> Lease | RefreshState | Credential:
    """The lease, or how another's refresh stands, or the credential if its token is good.

    ``failures`` are those that had been counted when this one began to wait for another; once there are more
    it takes no lease. Raises NotFound, InvariantViolation for a credential that is not active or has no token
    to refresh, Conflict when another takes the lease in that moment.
    """
    credential = await uow.credentials.get(credential_id)
    if not _is_due(credential, now):
        return credential
    state = await uow.credentials.find_refresh(credential_id)
    if state is not None and (state.is_leased or (failures is not None and state.failures > failures)):
        return state
    await uow.credentials.lease_refresh(credential_id, lease_id, seconds)
    credential = await uow.credentials.get(credential_id)  # what the holder before stored in between
    if not _is_due(credential, now):
        await uow.rollback()
        return credential
    return Lease(id=lease_id, credential=credential)


async def store_token(
    uow: UnitOfWork, lease: Lease, token: NewToken, *, encryptor: Encryptor, now: datetime
) -> Credential:
    """The credential with ``token``, or as it is stored if it has no more the token of the lease.

    So a holder that is late, or is asked again, does not overwrite a newer token. The lease ends with it.
    Raises NotFound when the credential is gone.
    """
    stored = await uow.credentials.get(lease.credential.id, lock="no key update")
    uow.send_with_commit(uow.credentials.refreshed(stored.id, lease.id))
    if _plain_tokens(stored, encryptor) != _plain_tokens(lease.credential, encryptor):
        return stored
    refreshed = stored.refresh_oauth_token(
        token.access, refresh=token.refresh, expires_in=token.expires_in, encryptor=encryptor, now=now
    )
    (refreshed,) = await uow.commit(refreshed)
    return refreshed


async def release_lease(uow: UnitOfWork, lease: Lease, *, failed: bool) -> None:
    """Without a new token. Does nothing once another has the lease."""
    await uow.credentials.release_refresh(lease.credential.id, lease.id, failed=failed)


def _is_due(credential: Credential, now: datetime) -> bool:
    if not credential.is_active:
        raise InvariantViolation(f"credential {credential.id} is not active: its token is not refreshed")
    token: OAuthToken | None = credential.oauth
    if token is None:
        raise InvariantViolation(f"credential {credential.id} has no OAuth token")
    due = credential.needs_refresh(now)
    if due and token.refresh is None:
        raise InvariantViolation(
            f"credential {credential.id} has no refresh token: its owner has to grant access anew"
        )
    return due


def _plain_tokens(credential: Credential, encryptor: Encryptor) -> tuple[Secret[str], Secret[str] | None]:
    """In plain, because a rotation of keys encrypts them anew."""
    has_refresh = credential.oauth_refresh_token is not None
    refresh = credential.refresh_token(encryptor) if has_refresh else None
    return credential.access_token(encryptor), refresh
