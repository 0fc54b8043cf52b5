"""One person, known by a phone and by a LID, who are two contacts as yet."""

from __future__ import annotations

import pytest

from tests.support.constants import TENANT
from tests.support.conversations import LID, PHONE, Two, identify
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed


@pytest.fixture
async def two(db: Database[UnitOfWork], seed: Seed) -> Two:
    async with db.unit_of_work(TENANT) as uow:
        survivor = await identify(uow, seed, PHONE)
        merged = await identify(uow, seed, lid=LID, name="Ada")
        await uow.commit()
    return Two(survivor=survivor, merged=merged)
