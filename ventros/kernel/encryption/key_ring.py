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

from ventros.kernel.encryption.value import NONCE_BYTES, EncryptedValue, Place, key_id
from ventros.kernel.errors import ConfigurationError, DecryptionFailed, UnknownKey, ValidationError
from ventros.kernel.secret import Plain, Secret, secret_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32

Key = bytes | str | Secret[str | bytes] | Secret[bytes] | Secret[str]
"""32 raw bytes, or the standard Base64 of them as a text."""


def generate_key() -> Secret[bytes]:
    """32 bytes of the operating system's random source."""
    return Secret(os.urandom(KEY_BYTES))


class KeyRing:
    """``keys`` are by their ids; ``writer`` is the id of the one that encrypts.

    Raises ConfigurationError for a key of another length, an id that is none, a writer that is not among the
    keys, and where the package ``cryptography`` is missing; no message quotes what may be a key. A random
    nonce is safe for some 2**32 encryptions with one key: change the writer long before, and rotate what the
    others wrote (docs/secrets.md).
    """

    __slots__ = ("_ciphers", "_writer")

    def __init__(self, *, writer: str, keys: Mapping[str, Key]) -> None:
        ciphers = {_id(name, at): None for at, name in enumerate(keys, start=1)}
        if writer not in ciphers:
            known = ", ".join(ciphers) or "none"
            raise ConfigurationError(f"writer is no key of the ring, which has: {known}")
        self._writer = writer
        self._ciphers: Mapping[str, AESGCM] = MappingProxyType(
            {name: _cipher(name, key) for name, key in keys.items()}
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """The ring of a file; see :meth:`parse`.

        Raises ConfigurationError when others than the file's owner may read or write it, too.
        """
        try:
            with path.open("rb") as file:
                mode, text = os.fstat(file.fileno()).st_mode, Secret(file.read())
        except (PermissionError, IsADirectoryError) as error:
            raise ConfigurationError(f"{path} cannot be read ({type(error).__name__})") from None
        except (OSError, ValueError):  # it may be the keys, where their file was asked for
            raise ConfigurationError("the file of keys cannot be read: there is none of that name") from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"{path} is open to others than its owner; chmod 600 {path}")
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: Key, origin: str = "keys") -> Self:
        """The ring of a text with a line ``<key id> <Base64>`` for each key, the writer first.

        A comma ends a line too, for a variable of the environment. Empty lines and those that begin with
        ``#`` do not count. Raises ConfigurationError, which names ``origin`` and the line, and quotes none.
        """
        keys: dict[str, Key] = {}
        lines = _lines(text if isinstance(text, Secret) else Secret[str | bytes](text))
        for number, words in enumerate(lines, start=1):
            if not words:
                continue
            if len(words) != 2 or words[0].reveal() in keys:
                raise ConfigurationError(f"{origin}:{number} is not <key id> <Base64>, each id once")
            keys[words[0].reveal()] = words[1]
        if not keys:
            raise ConfigurationError(f"{origin} holds no key")
        try:
            return cls(writer=next(iter(keys)), keys=keys)
        except ConfigurationError as error:
            raise ConfigurationError(f"{origin}: {error}") from None

    @property
    def writer(self) -> str:
        """The id of the key that encrypts."""
        return self._writer

    def encrypt(self, plain: Plain, place: Place) -> EncryptedValue:
        """With the writer's key and a fresh nonce. Raises ValidationError, named after the column."""
        plain = secret_text(plain, place.column)
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = self._ciphers[self._writer].encrypt(
            nonce, plain.encoded(place.column), place.associated_data(self._writer)
        )
        return EncryptedValue(key_id=self._writer, nonce=nonce, ciphertext=ciphertext)

    def decrypt(self, value: EncryptedValue, place: Place) -> Secret[str]:
        """With the key that the value names, and no other.

        Raises UnknownKey when the ring has no such key, DecryptionFailed when the value is not what that
        key made for that place.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - an extra, needed only here

        where = (place.table, place.row_id, place.column, value.key_id)
        cipher = self._ciphers.get(value.key_id)
        if cipher is None:
            raise UnknownKey(*where)
        try:
            return Secret(
                cipher.decrypt(value.nonce, value.ciphertext, place.associated_data(value.key_id)).decode()
            )
        except (InvalidTag, UnicodeDecodeError):
            failed = DecryptionFailed(*where)
        raise failed  # not while that error is handled, which may carry the plain bytes

    def __repr__(self) -> str:
        return f"KeyRing(writer={self._writer!r}, keys={sorted(self._ciphers)})"


def _lines(text: Secret[str | bytes]) -> list[list[Secret[str]]]:
    """The words of each line, none of a line that does not count."""
    try:
        return [
            [Secret(word) for word in line.split()] if not line.lstrip().startswith("#") else []
            for line in text.encoded().decode().replace(",", "\n").splitlines()
        ]
    except UnicodeDecodeError:
        return [[Secret("?")]]


def _id(text: str, at: int) -> str:
    try:
        return key_id(text)
    except ValidationError as error:
        raise ConfigurationError(f"key {at} of the ring: {error}; are id and key swapped?") from None


def _cipher(name: str, key: Key) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "encryption needs the package cryptography: pip install 'ventros[crypto]'"
        ) from error
    raw = _raw(name, key if isinstance(key, Secret) else Secret[str | bytes](key))
    if len(raw.reveal()) != KEY_BYTES:
        raise ConfigurationError(f"the key {name!r} has {len(raw.reveal())} bytes, not {KEY_BYTES}")
    return AESGCM(raw.reveal())


def _raw(name: str, key: Secret[str | bytes]) -> Secret[bytes]:
    try:
        whole = isinstance(key.reveal(), bytes)
        return Secret(key.encoded() if whole else base64.b64decode(key.reveal(), validate=True))
    except (binascii.Error, ValueError):
        fault = f"the key {name!r} is not Base64"
    raise ConfigurationError(fault)
