"""What the ``config`` of a channel may hold: the way to its platform, labels, and the handling by AI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import attrs

from ventros.crm.channels.values import ChannelType, between, without_key
from ventros.kernel import validators
from ventros.kernel.aggregate import or_none
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError
from ventros.kernel.secret import Secret, secret_text_or_none

LABEL_COLORS = 20
"""WhatsApp has twenty colours for labels, numbered from 0."""

_COLOR_HEX = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


class WahaImportStrategy(ValidatedEnum, field="import_strategy"):
    """How much history to fetch."""

    NONE = "none"
    NEW_ONLY = "new_only"
    ALL = "all"


class WahaSessionStatus(ValidatedEnum, field="session_status"):
    """What WAHA says of its session."""

    STARTING = "STARTING"
    SCAN_QR_CODE = "SCAN_QR_CODE"
    WORKING = "WORKING"
    FAILED = "FAILED"
    STOPPED = "STOPPED"
    UNAUTHORIZED = "UNAUTHORIZED"


T = TypeVar("T")


def _without_none(**values: T | None) -> dict[str, T]:
    return {key: value for key, value in values.items() if value is not None}


def _required(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        raise ValidationError(f"{attribute.name} must not be empty", field=attribute.name)


def own_session_id(channel_id: UUID) -> str:
    """The name that the service gives to the session of a WhatsApp Business channel."""
    return f"channel-{channel_id}"


@attrs.frozen(kw_only=True)
class WahaConfig:
    """How to reach a WAHA server: either ``api_key`` or ``token``, and the name of the session there.

    A key is given as a text or a Secret. The addresses, which are not encrypted, have no user, query or
    fragment, each of which may be a key.
    """

    TYPES: ClassVar = frozenset({ChannelType.WAHA, ChannelType.WHATSAPP_BUSINESS})
    ENTRIES: ClassVar = frozenset(
        {"base_url", "session_id", "webhook_url", "import_strategy", "import_completed"}
    )

    base_url: str = attrs.field(validator=[validators.not_empty, without_key])
    api_key: Secret[str] | None = attrs.field(default=None, converter=secret_text_or_none)
    token: Secret[str] | None = attrs.field(default=None, converter=secret_text_or_none)
    session_id: str | None = attrs.field(default=None, converter=or_none)
    webhook_url: str | None = attrs.field(default=None, converter=or_none, validator=without_key)
    import_strategy: WahaImportStrategy = attrs.field(
        default=WahaImportStrategy.NONE, converter=WahaImportStrategy
    )
    import_completed: bool = False

    def __attrs_post_init__(self) -> None:
        if self.api_key is None and self.token is None:
            raise ValidationError("auth must hold an api_key or a token", field="auth")

    @property
    def external_id(self) -> str | None:
        return self.session_id

    def as_dict(self) -> dict[str, Any]:
        """As the config of a channel holds it."""
        return {
            "base_url": self.base_url,
            "import_strategy": self.import_strategy.value,
            "import_completed": self.import_completed,
            **_without_none(session_id=self.session_id, webhook_url=self.webhook_url),
        }

    def keys(self) -> dict[str, Secret[str]]:
        """As ``secrets`` of a channel holds them, encrypted."""
        return _without_none(api_key=self.api_key, token=self.token)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], keys: Mapping[str, Secret[str]]) -> Self:
        """Raises ValidationError when ``data`` or ``keys`` lack what is required."""
        return cls(
            base_url=data.get("base_url", ""),
            api_key=keys.get("api_key"),
            token=keys.get("token"),
            session_id=data.get("session_id"),
            webhook_url=data.get("webhook_url"),
            import_strategy=data.get("import_strategy", WahaImportStrategy.NONE),
            import_completed=data.get("import_completed", False),
        )


@attrs.frozen(kw_only=True)
class WhatsAppConfig:
    """Access to the WhatsApp Cloud API."""

    TYPES: ClassVar = frozenset({ChannelType.WHATSAPP})
    ENTRIES: ClassVar = frozenset({"phone_number_id", "business_id", "webhook_url"})

    access_token: Secret[str] = attrs.field(converter=secret_text_or_none, validator=_required)
    phone_number_id: str = attrs.field(validator=validators.not_empty)
    business_id: str | None = attrs.field(default=None, converter=or_none)
    webhook_url: str | None = attrs.field(default=None, converter=or_none, validator=without_key)
    verify_token: Secret[str] | None = attrs.field(default=None, converter=secret_text_or_none)

    @property
    def external_id(self) -> str:
        return self.phone_number_id

    def as_dict(self) -> dict[str, Any]:
        """As the config of a channel holds it."""
        return {
            "phone_number_id": self.phone_number_id,
            **_without_none(business_id=self.business_id, webhook_url=self.webhook_url),
        }

    def keys(self) -> dict[str, Secret[str]]:
        """As ``secrets`` of a channel holds them, encrypted."""
        return _without_none(access_token=self.access_token, verify_token=self.verify_token)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], keys: Mapping[str, Secret[str]]) -> Self:
        """Raises ValidationError when ``data`` or ``keys`` lack what is required."""
        return cls(
            access_token=keys.get("access_token"),
            phone_number_id=data.get("phone_number_id", ""),
            business_id=data.get("business_id"),
            webhook_url=data.get("webhook_url"),
            verify_token=keys.get("verify_token"),
        )


@attrs.frozen(kw_only=True)
class TelegramConfig:
    """Access to the Telegram Bot API."""

    TYPES: ClassVar = frozenset({ChannelType.TELEGRAM})
    ENTRIES: ClassVar = frozenset({"bot_id", "webhook_url"})

    bot_token: Secret[str] = attrs.field(converter=secret_text_or_none, validator=_required)
    bot_id: str = attrs.field(validator=validators.not_empty)
    webhook_url: str | None = attrs.field(default=None, converter=or_none, validator=without_key)

    @property
    def external_id(self) -> str:
        return self.bot_id

    def as_dict(self) -> dict[str, Any]:
        """As the config of a channel holds it."""
        return {
            "bot_id": self.bot_id,
            **_without_none(webhook_url=self.webhook_url),
        }

    def keys(self) -> dict[str, Secret[str]]:
        """As ``secrets`` of a channel holds them, encrypted."""
        return {"bot_token": self.bot_token}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], keys: Mapping[str, Secret[str]]) -> Self:
        """Raises ValidationError when ``data`` or ``keys`` lack what is required."""
        return cls(
            bot_token=keys.get("bot_token"),
            bot_id=data.get("bot_id", ""),
            webhook_url=data.get("webhook_url"),
        )


PlatformConfig = WahaConfig | WhatsAppConfig | TelegramConfig
PLATFORM_CONFIGS: tuple[type[PlatformConfig], ...] = (WahaConfig, WhatsAppConfig, TelegramConfig)


def _color_hex(_instance: object, _attribute: attrs.Attribute[str], value: str) -> None:
    if not _COLOR_HEX.fullmatch(value):
        raise ValidationError("color_hex must be # and 3 or 6 hex digits", field="color_hex")


@attrs.frozen(kw_only=True)
class Label:
    """A label of WhatsApp, by which its chats are sorted; ``color`` is WhatsApp's number of the colour."""

    id: str = attrs.field(validator=validators.not_empty)
    name: str = attrs.field(validator=validators.not_empty)
    color: int = attrs.field(validator=between(0, LABEL_COLORS - 1))
    color_hex: str = attrs.field(validator=_color_hex)

    def as_dict(self) -> dict[str, Any]:
        """As the config of a channel holds it, and WAHA spells it."""
        return {"id": self.id, "name": self.name, "color": self.color, "colorHex": self.color_hex}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What :meth:`as_dict` gave."""
        return cls(id=data["id"], name=data["name"], color=data["color"], color_hex=data["colorHex"])


class AiContentType(ValidatedEnum, field="content_type"):
    """What AI may work on."""

    TEXT = "text"
    AUDIO = "audio"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    VOICE = "voice"


@attrs.frozen(kw_only=True)
class AiProcessing:
    """How AI works on one type of content; kept for its readers, nothing here evaluates it.

    ``debounce_ms`` in milliseconds, ``max_size_bytes`` in bytes, ``silence_threshold`` in the unit of the
    ``provider``; None leaves the choice to the reader.
    """

    enabled: bool
    provider: str = attrs.field(validator=validators.not_empty)
    model: str = attrs.field(validator=validators.not_empty)
    priority: int = 0
    debounce_ms: int | None = attrs.field(default=None, validator=attrs.validators.optional(between(0)))
    max_size_bytes: int | None = attrs.field(default=None, validator=attrs.validators.optional(between(1)))
    split_long_audio: bool = False
    silence_threshold: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """As the config of a channel holds it."""
        return {
            "enabled": self.enabled,
            "provider": self.provider,
            "model": self.model,
            "priority": self.priority,
            "debounce_ms": self.debounce_ms,
            "max_size_bytes": self.max_size_bytes,
            "split_long_audio": self.split_long_audio,
            "silence_threshold": self.silence_threshold,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What :meth:`as_dict` gave."""
        return cls(
            enabled=data["enabled"],
            provider=data["provider"],
            model=data["model"],
            priority=data["priority"],
            debounce_ms=data["debounce_ms"],
            max_size_bytes=data["max_size_bytes"],
            split_long_audio=data["split_long_audio"],
            silence_threshold=data["silence_threshold"],
        )
