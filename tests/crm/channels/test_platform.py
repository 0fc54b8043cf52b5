"""What a channel keeps in its config: the way to the platform, session, QR code, labels and AI."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import attrs
import pytest

from tests.support.keys import OLD
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import (
    AiContentType,
    AiProcessing,
    Label,
    PlatformConfig,
    TelegramConfig,
    WahaConfig,
    WahaImportStrategy,
    WahaSessionStatus,
    WhatsAppConfig,
)
from ventros.crm.channels.values import ChannelStatus, ChannelType
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KEY = "key-to-the-platform"
UNIX = int(LATER.timestamp())
WAHA = WahaConfig(base_url="https://waha.example", api_key="key", session_id="main")
VIP = Label(id="1", name="VIP", color=0, color_hex="#FF9485")
NEW = Label(id="2", name="New", color=19, color_hex="#64c")

Command = Callable[[Channel], Channel]


def stored(type: ChannelType = ChannelType.WAHA, **fields: Any) -> Channel:  # noqa: A002 - the field's name
    """As it is loaded: without events; a WAHA channel has its config from the start."""
    owner: dict[str, Any] = {
        "user_id": uuid4(),
        "project_id": uuid4(),
        "tenant_id": "acme",
        "name": "Support",
    }
    config = WAHA if type is ChannelType.WAHA else None
    channel = Channel.create(**owner, type=type, config=config, encryptor=OLD if config else None, now=NOW)
    return attrs.evolve(channel.clear_events(), **fields)


def events(channel: Channel) -> list[str]:
    return [event.event_name for event in channel.domain_events]


def updated_fields(channel: Channel) -> tuple[str, ...]:
    (event,) = channel.domain_events
    assert event.event_name == "channel.updated"
    fields: tuple[str, ...] = event.payload()["fields"]
    return fields


WAHA_BASED = [ChannelType.WAHA, ChannelType.WHATSAPP_BUSINESS]
OTHERS = [type_ for type_ in ChannelType if type_ not in WAHA_BASED]


def test_two_types_are_waha_underneath() -> None:
    assert [type_ for type_ in ChannelType if type_.is_waha_based] == WAHA_BASED


# The way to the platform


def test_a_new_config_replaces_the_old_one_and_leaves_the_rest() -> None:
    channel = stored().add_label(VIP, now=NOW).clear_events()
    moved = channel.set_config(
        WahaConfig(base_url="https://other.example", token=KEY, session_id="second"),
        encryptor=OLD,
        now=LATER,
    )
    assert moved.external_id == "second"
    assert updated_fields(moved) == ("config", "secrets", "external_id")
    assert KEY not in repr(moved.config)
    assert moved.labels == (VIP,)
    assert moved.platform_config(OLD) == WahaConfig(
        base_url="https://other.example", token=KEY, session_id="second"
    )


@pytest.mark.parametrize(
    ("type_", "config"),
    [
        (ChannelType.WAHA, attrs.evolve(WAHA, token=KEY, webhook_url="https://hook.example")),
        (ChannelType.WAHA, attrs.evolve(WAHA, import_strategy="all", import_completed=True)),
        (
            ChannelType.WHATSAPP,
            WhatsAppConfig(
                access_token=KEY, phone_number_id="1", business_id="b", webhook_url="c", verify_token=KEY
            ),
        ),
        (ChannelType.TELEGRAM, TelegramConfig(bot_token=KEY, bot_id="1", webhook_url="b")),
    ],
)
def test_what_is_set_is_read(type_: ChannelType, config: PlatformConfig) -> None:
    channel = stored(type_).set_config(config, encryptor=OLD, now=LATER)
    assert channel.platform_config(OLD) == config
    assert channel.external_id == config.external_id


def test_a_config_that_lacks_something_is_named_and_a_type_may_have_none() -> None:
    for type_, field in (
        (ChannelType.WHATSAPP_BUSINESS, "base_url"),
        (ChannelType.WHATSAPP, "access_token"),
        (ChannelType.TELEGRAM, "bot_token"),
    ):
        with pytest.raises(ValidationError) as raised:
            stored(type_).platform_config(OLD)
        assert raised.value.field == field
    assert stored(ChannelType.WEB_FORM).platform_config(OLD) is None


@pytest.mark.parametrize("type_", OTHERS)
def test_the_config_of_another_type_is_refused(type_: ChannelType) -> None:
    channel = stored(type_)
    with pytest.raises(InvariantViolation):
        channel.set_config(WAHA, encryptor=OLD, now=LATER)
    owner = {"user_id": channel.user_id, "project_id": channel.project_id, "tenant_id": "acme"}
    with pytest.raises(InvariantViolation):
        Channel.create(**owner, name="Support", type=type_, config=WAHA, encryptor=OLD, now=NOW)  # type: ignore[arg-type]


def test_whatsapp_business_keeps_its_own_session() -> None:
    channel = stored(ChannelType.WHATSAPP_BUSINESS)
    reached = channel.set_config(attrs.evolve(WAHA, session_id=None), encryptor=OLD, now=LATER)
    assert reached.external_id == reached.config["session_id"] == f"channel-{channel.id}"
    assert updated_fields(reached) == ("config", "secrets")
    with pytest.raises(InvariantViolation):
        channel.set_config(WAHA, encryptor=OLD, now=LATER)


# Session and QR code


@pytest.mark.parametrize("type_", WAHA_BASED)
def test_a_working_session_activates_and_a_failed_one_deactivates(type_: ChannelType) -> None:
    channel = stored(type_)
    assert channel.session_status is WahaSessionStatus.STARTING
    working = channel.set_session_status(WahaSessionStatus.WORKING, now=LATER)
    assert working.status is ChannelStatus.ACTIVE
    assert working.session_status is WahaSessionStatus.WORKING
    assert events(working) == ["channel.updated", "channel.activated"]
    assert working.set_session_status(WahaSessionStatus.WORKING, now=LATER) is working
    for status in (WahaSessionStatus.FAILED, WahaSessionStatus.STOPPED):
        ended = working.clear_events().set_session_status(status, now=LATER)
        assert ended.status is ChannelStatus.INACTIVE
        assert events(ended) == ["channel.updated", "channel.deactivated"]
    scan = working.set_session_status(WahaSessionStatus.SCAN_QR_CODE, now=LATER)
    assert scan.status is ChannelStatus.ACTIVE


def test_an_unknown_session_status_is_refused() -> None:
    with pytest.raises(ValidationError) as raised:
        stored().set_session_status("ASLEEP", now=LATER)  # type: ignore[arg-type]
    assert raised.value.field == "session_status"


def test_a_qr_code_is_shown_for_45_seconds_until_it_is_scanned() -> None:
    channel = stored().set_qr_code("first", now=NOW).set_qr_code("second", now=LATER)
    assert channel.session_status is WahaSessionStatus.SCAN_QR_CODE
    assert (channel.config["qr_count"], channel.config["qr_generated_at"]) == (2, UNIX)
    shown = [channel.qr_code_at(LATER + timedelta(seconds=after)) for after in (0, 44, 46)]
    assert shown == ["second", "second", None]
    assert channel.set_session_status(WahaSessionStatus.WORKING, now=LATER).qr_code_at(LATER) is None
    cleared = channel.clear_qr_code(now=LATER)
    assert cleared.qr_code_at(LATER) is None
    assert cleared.clear_qr_code(now=LATER) is cleared
    assert cleared.set_qr_code("third", now=LATER).config["qr_count"] == 3
    with pytest.raises(ValidationError):
        channel.set_qr_code("", now=LATER)


@pytest.mark.parametrize("type_", OTHERS)
def test_what_is_wahas_changes_nothing_elsewhere(type_: ChannelType) -> None:
    channel = stored(type_)
    assert channel.session_status is None
    assert channel.set_session_status(WahaSessionStatus.WORKING, now=LATER) is channel
    assert channel.set_qr_code("code", now=LATER) is channel
    assert channel.clear_qr_code(now=LATER) is channel
    assert channel.mark_import_completed(now=LATER) is channel
    assert channel.qr_code_at(LATER) is None


def test_an_import_is_needed_until_it_is_completed() -> None:
    assert not stored().needs_history_import
    pending = stored().set_config(
        attrs.evolve(WAHA, import_strategy=WahaImportStrategy.ALL), encryptor=OLD, now=NOW
    )
    assert pending.needs_history_import
    done = pending.mark_import_completed(now=LATER)
    assert not done.needs_history_import
    assert done.config["import_completed_at"] == UNIX
    assert done.mark_import_completed(now=LATER + timedelta(hours=1)) is done
    assert not stored(ChannelType.WHATSAPP_BUSINESS).needs_history_import


@pytest.mark.parametrize("type_", WAHA_BASED)
def test_a_webhook_is_configured_once(type_: ChannelType) -> None:
    channel = stored(type_).set_webhook("https://hook.example", now=LATER)
    assert (channel.webhook_url, channel.webhook_active) == ("https://hook.example", True)
    assert channel.webhook_configured_at == LATER
    copies = {key: channel.config[key] for key in ("webhook_url", "webhook_configured_at")}
    assert copies == {"webhook_url": "https://hook.example", "webhook_configured_at": UNIX}
    assert updated_fields(channel) == ("webhook_url", "webhook_configured_at", "webhook_active", "config")
    assert channel.set_webhook("https://hook.example", now=LATER + timedelta(hours=1)) is channel
    with pytest.raises(ValidationError) as raised:
        channel.set_webhook("", now=LATER)
    assert raised.value.field == "url"


# Labels


def test_labels_are_added_replaced_and_removed_in_their_order() -> None:
    channel = stored().add_label(VIP, now=NOW).add_label(NEW, now=NOW).clear_events()
    assert channel.add_label(VIP, now=LATER) is channel
    renamed = channel.add_label(attrs.evolve(VIP, name="Very"), now=LATER)
    assert [label.name for label in renamed.labels] == ["Very", "New"]
    (upserted,) = renamed.domain_events
    assert (upserted.event_name, upserted.occurred_at) == ("channel.label.upserted", LATER)
    expected = {"channel_id": channel.id, "label_id": "1", "label_name": "Very", "timestamp": LATER}
    assert upserted.payload() == expected
    removed = channel.remove_label("1", now=LATER)
    assert removed.labels == (NEW,)
    (deleted,) = removed.domain_events
    assert (deleted.event_name, deleted.occurred_at) == ("channel.label.deleted", LATER)
    assert deleted.payload() == {"channel_id": channel.id, "label_id": "1", "timestamp": LATER}
    with pytest.raises(NotFound):
        removed.remove_label("1", now=LATER)


def test_labels_are_replaced_all_at_once() -> None:
    channel = stored()
    assert channel.set_labels([], now=LATER) is channel
    labelled = channel.set_labels([VIP, NEW, attrs.evolve(VIP, color=7)], now=LATER)
    assert labelled.labels == (attrs.evolve(VIP, color=7), NEW)
    assert updated_fields(labelled) == ("config",)
    assert labelled.set_labels(labelled.labels, now=LATER) is labelled
    assert labelled.set_labels([], now=LATER).labels == ()


def test_a_label_is_stored_as_waha_spells_it() -> None:
    channel = stored().add_label(VIP, now=LATER)
    assert channel.config["labels"] == [{"id": "1", "name": "VIP", "color": 0, "colorHex": "#FF9485"}]


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", ""), ("name", ""), ("color", -1), ("color", 20), ("color_hex", "FF9485"), ("color_hex", "#FF94")],
)
def test_a_faulty_label_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(VIP, **{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize("type_", OTHERS)
@pytest.mark.parametrize(
    "command",
    [
        lambda channel: channel.add_label(VIP, now=LATER),
        lambda channel: channel.remove_label("1", now=LATER),
        lambda channel: channel.set_labels([VIP], now=LATER),
        lambda channel: channel.set_webhook("https://hook.example", now=LATER),
    ],
)
def test_only_waha_has_labels_and_a_webhook_to_configure(type_: ChannelType, command: Command) -> None:
    with pytest.raises(InvariantViolation):
        command(stored(type_))


# AI


def test_ai_is_set_up_for_each_type_of_content_and_read_at_once() -> None:
    speech = AiProcessing(
        enabled=True,
        provider="whisper",
        model="large",
        priority=2,
        debounce_ms=500,
        max_size_bytes=1_000_000,
        split_long_audio=True,
        silence_threshold=-40.5,
    )
    text = AiProcessing(enabled=False, provider="any", model="any")
    channel = stored().set_ai_processing(AiContentType.VOICE, speech, now=LATER)
    assert updated_fields(channel) == ("config",)
    channel = channel.set_ai_processing(AiContentType.TEXT, text, now=LATER)
    assert channel.ai_processing(AiContentType.VOICE) == speech
    assert channel.ai_processing(AiContentType.TEXT) == text
    assert channel.ai_processing(AiContentType.IMAGE) is None
    assert channel.set_ai_processing(AiContentType.TEXT, text, now=LATER) is channel
    with pytest.raises(ValidationError) as raised:
        channel.ai_processing("smell")  # type: ignore[arg-type]
    assert raised.value.field == "content_type"


@pytest.mark.parametrize(
    ("field", "value"), [("provider", ""), ("model", ""), ("debounce_ms", -1), ("max_size_bytes", 0)]
)
def test_a_faulty_set_up_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        AiProcessing(**{"enabled": True, "provider": "any", "model": "any", field: value})
    assert raised.value.field == field
