"""The ways in which a unit of work can be kept from others' doings, for tests that are run in each."""

from __future__ import annotations

from typing import Any

import attrs

from tests.support.constants import TENANT
from ventros import Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact


@attrs.frozen
class Mode:
    """``verify`` says whether all that a unit reads is verified by its commit."""

    name: str
    options: dict[str, Any] = attrs.field(factory=dict, eq=False)
    verify: bool = False

    def unit(self, db: Database[UnitOfWork]) -> UnitOfWork:
        return db.unit_of_work(TENANT, **self.options)

    async def get(self, uow: UnitOfWork, contact: Contact) -> Contact:
        loaded = await uow.contacts.get(contact.id)
        if self.verify:
            uow.contacts.verify(loaded)
        return loaded


NONE = Mode("none")
VERIFY = Mode("verify", verify=True)
REPEATABLE_READ = Mode("repeatable read", {"isolation": "repeatable read"})
SERIALIZABLE = Mode("serializable", {"isolation": "serializable"})
MODES = (NONE, VERIFY, REPEATABLE_READ, SERIALIZABLE)
