"""What an undone write returned is refused, and no change is lost unseen."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import attrs
import pytest

from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.errors import ChangeWithoutEvent, Conflict, NotFound, NotNew, UndoneWrite
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome
from ventros.testing.subject import LATER, Subject

Undo = Callable[[Subject, Callable[[Any], Awaitable[Any]]], Awaitable[Any]]


async def left_without_commit(subject: Subject, write: Callable[[Any], Awaitable[Any]]) -> Any:
    async with subject.unit() as unit:
        return await write(unit)


async def rolled_back_by_hand(subject: Subject, write: Callable[[Any], Awaitable[Any]]) -> Any:
    async with subject.unit() as unit:
        written = await write(unit)
        await unit.rollback()
    return written


async def retried(subject: Subject, write: Callable[[Any], Awaitable[Any]]) -> Any:
    """The first run of ``db.run``, which met a conflict."""
    runs: list[Any] = []

    async def use_case(unit: Any) -> None:
        if runs:
            await unit.rollback()
            return
        runs.append(await write(unit))
        raise Conflict("once")

    await subject.run(use_case)
    return runs[0]


async def savepoint_undone(subject: Subject, write: Callable[[Any], Awaitable[Any]]) -> Any:
    """Its unit is committed all the same."""
    async with subject.unit() as unit:
        with pytest.raises(KeyError):
            async with unit.savepoint():
                written = await write(unit)
                raise KeyError
        await unit.commit()
    assert unit.outcome is Outcome.COMMITTED
    return written


async def joined_unit_undone(subject: Subject, write: Callable[[Any], Awaitable[Any]]) -> Any:
    driver: asyncpg.Connection[Any] = await asyncpg.connect(subject.dsn)
    await prepare_driver(driver)
    async with driver.transaction():
        with pytest.raises(KeyError):
            async with type(subject.unit()).join(driver, subject.tenant, user=subject.user) as unit:
                written = await write(unit)
                raise KeyError
    await driver.close()
    return written


UNDONE: Final[list[Undo]] = [
    left_without_commit,
    rolled_back_by_hand,
    retried,
    savepoint_undone,
    joined_unit_undone,
]


@pytest.mark.parametrize("undo", UNDONE, ids=lambda undo: undo.__name__)
async def test_what_an_undone_write_returned_is_refused(subject: Subject, undo: Undo) -> None:
    new = subject.new()
    added = await undo(subject, lambda unit: subject.repository(unit).add(new))
    await refused_everywhere(subject, added)
    stored = await subject.run(lambda unit: subject.repository(unit).add(new))
    changed = subject.change(stored)
    saved = await undo(subject, lambda unit: subject.repository(unit).save(changed))
    await refused_everywhere(subject, saved)
    touched = await undo(subject, lambda unit: subject.repository(unit).touch(stored))
    await refused_everywhere(subject, touched)
    assert await subject.load(new.id) == stored
    assert (await subject.save(changed)).version == 2, "what was given to the write can be used again"


async def refused_everywhere(subject: Subject, instance: Any) -> None:
    """And what a command makes of it, whose version somebody else's may be by now."""
    copies = (copy.deepcopy(instance), pickle.loads(pickle.dumps(instance)))
    async with subject.unit() as unit:
        repository = subject.repository(unit)
        writes = (repository.add, repository.save, repository.touch, repository.remove, unit.save_all)
        for undone in (instance, subject.change(instance), *copies):
            for write in writes:
                with pytest.raises(UndoneWrite, match="use the instance that was given to that write"):
                    await write(undone)
            with pytest.raises(UndoneWrite):
                repository.verify(undone)
        await unit.commit()
    assert unit.events_written == 0


async def test_control_what_a_committed_write_returned_can_be_used(subject: Subject) -> None:
    added = await subject.stored()
    for instance in (added, copy.copy(added), pickle.loads(pickle.dumps(added))):
        async with subject.unit() as unit:
            repository = subject.repository(unit)
            repository.verify(instance)
            assert await repository.save(instance) == added
            assert (await repository.save(subject.change(instance))).version == 2


async def test_what_is_read_after_a_write_of_the_same_unit_belongs_to_it_too(subject: Subject) -> None:
    stored = await subject.stored()
    async with subject.unit() as unit:
        untouched = await subject.repository(unit).get(stored.id)
        await subject.repository(unit).save(subject.change(stored))
        read = await subject.repository(unit).get(stored.id)
    await refused_everywhere(subject, read)
    assert await subject.save(untouched) == untouched, (
        "control: what was read before the write says what is stored"
    )


async def test_after_a_savepoint_was_undone_what_is_read_is_the_units(subject: Subject) -> None:
    stored = await subject.stored()
    async with subject.unit() as unit:
        repository = subject.repository(unit)
        with pytest.raises(KeyError):
            async with unit.savepoint():
                await repository.save(subject.change(stored))
                raise KeyError
        read = await repository.get(stored.id)
        saved = await repository.save(subject.change(read))
        await unit.commit()
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
        async with subject.unit() as unit:
            with pytest.raises(NotNew, match=reason):
                await subject.repository(unit).add(instance)
            with pytest.raises(NotNew, match=reason):
                await unit.add_all(instance)


async def test_what_a_unit_removed_it_does_not_add_again(subject: Subject) -> None:
    new = subject.new()
    async with subject.unit() as unit:
        repository = subject.repository(unit)
        added = await repository.add(new)
        await repository.remove(added)
        for instance in (new, added):
            with pytest.raises(NotNew):
                await repository.add(instance)
        await unit.commit()
    with pytest.raises(NotFound):
        await subject.load(new.id)


async def test_a_change_without_an_event_is_refused(subject: Subject) -> None:
    stored = await subject.stored()
    for silent in (attrs.evolve(stored, updated_at=LATER), subject.change(stored).clear_events()):
        async with subject.unit() as unit:
            repository = subject.repository(unit)
            for method in (repository.save, repository.touch, unit.save_all):
                with pytest.raises(ChangeWithoutEvent):
                    await method(silent)
    assert await subject.load(stored.id) == stored
