"""Nothing but its own key opens a secret, in its own place; no secret shows."""

from __future__ import annotations

import base64
import copy
import json
import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import attrs
import msgspec
import pytest

from tests.support.constants import NOW
from tests.support.credentials import (
    BOTH,
    NEW,
    NEW_KEY,
    OLD,
    OLD_KEY,
    PLAIN,
    make_credential,
    make_with_token,
)
from ventros.crm.credentials.encryption import DecryptionFailed, KeyRing, UnknownKey, generate_key
from ventros.crm.credentials.values import EncryptedValue, Place, Secret
from ventros.kernel.errors import ConfigurationError, ValidationError

PLACE = Place(table="credentials", column="secret", tenant_id="acme", row_id=uuid4())


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
    shown += json.dumps([event.payload() for event in make_credential().domain_events], default=str)
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
    forged = attrs.evolve(make_credential().secret, ciphertext=bytes(40))
    for ring in (OLD, NEW):
        with pytest.raises((DecryptionFailed, UnknownKey)) as caught:
            attrs.evolve(make_credential(), secret=forged).decrypt(ring)
        assert base64.b64encode(forged.ciphertext).decode() not in str(caught.value)
        assert "credentials.secret" in str(caught.value)
