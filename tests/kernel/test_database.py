"""How often a unit of work is run again."""

from __future__ import annotations

import pytest

from tests.support.constants import TENANT
from ventros import Database, UnitOfWork
from ventros.kernel.errors import SerializationFailure


async def test_attempts_and_deadline_bound_the_retries(db: Database[UnitOfWork]) -> None:
    runs = 0

    async def conflict(_: UnitOfWork) -> None:
        nonlocal runs
        runs += 1
        raise SerializationFailure

    for options, expected in (
        ({"attempts": 3}, range(3, 4)),
        ({"attempts": 1000, "deadline": 0.1}, range(2, 999)),
    ):
        runs = 0
        with pytest.raises(SerializationFailure):
            await db.run(TENANT, conflict, **options)
        assert runs in expected
