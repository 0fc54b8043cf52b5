"""BillingAccount, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import maybe, texts, times
from ventros.testing.factory import Factory, Refs


def new(seed: Seed, _refs: Refs) -> BillingAccount:
    return BillingAccount.create(user_id=seed.user_id, name="Acme", billing_email="pay@acme.example", now=NOW)


cards = st.builds(PaymentMethod, type=texts, last_digits=st.just("") | texts, expires_at=maybe(times))
wallets = st.builds(
    lambda others, default: (*others, attrs.evolve(default, is_default=True)),
    others=st.lists(cards, max_size=2),
    default=cards,
)


def overrides(seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "user_id": st.just(seed.user_id),
            "payment_methods": st.just(()) | wallets,
        }
    )


def change(account: BillingAccount, now: datetime) -> BillingAccount:
    return account.rename(f"Acme {new_id()}", now=now)


FACTORY = Factory(
    resource="billing_account",
    new=new,
    overrides=overrides,
    change=change,
    fixed=frozenset({"user_id"}),
)
