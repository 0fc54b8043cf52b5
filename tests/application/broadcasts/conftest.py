"""Five readers of a static list, with a draft for them."""

from __future__ import annotations

import pytest

from tests.support.broadcasts import Readers, store_readers
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed


@pytest.fixture
async def readers(db: Database[UnitOfWork], seed: Seed) -> Readers:
    return await store_readers(db, seed, 5)
