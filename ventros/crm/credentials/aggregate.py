"""Credential: one named secret that a tenant keeps for an outside service, perhaps with an OAuth token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

import attrs

from ventros.crm.credentials.events import (
    CredentialActivated,
    CredentialCreated,
    CredentialDeactivated,
    CredentialOAuthRefreshed,
    CredentialUpdated,
)
from ventros.crm.credentials.values import CredentialType, OAuthToken
from ventros.kernel import validators
from ventros.kernel.encryption import EncryptedAggregate, EncryptedValue, Encryptor, Place, Plain, Secret
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.json_values import copied_json, json_object
from ventros.kernel.secret import secret_text
from ventros.values import same_json

SECRET: Final = "secret"  # noqa: S105 - the name of a column
ACCESS_TOKEN: Final = "oauth_access_token"  # noqa: S105
REFRESH_TOKEN: Final = "oauth_refresh_token"  # noqa: S105

MAX_NAME: Final = 255
"""Characters, as in the older system's column; also a CHECK of the table."""


@attrs.frozen(kw_only=True, slots=False)
class Credential(EncryptedAggregate):
    """Its secret and its tokens are encrypted.

    Tenant and type never change. ``project_id`` is None when it serves the whole tenant. Inactive and
    expired ones may still be read and changed. When it was last used is kept beside it: see
    :meth:`CredentialRepository.mark_used`.

    Stricter than the older system: it expires when its OAuth token does, there is no second time to get
    out of step; a token is not empty and lives for at least a second; refreshing keeps the refresh token
    unless a new one is given; every change has an event; a name is at most 255 characters, and that of an
    inactive credential stays taken, because it may be activated again.
    """

    resource = "credential"
    created_event = CredentialCreated
    updated_event = CredentialUpdated
    table = "credentials"
    encrypted = (SECRET, ACCESS_TOKEN, REFRESH_TOKEN)

    tenant_id: str = attrs.field(validator=validators.tenant)
    project_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    credential_type: CredentialType = attrs.field(converter=CredentialType)
    name: str = attrs.field(validator=validators.not_empty)
    description: str = ""
    secret: EncryptedValue
    oauth: OAuthToken | None = attrs.field(default=None)
    metadata: dict[str, Any] = json_object(repr=False)
    is_active: bool = True

    @name.validator
    def _check_name(self, _attribute: object, value: str) -> None:
        if len(value) > MAX_NAME:
            raise ValidationError(f"name has {len(value)} characters, {MAX_NAME} are allowed", field="name")

    @oauth.validator
    def _check_oauth(self, _attribute: object, value: OAuthToken | None) -> None:
        if value is not None and not self.credential_type.is_oauth:
            raise ValidationError(f"{self.credential_type.value} has no OAuth token", field="oauth")

    @classmethod
    def create(
        cls,
        *,
        tenant_id: str,
        credential_type: CredentialType,
        name: str,
        secret: Plain,
        encryptor: Encryptor,
        now: datetime,
    ) -> Self:
        """Active, for the whole tenant, without a token.

        Raises ValidationError for an empty argument or an unknown type, and what ``encryptor`` raises.
        """
        validators.tenant_id(tenant_id)
        if not name:
            raise ValidationError("name must not be empty", field="name")
        plain = secret_text(secret, SECRET)
        known = CredentialType(credential_type)
        id_ = new_id()
        place = Place(table=cls.table, column=SECRET, tenant_id=tenant_id, row_id=id_)
        credential = cls(
            id=id_,
            tenant_id=tenant_id,
            credential_type=known,
            name=name,
            secret=encryptor.encrypt(plain, place),
            created_at=now,
            updated_at=now,
        )
        return credential.record_creation(CredentialCreated())

    @property
    def oauth_access_token(self) -> EncryptedValue | None:
        return None if self.oauth is None else self.oauth.access

    @property
    def oauth_refresh_token(self) -> EncryptedValue | None:
        return None if self.oauth is None else self.oauth.refresh

    @property
    def oauth_token_type(self) -> str | None:
        return None if self.oauth is None else self.oauth.token_type

    @property
    def expires_at(self) -> datetime | None:
        """When its OAuth token expires; None without one, for a plain secret does not expire."""
        return None if self.oauth is None else self.oauth.expires_at

    def is_expired(self, at: datetime) -> bool:
        return self.oauth is not None and self.oauth.is_expired(at)

    def needs_refresh(self, at: datetime) -> bool:
        """Whether it has a token, and that one expires within 30 minutes of ``at``."""
        return self.oauth is not None and self.oauth.needs_refresh(at)

    def decrypt(self, encryptor: Encryptor) -> Secret[str]:
        """The main secret. Raises what ``encryptor`` raises."""
        return self.decrypt_column(SECRET, encryptor)

    def access_token(self, encryptor: Encryptor) -> Secret[str]:
        """Raises InvariantViolation when there is none, and what ``encryptor`` raises."""
        return self.decrypt_column(ACCESS_TOKEN, encryptor)

    def refresh_token(self, encryptor: Encryptor) -> Secret[str]:
        """Raises InvariantViolation when there is none, and what ``encryptor`` raises."""
        return self.decrypt_column(REFRESH_TOKEN, encryptor)

    def set_oauth_token(
        self,
        access: Plain,
        refresh: Plain | None,
        *,
        expires_in: int,
        encryptor: Encryptor,
        now: datetime,
    ) -> Self:
        """Replaces the whole token; an empty ``refresh`` drops the old one. ``expires_in`` is in seconds.

        Raises InvariantViolation for a type without OAuth, ValidationError for an empty ``access`` and an
        ``expires_in`` that is not positive.
        """
        if not self.credential_type.is_oauth:
            raise InvariantViolation(f"credential {self.id} is a {self.credential_type.value}, without OAuth")
        token = OAuthToken(
            access=self.encrypt_column(ACCESS_TOKEN, secret_text(access, "access"), encryptor),
            refresh=self.encrypt_column(REFRESH_TOKEN, refresh, encryptor) if refresh else None,
            expires_at=_after(now, expires_in),
        )
        return self._refreshed(token, now)

    def refresh_oauth_token(
        self,
        access: Plain,
        *,
        expires_in: int,
        encryptor: Encryptor,
        now: datetime,
        refresh: Plain | None = None,
    ) -> Self:
        """A new access token, and a new refresh token when the service gave one; else the old one is kept.

        ``expires_in`` is in seconds. Raises InvariantViolation when there is no token yet, ValidationError
        as :meth:`set_oauth_token`.
        """
        token = attrs.evolve(
            self._token(),
            access=self.encrypt_column(ACCESS_TOKEN, secret_text(access, "access"), encryptor),
            expires_at=_after(now, expires_in),
        )
        if refresh:
            token = attrs.evolve(token, refresh=self.encrypt_column(REFRESH_TOKEN, refresh, encryptor))
        return self._refreshed(token, now)

    def set_secret(self, secret: Plain, *, encryptor: Encryptor, now: datetime) -> Self:
        """Encrypted anew even if it is the same text. Raises ValidationError when it is empty."""
        return self.record_update(now, secret=self.encrypt_column(SECRET, secret, encryptor))

    def with_reencrypted(self, renewed: Mapping[str, EncryptedValue], now: datetime) -> Self:
        token = self.oauth
        if token is not None:
            token = attrs.evolve(
                token,
                access=renewed.get(ACCESS_TOKEN, token.access),
                refresh=renewed.get(REFRESH_TOKEN, token.refresh),
            )
        return self.record_update(now, secret=renewed.get(SECRET, self.secret), oauth=token)

    def set_description(self, description: str, *, now: datetime) -> Self:
        return self.record_update(now, description=description)

    def set_project(self, project_id: UUID, *, now: datetime) -> Self:
        """Cannot be cleared again. Raises ValidationError for the nil id."""
        return self.record_update(now, project_id=project_id)

    def set_metadata(self, key: str, value: Any, *, now: datetime) -> Self:
        """Raises ValidationError when ``key`` is empty or ``value`` is no JSON."""
        if not key:
            raise ValidationError("key must not be empty", field="key")
        metadata = {**self.metadata, key: copied_json(value, "value")}
        if same_json(metadata, self.metadata, "metadata"):
            return self
        return self.record_change(now, CredentialUpdated(fields=("metadata",)), metadata=metadata)

    def activate(self, *, now: datetime) -> Self:
        if self.is_active:
            return self
        return self.record_change(now, CredentialActivated(), is_active=True)

    def deactivate(self, *, now: datetime) -> Self:
        if not self.is_active:
            return self
        return self.record_change(now, CredentialDeactivated(), is_active=False)

    def _token(self) -> OAuthToken:
        if self.oauth is None:
            raise InvariantViolation(f"credential {self.id} has no OAuth token")
        return self.oauth

    def _refreshed(self, token: OAuthToken, now: datetime) -> Self:
        event = CredentialOAuthRefreshed(expires_at=token.expires_at, is_first=self.oauth is None)
        return self.record_change(now, event, oauth=token)


def _after(now: datetime, expires_in: int) -> datetime:
    if expires_in <= 0:
        raise ValidationError("expires_in must be a positive number of seconds", field="expires_in")
    try:
        return now + timedelta(seconds=expires_in)
    except OverflowError:
        raise ValidationError("expires_in leads past the year 9999", field="expires_in") from None
