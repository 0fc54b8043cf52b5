"""What a credential is made of: its types, its encrypted values, and who can encrypt and decrypt them."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from datetime import datetime, timedelta
from typing import Final, NoReturn, Protocol, Self
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError

REFRESH_MARGIN: Final = timedelta(minutes=30)
"""How long before its end a token is to be refreshed, as in the older system."""

ENVELOPE_VERSION: Final = "v1"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
MAX_TOKEN_TYPE: Final = 20

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class CredentialType(ValidatedEnum, field="credential_type"):
    """Which service it is for; fixed."""

    META_WHATSAPP_CLOUD = "meta_whatsapp_cloud"
    META_ADS = "meta_ads"
    META_CONVERSIONS_API = "meta_conversions_api"
    GOOGLE_ADS = "google_ads"
    GOOGLE_ANALYTICS = "google_analytics"
    WEBHOOK_AUTH = "webhook_auth"
    API_KEY = "api_key"
    BASIC_AUTH = "basic_auth"
    WAHA_INSTANCE = "waha_instance"

    @property
    def scopes(self) -> tuple[str, ...]:
        """What to ask the service for; none for a type without OAuth."""
        return _SCOPES.get(self, ())

    @property
    def is_oauth(self) -> bool:
        """Whether it may carry an OAuth token; also a CHECK of the table."""
        return self in _SCOPES


_SCOPES: Final = {
    CredentialType.META_WHATSAPP_CLOUD: ("whatsapp_business_management", "whatsapp_business_messaging"),
    CredentialType.META_ADS: ("ads_management", "ads_read"),
    CredentialType.META_CONVERSIONS_API: ("ads_management", "ads_read"),
    CredentialType.GOOGLE_ADS: ("https://www.googleapis.com/auth/adwords",),
    CredentialType.GOOGLE_ANALYTICS: ("https://www.googleapis.com/auth/analytics.readonly",),
}


class Secret:
    """A decrypted text that shows itself to nobody but :meth:`reveal`: not in a repr, a log or a pickle.

    No attrs class, so that no library that walks over fields finds it either.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not to be written down; reveal() it where it is used")


def key_id(text: str) -> str:
    """``text`` itself, when it is 1 to 64 characters of ``[A-Za-z0-9_-]``; else ValidationError."""
    if not isinstance(text, str) or not _KEY_ID.fullmatch(text):
        raise ValidationError(
            "a key's id is 1 to 64 characters of A-Z a-z 0-9 _ - and nothing else", field="key_id"
        )
    return text


def _check_key_id(_instance: object, _attribute: object, value: str) -> None:
    key_id(value)


@attrs.frozen(kw_only=True, repr=False)
class EncryptedValue:
    """What AES-256-GCM made of a text, the 16-byte tag at its end, and the id of the key that did it.

    As a text, which is how it is stored: ``v1.<key id>.<nonce>.<ciphertext>``, the last two in Base64, so
    that the key a value needs can be read without a key.
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
            raise ValidationError(
                f"an encrypted value has the form {ENVELOPE_VERSION}.<key id>.<nonce>.<ciphertext>",
                field="encrypted_value",
            )
        try:
            nonce, ciphertext = (base64.b64decode(part, validate=True) for part in parts[2:])
        except (binascii.Error, ValueError):
            raise ValidationError(
                "nonce and ciphertext of an encrypted value are Base64", field="encrypted_value"
            ) from None
        return cls(key_id=parts[1], nonce=nonce, ciphertext=ciphertext)

    @property
    def text(self) -> str:
        """As it is stored."""
        nonce, ciphertext = (base64.b64encode(part).decode() for part in (self.nonce, self.ciphertext))
        return f"{ENVELOPE_VERSION}.{self.key_id}.{nonce}.{ciphertext}"

    def __repr__(self) -> str:
        return f"EncryptedValue(key_id={self.key_id!r})"


@attrs.frozen(kw_only=True)
class Place:
    """Where an encrypted value stands. It is bound to its place: put elsewhere, it cannot be decrypted."""

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
    """What a credential is given to encrypt and decrypt with; see :class:`KeyRing`."""

    @property
    def writer(self) -> str:
        """The id of the key that encrypts."""
        ...

    def encrypt(self, text: str, place: Place) -> EncryptedValue:
        """Anew each time. Raises ValidationError(field="plain_value") for a text that is empty."""
        ...

    def decrypt(self, value: EncryptedValue, place: Place) -> Secret:
        """Raises UnknownKey or DecryptionFailed; never returns what it could not prove."""
        ...


@attrs.frozen(kw_only=True)
class OAuthToken:
    """An access token, perhaps with a token to refresh it; ``expires_at`` is the access token's end."""

    access: EncryptedValue
    refresh: EncryptedValue | None = None
    expires_at: datetime = attrs.field(validator=validators.aware)
    token_type: str = attrs.field(default="Bearer", validator=validators.not_empty)

    @token_type.validator
    def _check_length(self, _attribute: object, value: str) -> None:
        if len(value) > MAX_TOKEN_TYPE:
            raise ValidationError(
                f"token_type has {len(value)} characters, {MAX_TOKEN_TYPE} are allowed", field="token_type"
            )

    def is_expired(self, at: datetime) -> bool:
        """Whether ``at`` lies after its end."""
        return at > self.expires_at

    def needs_refresh(self, at: datetime) -> bool:
        """Whether ``at`` lies in the last 30 minutes, or after its end."""
        return at + REFRESH_MARGIN > self.expires_at
