"""Contacts, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.values import Email, Phone

PEOPLE = (
    # name, phone, email, tags; two in a row are created at the same time
    ("Alice", "5511900000001", "alice@acme.example", ("vip", "lead")),
    ("alina", "5511900000002", None, ("lead",)),
    ("100% Bob", None, "bob@acme.example", ()),
    ("Bob_Under", "5521900000003", "under@umbrella.example", ("vip",)),
    ("Back\\slash", None, None, ()),
    ("Élise", "5531900000004", None, ("partner", "lead")),
    ("Zoé", "5511900000005", "zoe@acme.example", ()),
    ("Zoé", None, None, ("partner",)),
)


async def store(uow: UnitOfWork, seed: Seed) -> list[Contact]:
    live = []
    for line, (name, phone, email, tags) in enumerate(PEOPLE):
        contact = Contact.create(
            project_id=seed.project_id,
            tenant_id=seed.tenant,
            name=name,
            now=NOW + timedelta(hours=line // 2 * 2),
        )
        contact = attrs.evolve(
            contact, phone=Phone(phone) if phone else None, email=Email(email) if email else None, tags=tags
        )
        live.append(await uow.contacts.add(contact))
    gone = await uow.contacts.add(
        Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Alice too", now=NOW)
    )
    await uow.contacts.save(gone.delete(now=NOW))
    return live


def expected(stored: list[Contact]) -> Mapping[str, list[Filtered]]:
    noon = NOW + timedelta(hours=4)

    def has(text: str, *values: object) -> bool:
        return any(text in str(value).lower() for value in values if value is not None)

    return {
        "project_id": [
            Filtered(value=stored[0].project_id, passes=lambda _: True),
            Filtered(value=new_id(), passes=lambda _: False),
        ],
        "text": [
            Filtered(value="ACME", passes=lambda c: has("acme", c.email and c.email.value)),
            Filtered(value="ali", passes=lambda c: has("ali", c.name)),
            Filtered(value="5521", passes=lambda c: has("5521", c.phone and c.phone.value)),
        ],
        "name": [
            Filtered(value=text, passes=lambda c, text=text: has(text.lower(), c.name))  # type: ignore[misc]
            for text in ("ALI", "%", "_", "\\", "zoé")
        ],
        "phone": [Filtered(value="5511", passes=lambda c: has("5511", c.phone and c.phone.value))],
        "email": [Filtered(value="acme", passes=lambda c: has("acme", c.email and c.email.value))],
        "tags": [
            Filtered(value=("vip", "partner"), passes=lambda c: bool({"vip", "partner"} & set(c.tags))),
            Filtered(value=["lead"], passes=lambda c: "lead" in c.tags),
        ],
        "created_from": [Filtered(value=noon, passes=lambda c: c.created_at >= noon)],
        "created_to": [Filtered(value=noon, passes=lambda c: c.created_at <= noon)],
    }


CASE: Any = Case(repository=lambda uow: uow.contacts, store=store, expected=expected)
