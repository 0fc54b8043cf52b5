"""Credentials, not stored."""

from __future__ import annotations

from typing import Any

from tests.support.constants import NOW
from tests.support.keys import OLD
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import CredentialType

PLAIN = "sésame-ouvre-toi 🔑"


def make_credential(
    credential_type: CredentialType = CredentialType.META_ADS, **arguments: Any
) -> Credential:
    defaults = {"tenant_id": "acme", "name": "ads", "secret": PLAIN, "encryptor": OLD, "now": NOW}
    return Credential.create(credential_type=credential_type, **{**defaults, **arguments})


def make_with_token(refresh: str | None = "refresh") -> Credential:
    return (
        make_credential()
        .clear_events()
        .set_oauth_token("access", refresh, expires_in=3600, encryptor=OLD, now=NOW)
    )
