"""The rules of a channel, of its configs and of what an inbound message sees of it, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from tests.support.keys import BOTH, NEW, OLD
from ventros.crm.channels import mapper
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import TelegramConfig, WahaConfig, WahaImportStrategy, WhatsAppConfig
from ventros.crm.channels.inbound import InboundChannel
from ventros.crm.channels.values import (
    SECRET_KEYS,
    ChannelStatus,
    ChannelType,
    ConnectionMode,
    HistoryImportStats,
    HistoryImportStatus,
)
from ventros.kernel.encryption import Secret
from ventros.kernel.errors import ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
USER = uuid4()
PROJECT = uuid4()
KEY = "key-to-the-platform"


def make_channel(type: ChannelType = ChannelType.WEB_FORM) -> Channel:  # noqa: A002 - the field's name
    return Channel.create(
        user_id=USER, project_id=PROJECT, tenant_id="acme", name="Support", type=type, now=NOW
    )


def make_waha(**config: Any) -> Channel:
    return Channel.create(
        user_id=USER,
        project_id=PROJECT,
        tenant_id="acme",
        name="Support",
        type=ChannelType.WAHA,
        config=WahaConfig(**{"base_url": "https://waha.example", "api_key": KEY, **config}),
        encryptor=OLD,
        now=NOW,
    )


def created_payload(channel: Channel) -> dict[str, Any]:
    (created,) = channel.domain_events
    assert created.event_name == "channel.created"
    assert created.occurred_at == NOW
    return created.payload()


def test_a_new_channel_is_inactive_and_has_one_event() -> None:
    channel = make_channel()
    assert channel.version == 1
    assert channel.status is ChannelStatus.INACTIVE
    assert channel.connection_mode is ConnectionMode.MANUAL
    assert channel.external_id is None
    assert channel.config == {}
    assert channel.debounce_timeout_ms == 15_000
    assert channel.history_import_status is HistoryImportStatus.IDLE
    assert channel.custom_field_definitions == {}
    assert created_payload(channel) == {
        "channel_id": channel.id,
        "project_id": PROJECT,
        "tenant_id": "acme",
        "name": "Support",
        "type": "web_form",
        "external_id": None,
        "created_at": NOW,
    }


def test_each_channel_has_a_webhook_of_its_own() -> None:
    first, second = make_channel(), make_channel()
    assert first.webhook_id != second.webhook_id
    assert UUID(first.webhook_id).version == 4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_id", UUID(int=0)),
        ("project_id", UUID(int=0)),
        ("tenant_id", ""),
        ("name", ""),
        ("type", "pigeon"),
        ("webhook_id", ""),
        ("session_timeout_minutes", 0),
        ("session_timeout_minutes", 1441),
        ("debounce_timeout_ms", -1),
        ("debounce_timeout_ms", 300_001),
        ("history_import_max_days", 0),
        ("history_import_max_messages_per_chat", 0),
        ("ai_agents_enabled", True),
        ("pipeline_id", UUID(int=0)),
        ("default_agent_id", UUID(int=0)),
    ],
)
def test_a_faulty_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_channel(), **{field: value})
    assert raised.value.field == field


def test_the_ends_of_each_range_are_allowed() -> None:
    for minutes in (None, 1, 1440):
        assert attrs.evolve(make_channel(), session_timeout_minutes=minutes)
    for milliseconds in (0, 300_000):
        assert attrs.evolve(make_channel(), debounce_timeout_ms=milliseconds)
    assert attrs.evolve(make_channel(), ai_enabled=True, ai_agents_enabled=True)


def test_an_empty_external_id_is_none() -> None:
    assert attrs.evolve(make_channel(), external_id="").external_id is None


def test_the_type_id_is_that_of_the_platform() -> None:
    assert {type_: type_.type_id for type_ in ChannelType} == {
        ChannelType.WAHA: 1,
        ChannelType.WHATSAPP_BUSINESS: 1,
        ChannelType.WHATSAPP: 2,
        ChannelType.INSTAGRAM: 3,
        ChannelType.MESSENGER: 4,
        ChannelType.TELEGRAM: 5,
        ChannelType.WECHAT: None,
        ChannelType.TWILIO_SMS: None,
        ChannelType.WEB_FORM: None,
    }


def test_waha_is_known_by_its_session() -> None:
    channel = make_waha(
        session_id="main",
        token="",
        webhook_url="https://hook.example",
        import_strategy=WahaImportStrategy.NEW_ONLY,
    )
    assert channel.type is ChannelType.WAHA
    assert channel.status is ChannelStatus.INACTIVE
    assert channel.connection_mode is ConnectionMode.MANUAL
    assert channel.external_id == "main"
    assert created_payload(channel)["external_id"] == "main"
    assert channel.config == {
        "base_url": "https://waha.example",
        "session_id": "main",
        "webhook_url": "https://hook.example",
        "import_strategy": "new_only",
        "import_completed": False,
    }
    assert channel.platform_config(OLD).api_key == Secret(KEY)  # type: ignore[union-attr]


def test_waha_may_have_a_token_instead_and_no_session_yet() -> None:
    channel = make_waha(api_key=None, token=KEY, session_id="")
    assert channel.external_id is None
    assert channel.platform_config(OLD).token == Secret(KEY)  # type: ignore[union-attr]
    assert channel.config["import_strategy"] == "none"


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"base_url": ""}, "base_url"),
        ({"api_key": None}, "auth"),
        ({"api_key": "", "token": ""}, "auth"),
        ({"import_strategy": "some"}, "import_strategy"),
    ],
)
def test_a_faulty_waha_config_is_refused(config: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make_waha(**config)
    assert raised.value.field == field


def test_whatsapp_business_connects_by_itself_under_a_name_made_of_its_id() -> None:
    channel = make_channel(ChannelType.WHATSAPP_BUSINESS)
    assert channel.type is ChannelType.WHATSAPP_BUSINESS
    assert channel.status is ChannelStatus.CONNECTING
    assert channel.connection_mode is ConnectionMode.AUTO
    assert channel.external_id == f"channel-{channel.id}"
    assert channel.config == {"session_id": channel.external_id, "import_strategy": "none"}
    payload = created_payload(channel)
    assert payload["channel_id"] == channel.id
    assert payload["external_id"] == channel.external_id


def test_whatsapp_is_known_by_its_phone_number_id() -> None:
    channel = Channel.create(
        user_id=USER,
        project_id=PROJECT,
        tenant_id="acme",
        name="Support",
        type=ChannelType.WHATSAPP,
        config=WhatsAppConfig(access_token=KEY, phone_number_id="123", verify_token=KEY),
        encryptor=OLD,
        now=NOW,
    )
    assert channel.type is ChannelType.WHATSAPP
    assert created_payload(channel)["external_id"] == channel.external_id == "123"
    assert channel.config == {"phone_number_id": "123"}
    for field in ("access_token", "phone_number_id"):
        with pytest.raises(ValidationError) as raised:
            WhatsAppConfig(**{"access_token": KEY, "phone_number_id": "123", field: ""})
        assert raised.value.field == field


def test_telegram_is_known_by_its_bot_id() -> None:
    channel = Channel.create(
        user_id=USER,
        project_id=PROJECT,
        tenant_id="acme",
        name="Support",
        type=ChannelType.TELEGRAM,
        config=TelegramConfig(bot_token=KEY, bot_id="42"),
        encryptor=OLD,
        now=NOW,
    )
    assert channel.type is ChannelType.TELEGRAM
    assert created_payload(channel)["external_id"] == channel.external_id == "42"
    assert channel.config == {"bot_id": "42"}
    for field in ("bot_token", "bot_id"):
        with pytest.raises(ValidationError) as raised:
            TelegramConfig(**{"bot_token": KEY, "bot_id": "42", field: ""})
        assert raised.value.field == field


def test_no_key_shows_in_a_repr() -> None:
    shown = [
        make_waha(token=KEY),
        WahaConfig(base_url="https://waha.example", api_key=KEY, token=KEY),
        WhatsAppConfig(access_token=KEY, phone_number_id="1", verify_token=KEY),
        TelegramConfig(bot_token=KEY, bot_id="1"),
    ]
    assert KEY not in repr(shown)


def test_nobody_else_holds_a_part_of_the_config() -> None:
    config = {"labels": {"name": "one"}}
    channel = attrs.evolve(make_channel(), config=config)
    config["labels"]["name"] = "two"
    attrs.evolve(channel, name="Other").config["labels"]["name"] = "three"
    assert channel.config == {"labels": {"name": "one"}}


@pytest.mark.parametrize("key", sorted(SECRET_KEYS))
def test_a_config_holds_no_key_in_plain(key: str) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_channel(), config={key: KEY})
    assert (raised.value.field, KEY in str(raised.value)) == ("config", False)


@pytest.mark.parametrize("address", ["https://u:{}@waha.example", "http://w.example/?k={}", "http://w/#{}"])
def test_an_address_that_may_hold_a_key_is_refused_unquoted(address: str) -> None:
    address = address.format(KEY)
    for field in ("base_url", "webhook_url"):
        with pytest.raises(ValidationError) as raised:
            make_waha(**{field: address})
        assert (raised.value.field, KEY in str(raised.value)) == (field, False)
    with pytest.raises(ValidationError) as raised:
        make_waha().set_webhook(address, now=NOW)
    assert (raised.value.field, KEY in str(raised.value)) == ("webhook_url", False)


def test_a_channel_may_be_known_before_its_config_is() -> None:
    owner: dict[str, Any] = {"user_id": USER, "project_id": PROJECT, "tenant_id": "acme", "name": "Support"}
    channel = Channel.create(**owner, type=ChannelType.INSTAGRAM, external_id="17", now=NOW)
    assert (channel.external_id, channel.secrets) == ("17", None)
    waha = WahaConfig(base_url="https://waha.example", api_key=KEY)
    for wrong in ({"config": waha}, {"config": waha, "encryptor": OLD, "external_id": "17"}):
        with pytest.raises(ValidationError) as raised:
            Channel.create(**owner, type=ChannelType.WAHA, now=NOW, **wrong)
        assert raised.value.field == "config"


def test_a_deleted_channel_keeps_no_key() -> None:
    assert make_waha().secrets is not None
    assert make_waha().delete(now=NOW).secrets is None


def test_its_keys_are_reencrypted_and_say_the_same() -> None:
    channel = make_waha(token=KEY).reencrypt(encryptor=BOTH, now=NOW)
    assert channel.platform_config(NEW) == make_waha(token=KEY).platform_config(OLD)
    assert channel.domain_events[-1].payload()["fields"] == ("secrets",)


def test_a_channel_can_be_hashed() -> None:
    channel = make_waha()
    assert {channel, attrs.evolve(channel)} == {channel}


def full_channel() -> Channel:
    """No field at its default, so that one that a mapper forgets is missed."""
    return attrs.evolve(
        make_waha(session_id="main").clear_events(),
        status=ChannelStatus.ERROR,
        connection_mode=ConnectionMode.AUTO,
        webhook_url="https://hook.example",
        webhook_configured_at=NOW,
        webhook_active=True,
        pipeline_id=uuid4(),
        session_timeout_minutes=60,
        ai_enabled=True,
        ai_agents_enabled=True,
        allow_groups=True,
        tracking_enabled=True,
        debounce_timeout_ms=0,
        last_error_at=datetime(2026, 1, 3, tzinfo=UTC),
        last_error="gone",
        history_import_enabled=True,
        history_import_status=HistoryImportStatus.COMPLETED,
        history_import_stats=HistoryImportStats(
            total=3, processed=2, failed=1, started_at=NOW, ended_at=datetime(2026, 1, 4, tzinfo=UTC)
        ),
        history_import_correlation_id="import-1",
        last_import_date=datetime(2026, 1, 5, tzinfo=UTC),
        history_import_max_days=30,
        history_import_max_messages_per_chat=100,
        default_agent_id=uuid4(),
        custom_field_definitions={"color": {"type": "text"}},
        updated_at=datetime(2026, 1, 6, tzinfo=UTC),
        deleted_at=datetime(2026, 1, 7, tzinfo=UTC),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    running = attrs.evolve(full_channel(), history_import_stats=HistoryImportStats(started_at=NOW))
    for channel in (make_channel().clear_events(), full_channel(), running):
        written = mapper.insert_args(channel)
        tenant_id, id_, *others = written
        assert mapper.from_row((id_, channel.version, tenant_id, *others)) == channel
        assert len(mapper.COLUMNS) == len(written) + 1


def test_an_update_writes_all_but_what_never_changes() -> None:
    channel = full_channel()
    inserted = dict(
        zip(("tenant_id", "id", *mapper.COLUMNS[3:]), mapper.insert_args(channel), strict=True),
        version=channel.version,
    )
    fixed = {"user_id", "project_id", "type", "webhook_id", "created_at"}
    changing = [column for column in mapper.COLUMNS[3:] if column not in fixed]
    expected = tuple(inserted[column] for column in ("tenant_id", "id", "version", *changing))
    assert mapper.update_args(channel) == expected


def test_import_stats_count_from_zero_and_have_aware_times() -> None:
    with pytest.raises(ValidationError):
        HistoryImportStats(started_at=NOW, failed=-1)
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - naive on purpose
    with pytest.raises(ValidationError):
        HistoryImportStats(started_at=naive)
    with pytest.raises(ValidationError):
        HistoryImportStats(started_at=NOW, ended_at=naive)


@pytest.mark.parametrize(
    ("pipeline", "channel", "expected"), [(5, 10, 5), (None, 10, 10), (None, None, 30), (5, None, 5)]
)
def test_the_nearest_session_timeout_counts(pipeline: int | None, channel: int | None, expected: int) -> None:
    inbound = InboundChannel(
        id=uuid4(),
        user_id=USER,
        project_id=PROJECT,
        type=ChannelType.WAHA,
        status=ChannelStatus.ACTIVE,
        pipeline_id=None,
        pipeline_timeout_minutes=pipeline,
        channel_timeout_minutes=channel,
        project_timeout_minutes=30,
    )
    assert inbound.session_timeout == timedelta(minutes=expected)
