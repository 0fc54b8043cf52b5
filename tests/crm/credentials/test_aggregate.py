"""The rules of a credential, and that nothing but its own key opens its secrets in their own place."""

from __future__ import annotations

import base64
import copy
import json
import os
import pickle
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import attrs
import msgspec
import pytest

from ventros.crm.credentials import mapper
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.encryption import DecryptionFailed, KeyRing, UnknownKey, generate_key
from ventros.crm.credentials.values import CredentialType, EncryptedValue, OAuthToken, Place, Secret
from ventros.kernel.errors import ConfigurationError, InvariantViolation, ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PLAIN = "sésame-ouvre-toi 🔑"
OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))
OLD = KeyRing(writer="old", keys={"old": OLD_KEY})
BOTH = KeyRing(writer="new", keys={"new": NEW_KEY, "old": OLD_KEY})
NEW = KeyRing(writer="new", keys={"new": NEW_KEY})
PLACE = Place(table="credentials", column="secret", tenant_id="acme", row_id=uuid4())


def make(credential_type: CredentialType = CredentialType.META_ADS, **arguments: Any) -> Credential:
    defaults = {"tenant_id": "acme", "name": "ads", "plain_value": PLAIN, "encryptor": OLD, "now": NOW}
    return Credential.create(credential_type=credential_type, **{**defaults, **arguments})


def make_with_token(refresh: str | None = "refresh") -> Credential:
    return make().clear_events().set_oauth_token("access", refresh, expires_in=3600, encryptor=OLD, now=NOW)


def recorded(credential: Credential) -> list[tuple[str, dict[str, Any]]]:
    """The events' names and payloads, without the credential's id."""
    for event in credential.domain_events:
        assert event.payload()["credential_id"] == credential.id
    return [
        (event.event_name, {key: value for key, value in event.payload().items() if key != "credential_id"})
        for event in credential.domain_events
    ]


# Encryption


@pytest.mark.parametrize("text", ["x", PLAIN, "a" * 10_000, "\x00"])
def test_what_was_encrypted_is_decrypted(text: str) -> None:
    value = OLD.encrypt(text, PLACE)
    assert OLD.decrypt(value, PLACE).reveal() == text
    assert OLD.decrypt(EncryptedValue.parse(value.text), PLACE).reveal() == text


def test_the_same_text_is_encrypted_otherwise_each_time() -> None:
    values = [OLD.encrypt(PLAIN, PLACE) for _ in range(1000)]
    assert len({value.nonce for value in values}) == len({value.ciphertext for value in values}) == 1000


def test_an_encrypted_value_as_a_text_names_its_key() -> None:
    value = OLD.encrypt("four", PLACE)
    version, key_id, nonce, ciphertext = value.text.split(".")
    assert (version, key_id) == ("v1", "old")
    assert base64.b64decode(nonce) == value.nonce
    assert base64.b64decode(ciphertext) == value.ciphertext
    assert (len(value.nonce), len(value.ciphertext)) == (12, 4 + 16)


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(PLACE, table="channels"),
        attrs.evolve(PLACE, column="oauth_access_token"),
        attrs.evolve(PLACE, tenant_id="umbrella"),
        attrs.evolve(PLACE, row_id=uuid4()),
    ],
)
def test_a_value_that_was_moved_is_not_decrypted(other: Place) -> None:
    value = OLD.encrypt(PLAIN, PLACE)
    with pytest.raises(DecryptionFailed):
        OLD.decrypt(value, other)


def test_control_without_associated_data_a_moved_value_is_decrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Place, "associated_data", lambda _place, _key_id: b"")
    value = OLD.encrypt(PLAIN, PLACE)
    assert OLD.decrypt(value, attrs.evolve(PLACE, row_id=uuid4())).reveal() == PLAIN


def test_no_two_places_read_the_same() -> None:
    one = attrs.evolve(PLACE, table="ab", column="c")
    other = attrs.evolve(PLACE, table="a", column="bc")
    assert one.associated_data("old") != other.associated_data("old")


def test_a_bit_that_was_flipped_anywhere_is_noticed() -> None:
    value = OLD.encrypt(PLAIN, PLACE)
    for field in ("nonce", "ciphertext"):
        whole: bytes = getattr(value, field)
        for at in range(len(whole) * 8):
            forged = bytearray(whole)
            forged[at // 8] ^= 1 << at % 8
            changes: dict[str, Any] = {field: bytes(forged)}
            with pytest.raises(DecryptionFailed):
                OLD.decrypt(attrs.evolve(value, **changes), PLACE)


def test_a_value_under_the_name_of_another_key_is_not_decrypted() -> None:
    """Not even where both names stand for the same key: the name is vouched for."""
    twins = KeyRing(writer="old", keys={"old": OLD_KEY, "twin": OLD_KEY})
    for ring, name in ((BOTH, "new"), (twins, "twin")):
        with pytest.raises(DecryptionFailed):
            ring.decrypt(attrs.evolve(OLD.encrypt(PLAIN, PLACE), key_id=name), PLACE)


def test_another_key_of_the_same_name_is_found_out() -> None:
    with pytest.raises(DecryptionFailed, match="'old'"):
        KeyRing(writer="old", keys={"old": NEW_KEY}).decrypt(OLD.encrypt(PLAIN, PLACE), PLACE)


def test_an_unknown_key_is_an_error_and_no_raw_value() -> None:
    with pytest.raises(UnknownKey, match="'old'") as caught:
        NEW.decrypt(OLD.encrypt(PLAIN, PLACE), PLACE)
    assert isinstance(caught.value, ConfigurationError)


@pytest.mark.parametrize("text", ["", "half \ud83d"])
def test_what_is_no_text_is_not_encrypted(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        OLD.encrypt(text, PLACE)
    assert caught.value.field == "plain_value"
    assert caught.value.__cause__ is None, "the cause carries the text"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "v2.old.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA",
        "v1.old.AAAAAAAAAAAAAAAA",
        "v1.o l d.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA",
        "v1.old.AAAA.AAAAAAAAAAAAAAAAAAAAAAAA",
        "v1.old.AAAAAAAAAAAAAAAA.AAAA",
        "v1.old.AAAAAAAAAAAAAAA!.AAAAAAAAAAAAAAAAAAAAAAAA",
        "v1.old.AAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA",
        "v1.old.ÄAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA",
    ],
)
def test_what_is_no_encrypted_value_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        EncryptedValue.parse(text)


@pytest.mark.parametrize(
    ("writer", "keys"),
    [
        ("new", {"old": OLD_KEY}),
        ("old", {"old": OLD_KEY[:16]}),
        ("old", {"old": base64.b64encode(OLD_KEY[:16]).decode()}),
        ("old", {"old": "not base 64"}),
        ("old", {"old": "ключ"}),
        ("o.d", {"o.d": OLD_KEY}),
        ("", {"": OLD_KEY}),
    ],
)
def test_a_faulty_ring_is_refused(writer: str, keys: dict[str, bytes | str]) -> None:
    with pytest.raises(ConfigurationError):
        KeyRing(writer=writer, keys=keys)


def test_a_key_may_be_base64_and_is_made_by_chance() -> None:
    ring = KeyRing(writer="old", keys={"old": base64.b64encode(OLD_KEY).decode()})
    assert ring.decrypt(OLD.encrypt(PLAIN, PLACE), PLACE).reveal() == PLAIN
    assert len(generate_key()) == 32
    assert generate_key() != generate_key()


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "keys"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def line(name: str, key: bytes) -> str:
    return f"{name} {base64.b64encode(key).decode()}\n"


def test_a_ring_is_read_from_a_file_the_writer_first(tmp_path: Path) -> None:
    path = key_file(tmp_path, "# since May\n\n" + line("new", NEW_KEY) + line("old", OLD_KEY))
    ring = KeyRing.read(path)
    assert ring.writer == "new"
    assert ring.decrypt(OLD.encrypt(PLAIN, PLACE), PLACE).reveal() == PLAIN


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = key_file(tmp_path, line("old", OLD_KEY), mode)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    with pytest.raises(ConfigurationError, match="chmod 600"):
        KeyRing.read(path)


@pytest.mark.parametrize(
    "text",
    ["", "# no key\n", "old\n", "old a b\n", line("old", OLD_KEY) * 2, line("old", OLD_KEY[:8])],
)
def test_a_faulty_file_is_refused_without_quoting_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        KeyRing.read(key_file(tmp_path, text))
    assert base64.b64encode(OLD_KEY).decode() not in str(caught.value)


def test_a_missing_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        KeyRing.read(tmp_path / "keys")


def test_the_package_is_missed_only_where_it_is_used() -> None:
    """In a process of its own, where it cannot be imported."""
    program = """
import sys
sys.modules["cryptography"] = None
from ventros.crm.credentials import aggregate, encryption, repository
from ventros.kernel.errors import ConfigurationError
try:
    encryption.KeyRing(writer="a", keys={"a": bytes(32)})
except ConfigurationError as error:
    print(error)
"""
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert "ventros[crypto]" in done.stdout


# What shows


def test_no_secret_and_no_key_shows() -> None:
    credential = make_with_token().set_metadata("hint", PLAIN, now=NOW)
    secret = credential.decrypt(OLD)
    shown = f"{credential!r} {credential} {secret} {secret!r} {OLD!r} {OLD}"
    shown += json.dumps([event.payload() for event in make().domain_events], default=str)
    hidden = [PLAIN, "access-", str(OLD_KEY), base64.b64encode(OLD_KEY).decode()]
    hidden += [
        credential.secret.text,
        str(credential.secret.ciphertext),
        PLAIN.encode("unicode_escape").decode(),
    ]
    assert [text for text in hidden if text in shown] == []


def test_a_secret_is_not_written_down() -> None:
    secret = Secret(PLAIN)
    for write in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, msgspec.json.encode, vars):
        with pytest.raises(TypeError):
            write(secret)


def test_secrets_are_compared_by_what_they_hide() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


def test_no_error_quotes_a_secret() -> None:
    forged = attrs.evolve(make().secret, ciphertext=bytes(40))
    for ring in (OLD, NEW):
        with pytest.raises((DecryptionFailed, UnknownKey)) as caught:
            attrs.evolve(make(), secret=forged).decrypt(ring)
        assert base64.b64encode(forged.ciphertext).decode() not in str(caught.value)
        assert "credentials.secret" in str(caught.value)


# The aggregate


def test_a_new_credential_is_active_and_holds_ciphertext() -> None:
    credential = make()
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
        ({"plain_value": ""}, "plain_value"),
        ({"credential_type": "password"}, "credential_type"),
        ({"tenant_id": "", "name": "", "plain_value": ""}, "tenant_id"),
        ({"plain_value": "", "credential_type": "password"}, "plain_value"),
    ],
)
def test_a_faulty_argument_is_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make(**arguments)
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
    mine, theirs = make(), make(tenant_id="umbrella")
    for thief in (attrs.evolve(mine, secret=make().secret), attrs.evolve(theirs, tenant_id="acme")):
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
    credential = make(CredentialType.API_KEY)
    with pytest.raises(InvariantViolation, match="api_key"):
        credential.set_oauth_token("access", None, expires_in=60, encryptor=OLD, now=NOW)
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(credential, oauth=make_with_token().oauth)
    assert raised.value.field == "oauth"


def test_without_a_token_there_is_none_to_refresh_or_read() -> None:
    credential = make()
    calls: list[Callable[[], object]] = [
        lambda: credential.refresh_oauth_token("access", expires_in=60, encryptor=OLD, now=NOW),
        lambda: credential.access_token(OLD),
        lambda: credential.refresh_token(OLD),
    ]
    for call in calls:
        with pytest.raises(InvariantViolation, match="no OAuth token"):
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
    credential = make().clear_events().set_secret("other", encryptor=OLD, now=LATER)
    assert credential.decrypt(OLD).reveal() == "other"
    assert recorded(credential) == [("credential.updated", {"fields": ("secret",)})]
    assert credential.updated_at == LATER
    with pytest.raises(ValidationError):
        credential.set_secret("", encryptor=OLD, now=NOW)


def test_description_project_and_metadata() -> None:
    project = uuid4()
    credential = make().clear_events()
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
        make().set_metadata("key", value, now=NOW)
    assert raised.value.field == "value"


def test_nobody_else_holds_a_part_of_the_metadata() -> None:
    metadata = {"list": [1]}
    credential = attrs.evolve(make(), metadata=metadata)
    metadata["list"].append(2)
    attrs.evolve(credential).metadata["list"].append(3)
    assert credential.metadata == {"list": [1]}
    assert {credential, attrs.evolve(credential)} == {credential}


def test_activating_and_deactivating_twice_is_once() -> None:
    credential = make().clear_events()
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
        make().reencrypt(encryptor=NEW, now=NOW)


# The mapper


def full_credential() -> Credential:
    """No field at its default, so that one that a mapper forgets is missed."""
    return attrs.evolve(
        make_with_token().clear_events(),
        project_id=uuid4(),
        description="for ads",
        metadata={"account": 1},
        is_active=False,
        updated_at=NOW + timedelta(days=2),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    for credential in (make().clear_events(), make_with_token(None).clear_events(), full_credential()):
        tenant_id, id_, *others = mapper.insert_args(credential)
        row = (id_, credential.version, tenant_id, *others)
        assert len(row) == len(mapper.COLUMNS)
        assert mapper.from_row(row) == credential
        assert mapper.from_row(row).decrypt(OLD).reveal() == PLAIN


def test_an_update_writes_all_but_what_never_changes() -> None:
    credential = full_credential()
    inserted = dict(
        zip(("tenant_id", "id", *mapper.COLUMNS[3:]), mapper.insert_args(credential), strict=True)
    )
    fixed = {"credential_type", "name", "created_at"}
    expected = [inserted[column] for column in mapper.COLUMNS[3:] if column not in fixed]
    assert mapper.update_args(credential) == ("acme", credential.id, credential.version, *expected)


@pytest.mark.parametrize("missing", ["oauth_access_token", "oauth_token_type", "expires_at"])
def test_half_a_token_is_refused(missing: str) -> None:
    credential = full_credential()
    tenant_id, id_, *others = mapper.insert_args(credential)
    row = dict(zip(mapper.COLUMNS, (id_, 1, tenant_id, *others), strict=True))
    row[missing] = None
    with pytest.raises(ValidationError):
        mapper.from_row(tuple(row.values()))
