"""The rules of a billing account, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from ventros.core.billing_accounts import mapper
from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod, PaymentStatus
from ventros.kernel.errors import ValidationError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


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
        id_, *others = written
        assert mapper.from_row((id_, account.version, *others)) == account
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
    id_, user_id, *others, created_at, updated_at, deleted_at = mapper.insert_args(account)
    assert mapper.update_args(account) == (id_, 1, *others, updated_at, deleted_at)
    assert (user_id, created_at) == (account.user_id, account.created_at)
