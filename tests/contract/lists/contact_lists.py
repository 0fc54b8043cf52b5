"""Contact lists, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

GROUPS = (
    # name, static, number of rules; two in a row are created at the same time
    ("Customers", False, 2),
    ("old customers", False, 0),
    ("100% loyal", True, 0),
    ("Guests_of_honour", True, 0),
    ("Press", False, 1),
    ("Press", False, 3),
)


async def store(uow: UnitOfWork, seed: Seed) -> list[ContactList]:
    live = []
    for line, (name, is_static, rules) in enumerate(GROUPS):
        now = NOW + timedelta(hours=line // 2)
        contact_list = ContactList.create(
            project_id=seed.project_id, tenant_id=seed.tenant, name=name, is_static=is_static, now=now
        )
        for number in range(rules):
            rule = FilterRule.tag(FilterOperator.EQ, f"tag {number}", now=now)
            contact_list = contact_list.add_filter_rule(rule, now=now)
        live.append(await uow.contact_lists.add(contact_list))
    gone = ContactList.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Press", now=NOW)
    await uow.contact_lists.save((await uow.contact_lists.add(gone)).delete(now=NOW))
    return live


def expected(stored: list[ContactList]) -> Mapping[str, list[Filtered]]:
    return {
        "project_id": [
            Filtered(value=stored[0].project_id, passes=lambda _: True),
            Filtered(value=new_id(), passes=lambda _: False),
        ],
        "name": [
            Filtered(value=text, passes=lambda row, text=text: text.lower() in row.name.lower())  # type: ignore[misc]
            for text in ("CUSTOMERS", "%", "_", "Press")
        ],
        "is_static": [
            Filtered(value=True, passes=lambda row: row.is_static),
            Filtered(value=False, passes=lambda row: not row.is_static),
        ],
    }


CASE: Any = Case(repository=lambda uow: uow.contact_lists, store=store, expected=expected)
