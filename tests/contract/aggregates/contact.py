"""Contact, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import maybe, texts, times
from ventros.testing.factory import Factory, Refs
from ventros.values import Email, Phone


def new(seed: Seed, _refs: Refs) -> Contact:
    return Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)


def overrides(seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    pictures = st.tuples(texts, times) | st.just((None, None))
    interactions = st.tuples(times, times).map(sorted) | st.just((None, None))
    phones = st.integers(10**7, 10**14).map(lambda number: Phone(str(number)))
    emails = st.from_regex(r"[a-z0-9]{1,9}@[a-z0-9]{1,9}\.[a-z]{2,5}", fullmatch=True).map(Email)
    return st.builds(
        lambda picture, interaction, **others: {
            "profile_picture_url": picture[0],
            "profile_picture_fetched_at": picture[1],
            "first_interaction_at": interaction[0],
            "last_interaction_at": interaction[1],
            **others,
        },
        picture=pictures,
        interaction=interactions,
        project_id=st.just(seed.project_id),
        email=maybe(emails),
        phone=maybe(phones),
        merged_into=st.none(),
    )


def change(contact: Contact, now: datetime) -> Contact:
    return contact.rename(f"Ada {new_id()}", now=now)


FACTORY = Factory(
    resource="contact",
    new=new,
    overrides=overrides,
    change=change,
    fixed=frozenset({"project_id"}),
)
