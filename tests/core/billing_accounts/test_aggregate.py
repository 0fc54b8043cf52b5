"""The rules of a billing account, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.core.billing_accounts import mapper
from ventros.core.billing_accounts.aggregate import (
    CANCELLATION_REASON,
    BillingAccount,
    PaymentMethod,
    PaymentStatus,
)
from ventros.kernel.errors import InvariantViolation, ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
MUCH_LATER = LATER + timedelta(hours=1)


def make_account() -> BillingAccount:
    return BillingAccount.create(user_id=uuid4(), name="Acme", billing_email="pay@acme.example", now=NOW)


def make_card(*, is_default: bool = False) -> PaymentMethod:
    return PaymentMethod(
        type="card",
        last_digits="4242",
        expires_at=datetime(2030, 12, 31, 23, 59, 59, 123456, tzinfo=UTC),
        is_default=is_default,
    )


def test_a_new_account_is_pending_and_has_one_event() -> None:
    account = make_account()
    assert account.version == 1
    assert account.payment_status is PaymentStatus.PENDING
    assert account.payment_methods == ()
    assert account.stripe_customer_id is None
    assert not account.suspended
    assert account.created_at == account.updated_at == NOW
    (created,) = account.domain_events
    assert created.event_name == "billing.account.created"
    assert created.occurred_at == NOW
    assert created.payload() == {
        "account_id": account.id,
        "user_id": account.user_id,
        "name": "Acme",
        "billing_email": "pay@acme.example",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [("user_id", UUID(int=0)), ("name", ""), ("billing_email", ""), ("stripe_customer_id", "")],
)
def test_a_faulty_argument_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_account(), **{field: value})
    assert raised.value.field == field


def test_at_most_one_payment_method_is_the_default() -> None:
    account = attrs.evolve(make_account(), payment_methods=(make_card(), make_card(is_default=True)))
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(account, payment_methods=(*account.payment_methods, make_card(is_default=True)))
    assert raised.value.field == "payment_methods"


def test_a_payment_method_has_a_type_and_an_aware_expiry() -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_card(), type="")
    assert raised.value.field == "type"
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_card(), expires_at=datetime(2030, 1, 1))  # noqa: DTZ001 - naive on purpose
    assert raised.value.field == "expires_at"


def test_suspended_follows_from_the_time_of_suspension() -> None:
    assert attrs.evolve(make_account(), suspended_at=NOW).suspended


def full_account() -> BillingAccount:
    """No field at its default, so that one that a mapper forgets is missed."""
    return attrs.evolve(
        make_account().clear_events(),
        stripe_customer_id="cus_1",
        payment_status=PaymentStatus.SUSPENDED,
        payment_methods=(
            make_card(is_default=True),
            PaymentMethod(type="boleto", last_digits=""),
        ),
        suspended_at=NOW,
        suspension_reason="unpaid",
        updated_at=datetime(2026, 1, 3, tzinfo=UTC),
        deleted_at=datetime(2026, 1, 4, tzinfo=UTC),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    for account in (make_account().clear_events(), full_account()):
        written = mapper.insert_args(account)
        user_id, id_, *others = written
        assert mapper.from_row((id_, account.version, user_id, *others)) == account
        assert len(mapper.COLUMNS) == len(written) + 1


def test_a_payment_method_is_stored_in_snake_case_with_its_expiry_as_text() -> None:
    account = attrs.evolve(make_account(), payment_methods=(make_card(is_default=True),))
    assert mapper.insert_args(account)[5] == [
        {
            "type": "card",
            "last_digits": "4242",
            "expires_at": "2030-12-31T23:59:59.123456+00:00",
            "is_default": True,
        }
    ]


def test_an_update_writes_all_but_what_never_changes() -> None:
    account = full_account()
    user_id, id_, *others, created_at, updated_at, deleted_at = mapper.insert_args(account)
    assert mapper.update_args(account) == (user_id, id_, 1, *others, updated_at, deleted_at)
    assert created_at == account.created_at


def stored(**fields: Any) -> BillingAccount:
    """As it is loaded: without events."""
    return attrs.evolve(make_account().clear_events(), **fields)


def active(**fields: Any) -> BillingAccount:
    return stored(
        payment_status=PaymentStatus.ACTIVE, payment_methods=(make_card(is_default=True),), **fields
    )


def suspended() -> BillingAccount:
    return active().suspend("unpaid", now=LATER).clear_events()


def canceled() -> BillingAccount:
    return active().cancel(now=LATER).clear_events()


def only_event(account: BillingAccount, name: str) -> dict[str, Any]:
    (event,) = account.domain_events
    assert (event.event_name, event.occurred_at) == (name, LATER)
    payload = event.payload()
    assert payload.pop("account_id") == account.id
    return payload


def test_a_payment_method_activates_the_account() -> None:
    account = stored().activate_payment(make_card(), now=LATER)
    assert account.payment_methods == (make_card(is_default=True),)
    assert account.is_active
    assert account.can_create_project
    assert account.updated_at == LATER
    assert only_event(account, "billing.payment.activated") == {
        "payment_method": {
            "type": "card",
            "last_digits": "4242",
            "expires_at": "2030-12-31T23:59:59.123456+00:00",
            "is_default": True,
        }
    }
    assert account.activate_payment(make_card(), now=LATER) is account


def test_the_newest_payment_method_is_the_default_and_none_stands_there_twice() -> None:
    boleto = PaymentMethod(type="boleto", last_digits="")
    account = active().activate_payment(boleto, now=LATER)
    assert account.payment_methods == (make_card(), attrs.evolve(boleto, is_default=True))
    renewed = account.activate_payment(make_card(), now=LATER)
    assert renewed.payment_methods == (boleto, make_card(is_default=True))


def test_suspended_and_active_again() -> None:
    account = active().suspend("unpaid", now=LATER)
    assert account.payment_status is PaymentStatus.SUSPENDED
    assert (account.suspended_at, account.suspension_reason) == (LATER, "unpaid")
    assert not account.can_create_project
    assert only_event(account, "billing.account.suspended") == {"reason": "unpaid"}
    assert account.suspend("fraud", now=MUCH_LATER) is account
    reactivated = account.clear_events().reactivate(now=LATER)
    assert reactivated.is_active
    assert (reactivated.suspended_at, reactivated.suspension_reason) == (None, None)
    assert only_event(reactivated, "billing.account.reactivated") == {}
    assert reactivated.reactivate(now=MUCH_LATER) is reactivated


def test_a_pending_account_is_suspended_but_not_reactivated_without_a_payment_method() -> None:
    account = stored().suspend("unpaid", now=LATER)
    with pytest.raises(InvariantViolation, match="no payment method"):
        account.reactivate(now=MUCH_LATER)


@pytest.mark.parametrize("make", [stored, active, suspended])
def test_every_account_can_be_canceled_once(make: Callable[[], BillingAccount]) -> None:
    account = make().cancel(now=LATER)
    assert account.payment_status is PaymentStatus.CANCELED
    assert (account.suspended_at, account.suspension_reason) == (LATER, CANCELLATION_REASON)
    assert not account.is_active
    assert only_event(account, "billing.account.canceled") == {}
    assert account.cancel(now=MUCH_LATER) is account


@pytest.mark.parametrize(
    "command",
    [
        lambda account: account.activate_payment(make_card(), now=MUCH_LATER),
        lambda account: account.suspend("unpaid", now=MUCH_LATER),
        lambda account: account.reactivate(now=MUCH_LATER),
    ],
)
def test_canceled_is_terminal(command: Callable[[BillingAccount], object]) -> None:
    with pytest.raises(InvariantViolation, match="canceled"):
        command(canceled())


def test_a_suspended_account_takes_no_payment_method() -> None:
    with pytest.raises(InvariantViolation, match="suspended"):
        suspended().activate_payment(make_card(), now=MUCH_LATER)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (lambda account, text: account.rename(text, now=LATER), "name"),
        (lambda account, text: account.set_billing_email(text, now=LATER), "billing_email"),
    ],
)
def test_what_has_no_event_of_its_own(
    command: Callable[[BillingAccount, str], BillingAccount], field: str
) -> None:
    account = command(stored(), "another")
    assert getattr(account, field) == "another"
    assert only_event(account, "billing.account.updated") == {"fields": (field,), "updated_at": LATER}
    assert command(account, "another") is account
    with pytest.raises(ValidationError) as raised:
        command(account, "")
    assert raised.value.field == field


def test_a_customer_at_stripe_is_linked_and_may_be_replaced() -> None:
    account = stored(stripe_customer_id="cus_0").set_stripe_customer_id("cus_1", now=LATER)
    assert account.stripe_customer_id == "cus_1"
    assert only_event(account, "billing.stripe.customer_linked") == {"stripe_customer_id": "cus_1"}
    assert account.set_stripe_customer_id("cus_1", now=LATER) is account
    with pytest.raises(ValidationError) as raised:
        account.set_stripe_customer_id("", now=LATER)
    assert raised.value.field == "stripe_customer_id"


def test_a_deleted_account_is_deleted_for_good() -> None:
    account = active().delete(now=LATER)
    assert account.deleted_at == LATER
    assert only_event(account, "billing.account.deleted") == {"deleted_at": LATER}
    for command in (account.delete, account.cancel):
        with pytest.raises(InvariantViolation):
            command(now=LATER)
