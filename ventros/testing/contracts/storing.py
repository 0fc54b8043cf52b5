"""What is added, saved and removed is what is read, and the outbox tells of it."""

from __future__ import annotations

import attrs
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventros.kernel.errors import AlreadyExists, NotFound, OptimisticLockError, OptimisticLockErrors
from ventros.kernel.ids import new_id
from ventros.testing.asked_of import asked_of
from ventros.testing.subject import LATER, Filled, Subject, outbox


async def test_what_add_returns_is_what_get_returns(subject: Subject) -> None:
    added = await subject.stored()
    assert (added.version, added.domain_events) == (1, ())
    assert await subject.load(added.id) == added


async def test_save_steps_the_version_by_one_and_returns_what_get_returns(subject: Subject) -> None:
    added = await subject.stored()
    saved = await subject.save(subject.change(added))
    assert (saved.version, saved.domain_events) == (2, ())
    assert saved != added
    assert await subject.load(added.id) == saved
    saved_again = await subject.save(subject.change(saved))
    assert saved_again.version == 3


async def test_what_was_removed_is_not_found_and_never_comes_back(
    subject: Subject, ventros_superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    await subject.remove(added)
    with pytest.raises(OptimisticLockError) as caught:
        await subject.save(subject.change(added))
    assert (caught.value.expected, caught.value.actual) == (1, None)
    with pytest.raises(NotFound):
        await subject.load(added.id)
    last = outbox(ventros_superuser, added)[-1]
    assert last[:3] == (2, 1, f"{subject.factory.resource}.removed")


async def test_an_unchanged_aggregate_costs_no_statement(subject: Subject) -> None:
    added = await subject.stored()
    async with subject.unit() as unit:
        sent = subject.listen()
        assert await subject.repository(unit).save(added) is added
        assert sent == []


async def test_control_a_changed_aggregate_costs_one(subject: Subject) -> None:
    added = await subject.stored()
    async with subject.unit() as unit:
        sent = subject.listen()
        await subject.repository(unit).save(subject.change(added))
        assert sent.count(subject.repository(unit).UPDATE.name) == 1


@asked_of(lambda factory: factory.change_child is not None)
async def test_a_change_of_a_child_alone_moves_the_root(subject: Subject) -> None:
    added = await subject.stored()
    one, two = await subject.load(added.id), await subject.load(added.id)
    saved = await subject.save(subject.change_child(one))
    assert saved.version == 2
    assert await subject.load(added.id) == saved
    with pytest.raises(OptimisticLockError):
        await subject.save(subject.change_child(two))


@asked_of(lambda factory: factory.change_child is not None)
async def test_unchanged_children_are_not_written_again(subject: Subject) -> None:
    """A change of the root leaves every other row of the aggregate where it was."""
    added = await subject.stored()
    saved = await subject.save(subject.change_child(added))
    async with subject.unit() as unit:
        sent = subject.listen()
        await subject.repository(unit).save(subject.change(saved))
        written = [
            name for name in sent if name.rpartition(".")[2].startswith(("insert", "update", "delete"))
        ]
        assert written == [subject.repository(unit).UPDATE.name]


async def test_another_tenants_or_users_aggregate_is_not_found(subject: Subject) -> None:
    added = await subject.stored()
    with pytest.raises(NotFound):
        async with subject.unit_of_others() as unit:
            await subject.repository(unit).get(added.id)


async def test_the_same_id_twice_already_exists(subject: Subject) -> None:
    new = subject.new()
    async with subject.unit() as unit:
        await subject.repository(unit).add(new)
        await unit.commit()
    with pytest.raises(AlreadyExists) as caught:
        async with subject.unit() as unit:
            await subject.repository(unit).add(new)
    assert (caught.value.resource, caught.value.id) == (subject.factory.resource, new.id)
    assert caught.value.constraint is not None


async def test_events_are_in_the_outbox_in_order_in_a_full_envelope(
    subject: Subject, ventros_superuser: psycopg.Connection
) -> None:
    new = subject.new()
    assert new.domain_events, "creation is an event"
    async with subject.unit() as unit:
        added = await subject.repository(unit).add(new)
        await unit.commit()
    changed = subject.change(added)
    await subject.save(changed)
    rows = outbox(ventros_superuser, added)
    expected = [
        (version, sequence, event.event_name, event.event_version, subject.factory.resource, subject.owner)
        for version, events in ((1, new.domain_events), (2, changed.domain_events))
        for sequence, event in enumerate(events, start=1)
    ]
    assert [row[:6] for row in rows] == expected
    assert [row[6] for row in rows] == [e.occurred_at for e in (*new.domain_events, *changed.domain_events)]
    assert [row[8] for row in rows] == [e.event_id for e in (*new.domain_events, *changed.domain_events)]
    assert all(isinstance(row[7], dict) for row in rows)


@asked_of(lambda factory: factory.overrides is not None)
@given(data=st.data())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_column_is_stored_as_it_was(subject: Subject, data: st.DataObject) -> None:
    """Added with drawn values, then saved with others; each example is rolled back. None can be forgotten by
    a mapper unseen, for a value is drawn for every stored field.
    """
    drawn = subject.factory.fields(subject.seed, subject.refs)
    new = attrs.evolve(subject.new(), **data.draw(drawn))
    changed = {name: value for name, value in data.draw(drawn).items() if name not in subject.factory.fixed}
    async with subject.unit() as unit:
        repository = subject.repository(unit)
        added = await repository.add(new)
        assert await repository.get(new.id) == added == attrs.evolve(new, domain_events=())
        wanted = attrs.evolve(added, **changed, domain_events=(Filled().recorded(added, LATER),))
        saved = await repository.save(wanted)
        assert await repository.get(new.id) == saved
        assert saved == attrs.evolve(wanted, version=2, domain_events=())


@asked_of(lambda factory: factory.several)
async def test_many_are_added_loaded_and_removed_at_once(subject: Subject) -> None:
    one, two = await subject.another(), await subject.another()
    async with subject.unit() as unit:
        repository = subject.repository(unit)
        assert await repository.get_many([two.id, one.id, two.id]) == [two, one, two]
        assert await repository.get_many([]) == []
        missing = new_id()
        with pytest.raises(NotFound) as caught:
            await repository.get_many([one.id, missing])
        assert caught.value.id == missing
    newer = await subject.touch(two)
    async with subject.unit() as unit:
        with pytest.raises(OptimisticLockErrors) as stale:
            await unit.remove_all(one, two)
        assert [conflict.id for conflict in stale.value.conflicts] == [two.id]
        await unit.commit()
    assert await subject.load(one.id) == one, "nothing was removed"
    async with subject.unit() as unit:
        await unit.remove_all(newer, one)
        await unit.commit()
    for gone in (one, two):
        with pytest.raises(NotFound):
            await subject.load(gone.id)
