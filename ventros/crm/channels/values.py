"""What the fields of a channel may hold: its platform, its states and the figures of its import."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

import attrs

from ventros.kernel import validators
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError

DEFAULT_DEBOUNCE_TIMEOUT_MS = 15_000
"""How long messages of one contact are gathered before they are answered: the older system's 15 s."""

MAX_DEBOUNCE_TIMEOUT_MS = 300_000
"""Five minutes, as in the older system; also a CHECK of the table."""

MAX_SESSION_TIMEOUT_MINUTES = 1440
"""A day, as in the older system; also a CHECK of the table."""


SECRET_KEYS = frozenset({"auth", "api_key", "token", "access_token", "verify_token", "bot_token"})
"""What no config holds in plain: ``secrets`` does, encrypted; also a CHECK of the table."""

_MAY_HOLD_A_KEY = re.compile(r"[?#]|//[^/]*@")


def without_key(_instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    """An attrs validator for an address that is kept in plain: also a CHECK of the table."""
    if value is not None and _MAY_HOLD_A_KEY.search(value):
        raise ValidationError(
            f"{attribute.name} must be without user, password, query and fragment, for it is not encrypted: "
            "let a key be an api_key or a token",
            field=attribute.name,
        )


class ChannelType(ValidatedEnum, field="type"):
    """The platform and the way to it."""

    WAHA = "waha"
    WHATSAPP_BUSINESS = "whatsapp_business"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    WECHAT = "wechat"
    TWILIO_SMS = "twilio_sms"
    WEB_FORM = "web_form"

    @property
    def type_id(self) -> int | None:
        """The number by which sessions tell platforms apart; None for a type that has none."""
        return _TYPE_IDS.get(self)

    @property
    def is_waha_based(self) -> bool:
        """A session on a WAHA server: the user's own (waha) or the service's (whatsapp_business).

        These, and no others, have labels, QR codes and a session status.
        """
        return self in (ChannelType.WAHA, ChannelType.WHATSAPP_BUSINESS)

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
    """No command sets ``disconnected``; rows of the older system may hold it.

    ``suspended`` are the channels of a project that is.
    """

    ACTIVE = "active"
    INACTIVE = "inactive"
    ACTIVATING = "activating"
    CONNECTING = "connecting"
    DISCONNECTED = "disconnected"
    ERROR = "error"
    SUSPENDED = "suspended"


class ConnectionMode(StrEnum):
    """Whether the session at the platform is the user's own (manual) or made by the service (auto)."""

    MANUAL = "manual"
    AUTO = "auto"


class HistoryImportStatus(StrEnum):
    IDLE = "idle"
    IMPORTING = "importing"
    COMPLETED = "completed"
    FAILED = "failed"


class HistoryImportStrategy(ValidatedEnum, field="strategy"):
    """Which messages to fetch."""

    TIME_RANGE = "time_range"
    FULL = "full"
    RECENT = "recent"


def between(low: int, high: int | None = None) -> Callable[[object, attrs.Attribute[Any], int], None]:
    """An attrs validator: from ``low`` to ``high``, both included."""

    def check(_instance: object, attribute: attrs.Attribute[Any], value: int) -> None:
        if value < low or (high is not None and value > high):
            limit = f"at least {low}" if high is None else f"from {low} to {high}"
            raise ValidationError(f"{attribute.name} must be {limit}", field=attribute.name)

    return check


@attrs.frozen(kw_only=True)
class HistoryImportStats:
    """Counts of messages. ``ended_at`` is None while the import runs."""

    total: int = attrs.field(default=0, validator=between(0))
    processed: int = attrs.field(default=0, validator=between(0))
    failed: int = attrs.field(default=0, validator=between(0))
    started_at: datetime = attrs.field(validator=validators.aware)
    ended_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    def as_dict(self) -> dict[str, Any]:
        """As the row and the event hold it."""
        return {
            "total": self.total,
            "processed": self.processed,
            "failed": self.failed,
            "started_at": self.started_at.isoformat(),
            "ended_at": None if self.ended_at is None else self.ended_at.isoformat(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What :meth:`as_dict` gave."""
        ended_at = data["ended_at"]
        return cls(
            total=data["total"],
            processed=data["processed"],
            failed=data["failed"],
            started_at=datetime.fromisoformat(data["started_at"]),
            ended_at=None if ended_at is None else datetime.fromisoformat(ended_at),
        )
