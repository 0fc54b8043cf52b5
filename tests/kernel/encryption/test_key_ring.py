"""Nothing but its own key opens a secret, in its own place; no secret shows."""

from __future__ import annotations

import base64
import copy
import inspect
import json
import os
import pickle
import random
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import attrs
import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.constants import NOW
from tests.support.credentials import PLAIN, make_credential, make_with_token
from tests.support.keys import BOTH, NEW, NEW_KEY, OLD, OLD_KEY
from ventros.kernel.encryption import EncryptedValue, KeyRing, Place, Secret, generate_key
from ventros.kernel.errors import ConfigurationError, DecryptionFailed, UnknownKey, ValidationError

NONCES = 50_000
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


keys = st.binary(min_size=32, max_size=32)
places = st.builds(
    Place,
    table=st.text(max_size=9),
    column=st.text(max_size=9),
    tenant_id=st.text(max_size=9),
    row_id=st.uuids(),
)
plain_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(text=plain_texts, key=keys, place=places)
@settings(deadline=None)
def test_any_text_is_read_in_its_place_with_its_key(text: str, key: bytes, place: Place) -> None:
    ring = KeyRing(writer="k", keys={"k": key})
    stored = ring.encrypt(text, place).text
    assert ring.decrypt(EncryptedValue.parse(stored), place) == Secret(text)
    assert text not in stored or len(text) < 5, "by chance"


@given(text=plain_texts, two_keys=st.lists(keys, min_size=2, max_size=2, unique=True), place=places)
@settings(deadline=None)
def test_any_other_key_is_refused(text: str, two_keys: list[bytes], place: Place) -> None:
    ring, other = (KeyRing(writer="k", keys={"k": key}) for key in two_keys)
    with pytest.raises(DecryptionFailed):
        other.decrypt(ring.encrypt(text, place), place)


@given(text=plain_texts, two_places=st.lists(places, min_size=2, max_size=2, unique=True), data=st.data())
@settings(deadline=None)
def test_any_other_place_is_refused(text: str, two_places: list[Place], data: st.DataObject) -> None:
    """Another in all its parts, or in one of them: tenant, table, column or row."""
    place, other = two_places
    part = data.draw(st.sampled_from([None, "table", "column", "tenant_id", "row_id"]))
    if part is not None:
        other = attrs.evolve(place, **{part: getattr(other, part)})
        assume(other != place)
    with pytest.raises(DecryptionFailed):
        OLD.decrypt(OLD.encrypt(text, place), other)


@given(text=plain_texts, place=places, data=st.data())
@settings(deadline=None)
def test_any_altered_value_is_refused(text: str, place: Place, data: st.DataObject) -> None:
    """Whatever was done to its text: another character anywhere, one less, one more."""
    stored = OLD.encrypt(text, place).text
    at = data.draw(st.integers(0, len(stored) - 1))
    new = data.draw(st.sampled_from("Aa0+/=._-"))
    forged = stored[:at] + data.draw(st.sampled_from([new, "", new + stored[at]])) + stored[at + 1 :]
    assume(forged != stored)
    try:
        opened = OLD.decrypt(EncryptedValue.parse(forged), place)
    except (ValidationError, DecryptionFailed, UnknownKey):
        return
    # The last character of Base64 has bits that mean nothing.
    assert (opened, EncryptedValue.parse(forged)) == (Secret(text), EncryptedValue.parse(stored))


def test_no_nonce_comes_twice() -> None:
    nonces = {OLD.encrypt("x", PLACE).nonce for _ in range(NONCES)}
    print(f"{NONCES:,} encryptions, {NONCES - len(nonces)} nonces twice")
    assert len(nonces) == NONCES


def test_control_a_nonce_of_a_weak_source_comes_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", lambda size: random.randbytes(2) + bytes(size - 2))
    assert len({OLD.encrypt("x", PLACE).nonce for _ in range(NONCES)}) < NONCES


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
    assert caught.value.field == "secret"
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


SPELLED = {
    "Base64": base64.b64encode(OLD_KEY).decode(),
    "Base64 for addresses": base64.urlsafe_b64encode(OLD_KEY).decode().rstrip("="),
    "hex": OLD_KEY.hex(),
}


@pytest.mark.parametrize("key", SPELLED.values(), ids=SPELLED)
def test_no_error_quotes_a_key_that_stands_in_the_wrong_place(key: str) -> None:
    misuses: list[Callable[[], object]] = [
        lambda: KeyRing(writer="old", keys={key: "old"}),
        lambda: KeyRing(writer=key, keys={key: OLD_KEY}),
        lambda: KeyRing(writer=key, keys={"old": OLD_KEY}),
        lambda: KeyRing(writer="old", keys={"old": key[:-8]}),
        lambda: KeyRing.parse(f"{key} old"),
        lambda: KeyRing.parse(f"{key}"),
        lambda: KeyRing.parse(f"old {key} since May"),
        lambda: KeyRing.parse(f"old {key}x"),
        lambda: KeyRing.parse(b"\xff" + key.encode()),
    ]
    for misuse in misuses:
        with pytest.raises(ConfigurationError) as caught:
            misuse()
        shown = "".join(traceback.format_exception(caught.value))
        code = inspect.getsource(test_no_error_quotes_a_key_that_stands_in_the_wrong_place)
        assert key[:12] not in shown.replace(code, "")


def test_a_key_may_be_base64_and_is_made_by_chance() -> None:
    ring = KeyRing(writer="old", keys={"old": base64.b64encode(OLD_KEY).decode()})
    assert ring.decrypt(OLD.encrypt(PLAIN, PLACE), PLACE).reveal() == PLAIN
    assert len(generate_key().reveal()) == 32
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
from ventros.crm.credentials import aggregate, repository
from ventros.kernel.encryption import KeyRing
from ventros.kernel.errors import ConfigurationError
try:
    KeyRing(writer="a", keys={"a": bytes(32)})
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
    for write in (pickle.dumps, json.dumps, msgspec.json.encode, vars):
        with pytest.raises(TypeError):
            write(secret)
    assert copy.deepcopy([secret])[0] is copy.copy(secret) is secret


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
