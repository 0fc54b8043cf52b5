"""What is said and what is stored agree: an instance belongs to its write, and no change is lost unseen."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import pytest

from tests.support.constants import TENANT
from tests.support.subjects import LATER, Subject, only
from ventros import (
    Conflict,
    Database,
    NotFound,
    OptimisticLockError,
    OptimisticLockErrors,
    UnitOfWork,
)
from ventros.kernel.errors import ChangeWithoutEvent, LockNotAvailable, NotNew, UndoneWrite
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome
from ventros.kernel.repository import Lock, Repository

Undo = Callable[[Subject, Callable[[UnitOfWork], Awaitable[Any]]], Awaitable[Any]]
several = only(lambda factory: factory.resource != "project")  # a tenant has but one


async def left_without_commit(subject: Subject, write: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
    async with subject.db.unit_of_work(TENANT) as uow:
        return await write(uow)


async def rolled_back_by_hand(subject: Subject, write: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
    async with subject.db.unit_of_work(TENANT) as uow:
        written = await write(uow)
        await uow.rollback()
    return written


async def retried(subject: Subject, write: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
    """The first run of ``db.run``, which met a conflict."""
    runs: list[Any] = []

    async def use_case(uow: UnitOfWork) -> None:
        if runs:
            await uow.rollback()
            return
        runs.append(await write(uow))
        raise Conflict("once")

    await subject.db.run(TENANT, use_case)
    return runs[0]


async def savepoint_undone(subject: Subject, write: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
    """Its unit is committed all the same."""
    async with subject.db.unit_of_work(TENANT) as uow:
        with pytest.raises(KeyError):
            async with uow.savepoint():
                written = await write(uow)
                raise KeyError
        await uow.commit()
    assert uow.outcome is Outcome.COMMITTED
    return written


async def joined_unit_undone(subject: Subject, write: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
    driver = await subject.db._pool.acquire(1)
    async with driver.transaction():
        with pytest.raises(KeyError):
            async with UnitOfWork.join(driver, TENANT) as uow:
                written = await write(uow)
                raise KeyError
    await subject.db._pool.give_back(driver, 1)
    return written


UNDONE = [left_without_commit, rolled_back_by_hand, retried, savepoint_undone, joined_unit_undone]


@pytest.mark.parametrize("undo", UNDONE, ids=lambda undo: undo.__name__)
async def test_what_an_undone_write_returned_is_refused(subject: Subject, undo: Undo) -> None:
    new = subject.new()
    added = await undo(subject, lambda uow: subject.repository(uow).add(new))
    await refused_everywhere(subject, added)
    stored = await subject.db.run(TENANT, lambda uow: subject.repository(uow).add(new))
    changed = subject.change(stored)
    saved = await undo(subject, lambda uow: subject.repository(uow).save(changed))
    await refused_everywhere(subject, saved)
    touched = await undo(subject, lambda uow: subject.repository(uow).touch(stored))
    await refused_everywhere(subject, touched)
    assert await subject.load(new.id) == stored
    assert (await subject.save(changed)).version == 2, "what was given to the write can be used again"


async def refused_everywhere(subject: Subject, instance: Any) -> None:
    """And what a command makes of it, whose version somebody else's may be by now."""
    copies = (copy.deepcopy(instance), pickle.loads(pickle.dumps(instance)))  # noqa: S301 - our own
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = subject.repository(uow)
        writes = (repository.add, repository.save, repository.touch, repository.remove, uow.save_all)
        for undone in (instance, subject.change(instance), *copies):
            for write in writes:
                with pytest.raises(UndoneWrite, match="use the instance that was given to that write"):
                    await write(undone)
            with pytest.raises(UndoneWrite):
                repository.verify(undone)
        await uow.commit()
    assert uow.events_written == 0


async def test_control_what_a_committed_write_returned_can_be_used(subject: Subject) -> None:
    added = await subject.stored()
    for instance in (added, copy.copy(added), pickle.loads(pickle.dumps(added))):  # noqa: S301
        async with subject.db.unit_of_work(TENANT) as uow:
            repository = subject.repository(uow)
            repository.verify(instance)
            assert await repository.save(instance) == added
            assert (await repository.save(subject.change(instance))).version == 2


async def test_what_is_read_after_a_write_of_the_same_unit_belongs_to_it_too(subject: Subject) -> None:
    stored = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as uow:
        untouched = await subject.repository(uow).get(stored.id)
        await subject.repository(uow).save(subject.change(stored))
        read = await subject.repository(uow).get(stored.id)
    await refused_everywhere(subject, read)
    assert await subject.save(untouched) == untouched, (
        "control: what was read before the write says what is stored"
    )


async def test_after_a_savepoint_was_undone_what_is_read_is_the_units(subject: Subject) -> None:
    stored = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = subject.repository(uow)
        with pytest.raises(KeyError):
            async with uow.savepoint():
                await repository.save(subject.change(stored))
                raise KeyError
        read = await repository.get(stored.id)
        saved = await repository.save(subject.change(read))
        await uow.commit()
    assert saved.version == 2
    assert await subject.load(stored.id) == saved


async def test_what_is_not_new_is_not_added(subject: Subject) -> None:
    stored = await subject.stored()
    newer = await subject.save(subject.change(stored))
    for instance, reason in (
        (stored, "the event of its creation"),
        (await subject.load(stored.id), "at version 2"),
        (attrs.evolve(newer, id=new_id()), "at version 2"),
        (attrs.evolve(stored, id=new_id()), "the event of its creation"),
        (attrs.evolve(subject.new(), id=new_id()), "was copied from"),
        (attrs.evolve(subject.new(), version=2), "at version 2"),
        (subject.change(stored), "the event of its creation"),
    ):
        async with subject.db.unit_of_work(TENANT) as uow:
            with pytest.raises(NotNew, match=reason):
                await subject.repository(uow).add(instance)
            with pytest.raises(NotNew, match=reason):
                await uow.add_all(instance)


async def test_what_a_unit_removed_it_does_not_add_again(subject: Subject) -> None:
    new = subject.new()
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = subject.repository(uow)
        added = await repository.add(new)
        await repository.remove(added)
        for instance in (new, added):
            with pytest.raises(NotNew):
                await repository.add(instance)
        await uow.commit()
    with pytest.raises(NotFound):
        await subject.load(new.id)


async def test_a_change_without_an_event_is_refused(subject: Subject) -> None:
    stored = await subject.stored()
    for silent in (attrs.evolve(stored, updated_at=LATER), subject.change(stored).clear_events()):
        async with subject.db.unit_of_work(TENANT) as uow:
            repository = subject.repository(uow)
            for method in (repository.save, repository.touch, uow.save_all):
                with pytest.raises(ChangeWithoutEvent):
                    await method(silent)
    assert await subject.load(stored.id) == stored


async def test_a_command_cannot_change_anything_without_an_event(subject: Subject) -> None:
    with pytest.raises(TypeError):
        subject.new()._changed(LATER, updated_at=LATER)


async def test_the_newest_verification_counts_and_one_can_be_withdrawn(subject: Subject) -> None:
    one, other = await subject.stored(), None
    await subject.save(subject.change(one))
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = subject.repository(uow)
        repository.verify(one)
        with pytest.raises(OptimisticLockErrors):
            await uow.save_all(subject.change(one))
        other = await repository.get(one.id)
        repository.verify(other)
        (saved,) = await uow.save_all(subject.change(other))
        await uow.commit()
    assert saved.version == 3
    async with subject.db.unit_of_work(TENANT) as uow:
        subject.repository(uow).verify(one)
        subject.repository(uow).unverify(one.id)
        await uow.commit()
    with pytest.raises(OptimisticLockErrors):
        async with subject.db.unit_of_work(TENANT) as uow:
            subject.repository(uow).verify(one)
            await uow.commit()


async def test_an_expected_version_is_compared_when_loading(subject: Subject) -> None:
    stored = await subject.stored()
    await subject.touch(stored)
    locks: tuple[Lock | None, ...] = (None, "share", "no key update", "update")
    async with subject.db.unit_of_work(TENANT) as uow:
        for lock in locks:
            with pytest.raises(OptimisticLockError) as caught:
                await subject.repository(uow).get(stored.id, expected_version=1, lock=lock)
            assert (caught.value.expected, caught.value.actual) == (1, 2)
            assert (await subject.repository(uow).get(stored.id, expected_version=2, lock=lock)).version == 2
        with pytest.raises(NotFound):
            await subject.repository(uow).get(new_id(), expected_version=1)


async def test_touching_what_touch_returned_steps_again(subject: Subject) -> None:
    stored = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = subject.repository(uow)
        touched = await repository.touch(await repository.touch(stored))
        await uow.commit()
    assert touched.version == 3
    assert await subject.load(stored.id) == touched
    assert [event.aggregate_version for event in uow.events] == [2, 3]


WAITS_FOR: dict[Lock, tuple[Lock, ...]] = {
    "share": ("no key update", "update"),
    "no key update": ("share", "no key update", "update"),
    "update": ("share", "no key update", "update"),
}
"""PostgreSQL's table of row locks, for those that a repository takes."""


@pytest.mark.parametrize("lock", WAITS_FOR)
async def test_no_lock_has_to_be_waited_for(subject: Subject, lock: Lock) -> None:
    stored = await subject.stored()
    for held in WAITS_FOR:
        async with subject.db.unit_of_work(TENANT) as holder, subject.db.unit_of_work(TENANT) as uow:
            await subject.repository(holder).get(stored.id, lock=held)
            repository = subject.repository(uow)
            if held in WAITS_FOR[lock]:
                with pytest.raises(LockNotAvailable):
                    await repository.get(stored.id, lock=lock, nowait=True)
                with pytest.raises(NotFound):
                    await repository.get(stored.id, lock=lock, skip_locked=True)
            else:
                assert await repository.get(stored.id, lock=lock, nowait=True) == stored
                assert await repository.get(stored.id, lock=lock, skip_locked=True) == stored


async def test_what_another_removed_is_a_conflict_from_every_write(subject: Subject) -> None:
    gone = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as uow:
        await subject.repository(uow).remove(gone)
        await uow.commit()
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = subject.repository(uow)
        for write in (repository.save, repository.touch, repository.remove):
            with pytest.raises(OptimisticLockError) as caught:
                await write(subject.change(gone))
            assert (caught.value.expected, caught.value.actual) == (1, None)
        for write_all in (uow.save_all, uow.remove_all):
            with pytest.raises(OptimisticLockErrors) as all_caught:
                await write_all(subject.change(gone))
            assert [stale.actual for stale in all_caught.value.conflicts] == [None]
    with pytest.raises(NotFound):
        await reloaded(subject.db, subject, gone)


async def reloaded(db: Database[UnitOfWork], subject: Subject, gone: Any) -> None:
    """``db.run`` retries the conflict, and its reload says what is the matter."""
    runs: list[Any] = [gone]

    async def use_case(uow: UnitOfWork) -> None:
        repository: Repository[Any] = subject.repository(uow)
        await repository.save(subject.change(runs.pop() if runs else await repository.get(gone.id)))

    await db.run(TENANT, use_case)


@several
async def test_many_are_added_loaded_and_removed_at_once(subject: Subject) -> None:
    one, two = await subject.another(), await subject.another()
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = subject.repository(uow)
        assert await repository.get_many([two.id, one.id, two.id]) == [two, one, two]
        assert await repository.get_many([]) == []
        missing = new_id()
        with pytest.raises(NotFound) as caught:
            await repository.get_many([one.id, missing])
        assert caught.value.id == missing
    newer = await subject.touch(two)
    async with subject.db.unit_of_work(TENANT) as uow:
        with pytest.raises(OptimisticLockErrors) as stale:
            await uow.remove_all(one, two)
        assert [conflict.id for conflict in stale.value.conflicts] == [two.id]
        await uow.commit()
    assert await subject.load(one.id) == one, "nothing was removed"
    async with subject.db.unit_of_work(TENANT) as uow:
        await uow.remove_all(newer, one)
        await uow.commit()
    for gone in (one, two):
        with pytest.raises(NotFound):
            await subject.load(gone.id)
