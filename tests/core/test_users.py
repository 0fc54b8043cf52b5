"""The stub of a user: somebody who has an email, alone."""

from __future__ import annotations

import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from ventros import AlreadyExists, Database, UnitOfWork
from ventros.core import users


async def test_an_email_is_taken_once_in_all_tenants(db: Database[UnitOfWork]) -> None:
    async with db.unit_of_work(TENANT) as uow:
        first = await users.add(uow, "ada@acme.example")
        assert await users.add(uow, "grace@acme.example") != first
        await uow.commit()
    with pytest.raises(AlreadyExists):
        async with db.unit_of_work(OTHER_TENANT) as uow:
            await users.add(uow, "ada@acme.example")
