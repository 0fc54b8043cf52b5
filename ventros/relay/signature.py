"""Signs webhooks as Standard Webhooks 1.0.0 says, so that receivers can use its libraries.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Final

from ventros.relay.publisher import PublishRefused

PREFIX: Final = "whsec_"


def signing_key(secret: str) -> bytes:
    """The bytes that sign: of ``whsec_...`` what its Base64 says, of any other secret its UTF-8.

    Raises PublishRefused when what follows ``whsec_`` is no Base64.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise PublishRefused(f"the secret begins with {PREFIX}, but no Base64 follows") from None


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the header webhook-signature: HMAC-SHA256 over id, time in Unix seconds, and body.

    ``message_id`` holds no dot: one could shift what is the id and what the time.
    """
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"
