"""What a channel keeps in its ``config``: the way to the platform, session and QR code, labels, AI."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

import attrs
import msgspec

from ventros.crm.channels.configs import (
    PLATFORM_CONFIGS,
    AiContentType,
    AiProcessing,
    Label,
    PlatformConfig,
    WahaConfig,
    WahaImportStrategy,
    WahaSessionStatus,
    own_session_id,
)
from ventros.crm.channels.events import ChannelLabelDeleted, ChannelLabelUpserted
from ventros.crm.channels.state import ChannelState
from ventros.crm.channels.values import ChannelType
from ventros.kernel.encryption import Encryptor, Secret
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError

QR_CODE_SECONDS = 45
"""How long WhatsApp takes a QR code, by the older system."""


@attrs.frozen(kw_only=True, slots=False)
class ChannelPlatform(ChannelState):
    """QR code and the mark of a completed import are WAHA's: for a channel of another type their commands
    change nothing.

    Stricter than the older system: an unknown status or strategy is refused, every label is checked and
    they keep their order.
    """

    def platform_config(self, encryptor: Encryptor) -> PlatformConfig | None:
        """The way to the platform, None for a type that has no config; to be changed by :meth:`set_config`.

        Raises ValidationError while something required is missing, and what ``encryptor`` raises.
        """
        for kind in PLATFORM_CONFIGS:
            if self.type in kind.TYPES:
                return kind.from_dict(self.config, self._keys(encryptor))
        return None

    def _keys(self, encryptor: Encryptor) -> dict[str, Secret[str]]:
        if self.secrets is None:
            return {}
        text = self.decrypt_column("secrets", encryptor)
        return {name: Secret(key) for name, key in msgspec.json.decode(text.reveal()).items()}

    @property
    def session_status(self) -> WahaSessionStatus | None:
        """None when the channel is not WAHA's."""
        if not self.type.is_waha_based:
            return None
        return WahaSessionStatus(self.config.get("session_status", WahaSessionStatus.STARTING))

    @property
    def needs_history_import(self) -> bool:
        """A WAHA channel whose strategy asks for messages that nobody has imported yet."""
        strategy = self.config.get("import_strategy", WahaImportStrategy.NONE)
        completed = self.config.get("import_completed", False)
        return self.is_waha and strategy != WahaImportStrategy.NONE and not completed

    @property
    def labels(self) -> tuple[Label, ...]:
        """In the order in which they were added."""
        return tuple(Label.from_dict(label) for label in self.config.get("labels", ()))

    def qr_code_at(self, now: datetime) -> str | None:
        """The code to show: None without one, once 45 s have passed, and while the session works."""
        code: str | None = self.config.get("qr_code")
        if code is None or self.session_status is WahaSessionStatus.WORKING:
            return None
        age = now.timestamp() - self.config["qr_generated_at"]
        return code if age <= QR_CODE_SECONDS else None

    def ai_processing(self, content_type: AiContentType) -> AiProcessing | None:
        """Raises ValidationError for an unknown type of content."""
        data = self.config.get("ai_processing", {}).get(AiContentType(content_type).value)
        return None if data is None else AiProcessing.from_dict(data)

    def set_config(self, config: PlatformConfig, *, encryptor: Encryptor, now: datetime) -> Self:
        """Replace the way to the platform, and with it the ``external_id``; the rest of the config stays.

        Its keys are encrypted anew even if they are the same. To change a part of it, evolve
        :meth:`platform_config`. A WhatsApp Business channel keeps the session that is named after it. Raises
        InvariantViolation for the config of another type or session, and what ``encryptor`` raises.
        """
        return self.record_update(now, **self._platform_fields(config, encryptor))

    def _platform_fields(self, config: PlatformConfig, encryptor: Encryptor) -> dict[str, Any]:
        """The fields that hold ``config``, once it is known to be of this channel."""
        if self.type not in config.TYPES:
            raise InvariantViolation(f"a channel of type {self.type} takes no {type(config).__name__}")
        if self.type is ChannelType.WHATSAPP_BUSINESS and isinstance(config, WahaConfig):
            config = self._of_own_session(config)
        kept = {key: value for key, value in self.config.items() if key not in config.ENTRIES}
        text = Secret(
            msgspec.json.encode({name: key.reveal() for name, key in config.keys().items()}).decode()
        )
        return {
            "config": {**kept, **config.as_dict()},
            "secrets": self.encrypt_column("secrets", text, encryptor),
            "external_id": config.external_id,
        }

    def _of_own_session(self, config: WahaConfig) -> WahaConfig:
        own = own_session_id(self.id)
        if config.session_id not in {None, own}:
            raise InvariantViolation(f"the session of channel {self.id} is {own} and no other")
        return attrs.evolve(config, session_id=own)

    def set_qr_code(self, code: str, *, now: datetime) -> Self:
        """A new code to be scanned, and counted. Raises ValidationError when it is empty."""
        if not self.type.is_waha_based:
            return self
        if not code:
            raise ValidationError("code must not be empty", field="code")
        at = int(now.timestamp())
        return self._configured(
            now,
            qr_code=code,
            qr_generated_at=at,
            qr_last_updated=at,
            qr_count=int(self.config.get("qr_count", 0)) + 1,
            session_status=WahaSessionStatus.SCAN_QR_CODE.value,
        )

    def clear_qr_code(self, *, now: datetime) -> Self:
        """The count of codes stays."""
        kept = {key: value for key, value in self.config.items() if key not in {"qr_code", "qr_generated_at"}}
        return self.record_update(now, config=kept)

    def mark_import_completed(self, *, now: datetime) -> Self:
        if not self.type.is_waha_based or self.config.get("import_completed"):
            return self
        return self._configured(now, import_completed=True, import_completed_at=int(now.timestamp()))

    def set_webhook(self, url: str, *, now: datetime) -> Self:
        """The platform sends its events to ``url`` from ``now`` on; the same one again changes nothing.

        Raises InvariantViolation when the channel is not WAHA's, ValidationError when ``url`` is empty.
        """
        self._require_waha("a webhook")
        if not url:
            raise ValidationError("url must not be empty", field="url")
        if self.webhook_active and url == self.webhook_url == self.config.get("webhook_url"):
            return self
        return self.record_update(
            now,
            webhook_url=url,
            webhook_configured_at=now,
            webhook_active=True,
            config={**self.config, "webhook_url": url, "webhook_configured_at": int(now.timestamp())},
        )

    def set_ai_processing(
        self, content_type: AiContentType, processing: AiProcessing, *, now: datetime
    ) -> Self:
        """Raises ValidationError for an unknown type of content."""
        entries = {
            **self.config.get("ai_processing", {}),
            AiContentType(content_type).value: processing.as_dict(),
        }
        return self._configured(now, ai_processing=entries)

    def add_label(self, label: Label, *, now: datetime) -> Self:
        """Takes the place of the one with the same id. Raises InvariantViolation when it is not WAHA's."""
        self._require_waha("labels")
        labels = {held.id: held for held in self.labels}
        if labels.get(label.id) == label:
            return self
        upserted = ChannelLabelUpserted(label_id=label.id, label_name=label.name)
        labels[label.id] = label
        return self.record_change(now, upserted, config=self._labelled(labels.values()))

    def remove_label(self, label_id: str, *, now: datetime) -> Self:
        """Raises NotFound when there is none, InvariantViolation when the channel is not WAHA's."""
        self._require_waha("labels")
        kept = [label for label in self.labels if label.id != label_id]
        if len(kept) == len(self.labels):
            raise NotFound("label", label_id)
        return self.record_change(now, ChannelLabelDeleted(label_id=label_id), config=self._labelled(kept))

    def set_labels(self, labels: Iterable[Label], *, now: datetime) -> Self:
        """Replace them all; of two with one id the later counts. Raises as :meth:`add_label` does."""
        self._require_waha("labels")
        by_id = {label.id: label for label in labels}
        if tuple(by_id.values()) == self.labels:
            return self
        return self.record_update(now, config=self._labelled(by_id.values()))

    def _labelled(self, labels: Iterable[Label]) -> dict[str, Any]:
        return {**self.config, "labels": [label.as_dict() for label in labels]}

    def _configured(self, now: datetime, **entries: Any) -> Self:
        return self.record_update(now, config={**self.config, **entries})

    def _require_waha(self, feature: str) -> None:
        if not self.type.is_waha_based:
            raise InvariantViolation(f"a channel of type {self.type} has no {feature}")
