"""The contract of the locks that a get may take."""

from __future__ import annotations

from typing import Any

import psycopg
import psycopg.sql
import pytest

from tests.support.constants import TENANT
from tests.support.subjects import Subject
from ventros import NotFound
from ventros.kernel.errors import OperationTimeout
from ventros.kernel.ids import new_id
from ventros.kernel.repository import Lock, Repository, save_all

LEFT_TO_OTHERS: dict[Lock, set[str]] = {
    "share": {"KEY SHARE", "SHARE"},
    "no key update": {"KEY SHARE"},
    "update": set(),
}
"""PostgreSQL's table of row locks: what another transaction still gets."""


async def test_a_lock_leaves_to_others_what_its_name_says(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    for lock, left in LEFT_TO_OTHERS.items():
        async with subject.db.unit_of_work(TENANT) as uow:
            repository = subject.repository(uow)
            assert await repository.get(added.id, lock=lock) == added
            assert obtainable(superuser, repository, added) == left
        assert obtainable(superuser, repository, added) == set(STRENGTHS)
    async with subject.db.unit_of_work(TENANT) as uow:
        subject.repository(uow).verify(added)
        await save_all.verify(uow)
        assert obtainable(superuser, repository, added) == LEFT_TO_OTHERS["share"]


STRENGTHS = ("KEY SHARE", "SHARE", "NO KEY UPDATE", "UPDATE")


def obtainable(superuser: psycopg.Connection, repository: Repository[Any], aggregate: Any) -> set[str]:
    """The row locks that are to be had on the aggregate at once."""
    query = psycopg.sql.SQL("SELECT id FROM {} WHERE id = %s FOR {} SKIP LOCKED")
    table = psycopg.sql.Identifier(repository.UPDATE.path.stem)
    return {
        strength
        for strength in STRENGTHS
        if superuser.execute(query.format(table, psycopg.sql.SQL(strength)), [aggregate.id]).fetchone()
    }


async def test_who_does_not_wait_for_a_lock_is_told_so_and_can_go_on(subject: Subject) -> None:
    added = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as holder, subject.db.unit_of_work(TENANT) as uow:
        await subject.repository(holder).get(added.id, lock="share")
        repository = subject.repository(uow)
        with pytest.raises(OperationTimeout):
            await repository.get(added.id, lock="no key update", nowait=True)
        with pytest.raises(NotFound):
            await repository.get(added.id, lock="no key update", skip_locked=True)
        with pytest.raises(NotFound):
            await repository.get(new_id(), lock="no key update", nowait=True)
        await holder.rollback()
        for waiting in ("nowait", "skip_locked"):
            assert await repository.get(added.id, lock="no key update", **{waiting: True}) == added
