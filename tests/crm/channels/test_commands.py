"""What can be done with a channel, in which state, and what it tells of it; without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from tests.support.keys import OLD
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import WahaConfig, WahaSessionStatus
from ventros.crm.channels.values import (
    ChannelStatus,
    ChannelType,
    HistoryImportStats,
    HistoryImportStatus,
    HistoryImportStrategy,
)
from ventros.kernel.errors import InvariantViolation, ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)
AGENT = uuid4()
PIPELINE = uuid4()

Command = Callable[[Channel], Channel]


def stored(**fields: Any) -> Channel:
    """A WAHA channel as it is loaded: without events; a suspended one was active before."""
    if fields.get("status") is ChannelStatus.SUSPENDED:
        fields.setdefault("suspended_from", ChannelStatus.ACTIVE)
    config = WahaConfig(base_url="https://waha.example", api_key="key", session_id="main")
    channel = Channel.create(
        user_id=uuid4(),
        project_id=uuid4(),
        tenant_id="acme",
        name="Support",
        type=ChannelType.WAHA,
        config=config,
        encryptor=OLD,
        now=NOW,
    )
    return attrs.evolve(channel.clear_events(), **fields)


def only_event(channel: Channel, name: str) -> dict[str, Any]:
    (event,) = channel.domain_events
    assert (event.event_name, event.occurred_at) == (name, LATER)
    payload = event.payload()
    assert payload.pop("channel_id") == channel.id
    return payload


# Status


S = ChannelStatus
MOVES: dict[str, tuple[Command, ChannelStatus, set[ChannelStatus], str, dict[str, Any]]] = {
    "request_activation": (
        lambda channel: channel.request_activation(now=LATER),
        S.ACTIVATING,
        {S.INACTIVE, S.ERROR, S.DISCONNECTED},
        "channel.activation.requested",
        {"channel_type": "waha", "requested_at": LATER},
    ),
    "activate": (
        lambda channel: channel.activate(now=LATER),
        S.ACTIVE,
        {S.INACTIVE, S.ERROR, S.ACTIVATING, S.CONNECTING, S.DISCONNECTED},
        "channel.activated",
        {"activated_at": LATER},
    ),
    "deactivate": (
        lambda channel: channel.deactivate(now=LATER),
        S.INACTIVE,
        {S.ACTIVE, S.ACTIVATING, S.CONNECTING, S.ERROR, S.DISCONNECTED},
        "channel.deactivated",
        {"deactivated_at": LATER},
    ),
    "set_connecting": (
        lambda channel: channel.set_connecting(now=LATER),
        S.CONNECTING,
        {S.INACTIVE, S.ACTIVATING, S.DISCONNECTED, S.ERROR},
        "channel.updated",
        {"fields": ("status",), "updated_at": LATER},
    ),
}


@pytest.mark.parametrize("move", sorted(MOVES))
@pytest.mark.parametrize("status", list(ChannelStatus))
def test_a_status_follows_only_those_that_it_may_follow(move: str, status: ChannelStatus) -> None:
    command, to, allowed, event, payload = MOVES[move]
    channel = stored(status=status)
    if status is to:
        assert command(channel) is channel
    elif status in allowed:
        moved = command(channel)
        assert (moved.status, moved.updated_at) == (to, LATER)
        assert only_event(moved, event) == payload
    else:
        with pytest.raises(InvariantViolation, match=f"is {status}"):
            command(channel)


@pytest.mark.parametrize("status", list(ChannelStatus))
def test_only_an_activation_fails(status: ChannelStatus) -> None:
    channel = stored(status=status)
    if status is not S.ACTIVATING:
        with pytest.raises(InvariantViolation):
            channel.fail_activation("no answer", now=LATER)
        return
    failed = channel.fail_activation("no answer", now=LATER)
    assert (failed.status, failed.last_error, failed.last_error_at) == (S.INACTIVE, "no answer", LATER)
    expected = {"reason": "no answer", "failed_at": LATER}
    assert only_event(failed, "channel.activation.failed") == expected


@pytest.mark.parametrize("status", [status for status in ChannelStatus if status is not S.SUSPENDED])
def test_a_channel_is_suspended_from_every_status_and_has_it_again(status: ChannelStatus) -> None:
    channel = stored(status=status)
    suspended = channel.suspend(now=LATER)
    assert (suspended.status, suspended.suspended_from) == (S.SUSPENDED, status)
    assert only_event(suspended, "channel.suspended") == {"status": status.value, "suspended_at": LATER}
    assert suspended.suspend(now=LATER) is suspended
    resumed = suspended.clear_events().resume(now=LATER)
    assert (resumed.status, resumed.suspended_from) == (status, None)
    assert only_event(resumed, "channel.resumed") == {"status": status.value, "resumed_at": LATER}
    assert resumed.resume(now=LATER) is resumed


@pytest.mark.parametrize("session", list(WahaSessionStatus))
def test_what_the_platform_tells_of_a_suspended_channel_is_recorded_alone(session: WahaSessionStatus) -> None:
    told = stored(status=S.SUSPENDED).set_session_status(session, now=LATER)
    assert (told.status, told.suspended_from, told.session_status) == (S.SUSPENDED, S.ACTIVE, session)
    assert only_event(told, "channel.updated")["fields"] == ("config",)
    with pytest.raises(InvariantViolation, match="suspended"):
        told.set_error("gone", now=LATER)


@pytest.mark.parametrize(
    ("status", "suspended_from"), [(S.SUSPENDED, None), (S.ACTIVE, S.ACTIVE), (S.SUSPENDED, S.SUSPENDED)]
)
def test_a_suspended_channel_alone_has_a_status_before(
    status: ChannelStatus, suspended_from: ChannelStatus | None
) -> None:
    with pytest.raises(ValidationError) as caught:
        stored(status=status, suspended_from=suspended_from)
    assert caught.value.field == "suspended_from"


@pytest.mark.parametrize("status", [status for status in ChannelStatus if status is not S.SUSPENDED])
def test_an_error_may_come_at_any_time_and_stays_on_record(status: ChannelStatus) -> None:
    failed = stored(status=status).set_error("gone", now=LATER)
    assert (failed.status, failed.last_error, failed.last_error_at) == (S.ERROR, "gone", LATER)
    assert "last_error" in only_event(failed, "channel.updated")["fields"]
    assert failed.set_error("gone", now=LATER) is failed
    assert failed.activate(now=LATER).last_error == "gone"


# Settings


SETTINGS: list[tuple[Command, dict[str, Any]]] = [
    (lambda channel: channel.rename("Sales", now=LATER), {"name": "Sales"}),
    (lambda channel: channel.set_session_timeout(1440, now=LATER), {"session_timeout_minutes": 1440}),
    (lambda channel: channel.set_debounce_timeout(0, now=LATER), {"debounce_timeout_ms": 0}),
    (lambda channel: channel.enable_groups(now=LATER), {"allow_groups": True}),
    (lambda channel: channel.enable_tracking(now=LATER), {"tracking_enabled": True}),
    (
        lambda channel: channel.set_ai(enabled=True, agents_enabled=True, now=LATER),
        {"ai_enabled": True, "ai_agents_enabled": True},
    ),
    (
        lambda channel: channel.set_history_import_limits(max_days=7, max_messages_per_chat=9, now=LATER),
        {"history_import_max_days": 7, "history_import_max_messages_per_chat": 9},
    ),
]


@pytest.mark.parametrize(("command", "fields"), SETTINGS)
def test_a_setting_changes_once_and_says_which(command: Command, fields: dict[str, Any]) -> None:
    channel = command(stored())
    assert {name: getattr(channel, name) for name in fields} == fields
    expected = {"fields": tuple(fields), "updated_at": LATER}
    assert only_event(channel, "channel.updated") == expected
    assert command(channel) is channel


def test_what_is_switched_on_can_be_switched_off() -> None:
    channel = stored(
        allow_groups=True,
        tracking_enabled=True,
        ai_enabled=True,
        ai_agents_enabled=True,
        session_timeout_minutes=5,
        history_import_enabled=True,
        history_import_max_days=7,
    )
    channel = (
        channel.disable_groups(now=LATER)
        .disable_tracking(now=LATER)
        .set_ai(enabled=False, agents_enabled=False, now=LATER)
        .set_session_timeout(None, now=LATER)
        .disable_history_import(now=LATER)
        .set_history_import_limits(max_days=None, max_messages_per_chat=None, now=LATER)
    )
    switches = (channel.allow_groups, channel.tracking_enabled, channel.ai_enabled, channel.ai_agents_enabled)
    assert switches == (False,) * 4
    assert not channel.history_import_enabled
    assert (channel.session_timeout_minutes, channel.history_import_max_days) == (None, None)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (lambda channel: channel.rename("", now=LATER), "name"),
        (lambda channel: channel.set_session_timeout(0, now=LATER), "session_timeout_minutes"),
        (lambda channel: channel.set_debounce_timeout(300_001, now=LATER), "debounce_timeout_ms"),
        (
            lambda channel: channel.set_ai(enabled=False, agents_enabled=True, now=LATER),
            "ai_agents_enabled",
        ),
        (lambda channel: channel.set_pipeline(UUID(int=0), now=LATER), "pipeline_id"),
    ],
)
def test_a_faulty_argument_is_named(command: Command, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        command(stored())
    assert raised.value.field == field


def test_the_default_debounce_stands_in_for_none() -> None:
    assert stored(debounce_timeout_ms=0).effective_debounce_ms == 15_000
    assert stored(debounce_timeout_ms=1).effective_debounce_ms == 1


def test_a_pipeline_is_associated_and_disassociated() -> None:
    channel = stored()
    assert channel.clear_pipeline(now=LATER) is channel
    associated = channel.set_pipeline(PIPELINE, now=LATER)
    assert associated.has_pipeline
    expected = {"pipeline_id": PIPELINE, "associated_at": LATER}
    assert only_event(associated, "channel.pipeline.associated") == expected
    assert associated.set_pipeline(PIPELINE, now=LATER) is associated
    without = associated.clear_events().clear_pipeline(now=LATER)
    assert without.pipeline_id is None
    expected = {"pipeline_id": PIPELINE, "disassociated_at": LATER}
    assert only_event(without, "channel.pipeline.disassociated") == expected


def test_a_deleted_channel_is_deleted_for_good() -> None:
    deleted = stored().delete(now=LATER)
    assert deleted.deleted_at == LATER
    assert only_event(deleted, "channel.deleted") == {"deleted_at": LATER}
    for command in (deleted.delete, deleted.activate, deleted.enable_groups):
        with pytest.raises(InvariantViolation):
            command(now=LATER)


# History import


def importable(**fields: Any) -> Channel:
    return stored(status=S.ACTIVE, history_import_enabled=True, **fields)


def importing(**fields: Any) -> Channel:
    running = {
        "history_import_status": HistoryImportStatus.IMPORTING,
        "history_import_stats": HistoryImportStats(started_at=NOW),
    }
    return importable(**{**running, **fields})


def enable(channel: Channel, **limits: int) -> Channel:
    return channel.enable_history_import(AGENT, now=LATER, **limits)


@pytest.mark.parametrize("status", list(ChannelStatus))
def test_an_import_is_enabled_on_a_channel_that_works(status: ChannelStatus) -> None:
    channel = stored(status=status, history_import_status=HistoryImportStatus.FAILED)
    if status not in {S.ACTIVE, S.CONNECTING}:
        with pytest.raises(InvariantViolation):
            enable(channel)
        return
    enabled = enable(channel, max_days=7)
    assert enabled.can_start_history_import
    assert enabled.history_import_status is HistoryImportStatus.IDLE
    assert (enabled.default_agent_id, enabled.history_import_max_days) == (AGENT, 7)
    expected = {"agent_id": AGENT, "timestamp": LATER}
    assert only_event(enabled, "channel.history_import.enabled") == expected
    assert enable(enabled, max_days=7) is enabled


def test_a_running_import_is_not_reset_by_enabling_it_again() -> None:
    enabled = enable(importing(), max_days=3)
    assert enabled.is_importing
    assert not enabled.can_start_history_import


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"agent_id": UUID(int=0)}, "default_agent_id"),
        ({"max_days": 0}, "history_import_max_days"),
        ({"max_messages_per_chat": 0}, "history_import_max_messages_per_chat"),
    ],
)
def test_enabling_an_import_refuses_what_it_cannot_use(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        importable().enable_history_import(**{"agent_id": AGENT, "now": LATER, **arguments})
    assert raised.value.field == field


def request(channel: Channel, **arguments: Any) -> Channel:
    defaults = {"correlation_id": "import-1", "strategy": "full", "now": LATER}
    return channel.request_history_import(**{**defaults, **arguments})


def test_a_request_announces_and_does_not_start() -> None:
    requested = request(importable(), strategy=HistoryImportStrategy.TIME_RANGE, time_range_days=30, limit=5)
    assert requested.history_import_correlation_id == "import-1"
    assert requested.can_start_history_import
    assert only_event(requested, "channel.history_import.requested") == {
        "channel_type": "waha",
        "correlation_id": "import-1",
        "strategy": "time_range",
        "time_range_days": 30,
        "limit": 5,
        "requested_at": LATER,
    }
    assert request(requested) is requested
    assert requested.start_history_import(now=LATER).is_importing


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"correlation_id": ""}, "correlation_id"),
        ({"strategy": "guess"}, "strategy"),
        ({"strategy": "time_range"}, "time_range_days"),
        ({"strategy": "time_range", "time_range_days": 0}, "time_range_days"),
        ({"strategy": "recent", "time_range_days": 1}, "time_range_days"),
        ({"limit": 0}, "limit"),
    ],
)
def test_a_faulty_request_is_refused(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        request(importable(), **arguments)
    assert raised.value.field == field


@pytest.mark.parametrize("channel", [stored(status=S.ACTIVE), importing()])
@pytest.mark.parametrize("command", [request, lambda channel: channel.start_history_import(now=LATER)])
def test_an_import_starts_when_it_is_enabled_and_not_running(command: Command, channel: Channel) -> None:
    with pytest.raises(InvariantViolation):
        command(channel)


@pytest.mark.parametrize(
    "status", [HistoryImportStatus.IDLE, HistoryImportStatus.COMPLETED, HistoryImportStatus.FAILED]
)
def test_an_import_runs_from_start_to_completion(status: HistoryImportStatus) -> None:
    started = importable(history_import_status=status).start_history_import(now=NOW)
    assert started.is_importing
    assert started.history_import_stats == HistoryImportStats(started_at=NOW)
    assert started.domain_events[0].event_name == "channel.history_import.started"
    assert started.domain_events[0].payload() == {"channel_id": started.id, "timestamp": NOW}
    done = started.clear_events().complete_history_import(total=3, processed=2, failed=1, now=LATER)
    assert done.history_import_status is HistoryImportStatus.COMPLETED
    assert done.last_import_date == LATER
    assert done.history_import_stats == HistoryImportStats(
        total=3, processed=2, failed=1, started_at=NOW, ended_at=LATER
    )
    stats = {"total": 3, "processed": 2, "failed": 1}
    times = {"started_at": NOW.isoformat(), "ended_at": LATER.isoformat()}
    expected = {"stats": {**stats, **times}, "timestamp": LATER}
    assert only_event(done, "channel.history_import.completed") == expected


def test_a_failed_import_keeps_its_figures() -> None:
    failed = importing().fail_history_import("no answer", now=LATER)
    assert failed.history_import_status is HistoryImportStatus.FAILED
    assert failed.history_import_stats == HistoryImportStats(started_at=NOW, ended_at=LATER)
    assert failed.last_import_date is None
    expected = {"reason": "no answer", "timestamp": LATER}
    assert only_event(failed, "channel.history_import.failed") == expected
    assert (
        importing(history_import_stats=None).fail_history_import("x", now=LATER).history_import_stats is None
    )


@pytest.mark.parametrize(
    "command",
    [
        lambda channel: channel.complete_history_import(total=0, processed=0, failed=0, now=LATER),
        lambda channel: channel.fail_history_import("no answer", now=LATER),
    ],
)
def test_only_a_running_import_ends(command: Command) -> None:
    with pytest.raises(InvariantViolation):
        command(importable())


@pytest.mark.parametrize(
    ("max_days", "last_import", "expected"),
    [
        (None, None, None),
        (None, NOW - 9 * DAY, NOW - 9 * DAY),
        (7, None, NOW - 7 * DAY),
        (7, NOW - 9 * DAY, NOW - 7 * DAY),
        (7, NOW - DAY, NOW - DAY),
    ],
)
def test_from_when_on_messages_are_wanted(
    max_days: int | None, last_import: datetime | None, expected: datetime | None
) -> None:
    channel = stored(history_import_max_days=max_days, last_import_date=last_import)
    assert channel.history_import_from(NOW) == expected


def test_a_channel_without_a_platform_of_its_own() -> None:
    """A channel of any type may be created without a config, one that needs it included."""
    channel = Channel.create(
        user_id=uuid4(), project_id=uuid4(), tenant_id="acme", name="Form", type=ChannelType.WEB_FORM, now=NOW
    )
    assert channel.activate(now=LATER).is_active
    assert not channel.is_waha
