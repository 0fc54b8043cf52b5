"""The stub of a user: somebody who has an email, alone."""

from __future__ import annotations

import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from ventros import AlreadyExists, Database, UnitOfWork
from ventros.core import users
from ventros.kernel.errors import TenancyViolation, ValidationError
from ventros.kernel.ids import new_id

ADA = new_id()


async def test_an_email_is_taken_once_in_all_tenants(db: Database[UnitOfWork]) -> None:
    for user, email in ((ADA, "ada@acme.example"), (new_id(), "grace@acme.example")):
        async with db.unit_of_work(user=user) as uow:
            assert await users.add(uow, email) == user
            await uow.commit()
    with pytest.raises(AlreadyExists):
        async with db.unit_of_work(OTHER_TENANT, user=new_id()) as uow:
            await users.add(uow, "ada@acme.example")


async def test_nobody_is_made_in_a_unit_for_nobody(db: Database[UnitOfWork]) -> None:
    with pytest.raises(TenancyViolation, match="user="):
        async with db.unit_of_work(TENANT) as uow:
            await users.add(uow, "ada@acme.example")


@pytest.mark.parametrize("email", ["ADA@acme.example", " ada@acme.example "])
async def test_an_email_that_is_written_otherwise_is_taken_as_well(
    db: Database[UnitOfWork], email: str
) -> None:
    for user, given in ((ADA, "ada@acme.example"), (new_id(), email)):
        async with db.unit_of_work(user=user) as uow:
            if user is ADA:
                await users.add(uow, given)
                await uow.commit()
                continue
            with pytest.raises(AlreadyExists):
                await users.add(uow, given)


@pytest.mark.parametrize("email", ["", " "])
async def test_an_empty_email_is_none(db: Database[UnitOfWork], email: str) -> None:
    async with db.unit_of_work(user=ADA) as uow:
        with pytest.raises(ValidationError):
            await users.add(uow, email)
