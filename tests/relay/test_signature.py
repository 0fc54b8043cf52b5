"""Signatures, held against the published library and vector of Standard Webhooks."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
import standardwebhooks

from ventros.relay.publisher import PublishRefused
from ventros.relay.signature import sign, signing_key

# From the reference libraries' own tests.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - published
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIME = 1614265330
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector() -> None:
    assert sign(signing_key(SECRET), ID, TIME, BODY) == SIGNED


def test_the_library_signs_the_same() -> None:
    theirs = standardwebhooks.Webhook(SECRET).sign(ID, datetime.fromtimestamp(TIME, UTC), BODY.decode())
    assert theirs == SIGNED


@pytest.mark.parametrize(
    ("message_id", "timestamp", "body"),
    [("other", TIME, BODY), (ID, TIME + 1, BODY), (ID, TIME, BODY + b" ")],
)
def test_id_time_and_body_are_signed(message_id: str, timestamp: int, body: bytes) -> None:
    assert sign(signing_key(SECRET), message_id, timestamp, body) != SIGNED


def test_any_other_secret_is_its_utf8() -> None:
    key = signing_key("pässword")
    assert key == "pässword".encode()
    wrapped = "whsec_" + base64.b64encode(key).decode()
    assert signing_key(wrapped) == key


@pytest.mark.parametrize("secret", ["whsec_%%%", "whsec_abc", "whsec_ä"])
def test_a_broken_secret_is_refused_and_not_quoted(secret: str) -> None:
    with pytest.raises(PublishRefused) as refused:
        signing_key(secret)
    assert secret.removeprefix("whsec_") not in str(refused.value)
