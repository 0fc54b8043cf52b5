"""One contract for every versioned repository; one module with a FACTORY brings an aggregate into it."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import psycopg
import psycopg.sql
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.constants import OTHER_TENANT, TENANT
from tests.support.factory import GIVEN_ELSEWHERE, Factory
from tests.support.listening import listen
from tests.support.repositories import REPOSITORIES
from tests.support.subjects import FACTORIES, LATER, Filled, Subject, only, outbox
from ventros import AlreadyExists, NotFound, OptimisticLockError, is_optimistic_lock_error
from ventros.demo.seed import Seed
from ventros.kernel.errors import (
    DomainError,
    OptimisticLockErrors,
    ReferenceNotFound,
    ResultMismatch,
    StaleAggregate,
)
from ventros.kernel.ids import new_id
from ventros.kernel.repository import Lock, Repository


def test_every_versioned_aggregate_has_a_factory() -> None:
    versioned = {name for name, repository in REPOSITORIES.items() if issubclass(repository, Repository)}
    assert {factory.resource for factory in FACTORIES} == versioned
    assert len(versioned) == 15


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


async def test_a_stale_save_and_a_stale_remove_are_told_what_is_stored(subject: Subject) -> None:
    stale = await subject.stored()
    await subject.save(subject.change(stale))
    for write in ("save", "remove"):
        with pytest.raises(OptimisticLockError) as caught:
            async with subject.db.unit_of_work(TENANT) as uow:
                await getattr(subject.repository(uow), write)(subject.change(stale))
        error = caught.value
        conflict = (error.resource, error.id, error.expected, error.actual)
        assert conflict == (subject.factory.resource, stale.id, 1, 2)


async def test_saving_the_old_instance_again_conflicts(subject: Subject) -> None:
    changed = subject.change(await subject.stored())
    await subject.save(changed)
    with pytest.raises(OptimisticLockError):
        await subject.save(changed)


async def test_what_was_removed_is_not_found_and_never_comes_back(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as uow:
        await subject.repository(uow).remove(added)
        await uow.commit()
    with pytest.raises(OptimisticLockError) as caught:
        await subject.save(subject.change(added))
    assert (caught.value.expected, caught.value.actual) == (1, None)
    with pytest.raises(NotFound):
        await subject.load(added.id)
    last = outbox(superuser, added)[-1]
    assert last[:3] == (2, 1, f"{subject.factory.resource}.removed")


async def test_an_unchanged_aggregate_costs_no_statement(subject: Subject) -> None:
    added = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as uow:
        sent = listen(uow)
        assert await subject.repository(uow).save(added) is added
        assert sent == []


async def test_control_a_changed_aggregate_costs_one(subject: Subject) -> None:
    added = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as uow:
        sent = listen(uow)
        await subject.repository(uow).save(subject.change(added))
        assert sent.count(subject.repository(uow).UPDATE.name) == 1


@only(lambda factory: factory.change_child is not None)
async def test_a_change_of_a_child_alone_moves_the_root(subject: Subject) -> None:
    assert subject.factory.change_child is not None
    added = await subject.stored()
    one, two = await subject.load(added.id), await subject.load(added.id)
    saved = await subject.save(subject.factory.change_child(one, LATER))
    assert saved.version == 2
    assert await subject.load(added.id) == saved
    with pytest.raises(OptimisticLockError):
        await subject.save(subject.factory.change_child(two, LATER))


@only(lambda factory: factory.change_child is not None)
async def test_unchanged_children_are_not_written_again(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    """A change of the root leaves every other row of the aggregate where it was."""
    assert subject.factory.change_child is not None
    added = await subject.stored()
    saved = await subject.save(subject.factory.change_child(added, LATER))
    async with subject.db.unit_of_work(TENANT) as uow:
        sent = listen(uow)
        await subject.repository(uow).save(subject.change(saved))
        written = [name for name in sent if name.split(".")[1].startswith(("insert", "update", "delete"))]
        assert written == [subject.repository(uow).UPDATE.name]


@only(lambda factory: factory.resource != "billing_account")  # it is scoped by user
async def test_another_tenants_aggregate_is_not_found(subject: Subject, other_seed: Seed) -> None:
    added = await subject.stored()
    with pytest.raises(NotFound):
        async with subject.db.unit_of_work(OTHER_TENANT) as uow:
            await subject.repository(uow).get(added.id)


async def test_the_same_id_twice_already_exists(subject: Subject) -> None:
    new = subject.new()
    async with subject.db.unit_of_work(TENANT) as uow:
        await subject.repository(uow).add(new)
        await uow.commit()
    with pytest.raises(AlreadyExists) as caught:
        async with subject.db.unit_of_work(TENANT) as uow:
            await subject.repository(uow).add(new)
    assert (caught.value.resource, caught.value.id) == (subject.factory.resource, new.id)
    assert caught.value.constraint is not None


def refers_to_a_project(factory: Factory) -> bool:
    repository: Any = REPOSITORIES[factory.resource]
    return "project_id" in [param.name for param in repository.INSERT.params]


@only(refers_to_a_project)
async def test_a_project_that_is_not_there_is_the_callers_mistake(subject: Subject) -> None:
    astray = attrs.evolve(subject.new(), project_id=new_id())
    with pytest.raises(ReferenceNotFound) as caught:
        async with subject.db.unit_of_work(TENANT) as uow:
            await subject.repository(uow).add(astray)
    error = caught.value
    assert (error.resource, error.id, error.field) == (subject.factory.resource, astray.id, "project_id")
    assert isinstance(error, DomainError)


async def test_events_are_in_the_outbox_in_order_in_a_full_envelope(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    new = subject.new()
    assert new.domain_events, "creation is an event"
    async with subject.db.unit_of_work(TENANT) as uow:
        added = await subject.repository(uow).add(new)
        await uow.commit()
    changed = subject.change(added)
    await subject.save(changed)
    rows = outbox(superuser, added)
    expected = [
        (version, sequence, event.event_name, event.event_version, subject.factory.resource, TENANT)
        for version, events in ((1, new.domain_events), (2, changed.domain_events))
        for sequence, event in enumerate(events, start=1)
    ]
    assert [row[:6] for row in rows] == expected
    assert [row[6] for row in rows] == [e.occurred_at for e in (*new.domain_events, *changed.domain_events)]
    assert [row[8] for row in rows] == [e.event_id for e in (*new.domain_events, *changed.domain_events)]
    assert all(isinstance(row[7], dict) for row in rows)


async def test_of_racing_savers_exactly_one_wins(subject: Subject, superuser: psycopg.Connection) -> None:
    added = await subject.stored()
    results = await asyncio.gather(
        *(subject.save(subject.change(added)) for _ in range(6)), return_exceptions=True
    )
    winners = [result for result in results if not isinstance(result, BaseException)]
    losers = [result for result in results if isinstance(result, OptimisticLockError)]
    assert (len(winners), len(losers)) == (1, 5)
    assert await subject.load(added.id) == winners[0]
    assert {row[0] for row in outbox(superuser, added)} == {1, 2}


@given(data=st.data())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_column_is_stored_as_it_was(subject: Subject, data: st.DataObject) -> None:
    """Added with drawn values, then saved with others; each example is rolled back."""
    drawn = subject.factory.fields(subject.seed, subject.refs)
    new = attrs.evolve(subject.new(), **data.draw(drawn))
    assert_complete(subject, data.draw(drawn))
    changed = {name: value for name, value in data.draw(drawn).items() if name not in subject.factory.fixed}
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = subject.repository(uow)
        added = await repository.add(new)
        assert await repository.get(new.id) == added == attrs.evolve(new, domain_events=())
        wanted = attrs.evolve(added, **changed, domain_events=(Filled().recorded(added, LATER),))
        saved = await repository.save(wanted)
        assert await repository.get(new.id) == saved
        assert saved == attrs.evolve(wanted, version=2, domain_events=())


def assert_complete(subject: Subject, drawn: dict[str, Any]) -> None:
    """The factory draws every field that is stored, so that none can be forgotten by a mapper unseen."""
    stored = {field.name for field in attrs.fields(type(subject.new()))} - GIVEN_ELSEWHERE
    assert set(drawn) == stored


async def test_touch_steps_the_version_and_nothing_else(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    touched = await subject.touch(added)
    assert touched == attrs.evolve(added, version=2)
    assert await subject.load(added.id) == touched
    (event,) = [row for row in outbox(superuser, added) if row[0] == 2]
    assert event[:3] == (2, 1, f"{subject.factory.resource}.touched")
    with pytest.raises(OptimisticLockError):
        await subject.touch(added)
    saved = await subject.touch(subject.change(touched))
    assert saved != touched, "what is changed is saved"
    assert await subject.load(added.id) == saved


async def test_a_verified_aggregate_fails_the_commit_when_it_has_changed(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    """Unchanged, saved by the unit itself, saved by another, removed by another."""
    one = await subject.stored()
    await verified(subject, one)
    async with subject.db.unit_of_work(TENANT) as uow:
        subject.repository(uow).verify(one)
        two = await subject.repository(uow).save(subject.change(one))
        sent = listen(uow)
        await uow.commit()
        assert subject.repository(uow).LOCK_FOR_SHARE.name not in sent
    assert await stale(subject, one) == ((subject.factory.resource, one.id, 1, 2),)
    async with subject.db.unit_of_work(TENANT) as uow:
        await subject.repository(uow).remove(two)
        await uow.commit()
    (conflict,) = await stale(subject, two)
    assert conflict.gone
    assert conflict == (subject.factory.resource, one.id, 2, None)


async def verified(subject: Subject, aggregate: Any) -> None:
    async with subject.db.unit_of_work(TENANT) as uow:
        subject.repository(uow).verify(aggregate)
        await uow.commit()


async def stale(subject: Subject, aggregate: Any) -> tuple[StaleAggregate, ...]:
    with pytest.raises(OptimisticLockErrors) as caught:
        await verified(subject, aggregate)
    assert is_optimistic_lock_error(caught.value)
    return caught.value.conflicts


several = only(lambda factory: factory.resource != "project")  # a tenant has but one


@several
async def test_save_all_saves_all_or_tells_of_all_that_are_stale(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    change_child = subject.factory.change_child or subject.factory.change
    one, two, three, read = [await subject.another() for _ in range(4)]
    async with subject.db.unit_of_work(TENANT) as uow:
        sent = listen(uow)
        saved = await uow.save_all(subject.change(one), two, change_child(three, LATER))
        names = sent
        repository = subject.repository(uow)
        assert names[:2] == [repository.LOCK_FOR_NO_KEY_UPDATE.name, repository.UPDATE.name]
        assert names.count(repository.UPDATE.name) == 1, "one round trip"
        await uow.commit()
    assert [aggregate.version for aggregate in saved] == [2, 1, 2]
    assert [await subject.load(aggregate.id) for aggregate in saved] == list(saved)

    await subject.touch(read)
    async with subject.db.unit_of_work(TENANT) as uow:
        await subject.repository(uow).remove(saved[2])
        await uow.commit()
    async with subject.db.unit_of_work(TENANT) as uow:
        subject.repository(uow).verify(read)
        with pytest.raises(OptimisticLockErrors) as caught:
            await uow.save_all(subject.change(one), subject.change(two), subject.change(saved[2]))
        uow.verified.clear()
        await uow.commit()
    name = subject.factory.resource
    conflicts = {(name, one.id, 1, 2), (name, three.id, 2, None), (name, read.id, 1, 2)}
    assert set(caught.value.conflicts) == conflicts
    assert await subject.load(two.id) == two, "nothing was written"
    assert {row[0] for row in outbox(superuser, two)} == {1}


async def test_apply_applies_the_command_again_to_what_others_have_made(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    """Another saves after each load, but for one under a lock."""
    added = await subject.stored()
    async with subject.db.unit_of_work(TENANT) as uow:
        repository = outrun(subject, subject.repository(uow))
        saved = await repository.apply(added.id, subject.factory.change, LATER)
        await uow.commit()
    assert saved.version == 4
    assert await subject.load(added.id) == saved
    assert sorted({row[0] for row in outbox(superuser, added)}) == [1, 2, 3, 4]


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


async def test_a_version_that_a_trigger_steps_once_more_is_noticed(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    added = await subject.stored()
    table = psycopg.sql.Identifier(type(subject.repository(subject.db.unit_of_work(TENANT))).UPDATE.path.stem)
    superuser.execute(
        psycopg.sql.SQL("""
        CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.version := NEW.version + 1; RETURN NEW; END';
        CREATE TRIGGER zzz_after_the_guard BEFORE UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION again()
        """).format(table)
    )
    for write in (subject.save, subject.touch):
        with pytest.raises(ResultMismatch, match="stepped it once more"):
            await write(subject.change(added))
    with pytest.raises(ResultMismatch, match="stepped it once more"):
        await subject.touch(added)
    assert await subject.load(added.id) == added
