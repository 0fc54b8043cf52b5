"""The locks that a get may take, by PostgreSQL's table of row locks."""

from __future__ import annotations

from typing import Final, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from ventros.kernel.errors import LockNotAvailable, NotFound, OperationTimeout
from ventros.kernel.ids import new_id
from ventros.kernel.repository import Lock, save_all
from ventros.testing.subject import Subject

LEFT_TO_OTHERS: Final[dict[Lock, set[str]]] = {
    "share": {"KEY SHARE", "SHARE"},
    "no key update": {"KEY SHARE"},
    "update": set(),
}
"""PostgreSQL's table of row locks: what another transaction still gets."""


STRENGTHS: Final[tuple[LiteralString, ...]] = ("KEY SHARE", "SHARE", "NO KEY UPDATE", "UPDATE")


async def test_a_lock_leaves_to_others_what_its_name_says(
    subject: Subject, ventros_superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    for lock, left in LEFT_TO_OTHERS.items():
        async with subject.unit() as unit:
            repository = subject.repository(unit)
            assert await repository.get(added.id, lock=lock) == added
            assert obtainable(ventros_superuser, subject.table, added.id) == left
        assert obtainable(ventros_superuser, subject.table, added.id) == set(STRENGTHS)
    async with subject.unit() as unit:
        subject.repository(unit).verify(added)
        await save_all.verify(unit)
        assert obtainable(ventros_superuser, subject.table, added.id) == LEFT_TO_OTHERS["share"]


def obtainable(superuser: psycopg.Connection, table: sql.Identifier, id_: UUID) -> set[str]:
    """The row locks that are to be had on the row at once."""
    query = sql.SQL("SELECT id FROM {} WHERE id = %s FOR {} SKIP LOCKED")
    return {
        strength
        for strength in STRENGTHS
        if superuser.execute(query.format(table, sql.SQL(strength)), [id_]).fetchone()
    }


async def test_who_does_not_wait_for_a_lock_is_told_so_and_can_go_on(subject: Subject) -> None:
    added = await subject.stored()
    async with subject.unit() as holder, subject.unit() as unit:
        await subject.repository(holder).get(added.id, lock="share")
        repository = subject.repository(unit)
        with pytest.raises(OperationTimeout):
            await repository.get(added.id, lock="no key update", nowait=True)
        with pytest.raises(NotFound):
            await repository.get(added.id, lock="no key update", skip_locked=True)
        with pytest.raises(NotFound):
            await repository.get(new_id(), lock="no key update", nowait=True)
        await holder.rollback()
        assert await repository.get(added.id, lock="no key update", nowait=True) == added
        assert await repository.get(added.id, lock="no key update", skip_locked=True) == added


WAITS_FOR: Final[dict[Lock, tuple[Lock, ...]]] = {
    "share": ("no key update", "update"),
    "no key update": ("share", "no key update", "update"),
    "update": ("share", "no key update", "update"),
}
"""PostgreSQL's table of row locks, for those that a repository takes."""


@pytest.mark.parametrize("lock", WAITS_FOR)
async def test_no_lock_has_to_be_waited_for(subject: Subject, lock: Lock) -> None:
    stored = await subject.stored()
    for held in WAITS_FOR:
        async with subject.unit() as holder, subject.unit() as unit:
            await subject.repository(holder).get(stored.id, lock=held)
            repository = subject.repository(unit)
            if held in WAITS_FOR[lock]:
                with pytest.raises(LockNotAvailable):
                    await repository.get(stored.id, lock=lock, nowait=True)
                with pytest.raises(NotFound):
                    await repository.get(stored.id, lock=lock, skip_locked=True)
            else:
                assert await repository.get(stored.id, lock=lock, nowait=True) == stored
                assert await repository.get(stored.id, lock=lock, skip_locked=True) == stored
