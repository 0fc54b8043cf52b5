"""Two sessions of any steps against a model in memory: what the repositories answer is what it says."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from typing import Any, ClassVar
from uuid import UUID

import attrs
import hypothesis.strategies as st
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.support.constants import NOW, TENANT
from ventros import Database, NotFound, OptimisticLockError, Settings, UnitOfWork, VentrosError
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.control import without_version_check
from ventros.demo.seed import seed_tenant
from ventros.kernel.errors import OperationTimeout, OptimisticLockErrors, UndoneWrite
from ventros.kernel.ids import new_id

LOCK_TIMEOUT = 0.01
"""Seconds that a session waits for the other, which never moves meanwhile."""

CONFLICTS = ("OptimisticLockError", "OptimisticLockErrors")

sessions = st.integers(0, 1)
picks = st.integers(0, 10**6)


@attrs.define
class Session:
    """One open unit of work, and what the model knows of it.

    ``mine`` are its uncommitted contacts, None for a removed one; ``locked`` what it holds by a lock alone;
    ``verified`` the newest instance of each that is to be compared at the commit; ``undone`` when it has
    ended without one.
    """

    unit: UnitOfWork
    mine: dict[UUID, Contact | None] = attrs.field(factory=dict)
    locked: set[UUID] = attrs.field(factory=set)
    verified: dict[UUID, Contact] = attrs.field(factory=dict)
    undone: bool = False


class Model(RuleBasedStateMachine):
    """``stored`` is what is committed. A session that had to wait for the other is rolled back.

    ``held`` are instances in the hands of clients, stale ones too, each with the session whose write it came
    from, None for what was only read.
    """

    answers: ClassVar[Counter[str]]
    dsn: ClassVar[str]
    project_id: ClassVar[UUID]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.steps: asyncio.Queue[tuple[Awaitable[Any], asyncio.Future[Any]]] = asyncio.Queue()
        self.server = self.runner.get_loop().create_task(self.serve())
        self.stored: dict[UUID, Contact] = {}
        self.held: list[tuple[Contact, Session | None]] = []
        self.db = self.run(Database.open(UnitOfWork, self.dsn, Settings(lock_timeout=LOCK_TIMEOUT)))
        self.sessions = [self.begin(), self.begin()]
        for _ in range(2):
            self.add(0)
        self.commit(0)

    async def serve(self) -> None:
        """Takes all steps, because a unit of work belongs to one task."""
        while True:
            step, answer = await self.steps.get()
            try:
                answer.set_result(await step)
            except Exception as error:  # noqa: BLE001 - handed on to whom it concerns
                answer.set_exception(error)

    def run(self, step: Awaitable[Any]) -> Any:
        answer = self.runner.get_loop().create_future()
        self.steps.put_nowait((step, answer))
        return self.runner.get_loop().run_until_complete(answer)

    def begin(self) -> Session:
        unit = self.db.unit_of_work(TENANT)
        unit = self.run(unit.__aenter__())
        return Session(unit)

    def teardown(self) -> None:
        for session in self.sessions:
            self.end(session)
        self.run(self.db.close())
        self.server.cancel()
        self.runner.close()

    def end(self, session: Session) -> None:
        self.run(session.unit.__aexit__(None, None, None))

    def begin_anew(self, number: int, *, committed: bool = False) -> None:
        self.sessions[number].undone = not committed
        self.end(self.sessions[number])
        self.sessions[number] = self.begin()

    def visible(self, session: Session, id_: UUID) -> Contact | None:
        return session.mine[id_] if id_ in session.mine else self.stored.get(id_)

    def pick(self, number: int) -> tuple[Contact, bool] | None:
        """An instance, and whether it came from a write that was undone."""
        if not self.held:
            return None
        picked, origin = self.held[number % len(self.held)]
        return picked, origin is not None and origin.undone

    def answer(self, step: Awaitable[Any]) -> Any:
        """What the step returns, or the kind of error that it raises, as the model would say it."""
        try:
            answer = self.run(step)
        except VentrosError as error:
            self.answers[type(error).__name__] += 1
            if isinstance(error, OptimisticLockError):
                return (OptimisticLockError, error.expected, error.actual)
            if isinstance(error, OptimisticLockErrors):
                return {(conflict.id, conflict.expected, conflict.actual) for conflict in error.conflicts}
            return OperationTimeout if isinstance(error, OperationTimeout) else type(error)
        self.answers["done"] += 1
        return answer

    def expected_of_a_write(self, number: int, loaded: Contact) -> Any:
        """None when it goes through. Only a row of the right version makes a write wait for the other."""
        session, other = self.sessions[number], self.sessions[1 - number]
        visible = self.visible(session, loaded.id)
        if visible is None:
            return (OptimisticLockError, loaded.version, None)
        if visible.version != loaded.version:
            return (OptimisticLockError, loaded.version, visible.version)
        return OperationTimeout if loaded.id in other.mine.keys() | other.locked else None

    @rule(number=sessions)
    def add(self, number: int) -> None:
        new = Contact.create(project_id=self.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        session = self.sessions[number]
        added = self.run(session.unit.contacts.add(new))
        session.mine[new.id] = added
        self.held.append((added, session))

    @rule(number=sessions, which=picks)
    def get(self, number: int, which: int) -> None:
        if (choice := self.pick(which)) is None:
            return
        picked, _ = choice
        session = self.sessions[number]
        loaded = self.answer(session.unit.contacts.get(picked.id))
        assert loaded == (self.visible(session, picked.id) or NotFound)
        if isinstance(loaded, Contact):
            self.held.append((loaded, session if picked.id in session.mine else None))

    @rule(number=sessions, which=picks, skip=st.booleans())
    def lock(self, number: int, which: int, skip: bool) -> None:
        if (choice := self.pick(which)) is None:
            return
        picked, _ = choice
        session, other = self.sessions[number], self.sessions[1 - number]
        visible = self.visible(session, picked.id)
        taken = picked.id in other.mine.keys() | other.locked
        answer = self.answer(
            session.unit.contacts.get(picked.id, lock="no key update", nowait=not skip, skip_locked=skip),
        )
        if visible is None:
            assert answer is NotFound
        elif taken:
            assert answer is (NotFound if skip else OperationTimeout)
        else:
            assert answer == visible
            session.locked.add(picked.id)

    @rule(number=sessions, which=picks, how=st.sampled_from(["save", "touch", "remove", "save_all"]))
    def write(self, number: int, which: int, how: str) -> None:
        if (choice := self.pick(which)) is None:
            return
        picked, undone = choice
        session = self.sessions[number]
        expected = UndoneWrite if undone else self.expected_of_a_write(number, picked)
        changed = picked if how == "touch" else picked.rename(str(new_id()), now=NOW)
        if how == "save_all":
            if session.verified:
                return  # what save_all verifies as well has its own tests
            expected = UndoneWrite if undone else self.expected_of_a_lock(number, [picked])
            answer = self.answer(session.unit.save_all(changed))
            answer = answer[0] if isinstance(answer, tuple) else answer
            if not (undone or expected is OperationTimeout) and self.visible(session, picked.id):
                session.locked.add(picked.id)  # though stale
        else:
            answer = self.answer(getattr(session.unit.contacts, how)(changed))
        if expected is None:
            after = attrs.evolve(changed, version=picked.version + 1, domain_events=())
            assert answer == (None if how == "remove" else after)
            session.mine[picked.id] = None if how == "remove" else after
            if how != "remove":
                self.held.append((answer, session))
        else:
            assert answer == expected
            if expected is OperationTimeout:
                self.begin_anew(number)

    def expected_of_a_lock(self, number: int, targets: list[Contact]) -> Any:
        """A lock is taken whatever the version, so it waits first."""
        session, other = self.sessions[number], self.sessions[1 - number]
        seen = [(target, self.visible(session, target.id)) for target in targets]
        taken = other.mine.keys() | other.locked
        if any(visible is not None and loaded.id in taken for loaded, visible in seen):
            return OperationTimeout
        stale = {
            (loaded.id, loaded.version, visible.version if visible else None)
            for loaded, visible in seen
            if visible is None or visible.version != loaded.version
        }
        return stale or None

    @rule(number=sessions, which=picks)
    def verify(self, number: int, which: int) -> None:
        if (choice := self.pick(which)) is None:
            return
        picked, undone = choice
        session = self.sessions[number]
        if undone:
            with pytest.raises(UndoneWrite):
                session.unit.contacts.verify(picked)
        else:
            session.unit.contacts.verify(picked)
            session.verified[picked.id] = picked

    @rule(number=sessions)
    def commit(self, number: int) -> None:
        session = self.sessions[number]
        steps = [(event.aggregate_id, event.aggregate_version or 0) for event in session.unit.events]
        to_verify = [
            verified
            for verified in session.verified.values()
            if not any(id_ == verified.id and version > verified.version for id_, version in steps)
        ]
        expected = self.expected_of_a_lock(number, to_verify)
        assert self.answer(session.unit.commit()) == (() if expected is None else expected)
        if expected is None:
            for id_, contact in session.mine.items():
                if contact is None:
                    self.stored.pop(id_, None)
                else:
                    self.stored[id_] = contact
        self.begin_anew(number, committed=expected is None)

    @rule(number=sessions)
    def rollback(self, number: int) -> None:
        self.begin_anew(number)

    @rule(number=sessions)
    def look(self, number: int) -> None:
        session = self.sessions[number]
        for id_ in {*self.stored, *session.mine}:
            seen = self.answer(session.unit.contacts.get(id_))
            assert seen == (self.visible(session, id_) or NotFound)


@pytest.fixture
def model(dsn: str, superuser: psycopg.Connection) -> type[Model]:
    async def prepare() -> UUID:
        async with await Database.open(UnitOfWork, dsn) as db:
            return (await seed_tenant(db, TENANT, "acme-phone", NOW)).project_id

    project = asyncio.run(prepare())
    return type("Model", (Model,), {"dsn": dsn, "project_id": project, "answers": Counter()})


def run(model: type[Model], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        model,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"model, {examples} x {steps} steps: {dict(sorted(model.answers.items()))}")


def test_two_sessions_do_what_the_model_says(model: type[Model]) -> None:
    run(model, 30, 30)
    assert model.answers.keys() & {*CONFLICTS}


@pytest.mark.slow
def test_two_sessions_do_what_the_model_says_for_long(model: type[Model]) -> None:
    run(model, 300, 50)
    waits = {"LockTimeout", "LockNotAvailable"}
    assert model.answers.keys() >= {"done", "NotFound", "UndoneWrite", *waits, *CONFLICTS}


@pytest.mark.spoiled
def test_control_without_the_version_check_they_do_not(
    model: type[Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ContactRepository, "UPDATE", without_version_check(ContactRepository.UPDATE))
    with pytest.raises(AssertionError):
        run(model, 300, 50)
