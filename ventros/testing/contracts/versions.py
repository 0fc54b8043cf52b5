"""A version is stepped once by each write, and who has an older one is told so."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import psycopg
import pytest
from psycopg import sql

from ventros.kernel.errors import (
    NotFound,
    OptimisticLockError,
    OptimisticLockErrors,
    ResultMismatch,
    StaleAggregate,
    is_optimistic_lock_error,
)
from ventros.kernel.ids import new_id
from ventros.kernel.repository import Lock, Repository
from ventros.testing.asked_of import asked_of
from ventros.testing.subject import LATER, Subject, outbox


async def test_a_stale_save_and_a_stale_remove_are_told_what_is_stored(subject: Subject) -> None:
    stale = await subject.stored()
    await subject.save(subject.change(stale))
    for write in ("save", "remove"):
        with pytest.raises(OptimisticLockError) as caught:
            async with subject.unit() as unit:
                await getattr(subject.repository(unit), write)(subject.change(stale))
        error = caught.value
        conflict = (error.resource, error.id, error.expected, error.actual)
        assert conflict == (subject.factory.resource, stale.id, 1, 2)


async def test_saving_the_old_instance_again_conflicts(subject: Subject) -> None:
    changed = subject.change(await subject.stored())
    await subject.save(changed)
    with pytest.raises(OptimisticLockError):
        await subject.save(changed)


async def test_of_racing_savers_exactly_one_wins(
    subject: Subject, ventros_superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    results = await asyncio.gather(
        *(subject.save(subject.change(added)) for _ in range(6)), return_exceptions=True
    )
    winners = [result for result in results if not isinstance(result, BaseException)]
    losers = [result for result in results if isinstance(result, OptimisticLockError)]
    assert (len(winners), len(losers)) == (1, 5)
    assert await subject.load(added.id) == winners[0]
    assert {row[0] for row in outbox(ventros_superuser, added)} == {1, 2}


async def test_touch_steps_the_version_and_nothing_else(
    subject: Subject, ventros_superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    touched = await subject.touch(added)
    assert touched == attrs.evolve(added, version=2)
    assert await subject.load(added.id) == touched
    (event,) = [row for row in outbox(ventros_superuser, added) if row[0] == 2]
    assert event[:3] == (2, 1, f"{subject.factory.resource}.touched")
    with pytest.raises(OptimisticLockError):
        await subject.touch(added)
    saved = await subject.touch(subject.change(touched))
    assert saved != touched, "what is changed is saved"
    assert await subject.load(added.id) == saved


async def test_touching_what_touch_returned_steps_again(subject: Subject) -> None:
    stored = await subject.stored()
    async with subject.unit() as unit:
        repository = subject.repository(unit)
        touched = await repository.touch(await repository.touch(stored))
        await unit.commit()
    assert touched.version == 3
    assert await subject.load(stored.id) == touched
    assert [event.aggregate_version for event in unit.events] == [2, 3]


async def test_a_verified_aggregate_fails_the_commit_when_it_has_changed(subject: Subject) -> None:
    """Unchanged, saved by the unit itself, saved by another, removed by another."""
    one = await subject.stored()
    await verified(subject, one)
    async with subject.unit() as unit:
        subject.repository(unit).verify(one)
        two = await subject.repository(unit).save(subject.change(one))
        sent = subject.listen()
        await unit.commit()
        assert subject.repository(unit).LOCK_FOR_SHARE.name not in sent
    assert await stale(subject, one) == ((subject.factory.resource, one.id, 1, 2),)
    await subject.remove(two)
    (conflict,) = await stale(subject, two)
    assert conflict.gone
    assert conflict == (subject.factory.resource, one.id, 2, None)


async def verified(subject: Subject, aggregate: Any) -> None:
    async with subject.unit() as unit:
        subject.repository(unit).verify(aggregate)
        await unit.commit()


async def stale(subject: Subject, aggregate: Any) -> tuple[StaleAggregate, ...]:
    with pytest.raises(OptimisticLockErrors) as caught:
        await verified(subject, aggregate)
    assert is_optimistic_lock_error(caught.value)
    return caught.value.conflicts


async def test_the_newest_verification_counts_and_one_can_be_withdrawn(subject: Subject) -> None:
    one, other = await subject.stored(), None
    await subject.save(subject.change(one))
    async with subject.unit() as unit:
        repository = subject.repository(unit)
        repository.verify(one)
        with pytest.raises(OptimisticLockErrors):
            await unit.save_all(subject.change(one))
        other = await repository.get(one.id)
        repository.verify(other)
        (saved,) = await unit.save_all(subject.change(other))
        await unit.commit()
    assert saved.version == 3
    async with subject.unit() as unit:
        subject.repository(unit).verify(one)
        subject.repository(unit).unverify(one.id)
        await unit.commit()
    with pytest.raises(OptimisticLockErrors):
        async with subject.unit() as unit:
            subject.repository(unit).verify(one)
            await unit.commit()


@asked_of(lambda factory: factory.several)
async def test_save_all_saves_all_or_tells_of_all_that_are_stale(
    subject: Subject, ventros_superuser: psycopg.Connection
) -> None:
    one, two, three, read = [await subject.another() for _ in range(4)]
    async with subject.unit() as unit:
        sent = subject.listen()
        saved = await unit.save_all(subject.change(one), two, subject.change_child(three))
        names = sent
        repository = subject.repository(unit)
        assert names[:2] == [repository.LOCK_FOR_NO_KEY_UPDATE.name, repository.UPDATE.name]
        assert names.count(repository.UPDATE.name) == 1, "one round trip"
        await unit.commit()
    assert [aggregate.version for aggregate in saved] == [2, 1, 2]
    assert [await subject.load(aggregate.id) for aggregate in saved] == list(saved)

    await subject.touch(read)
    await subject.remove(saved[2])
    async with subject.unit() as unit:
        subject.repository(unit).verify(read)
        with pytest.raises(OptimisticLockErrors) as caught:
            await unit.save_all(subject.change(one), subject.change(two), subject.change(saved[2]))
        unit.verified.clear()
        await unit.commit()
    name = subject.factory.resource
    conflicts = {(name, one.id, 1, 2), (name, three.id, 2, None), (name, read.id, 1, 2)}
    assert set(caught.value.conflicts) == conflicts
    assert await subject.load(two.id) == two, "nothing was written"
    assert {row[0] for row in outbox(ventros_superuser, two)} == {1}


async def test_apply_applies_the_command_again_to_what_others_have_made(
    subject: Subject, ventros_superuser: psycopg.Connection
) -> None:
    """Another saves after each load, but for one under a lock."""
    added = await subject.stored()
    async with subject.unit() as unit:
        repository = outrun(subject, subject.repository(unit))
        saved = await repository.apply(added.id, subject.factory.change, LATER)
        await unit.commit()
    assert saved.version == 4
    assert await subject.load(added.id) == saved
    assert sorted({row[0] for row in outbox(ventros_superuser, added)}) == [1, 2, 3, 4]


def outrun(subject: Subject, repository: Repository[Any]) -> Repository[Any]:
    """The repository, which another unit of work outruns after every load without a lock."""

    class Outrun(type(repository)):  # type: ignore[misc]
        async def get(self, id: Any, *, lock: Lock | None = None, **waiting: Any) -> Any:  # noqa: A002
            loaded = await super().get(id, lock=lock, **waiting)
            if lock is None:
                await subject.save(subject.change(loaded))
            return loaded

    outrun: Repository[Any] = Outrun(repository.unit)
    return outrun


async def test_an_expected_version_is_compared_when_loading(subject: Subject) -> None:
    stored = await subject.stored()
    await subject.touch(stored)
    locks: tuple[Lock | None, ...] = (None, "share", "no key update", "update")
    async with subject.unit() as unit:
        for lock in locks:
            with pytest.raises(OptimisticLockError) as caught:
                await subject.repository(unit).get(stored.id, expected_version=1, lock=lock)
            assert (caught.value.expected, caught.value.actual) == (1, 2)
            assert (await subject.repository(unit).get(stored.id, expected_version=2, lock=lock)).version == 2
        with pytest.raises(NotFound):
            await subject.repository(unit).get(new_id(), expected_version=1)


async def test_what_another_removed_is_a_conflict_from_every_write(subject: Subject) -> None:
    gone = await subject.stored()
    await subject.remove(gone)
    async with subject.unit() as unit:
        repository = subject.repository(unit)
        for write in (repository.save, repository.touch, repository.remove):
            with pytest.raises(OptimisticLockError) as caught:
                await write(subject.change(gone))
            assert (caught.value.expected, caught.value.actual) == (1, None)
        for write_all in (unit.save_all, unit.remove_all):
            with pytest.raises(OptimisticLockErrors) as all_caught:
                await write_all(subject.change(gone))
            assert [stale.actual for stale in all_caught.value.conflicts] == [None]
    with pytest.raises(NotFound):
        await reloaded(subject, gone)


async def reloaded(subject: Subject, gone: Any) -> None:
    """``db.run`` retries the conflict, and its reload says what is the matter."""
    runs: list[Any] = [gone]

    async def use_case(unit: Any) -> None:
        repository: Repository[Any] = subject.repository(unit)
        await repository.save(subject.change(runs.pop() if runs else await repository.get(gone.id)))

    await subject.run(use_case)


async def test_a_version_that_a_trigger_steps_once_more_is_noticed(
    subject: Subject, ventros_superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    ventros_superuser.execute(
        sql.SQL("""
        CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.version := NEW.version + 1; RETURN NEW; END';
        CREATE TRIGGER zzz_after_the_guard BEFORE UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION again()
        """).format(subject.table)
    )
    for write in (subject.save, subject.touch):
        with pytest.raises(ResultMismatch, match="stepped it once more"):
            await write(subject.change(added))
    with pytest.raises(ResultMismatch, match="stepped it once more"):
        await subject.touch(added)
    assert await subject.load(added.id) == added
