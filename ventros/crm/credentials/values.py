"""What a credential is made of: its types, and its OAuth token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs

from ventros.kernel import validators
from ventros.kernel.encryption import EncryptedValue
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError

REFRESH_MARGIN: Final = timedelta(minutes=30)
"""How long before its end a token is to be refreshed, as in the older system."""

MAX_TOKEN_TYPE: Final = 20


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


@attrs.frozen(kw_only=True)
class RefreshState:
    """Whether somebody is refreshing the token, and how many refreshes failed since one succeeded."""

    is_leased: bool
    failures: int
