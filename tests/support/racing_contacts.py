"""Another unit comes between the look for who has a phone or an email and the save of the contact."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from tests.support.constants import TENANT
from ventros import Database, UnitOfWork
from ventros.crm.contacts.repository import ContactRepository
from ventros.kernel.transaction.held import Held
from ventros.values import Email, Phone

Work = Callable[[UnitOfWork], Awaitable[Any]]


def with_rival(db: Database[UnitOfWork], rival: Work) -> Database[UnitOfWork]:
    """The same database, in whose first unit of work the rival is committed in between."""
    done = False

    class Contacts(ContactRepository):
        async def find_holders(
            self, project_id: UUID, *, phone: Phone | None, email: Email | None
        ) -> dict[str, UUID]:
            nonlocal done
            found = await super().find_holders(project_id, phone=phone, email=email)
            if not done:
                done = True
                await db.run(TENANT, rival)
            return found

    class Racing(UnitOfWork):
        contacts = Held(Contacts)

    return Database(db._pool, Racing, db.settings)
