"""The rules of a credential, of its tokens and of the rotation of its key, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.credentials import PLAIN, make_credential, make_with_token
from tests.support.keys import BOTH, NEW, OLD
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import CredentialType, OAuthToken
from ventros.kernel.errors import DecryptionFailed, InvariantViolation, UnknownKey, ValidationError

LATER = NOW + timedelta(hours=1)


def recorded(credential: Credential) -> list[tuple[str, dict[str, Any]]]:
    """The events' names and payloads, without the credential's id."""
    for event in credential.domain_events:
        assert event.payload()["credential_id"] == credential.id
    return [
        (event.event_name, {key: value for key, value in event.payload().items() if key != "credential_id"})
        for event in credential.domain_events
    ]


# The aggregate


def test_a_new_credential_is_active_and_holds_ciphertext() -> None:
    credential = make_credential()
    assert (credential.version, credential.is_active) == (1, True)
    assert (credential.project_id, credential.description, credential.metadata) == (None, "", {})
    assert (credential.oauth, credential.expires_at) == (None, None)
    assert credential.decrypt(OLD).reveal() == PLAIN
    assert recorded(credential) == [
        ("credential.created", {"tenant_id": "acme", "credential_type": "meta_ads", "name": "ads"})
    ]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"tenant_id": ""}, "tenant_id"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"secret": ""}, "secret"),
        ({"credential_type": "password"}, "credential_type"),
        ({"tenant_id": "", "name": "", "secret": ""}, "tenant_id"),
        ({"secret": "", "credential_type": "password"}, "secret"),
    ],
)
def test_a_faulty_argument_is_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make_credential(**arguments)
    assert raised.value.field == field


def test_which_types_have_oauth() -> None:
    assert {type_: len(type_.scopes) for type_ in CredentialType} == {
        CredentialType.META_WHATSAPP_CLOUD: 2,
        CredentialType.META_ADS: 2,
        CredentialType.META_CONVERSIONS_API: 2,
        CredentialType.GOOGLE_ADS: 1,
        CredentialType.GOOGLE_ANALYTICS: 1,
        CredentialType.WEBHOOK_AUTH: 0,
        CredentialType.API_KEY: 0,
        CredentialType.BASIC_AUTH: 0,
        CredentialType.WAHA_INSTANCE: 0,
    }
    assert all(type_.is_oauth is bool(type_.scopes) for type_ in CredentialType)


def test_values_of_one_credential_are_not_swapped() -> None:
    credential = make_with_token()
    assert credential.oauth is not None
    assert credential.oauth.refresh is not None
    swapped = attrs.evolve(credential, oauth=attrs.evolve(credential.oauth, access=credential.oauth.refresh))
    with pytest.raises(DecryptionFailed):
        swapped.access_token(OLD)
    with pytest.raises(DecryptionFailed):
        attrs.evolve(credential, secret=credential.oauth.access).decrypt(OLD)


def test_values_of_another_credential_or_tenant_are_not_decrypted() -> None:
    mine, theirs = make_credential(), make_credential(tenant_id="umbrella")
    for thief in (
        attrs.evolve(mine, secret=make_credential().secret),
        attrs.evolve(theirs, tenant_id="acme"),
    ):
        with pytest.raises(DecryptionFailed):
            thief.decrypt(OLD)


def test_the_first_token() -> None:
    credential = make_with_token()
    expires_at = NOW + timedelta(hours=1)
    assert credential.access_token(OLD).reveal() == "access"
    assert credential.refresh_token(OLD).reveal() == "refresh"
    assert (credential.expires_at, credential.oauth_token_type) == (expires_at, "Bearer")
    assert recorded(credential) == [
        ("credential.oauth_refreshed", {"expires_at": expires_at, "is_first": True})
    ]


def test_another_token_takes_the_place_of_all_of_the_first() -> None:
    credential = make_with_token().clear_events()
    replaced = credential.set_oauth_token("other", "", expires_in=60, encryptor=OLD, now=LATER)
    assert replaced.access_token(OLD).reveal() == "other"
    assert replaced.oauth_refresh_token is None
    with pytest.raises(InvariantViolation):
        replaced.refresh_token(OLD)
    ((_, payload),) = recorded(replaced)
    assert payload == {"expires_at": LATER + timedelta(minutes=1), "is_first": False}


def test_refreshing_keeps_the_refresh_token_unless_there_is_a_new_one() -> None:
    credential = make_with_token()
    kept = credential.refresh_oauth_token("second", expires_in=60, encryptor=OLD, now=LATER)
    assert kept.access_token(OLD).reveal() == "second"
    assert kept.oauth_refresh_token == credential.oauth_refresh_token
    assert kept.expires_at == LATER + timedelta(minutes=1)
    turned = kept.refresh_oauth_token("third", refresh="new", expires_in=60, encryptor=OLD, now=LATER)
    assert turned.refresh_token(OLD).reveal() == "new"


@pytest.mark.parametrize(
    ("access", "expires_in", "field"),
    [("", 60, "access"), ("a", 0, "expires_in"), ("a", -1, "expires_in"), ("a", 10**12, "expires_in")],
)
def test_a_faulty_token_is_refused(access: str, expires_in: int, field: str) -> None:
    credential = make_with_token()
    with pytest.raises(ValidationError) as raised:
        credential.set_oauth_token(access, None, expires_in=expires_in, encryptor=OLD, now=NOW)
    assert raised.value.field == field
    with pytest.raises(ValidationError) as raised:
        credential.refresh_oauth_token(access, expires_in=expires_in, encryptor=OLD, now=NOW)
    assert raised.value.field == field


def test_tokens_are_for_types_with_oauth() -> None:
    credential = make_credential(CredentialType.API_KEY)
    with pytest.raises(InvariantViolation, match="api_key"):
        credential.set_oauth_token("access", None, expires_in=60, encryptor=OLD, now=NOW)
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(credential, oauth=make_with_token().oauth)
    assert raised.value.field == "oauth"


def test_without_a_token_there_is_none_to_refresh_or_read() -> None:
    credential = make_credential()
    calls: list[Callable[[], object]] = [
        lambda: credential.refresh_oauth_token("access", expires_in=60, encryptor=OLD, now=NOW),
        lambda: credential.access_token(OLD),
        lambda: credential.refresh_token(OLD),
    ]
    for call in calls:
        with pytest.raises(InvariantViolation, match="has no"):
            call()
    assert not credential.is_expired(NOW + timedelta(days=9999))
    assert not credential.needs_refresh(NOW + timedelta(days=9999))


def test_when_a_token_expires_and_when_it_is_to_be_refreshed() -> None:
    credential = make_with_token()
    end, instant = NOW + timedelta(hours=1), timedelta(microseconds=1)
    assert not credential.is_expired(end)
    assert credential.is_expired(end + instant)
    assert not credential.needs_refresh(end - timedelta(minutes=30))
    assert credential.needs_refresh(end - timedelta(minutes=30) + instant)


@pytest.mark.parametrize(("field", "value"), [("token_type", ""), ("token_type", "x" * 21)])
def test_a_faulty_part_of_a_token_is_named(field: str, value: Any) -> None:
    token = make_with_token().oauth
    assert token is not None
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(token, **{field: value})
    assert raised.value.field == field
    with pytest.raises(ValidationError):
        OAuthToken(access=token.access, expires_at=NOW.replace(tzinfo=None))


def test_a_value_is_updated() -> None:
    credential = make_credential().clear_events().set_secret("other", encryptor=OLD, now=LATER)
    assert credential.decrypt(OLD).reveal() == "other"
    assert recorded(credential) == [("credential.updated", {"fields": ("secret",)})]
    assert credential.updated_at == LATER
    with pytest.raises(ValidationError):
        credential.set_secret("", encryptor=OLD, now=NOW)


def test_description_project_and_metadata() -> None:
    project = uuid4()
    credential = make_credential().clear_events()
    changed = credential.set_description("for ads", now=NOW).set_project(project, now=NOW)
    changed = changed.set_metadata("account", {"id": 1}, now=NOW)
    assert (changed.description, changed.project_id) == ("for ads", project)
    assert changed.metadata == {"account": {"id": 1}}
    assert recorded(changed) == [
        ("credential.updated", {"fields": (field,)}) for field in ("description", "project_id", "metadata")
    ]
    assert changed.set_description("for ads", now=NOW) is changed
    assert changed.set_project(project, now=NOW) is changed
    assert changed.set_metadata("account", {"id": 1}, now=NOW) is changed
    assert changed.set_metadata("account", {"id": True}, now=NOW).metadata["account"]["id"] is True
    with pytest.raises(ValidationError):
        changed.set_project(UUID(int=0), now=NOW)
    with pytest.raises(ValidationError):
        changed.set_metadata("", 1, now=NOW)


@pytest.mark.parametrize("value", [NOW, {1, 2}, float("nan"), b"raw"])
def test_metadata_is_what_json_can_say(value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        make_credential().set_metadata("key", value, now=NOW)
    assert raised.value.field == "value"


def test_nobody_else_holds_a_part_of_the_metadata() -> None:
    metadata = {"list": [1]}
    credential = attrs.evolve(make_credential(), metadata=metadata)
    metadata["list"].append(2)
    attrs.evolve(credential).metadata["list"].append(3)
    assert credential.metadata == {"list": [1]}
    assert {credential, attrs.evolve(credential)} == {credential}


def test_activating_and_deactivating_twice_is_once() -> None:
    credential = make_credential().clear_events()
    assert credential.activate(now=NOW) is credential
    inactive = credential.deactivate(now=NOW)
    assert (inactive.is_active, inactive.deactivate(now=NOW)) == (False, inactive)
    assert inactive.decrypt(OLD).reveal() == PLAIN
    assert recorded(inactive.activate(now=NOW)) == [
        ("credential.deactivated", {}),
        ("credential.activated", {}),
    ]


# Rotation


def test_after_rotation_the_old_key_is_needed_no_more() -> None:
    credential = make_with_token().clear_events()
    rotated = credential.reencrypt(encryptor=BOTH, now=LATER)
    assert rotated.decrypt(NEW).reveal() == PLAIN
    assert rotated.access_token(NEW).reveal() == "access"
    assert rotated.refresh_token(NEW).reveal() == "refresh"
    assert recorded(rotated) == [("credential.updated", {"fields": ("secret", "oauth")})]
    assert rotated.reencrypt(encryptor=BOTH, now=LATER) is rotated
    with pytest.raises(UnknownKey):
        credential.decrypt(NEW)


def test_rotation_writes_only_what_another_key_wrote() -> None:
    token = make_with_token(None).set_secret("new", encryptor=BOTH, now=NOW).clear_events()
    rotated = token.reencrypt(encryptor=BOTH, now=NOW)
    assert rotated.secret == token.secret
    assert recorded(rotated) == [("credential.updated", {"fields": ("oauth",)})]
    half = make_with_token().refresh_oauth_token("second", expires_in=60, encryptor=BOTH, now=NOW)
    whole = half.reencrypt(encryptor=BOTH, now=NOW)
    assert whole.oauth_access_token == half.oauth_access_token
    assert whole.refresh_token(NEW).reveal() == "refresh"


def test_rotation_without_the_old_key_changes_nothing() -> None:
    with pytest.raises(UnknownKey):
        make_credential().reencrypt(encryptor=NEW, now=NOW)
