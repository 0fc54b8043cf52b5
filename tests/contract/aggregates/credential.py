"""Credential, for the contract suite: of a type with OAuth, which has every field."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import CredentialType, OAuthToken
from ventros.demo.seed import Seed
from ventros.kernel.encryption import KeyRing, Secret
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import encrypted_values, maybe, texts, times
from ventros.testing.factory import Factory, Refs


def new(seed: Seed, _refs: Refs) -> Credential:
    return Credential.create(
        tenant_id=seed.tenant,
        credential_type=CredentialType.META_ADS,
        name=f"ads {new_id()}",
        secret=Secret("a secret"),
        encryptor=KeyRing(writer="test", keys={"test": bytes(32)}),
        now=NOW,
    )


def overrides(seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    tokens = st.builds(
        OAuthToken,
        access=encrypted_values,
        refresh=maybe(encrypted_values),
        expires_at=times,
        token_type=texts.map(lambda text: text[:20]),
    )
    return st.fixed_dictionaries(
        {
            "project_id": maybe(st.just(seed.project_id)),
            "credential_type": st.just(CredentialType.META_ADS),
            "description": st.just("") | texts,
            "secret": encrypted_values,
            "oauth": maybe(tokens),
        }
    )


def change(credential: Credential, now: datetime) -> Credential:
    return credential.set_description(f"for the summer {new_id()}", now=now)


FACTORY = Factory(
    resource="credential",
    new=new,
    overrides=overrides,
    change=change,
    fixed=frozenset({"credential_type", "name"}),
)
