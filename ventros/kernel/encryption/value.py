"""An encrypted value, the place that it is bound to, and who can encrypt and decrypt it."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final, Protocol, Self
from uuid import UUID

import attrs

from ventros.kernel.errors import ValidationError
from ventros.kernel.secret import Plain, Secret

ENVELOPE_VERSION: Final = "v1"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_FORM = f"{ENVELOPE_VERSION}.<key id>.<nonce>.<ciphertext>"


def key_id(text: str) -> str:
    """``text`` itself, when it is 1 to 32 characters of ``[A-Za-z0-9_-]``; else ValidationError.

    A key of 32 bytes is longer in Base64 and in hex, so that none passes for an id. The message does not
    quote it.
    """
    if not isinstance(text, str) or not _KEY_ID.fullmatch(text):
        raise ValidationError(
            "a key's id is 1 to 32 characters of A-Z a-z 0-9 _ - and nothing else", field="key_id"
        )
    return text


def _check_key_id(_instance: object, _attribute: object, value: str) -> None:
    key_id(value)


@attrs.frozen(kw_only=True, repr=False)
class EncryptedValue:
    """What AES-256-GCM made of a text, the 16-byte tag at its end, and the id of the key that did it.

    As a text, which is how a column holds it: ``v1.<key id>.<nonce>.<ciphertext>``, the last two in Base64,
    so that the key a value needs can be read without a key.
    """

    key_id: str = attrs.field(validator=_check_key_id)
    nonce: bytes = attrs.field()
    ciphertext: bytes = attrs.field()

    @nonce.validator
    def _check_nonce(self, _attribute: object, value: bytes) -> None:
        if len(value) != NONCE_BYTES:
            raise ValidationError(f"the nonce has {len(value)} bytes, not {NONCE_BYTES}", field="nonce")

    @ciphertext.validator
    def _check_ciphertext(self, _attribute: object, value: bytes) -> None:
        if len(value) <= TAG_BYTES:
            raise ValidationError(
                f"the ciphertext has {len(value)} bytes, no more than its tag", field="ciphertext"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """The value that :attr:`text` wrote. Raises ValidationError(field="encrypted_value")."""
        parts = text.split(".")
        if len(parts) != 4 or parts[0] != ENVELOPE_VERSION:
            raise ValidationError(f"an encrypted value has the form {_FORM}", field="encrypted_value")
        try:
            nonce, ciphertext = (base64.b64decode(part, validate=True) for part in parts[2:])
        except (binascii.Error, ValueError):
            raise ValidationError(
                "nonce and ciphertext of an encrypted value are Base64", field="encrypted_value"
            ) from None
        return cls(key_id=parts[1], nonce=nonce, ciphertext=ciphertext)

    @classmethod
    def parse_or_none(cls, text: str | None) -> Self | None:
        """The same for a column that may be NULL."""
        return None if text is None else cls.parse(text)

    @property
    def text(self) -> str:
        """As a column holds it."""
        nonce, ciphertext = (base64.b64encode(part).decode() for part in (self.nonce, self.ciphertext))
        return f"{ENVELOPE_VERSION}.{self.key_id}.{nonce}.{ciphertext}"

    def __repr__(self) -> str:
        return f"EncryptedValue(key_id={self.key_id!r})"


def text_or_none(value: EncryptedValue | None) -> str | None:
    """For a mapper: what a column that may be NULL holds."""
    return None if value is None else value.text


@attrs.frozen(kw_only=True)
class Place:
    """Where an encrypted value stands. It is bound to its place: put elsewhere, it cannot be decrypted.

    ``table`` has its schema outside of public; ``tenant_id`` is empty for a table without tenants.
    """

    table: str
    column: str
    tenant_id: str
    row_id: UUID

    def associated_data(self, key_id: str) -> bytes:
        """What the tag vouches for besides the ciphertext.

        Each part with its length before it, so that no two places read the same.
        """
        parts = (self.table, self.column, self.tenant_id, str(self.row_id), key_id, ENVELOPE_VERSION)
        encoded = [part.encode() for part in parts]
        return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


class Encryptor(Protocol):
    """What an aggregate is given to encrypt and decrypt with.

    See :class:`ventros.kernel.encryption.key_ring.KeyRing`.
    """

    @property
    def writer(self) -> str:
        """The id of the key that encrypts."""
        ...

    def encrypt(self, plain: Plain, place: Place) -> EncryptedValue:
        """Anew each time. Raises ValidationError, named after the place's column, for an empty text."""
        ...

    def decrypt(self, value: EncryptedValue, place: Place) -> Secret[str]:
        """Raises UnknownKey or DecryptionFailed; never returns what it could not prove."""
        ...
