"""Channel: a connection to a messaging platform, through which messages come and go."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

import attrs

from ventros.crm.channels.events import ChannelCreated
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import ValidationError
from ventros.kernel.ids import new_id

DEFAULT_DEBOUNCE_TIMEOUT_MS = 15_000
"""How long messages of one contact are gathered before they are answered: the older system's 15 s."""

MAX_DEBOUNCE_TIMEOUT_MS = 300_000
"""Five minutes, as in the older system; also a CHECK of the table."""

MAX_SESSION_TIMEOUT_MINUTES = 1440
"""A day, as in the older system; also a CHECK of the table."""


class ChannelType(StrEnum):
    """The platform and the way to it. An unknown one raises ValidationError(field="type")."""

    WAHA = "waha"
    WHATSAPP_BUSINESS = "whatsapp_business"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    WECHAT = "wechat"
    TWILIO_SMS = "twilio_sms"
    WEB_FORM = "web_form"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no channel type", field="type")

    @property
    def type_id(self) -> int | None:
        """The number by which sessions tell platforms apart; None for a type that has none."""
        return _TYPE_IDS.get(self)

    @property
    def platform(self) -> str:
        """Where its external id is unique. Events do not tell the two kinds of WAHA channel apart."""
        return WAHA_PLATFORM if self is ChannelType.WHATSAPP_BUSINESS else self.value


WAHA_PLATFORM = "waha"
_TYPE_IDS = {
    ChannelType.WAHA: 1,
    ChannelType.WHATSAPP_BUSINESS: 1,  # it is WAHA underneath
    ChannelType.WHATSAPP: 2,
    ChannelType.INSTAGRAM: 3,
    ChannelType.MESSENGER: 4,
    ChannelType.TELEGRAM: 5,
}


class ChannelStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    ACTIVATING = "activating"
    CONNECTING = "connecting"
    DISCONNECTED = "disconnected"
    ERROR = "error"


class ConnectionMode(StrEnum):
    """Whether the session at the platform is the user's own (manual) or made by the service (auto)."""

    MANUAL = "manual"
    AUTO = "auto"


class HistoryImportStatus(StrEnum):
    IDLE = "idle"
    IMPORTING = "importing"
    COMPLETED = "completed"
    FAILED = "failed"


class WahaImportStrategy(StrEnum):
    """How much history to fetch. An unknown one raises ValidationError(field="import_strategy")."""

    NONE = "none"
    NEW_ONLY = "new_only"
    ALL = "all"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no import strategy", field="import_strategy")


def _or_none(text: str | None) -> str | None:
    """The empty text says no more than None."""
    return text or None


@attrs.frozen(kw_only=True)
class WahaConfig:
    """How to reach a WAHA server: either ``api_key`` or ``token``, and the name of the session there."""

    base_url: str = attrs.field(validator=validators.not_empty)
    api_key: str | None = attrs.field(default=None, converter=_or_none, repr=False)
    token: str | None = attrs.field(default=None, converter=_or_none, repr=False)
    session_id: str | None = attrs.field(default=None, converter=_or_none)
    webhook_url: str | None = attrs.field(default=None, converter=_or_none)
    import_strategy: WahaImportStrategy = attrs.field(
        default=WahaImportStrategy.NONE, converter=WahaImportStrategy
    )
    import_completed: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.api_key and not self.token:
            raise ValidationError("auth must hold an api_key or a token", field="auth")

    def as_dict(self) -> dict[str, Any]:
        """As the config of a channel holds it."""
        return {
            "base_url": self.base_url,
            "auth": _given(api_key=self.api_key, token=self.token),
            "import_strategy": self.import_strategy.value,
            "import_completed": self.import_completed,
            **_given(session_id=self.session_id, webhook_url=self.webhook_url),
        }


@attrs.frozen(kw_only=True)
class WhatsAppConfig:
    """Access to the WhatsApp Cloud API."""

    access_token: str = attrs.field(validator=validators.not_empty, repr=False)
    phone_number_id: str = attrs.field(validator=validators.not_empty)
    business_id: str | None = attrs.field(default=None, converter=_or_none)
    webhook_url: str | None = attrs.field(default=None, converter=_or_none)
    verify_token: str | None = attrs.field(default=None, converter=_or_none, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """As the config of a channel holds it."""
        return {
            "access_token": self.access_token,
            "phone_number_id": self.phone_number_id,
            **_given(
                business_id=self.business_id, webhook_url=self.webhook_url, verify_token=self.verify_token
            ),
        }


@attrs.frozen(kw_only=True)
class TelegramConfig:
    """Access to the Telegram Bot API."""

    bot_token: str = attrs.field(validator=validators.not_empty, repr=False)
    bot_id: str = attrs.field(validator=validators.not_empty)
    webhook_url: str | None = attrs.field(default=None, converter=_or_none)

    def as_dict(self) -> dict[str, Any]:
        """As the config of a channel holds it."""
        return {"bot_token": self.bot_token, "bot_id": self.bot_id, **_given(webhook_url=self.webhook_url)}


def _given(**values: str | None) -> dict[str, str]:
    return {key: value for key, value in values.items() if value is not None}


@attrs.frozen(kw_only=True)
class HistoryImportStats:
    """Counts of messages. ``ended_at`` is None while the import runs."""

    total: int = 0
    processed: int = 0
    failed: int = 0
    started_at: datetime = attrs.field(validator=validators.aware)
    ended_at: datetime | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.aware)
    )


def _between(low: int, high: int | None = None) -> Callable[[object, attrs.Attribute[Any], int], None]:
    def check(_instance: object, attribute: attrs.Attribute[Any], value: int) -> None:
        if value < low or (high is not None and value > high):
            limit = f"at least {low}" if high is None else f"from {low} to {high}"
            raise ValidationError(f"{attribute.name} must be {limit}", field=attribute.name)

    return check


def _copied(value: Mapping[str, Any]) -> dict[str, Any]:
    """So that nobody else holds a part of a frozen channel that can be changed."""
    return copy.deepcopy(dict(value))


@attrs.frozen(kw_only=True)
class Channel(AggregateRoot):
    """What it counts is kept beside it: see :meth:`ChannelRepository.count_received`.

    Owner, project, type, ``webhook_id`` (the path of its inbound webhook) and time of creation never
    change. ``external_id`` is its id on the platform, no two channels of one type share it. ``config``
    holds keys to the platform, so it is left out of the repr.

    Stricter than the older system: no nil owner or project, ``channel.created`` tells the
    ``external_id``, and a WhatsApp Business channel has its ``external_id`` from the start.
    """

    resource = "channel"

    tenant_id: str = attrs.field(validator=validators.tenant)
    user_id: UUID = attrs.field(validator=validators.not_nil)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    type: ChannelType = attrs.field(converter=ChannelType)
    status: ChannelStatus = ChannelStatus.INACTIVE
    external_id: str | None = attrs.field(default=None, converter=_or_none)
    config: dict[str, Any] = attrs.field(factory=dict, converter=_copied, repr=False, hash=False)
    connection_mode: ConnectionMode = ConnectionMode.MANUAL
    webhook_id: str = attrs.field(factory=lambda: str(uuid4()), validator=validators.not_empty)
    webhook_url: str | None = None
    webhook_configured_at: datetime | None = None
    webhook_active: bool = False
    pipeline_id: UUID | None = None
    session_timeout_minutes: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(_between(1, MAX_SESSION_TIMEOUT_MINUTES))
    )
    ai_enabled: bool = False
    ai_agents_enabled: bool = attrs.field(default=False)
    allow_groups: bool = False
    tracking_enabled: bool = False
    debounce_timeout_ms: int = attrs.field(
        default=DEFAULT_DEBOUNCE_TIMEOUT_MS, validator=_between(0, MAX_DEBOUNCE_TIMEOUT_MS)
    )
    last_error_at: datetime | None = None
    last_error: str | None = None
    history_import_enabled: bool = False
    history_import_status: HistoryImportStatus = HistoryImportStatus.IDLE
    history_import_stats: HistoryImportStats | None = None
    history_import_correlation_id: str | None = None
    last_import_date: datetime | None = None
    history_import_max_days: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(_between(1))
    )
    history_import_max_messages_per_chat: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(_between(1))
    )
    default_agent_id: UUID | None = None
    custom_field_definitions: dict[str, Any] = attrs.field(factory=dict, converter=_copied, hash=False)
    deleted_at: datetime | None = None

    @ai_agents_enabled.validator
    def _check_ai_agents(self, _attribute: object, value: bool) -> None:
        if value and not self.ai_enabled:
            raise ValidationError("ai_agents_enabled needs ai_enabled", field="ai_agents_enabled")

    @classmethod
    def create(
        cls,
        *,
        user_id: UUID,
        project_id: UUID,
        tenant_id: str,
        name: str,
        type: ChannelType,  # noqa: A002 - the field's name everywhere
        now: datetime,
    ) -> Self:
        """A new, inactive channel without a config, version 1.

        Raises ValidationError for a nil or empty argument or an unknown type.
        """
        return cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=type,
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def create_waha(
        cls, *, user_id: UUID, project_id: UUID, tenant_id: str, name: str, config: WahaConfig, now: datetime
    ) -> Self:
        """A session on a WAHA server of the user's own; its name is the ``external_id``."""
        return cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=ChannelType.WAHA,
            external_id=config.session_id,
            config=config.as_dict(),
            connection_mode=ConnectionMode.MANUAL,
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def create_whatsapp_business(
        cls, *, user_id: UUID, project_id: UUID, tenant_id: str, name: str, now: datetime
    ) -> Self:
        """Connecting: the service makes a session, named ``channel-<id>``, on a WAHA server of its own."""
        id_ = new_id()
        session_id = f"channel-{id_}"
        return cls(
            id=id_,
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=ChannelType.WHATSAPP_BUSINESS,
            status=ChannelStatus.CONNECTING,
            external_id=session_id,
            config={"session_id": session_id, "import_strategy": WahaImportStrategy.NONE.value},
            connection_mode=ConnectionMode.AUTO,
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def create_whatsapp(
        cls,
        *,
        user_id: UUID,
        project_id: UUID,
        tenant_id: str,
        name: str,
        config: WhatsAppConfig,
        now: datetime,
    ) -> Self:
        """A number of the WhatsApp Cloud API; its ``phone_number_id`` is the ``external_id``."""
        return cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=ChannelType.WHATSAPP,
            external_id=config.phone_number_id,
            config=config.as_dict(),
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def create_telegram(
        cls,
        *,
        user_id: UUID,
        project_id: UUID,
        tenant_id: str,
        name: str,
        config: TelegramConfig,
        now: datetime,
    ) -> Self:
        """A Telegram bot; its ``bot_id`` is the ``external_id``."""
        return cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=ChannelType.TELEGRAM,
            external_id=config.bot_id,
            config=config.as_dict(),
            created_at=now,
            updated_at=now,
        )._announced()

    def _announced(self) -> Self:
        """With its first event, made last, when all that the event tells is known."""
        created = ChannelCreated(
            occurred_at=self.created_at,
            channel_id=self.id,
            project_id=self.project_id,
            tenant_id=self.tenant_id,
            name=self.name,
            type=self.type.value,
            external_id=self.external_id,
            created_at=self.created_at,
        )
        return attrs.evolve(self, domain_events=(created,))
