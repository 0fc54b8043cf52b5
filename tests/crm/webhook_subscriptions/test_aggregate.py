"""The rules of a webhook subscription, its patterns and its filters, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from tests.support.keys import BOTH, NEW, OLD
from ventros.crm.webhook_subscriptions import mapper
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.crm.webhook_subscriptions.repository import WebhookCounters
from ventros.crm.webhook_subscriptions.values import LONGEST, patterns_matching
from ventros.kernel.encryption import EncryptedValue, Secret
from ventros.kernel.errors import InvariantViolation, ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
USER = uuid4()
PROJECT = uuid4()
KEY = "key-of-the-receiver"
ENCRYPTED = EncryptedValue(key_id="old", nonce=bytes(12), ciphertext=bytes(20))


def make_subscription(**changes: Any) -> WebhookSubscription:
    arguments: dict[str, Any] = {
        "user_id": USER,
        "project_id": PROJECT,
        "tenant_id": "acme",
        "name": "Orders",
        "url": "https://hook.example/in",
        "events": ["message.*", "contact.created"],
        "encryptor": OLD,
    }
    return WebhookSubscription.create(**{**arguments, **changes}, now=NOW)


def assert_refused(*commands: Callable[[], object]) -> None:
    for command in commands:
        with pytest.raises(InvariantViolation):
            command()


def last_event(subscription: WebhookSubscription) -> tuple[str, dict[str, Any]]:
    event = subscription.domain_events[-1]
    return event.event_name, event.payload()


def updated_fields(subscription: WebhookSubscription) -> tuple[str, ...]:
    name, payload = last_event(subscription)
    assert name == "webhook_subscription.updated"
    assert subscription.updated_at == LATER
    assert set(payload) == {"webhook_subscription_id", "fields"}
    fields: tuple[str, ...] = payload["fields"]
    return fields


def test_a_new_subscription_is_active_and_unsigned_and_has_one_event() -> None:
    subscription = make_subscription()
    assert (subscription.version, subscription.active) == (1, True)
    assert (subscription.retry_count, subscription.timeout_seconds) == (3, 30)
    assert (subscription.secret, subscription.headers) == (None, None)
    assert subscription.origin == "https://hook.example"
    assert subscription.plain_url(OLD).reveal() == "https://hook.example/in"
    assert (subscription.plain_secret(OLD), subscription.plain_headers(OLD)) == (None, {})
    assert subscription.subscribe_contact_events is False
    assert subscription.events == ("message.*", "contact.created")
    assert len(subscription.domain_events) == 1
    assert subscription.domain_events[0].occurred_at == NOW
    assert last_event(subscription) == (
        "webhook_subscription.created",
        {
            "webhook_subscription_id": subscription.id,
            "tenant_id": "acme",
            "project_id": PROJECT,
            "user_id": USER,
            "name": "Orders",
            "events": ("message.*", "contact.created"),
        },
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_id", UUID(int=0)),
        ("project_id", UUID(int=0)),
        ("tenant_id", ""),
        ("name", ""),
        ("url", ""),
        ("url", "hook.example"),
        ("url", "ftp://hook.example"),
        ("url", "https://hook.example/\n"),
        ("events", ()),
        ("events", None),
        ("events", [""]),
        ("events", ["mess*"]),
        ("events", ["*.created"]),
        ("events", ["message.*.updated"]),
        ("events", ["message."]),
        ("events", ["message created"]),
        ("events", ["**"]),
        ("events", ["message.created", ".*"]),
    ],
)
def test_a_faulty_argument_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        make_subscription(**{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("retry_count", 0),
        ("retry_count", 11),
        ("timeout_seconds", 0),
        ("timeout_seconds", 31),
        ("url", None),
        ("origin", ""),
        ("deleted_at", LATER),
        ("contact_event_types", ("created",)),
        ("contact_event_categories", ("note",)),
    ],
)
def test_a_state_that_cannot_be_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_subscription(), **{field: value})
    assert raised.value.field == field


def test_the_ends_of_each_range_are_allowed() -> None:
    for retry_count, timeout_seconds in ((1, 1), (10, 30)):
        assert attrs.evolve(
            make_subscription(), retry_count=retry_count, timeout_seconds=timeout_seconds
        ).active


def test_each_pattern_is_held_once() -> None:
    assert make_subscription(events=["b", "*", "b", "a.*"]).events == ("b", "*", "a.*")


@pytest.mark.parametrize(
    ("pattern", "event", "matches"),
    [
        ("*", "message.created", True),
        ("message.*", "message.created", True),
        ("message.*", "message.status.updated", True),
        ("message.status.*", "message.status.updated", True),
        ("message.status.*", "message.created", False),
        ("message.*", "message", False),
        ("message.*", "messages.created", False),
        ("message.created", "message.created", True),
        ("message.created", "message.created.twice", False),
        ("Message.created", "message.created", False),
        ("created", "message.created", False),
    ],
)
def test_a_pattern_matches(pattern: str, event: str, matches: bool) -> None:
    subscription = make_subscription(events=["other.event", pattern])
    assert subscription.is_subscribed_to(event) is matches
    assert subscription.should_notify(event) is matches
    assert subscription.deactivate(now=LATER).should_notify(event) is False
    assert subscription.deactivate(now=LATER).is_subscribed_to(event) is matches


def test_the_patterns_that_match_a_name() -> None:
    assert patterns_matching("a.b.c") == ("*", "a.*", "a.b.*", "a.b.c")
    assert patterns_matching("a") == ("*", "a")


def test_of_a_long_name_no_more_prefixes_are_looked_for_than_a_pattern_can_have() -> None:
    name = ".".join("a" * 10_000)
    matching = patterns_matching(name)
    assert LONGEST - 2 < max(map(len, matching[:-1])) <= LONGEST
    assert (len(matching), matching[-1]) == (2 + (LONGEST - 1) // 2, name)
    with pytest.raises(ValidationError, match="of at most 100 characters"):
        make_subscription(events=["a" * (LONGEST + 1)])


@pytest.mark.parametrize(
    ("types", "categories", "expected"),
    [
        (None, None, True),
        ((), [], True),
        (["created"], None, True),
        (["deleted"], None, False),
        (None, ["system"], True),
        (None, ["note"], False),
        (["deleted"], ["system"], True),
        (["created"], ["note"], True),
        (["deleted"], ["note"], False),
        (["*"], ["note"], True),
        (["deleted"], ["*"], True),
        (["creat*"], None, False),
    ],
)
def test_contact_events_are_filtered_by_type_or_category(
    types: list[str] | None, categories: list[str] | None, expected: bool
) -> None:
    off = make_subscription()
    assert off.should_receive_contact_event("created", "system") is False
    on = off.enable_contact_events(types=types, categories=categories, now=LATER)
    assert on.should_receive_contact_event("created", "system") is expected
    assert on.deactivate(now=LATER).should_receive_contact_event("created", "system") is False


def test_contact_events_are_switched_on_and_off() -> None:
    subscription = make_subscription()
    assert subscription.disable_contact_events(now=LATER) is subscription
    on = subscription.enable_contact_events(types=["a", "b", "a"], categories=[], now=LATER)
    assert (on.subscribe_contact_events, on.contact_event_types) == (True, ("a", "b"))
    assert on.contact_event_categories is None
    assert updated_fields(on) == ("subscribe_contact_events", "contact_event_types")
    assert on.enable_contact_events(types=("a", "b"), now=LATER) is on
    replaced = on.enable_contact_events(categories=["note"], now=LATER)
    assert (replaced.contact_event_types, replaced.contact_event_categories) == (None, ("note",))
    off = replaced.disable_contact_events(now=LATER)
    assert (off.contact_event_types, off.contact_event_categories) == (None, None)
    assert updated_fields(off) == ("subscribe_contact_events", "contact_event_categories")
    with pytest.raises(ValidationError) as raised:
        subscription.enable_contact_events(types=[""], now=LATER)
    assert raised.value.field == "contact_event_types"


@pytest.mark.parametrize(
    ("command", "value", "field"),
    [
        ("rename", "Other", "name"),
        ("set_events", ("*",), "events"),
    ],
)
def test_a_setting_changes_once(command: str, value: Any, field: str) -> None:
    changed = getattr(make_subscription(), command)(value, now=LATER)
    assert getattr(changed, field) == value
    assert updated_fields(changed) == (field,)
    assert getattr(changed, command)(value, now=LATER) is changed


@pytest.mark.parametrize(
    ("command", "value", "field"),
    [
        ("rename", "", "name"),
        ("set_events", (), "events"),
        ("set_events", ("mess*",), "events"),
    ],
)
def test_a_faulty_setting_is_refused(command: str, value: Any, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        getattr(make_subscription(), command)(value, now=LATER)
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("command", "value", "field"),
    [
        ("set_url", "", "url"),
        ("set_url", f"ftp://hook.example/{KEY}", "url"),
        ("set_url", f"https://{KEY}@", "url"),
        ("set_url", f"https://hook.example:{KEY}", "url"),
        ("set_secret", "", "secret"),
        ("set_headers", {"": "x"}, "headers"),
        ("set_headers", {"X Y": "x"}, "headers"),
        ("set_headers", {"X": f"{KEY}\r\nSet-Cookie: b"}, "headers"),
        ("set_headers", {"X": "\u20ac"}, "headers"),
        ("set_headers", {"X": 1}, "headers"),
    ],
)
def test_what_cannot_be_encrypted_or_sent_is_refused_unquoted(command: str, value: Any, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        getattr(make_subscription(), command)(value, encryptor=OLD, now=LATER)
    assert raised.value.field == field
    assert KEY not in str(raised.value)


def test_what_is_set_is_read_with_the_key_alone() -> None:
    subscription = (
        make_subscription()
        .set_url(Secret(f"HTTPS://u:{KEY}@Hook.Example:8443/{KEY}?key={KEY}"), encryptor=OLD, now=LATER)
        .set_secret(KEY, encryptor=OLD, now=LATER)
        .set_headers({"X-Key": KEY, "X-Other": Secret(KEY)}, encryptor=OLD, now=LATER)
    )
    assert updated_fields(subscription) == ("headers",)
    assert subscription.origin == "https://hook.example:8443"
    assert subscription.plain_url(OLD).reveal().endswith(f"?key={KEY}")
    assert subscription.plain_secret(OLD) == Secret(KEY)
    assert subscription.plain_headers(OLD) == {"X-Key": Secret(KEY), "X-Other": Secret(KEY)}
    cleared = subscription.set_secret(None, encryptor=OLD, now=LATER).set_headers(
        {}, encryptor=OLD, now=LATER
    )
    assert (cleared.secret, cleared.headers) == (None, None)


def test_every_value_is_reencrypted_and_says_the_same() -> None:
    subscription = (
        make_subscription()
        .set_secret(KEY, encryptor=OLD, now=NOW)
        .set_headers({"X-Key": KEY}, encryptor=OLD, now=NOW)
        .reencrypt(encryptor=BOTH, now=LATER)
    )
    assert updated_fields(subscription) == ("url", "secret", "headers")
    assert subscription.plain_url(NEW).reveal() == "https://hook.example/in"
    assert subscription.plain_secret(NEW) == Secret(KEY)
    assert subscription.plain_headers(NEW) == {"X-Key": Secret(KEY)}
    assert subscription.reencrypt(encryptor=BOTH, now=LATER) is subscription


def test_each_number_of_the_retry_policy_is_set_on_its_own() -> None:
    subscription = make_subscription()
    assert subscription.set_retry_policy(now=LATER) is subscription
    assert subscription.set_retry_policy(retry_count=3, timeout_seconds=30, now=LATER) is subscription
    once = subscription.set_retry_policy(retry_count=1, now=LATER)
    assert (once.retry_count, once.timeout_seconds) == (1, 30)
    assert updated_fields(once) == ("retry_count",)
    both = subscription.set_retry_policy(retry_count=2, timeout_seconds=5, now=LATER)
    assert updated_fields(both) == ("retry_count", "timeout_seconds")
    for faulty in ("retry_count", "timeout_seconds"):
        with pytest.raises(ValidationError) as raised:
            subscription.set_retry_policy(now=LATER, **{faulty: 0})
        assert raised.value.field == faulty


def test_a_subscription_is_switched_off_and_on() -> None:
    subscription = make_subscription()
    assert subscription.activate(now=LATER) is subscription
    off = subscription.deactivate(now=LATER)
    assert (off.active, updated_fields(off)) == (False, ("active",))
    assert off.deactivate(now=LATER) is off
    on = off.activate(now=LATER)
    assert (on.active, updated_fields(on)) == (True, ("active",))


def test_nothing_can_be_done_with_a_deleted_subscription() -> None:
    subscription = make_subscription().delete(now=LATER)
    assert subscription.deleted_at == LATER
    assert (subscription.url, subscription.secret, subscription.headers) == (None, None, None)
    with pytest.raises(InvariantViolation):
        subscription.plain_url(OLD)
    assert last_event(subscription) == (
        "webhook_subscription.deleted",
        {"webhook_subscription_id": subscription.id},
    )
    assert_refused(
        lambda: subscription.delete(now=LATER),
        lambda: subscription.rename("x", now=LATER),
        lambda: subscription.deactivate(now=LATER),
    )


def test_neither_secret_nor_headers_nor_address_are_told() -> None:
    subscription = (
        make_subscription(url=f"https://hook.example/{KEY}")
        .set_secret(KEY, encryptor=OLD, now=LATER)
        .set_headers({"X-Key": KEY}, encryptor=OLD, now=LATER)
        .set_url(f"https://hook.example/2/{KEY}", encryptor=OLD, now=LATER)
    )
    payloads = repr([event.payload() for event in subscription.domain_events])
    assert KEY not in payloads + repr(subscription) + repr(subscription.plain_headers(OLD))
    assert "X-Key" not in repr(subscription)


def test_nobody_else_holds_a_part_of_a_subscription() -> None:
    events = ["message.*"]
    subscription = make_subscription(events=events)
    events.append("*")
    assert subscription.events == ("message.*",)
    assert {subscription, attrs.evolve(subscription)} == {subscription}


def test_the_last_trigger_is_the_later_of_success_and_failure() -> None:
    def last(success: datetime | None, failure: datetime | None) -> datetime | None:
        counters = WebhookCounters(
            success_count=0, failure_count=0, last_success_at=success, last_failure_at=failure
        )
        return counters.last_triggered_at

    assert [last(None, None), last(NOW, None), last(None, NOW)] == [None, NOW, NOW]
    assert last(NOW, LATER) == last(LATER, NOW) == LATER


def full_subscription() -> WebhookSubscription:
    """No field at its default."""
    return attrs.evolve(
        make_subscription().clear_events(),
        subscribe_contact_events=True,
        contact_event_types=("created",),
        contact_event_categories=("note", "*"),
        active=False,
        secret=ENCRYPTED,
        headers=attrs.evolve(ENCRYPTED, key_id="new"),
        retry_count=5,
        timeout_seconds=7,
        updated_at=datetime(2026, 1, 4, tzinfo=UTC),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    deleted = make_subscription().delete(now=LATER).clear_events()
    for subscription in (make_subscription().clear_events(), full_subscription(), deleted):
        written = mapper.insert_args(subscription)
        tenant_id, id_, *others = written
        assert mapper.from_row((id_, subscription.version, tenant_id, *others)) == subscription
        assert len(mapper.COLUMNS) == len(written) + 1


def test_every_field_has_a_column() -> None:
    fields = {field.name for field in attrs.fields(WebhookSubscription)} - {"domain_events", "_origin"}
    assert set(mapper.COLUMNS) == fields


def test_an_update_writes_all_but_what_never_changes() -> None:
    subscription = full_subscription()
    inserted = dict(
        zip(("tenant_id", "id", *mapper.COLUMNS[3:]), mapper.insert_args(subscription), strict=True),
        version=subscription.version,
    )
    fixed = {"user_id", "project_id", "created_at"}
    changing = [column for column in mapper.COLUMNS[3:] if column not in fixed]
    expected = tuple(inserted[column] for column in ("tenant_id", "id", "version", *changing))
    assert mapper.update_args(subscription) == expected
