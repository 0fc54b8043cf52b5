"""AES-256-GCM with a ring of keys: one of them writes, all of them read, so that keys can be changed."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from ventros.crm.credentials.values import NONCE_BYTES, EncryptedValue, Place, Secret, key_id
from ventros.kernel.errors import ConfigurationError, MappingError, ValidationError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32


class UnknownKey(ConfigurationError):
    """A value was encrypted with a key that is not on the ring."""


class DecryptionFailed(MappingError):
    """A value is not what its key made for its place: it was altered or moved, or the key is another."""


def generate_key() -> bytes:
    """32 bytes of the operating system's random source."""
    return os.urandom(KEY_BYTES)


class KeyRing:
    """``keys`` are 32 raw bytes each, or the standard Base64 of them, by id; ``writer`` is the id of the one
    that encrypts.

    Raises ConfigurationError for a key of another length, a writer that is not among the keys, and where
    the package ``cryptography`` is missing. A random nonce is safe for some 2**32 encryptions with one
    key: change the writer long before, and :meth:`Credential.reencrypt` what the others wrote.
    """

    __slots__ = ("_ciphers", "_writer")

    def __init__(self, *, writer: str, keys: Mapping[str, bytes | str]) -> None:
        if writer not in keys:
            raise ConfigurationError(f"the key that is to encrypt, {writer!r}, is not among the keys")
        self._writer = writer
        self._ciphers: Mapping[str, AESGCM] = MappingProxyType(
            {_id(name): _cipher(name, key) for name, key in keys.items()}
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """The ring of a file with a line ``<key id> <Base64>`` for each key, the writer first.

        Empty lines and those that begin with ``#`` do not count. Raises ConfigurationError when others
        than the file's owner may read or write it, or when a line has another form.
        """
        try:
            with path.open(encoding="utf-8") as file:
                mode, text = os.fstat(file.fileno()).st_mode, file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} cannot be read ({type(error).__name__})") from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"{path} is open to others than its owner; chmod 600 {path}")
        lines = [
            (number, line.split())
            for number, line in enumerate(text.splitlines(), start=1)
            if line.strip() and not line.lstrip().startswith("#")
        ]
        keys: dict[str, bytes | str] = {}
        for number, words in lines:
            if len(words) != 2 or words[0] in keys:
                raise ConfigurationError(f"{path}:{number} is not <key id> <Base64>, each id once")
            keys[words[0]] = words[1]
        if not keys:
            raise ConfigurationError(f"{path} holds no key")
        return cls(writer=next(iter(keys)), keys=keys)

    @property
    def writer(self) -> str:
        return self._writer

    def encrypt(self, text: str, place: Place) -> EncryptedValue:
        """With the writer's key and a fresh nonce. Raises ValidationError(field="plain_value")."""
        if not text:
            raise ValidationError("plain_value must not be empty", field="plain_value")
        try:
            data = text.encode()
        except UnicodeEncodeError:
            # Not chained: that error carries the text.
            raise ValidationError(
                "plain_value holds half of a surrogate pair, which is no Unicode text", field="plain_value"
            ) from None
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = self._ciphers[self._writer].encrypt(nonce, data, place.associated_data(self._writer))
        return EncryptedValue(key_id=self._writer, nonce=nonce, ciphertext=ciphertext)

    def decrypt(self, value: EncryptedValue, place: Place) -> Secret:
        """With the key that the value names, and no other.

        Raises UnknownKey when the ring has no such key, DecryptionFailed when the value is not what that
        key made for that place.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - an extra, needed only here

        cipher = self._ciphers.get(value.key_id)
        if cipher is None:
            raise UnknownKey(
                f"{_where(place)} is encrypted with the key {value.key_id!r}, which is not on the ring"
            )
        try:
            data = cipher.decrypt(value.nonce, value.ciphertext, place.associated_data(value.key_id))
        except InvalidTag:
            raise DecryptionFailed(
                f"{_where(place)} cannot be decrypted with the key {value.key_id!r}: it was altered or "
                "moved there, or that key is another now"
            ) from None
        return Secret(data.decode())

    def __repr__(self) -> str:
        return f"KeyRing(writer={self._writer!r}, keys={sorted(self._ciphers)})"


def _id(text: str) -> str:
    try:
        return key_id(text)
    except ValidationError as error:
        raise ConfigurationError(f"{text!r}: {error}") from None


def _cipher(name: str, key: bytes | str) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "encryption needs the package cryptography: pip install 'ventros[crypto]'"
        ) from error
    try:
        raw = key if isinstance(key, bytes) else base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(f"the key {name!r} is not Base64") from None
    if len(raw) != KEY_BYTES:
        raise ConfigurationError(f"the key {name!r} has {len(raw)} bytes, not {KEY_BYTES}")
    return AESGCM(raw)


def _where(place: Place) -> str:
    return f"{place.table}.{place.column} of {place.row_id}"
