"""Credential and its row, column by column, in the order of the statements in ``sql/credentials.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import OAuthToken
from ventros.kernel.encryption.value import EncryptedValue, text_or_none
from ventros.kernel.errors import ValidationError

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "project_id",
    "credential_type",
    "name",
    "description",
    "secret",
    "oauth_access_token",
    "oauth_refresh_token",
    "oauth_token_type",
    "expires_at",
    "metadata",
    "is_active",
    "created_at",
    "updated_at",
)


def from_row(row: Sequence[Any]) -> Credential:
    """Decrypts nothing. Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        project_id,
        credential_type,
        name,
        description,
        secret,
        oauth_access_token,
        oauth_refresh_token,
        oauth_token_type,
        expires_at,
        metadata,
        is_active,
        created_at,
        updated_at,
    ) = row
    return Credential(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        project_id=project_id,
        credential_type=credential_type,
        name=name,
        description=description,
        secret=EncryptedValue.parse(secret),
        oauth=_token(oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at),
        metadata=metadata,
        is_active=is_active,
        created_at=created_at,
        updated_at=updated_at,
    )


def insert_args(credential: Credential) -> tuple[object, ...]:
    """credentials.insert, from $1."""
    return (
        credential.tenant_id,
        credential.id,
        credential.project_id,
        credential.credential_type,
        credential.name,
        credential.description,
        credential.secret.text,
        text_or_none(credential.oauth_access_token),
        text_or_none(credential.oauth_refresh_token),
        credential.oauth_token_type,
        credential.expires_at,
        credential.metadata,
        credential.is_active,
        credential.created_at,
        credential.updated_at,
    )


def update_args(credential: Credential) -> tuple[object, ...]:
    """credentials.update, from $1."""
    return (
        credential.tenant_id,
        credential.id,
        credential.version,
        credential.project_id,
        credential.description,
        credential.secret.text,
        text_or_none(credential.oauth_access_token),
        text_or_none(credential.oauth_refresh_token),
        credential.oauth_token_type,
        credential.expires_at,
        credential.metadata,
        credential.is_active,
        credential.updated_at,
    )


def _token(
    access: str | None, refresh: str | None, token_type: str | None, expires_at: datetime | None
) -> OAuthToken | None:
    """The table's CHECKs let the four be NULL together, and the refresh token alone."""
    if access is None or token_type is None or expires_at is None:
        if any(part is not None for part in (access, refresh, token_type, expires_at)):
            raise ValidationError("the columns of the OAuth token are incomplete", field="oauth")
        return None
    return OAuthToken(
        access=EncryptedValue.parse(access),
        refresh=EncryptedValue.parse_or_none(refresh),
        expires_at=expires_at,
        token_type=token_type,
    )
