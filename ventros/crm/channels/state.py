"""What a channel is made of and what follows from it; the commands stand by theme in the modules beside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import attrs

from ventros.crm.channels.events import ChannelCreated, ChannelUpdated
from ventros.crm.channels.values import (
    DEFAULT_DEBOUNCE_TIMEOUT_MS,
    MAX_DEBOUNCE_TIMEOUT_MS,
    MAX_SESSION_TIMEOUT_MINUTES,
    SECRET_KEYS,
    ChannelStatus,
    ChannelType,
    ConnectionMode,
    HistoryImportStats,
    HistoryImportStatus,
    between,
    without_key,
)
from ventros.kernel import validators
from ventros.kernel.aggregate import or_none
from ventros.kernel.encryption import EncryptedAggregate, EncryptedValue
from ventros.kernel.errors import ValidationError
from ventros.kernel.json_values import json_object


@attrs.frozen(kw_only=True, slots=False)
class ChannelState(EncryptedAggregate):
    """The fields of :class:`ventros.crm.channels.aggregate.Channel`, in the order of their columns."""

    resource = "channel"
    created_event = ChannelCreated
    updated_event = ChannelUpdated
    table = "channels"
    encrypted = ("secrets",)

    tenant_id: str = attrs.field(validator=validators.tenant)
    user_id: UUID = attrs.field(validator=validators.not_nil)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    type: ChannelType = attrs.field(converter=ChannelType)
    status: ChannelStatus = ChannelStatus.INACTIVE
    external_id: str | None = attrs.field(default=None, converter=or_none, validator=validators.indexed)
    config: dict[str, Any] = json_object(repr=False)
    secrets: EncryptedValue | None = None
    connection_mode: ConnectionMode = ConnectionMode.MANUAL
    webhook_id: str = attrs.field(
        factory=lambda: str(uuid4()), validator=[validators.not_empty, validators.indexed]
    )
    webhook_url: str | None = attrs.field(default=None, validator=without_key)
    webhook_configured_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    webhook_active: bool = False
    pipeline_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    session_timeout_minutes: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(1, MAX_SESSION_TIMEOUT_MINUTES))
    )
    ai_enabled: bool = False
    ai_agents_enabled: bool = attrs.field(default=False)
    allow_groups: bool = False
    tracking_enabled: bool = False
    debounce_timeout_ms: int = attrs.field(
        default=DEFAULT_DEBOUNCE_TIMEOUT_MS, validator=between(0, MAX_DEBOUNCE_TIMEOUT_MS)
    )
    last_error_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    last_error: str | None = None
    history_import_enabled: bool = False
    history_import_status: HistoryImportStatus = HistoryImportStatus.IDLE
    history_import_stats: HistoryImportStats | None = None
    history_import_correlation_id: str | None = None
    last_import_date: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    history_import_max_days: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(1))
    )
    history_import_max_messages_per_chat: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(1))
    )
    default_agent_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    custom_field_definitions: dict[str, Any] = json_object()
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    suspended_from: ChannelStatus | None = attrs.field(default=None)

    @suspended_from.validator
    def _check_suspended_from(self, _attribute: object, value: ChannelStatus | None) -> None:
        suspended = self.status is ChannelStatus.SUSPENDED
        if suspended != (value is not None) or value is ChannelStatus.SUSPENDED:
            raise ValidationError(
                "suspended_from is the status before, of a suspended channel alone", field="suspended_from"
            )

    @config.validator
    def _check_config(self, _attribute: object, value: dict[str, Any]) -> None:
        if held := sorted(SECRET_KEYS & value.keys()):
            raise ValidationError(
                f"config must not hold {', '.join(held)}: set_config encrypts what is secret", field="config"
            )

    @ai_agents_enabled.validator
    def _check_ai_agents(self, _attribute: object, value: bool) -> None:
        if value and not self.ai_enabled:
            raise ValidationError("ai_agents_enabled needs ai_enabled", field="ai_agents_enabled")

    @property
    def is_active(self) -> bool:
        return self.status is ChannelStatus.ACTIVE

    @property
    def is_waha(self) -> bool:
        return self.type is ChannelType.WAHA

    @property
    def has_pipeline(self) -> bool:
        return self.pipeline_id is not None

    @property
    def effective_debounce_ms(self) -> int:
        """0 means the default."""
        return self.debounce_timeout_ms or DEFAULT_DEBOUNCE_TIMEOUT_MS
