"""A pytest plugin under which some tests run against a spoiled slice or kernel, and must fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import Phase, settings

from tests.support.wire_saboteurs import (
    answer,
    cancel,
    doubtless,
    exposed,
    fleeting,
    hasty,
    hurried,
    looked,
    overheard,
    rows,
    unawaited,
    unbounded,
    uncounted,
    unproven,
)
from ventros import roles
from ventros.crm.contacts import mapper
from ventros.crm.contacts.repository import ContactRepository
from ventros.devserver import DATABASE, DevServer
from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import is_optimistic_lock_error
from ventros.kernel.outbox import inbox, outbox
from ventros.kernel.repository import EntityRepository, Repository, save_all
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.repository.versioned import IN_TRANSACTION
from ventros.kernel.retry import run_with_retry
from ventros.kernel.statements import Statement
from ventros.kernel.transaction.begin import TransactionOptions
from ventros.kernel.transaction.pooled import PooledTransaction
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.testing.server import Template


def cut(statement: Statement, predicate: str, instead: str) -> Statement:
    """``statement`` with ``predicate``, which must stand in it once, taken out."""
    assert statement.text.count(predicate) == 1, statement.name
    return attrs.evolve(statement, text=statement.text.replace(predicate, instead))


def version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version is not compared."""
    update = cut(ContactRepository.UPDATE, "AND version = $3", "AND $3::integer IS NOT NULL")
    monkeypatch.setattr(ContactRepository, "UPDATE", update)


def column(monkeypatch: pytest.MonkeyPatch) -> None:
    """The write mapper forgets a column."""
    original = mapper.update_args
    at = [param.name for param in ContactRepository.UPDATE.params].index("timezone")

    def forgetful(contact: Any) -> tuple[object, ...]:
        args = original(contact)
        return (*args[:at], None, *args[at + 1 :])

    monkeypatch.setattr(mapper, "update_args", forgetful)


def tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant is not compared, and the role is one that row-level security spares."""
    select = cut(ContactRepository.GET, "tenant_id = $1 AND", "$1::text IS NOT NULL AND")
    monkeypatch.setattr(ContactRepository, "GET", select)
    monkeypatch.setattr(DevServer, "dsn", lambda server, database, _role="": server.superuser_dsn(database))


def key_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is only read is locked so weakly that others may save it."""
    weak = cut(ContactRepository.LOCK_FOR_SHARE, "FOR SHARE", "FOR KEY SHARE")
    monkeypatch.setattr(ContactRepository, "LOCK_FOR_SHARE", weak)


def order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each locks in an order of its own."""
    lock = cut(ContactRepository.LOCK_FOR_NO_KEY_UPDATE, "ORDER BY id", "ORDER BY random()")
    monkeypatch.setattr(ContactRepository, "LOCK_FOR_NO_KEY_UPDATE", lock)


def reload(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command is applied again, but to what was loaded before the conflict."""

    async def once_loaded(self: Any, id_: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
        loaded = await self.get(id_)
        return await run_with_retry(
            lambda: self.save(command(loaded, *args, **kwargs)),
            IN_TRANSACTION,
            is_retryable=is_optimistic_lock_error,
        )

    monkeypatch.setattr(Repository, "apply", once_loaded)


def returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What version an update led to is not compared."""

    async def trusting(self: Any, aggregate: Any, row: Any) -> Any:
        if row is None:
            raise await self._explain_no_row(aggregate)
        return attrs.evolve(aggregate.clear_events(), version=aggregate.version + 1)

    monkeypatch.setattr(Repository, "_with_stored_version", trusting)


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several are saved without a look at all of them first."""

    async def blind(*_: object) -> None:
        pass

    monkeypatch.setattr(save_all, "_lock", blind)


def star(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns come in the table's order instead of the mapper's."""
    text, cuts = re.subn(r"(?s)^SELECT .*?\n  FROM", "SELECT *\n  FROM", ContactRepository.GET.text)
    assert cuts == 1
    monkeypatch.setattr(ContactRepository, "GET", attrs.evolve(ContactRepository.GET, text=text))


def tag(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many rows were touched is not looked at."""
    original = Connection.affected

    async def always_one(self: Connection, statement: Statement, *args: object) -> int:
        await original(self, statement, *args)
        return 1

    monkeypatch.setattr(Connection, "affected", always_one)


def unverified(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was to be verified is not looked at before COMMIT."""

    async def blind(_: object) -> None:
        pass

    monkeypatch.setattr(save_all, "verify", blind)


def unmarked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No marker goes with the events."""
    original = outbox.append

    def without(*args: Any, **named: Any) -> list[Call]:
        return original(*args, **{**named, "marker": None})

    monkeypatch.setattr(outbox, "append", without)


def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events are written in a second transaction."""
    original = UnitOfWork.commit

    async def commit(self: Any, *aggregates: Any) -> Any:
        events, self.events = self.events, []
        stored = await original(self, *aggregates)
        mine = self._transaction
        second = PooledTransaction(
            mine._pool, mine._settings, TransactionOptions(), mine.telemetry, mine.in_doubt
        )
        async with UnitOfWork(second, self.tenant, user=self.user) as later:
            later.record(events)
            await original(later)
        return stored

    monkeypatch.setattr(UnitOfWork, "commit", commit)


def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events stay when their savepoint is undone."""
    original = UnitOfWork._roll_back_to_savepoint

    async def forgetful(self: UnitOfWork, connection: Connection, _: int) -> None:
        await original(self, connection, len(self.events))

    monkeypatch.setattr(UnitOfWork, "_roll_back_to_savepoint", forgetful)


def claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the command was new is not looked at."""

    def kept_to_itself(tenant: str, command_id: UUID) -> Call:
        return Call(inbox.RECORD, ((tenant, inbox.COMMAND, command_id),))

    monkeypatch.setattr(inbox, "claim", kept_to_itself)


def scopeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance outlives the write that returned it."""
    monkeypatch.setattr(WriteScope, "fault", lambda _: None)


def newness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether what is added is new is not looked at."""
    monkeypatch.setattr(EntityRepository, "require_new", lambda *_: None)


def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance without an event is taken for unchanged, wherever it comes from."""
    monkeypatch.setattr(EntityRepository, "require_change_told", lambda *_: None)


@attrs.frozen
class Saboteur:
    """``test`` runs with what ``spoil`` does, and must fail as ``reason`` says: a pattern of its message."""

    spoil: Callable[[pytest.MonkeyPatch], None]
    test: str
    reason: str

    def __str__(self) -> str:
        return f"{self.spoil.__name__}-{self.test.rpartition('::')[2]}"


CONTRACT = "tests/contract/test_contract.py::TestAggregates::{}[contact]"
CONTRACT_OF_LISTS = "tests/contract/test_contract.py::TestAggregates::{}[contact_list]"
UNDONE = "tests/contract/test_contract.py::TestAggregates::{}[contact-rolled_back_by_hand]"
WRITE_SKEW = "tests/concurrency/test_write_skew.py::{}"
MANY = "tests/concurrency/test_many_at_once.py::{}"
LOCKING = "tests/kernel/repository/test_optimistic_locking.py::{}"
SETTINGS = "tests/kernel/connection/test_settings.py::{}"
UNIT = "tests/kernel/transaction/test_unit_of_work.py::{}"
INBOX = "tests/kernel/outbox/test_inbox.py::{}"
MARKERS = "tests/kernel/test_resolve.py::{}"
SAVEPOINTS = "tests/kernel/transaction/test_savepoints.py::{}"
BOUNDS = "tests/faults/test_bounds.py::{}"
CANCELLATION = "tests/faults/test_cancellation.py::{}"
COMMIT = "tests/faults/test_commit.py::{}"
RIDING = "tests/faults/test_riding.py::{}"
CUTS = "tests/faults/test_cuts.py::{}"
SABOTEURS = [
    Saboteur(spoil, place.format(test), reason)
    for spoil, place, test, reason in (
        (version, CONTRACT, "test_a_stale_save_and_a_stale_remove_are_told_what_is_stored", "ResultMismatch"),
        (version, CONTRACT, "test_of_racing_savers_exactly_one_wins", r"assert \(1, 0\) == \(1, 5\)"),
        (column, CONTRACT, "test_every_column_is_stored_as_it_was", r"assert Contact\(.* == Contact\("),
        (star, CONTRACT, "test_what_add_returns_is_what_get_returns", "MappingError"),
        (tenant, CONTRACT, "test_another_tenants_or_users_aggregate_is_not_found", "DID NOT RAISE NotFound"),
        (
            key_share,
            CONTRACT,
            "test_a_lock_leaves_to_others_what_its_name_says",
            r"assert {.*} == {'KEY SHARE', 'SHARE'}",
        ),
        (key_share, WRITE_SKEW, "test_verified_one_gives_way[verified_at_commit]", r"assert \d+ == 0"),
        (
            unverified,
            CONTRACT,
            "test_a_verified_aggregate_fails_the_commit_when_it_has_changed",
            "DID NOT RAISE OptimisticLockErrors",
        ),
        (order, MANY, "test_no_deadlocks_when_saved_together", r"assert \d+ == 0"),
        (
            reload,
            CONTRACT,
            "test_apply_applies_the_command_again_to_what_others_have_made",
            "OptimisticLockError",
        ),
        (
            returned,
            CONTRACT,
            "test_a_version_that_a_trigger_steps_once_more_is_noticed",
            "DID NOT RAISE ResultMismatch",
        ),
        (
            unlocked,
            CONTRACT,
            "test_save_all_saves_all_or_tells_of_all_that_are_stale",
            r"assert \['contacts.update'\] == \['contacts.lo",
        ),
        (tag, LOCKING, "test_removing_a_stale_contact_conflicts", "DID NOT RAISE OptimisticLockError"),
        (answer, UNIT, "test_the_answer_to_commit_is_checked", "DID NOT RAISE TransactionRolledBack"),
        (
            doubtless,
            COMMIT,
            "test_no_answer_to_commit_is_in_doubt_and_can_be_resolved[rename-its answer]",
            "OperationTimeout",
        ),
        (
            cancel,
            COMMIT,
            "test_cancelled_while_commit_is_held[warm-rename-COMMIT]",
            "DID NOT RAISE CancelledError",
        ),
        (
            hurried,
            COMMIT,
            "test_cancelled_while_commit_is_held[warm-rename-its answer]",
            "did not wait for the outcome",
        ),
        (exposed, CANCELLATION, "test_a_second_cancellation_changes_nothing[plain]", "assert not True"),
        (
            fleeting,
            RIDING,
            "test_a_message_that_waits_for_a_lock_while_its_answer_is_lost[the probe stays]",
            "assert True is not True",
        ),
        (
            rows,
            CONTRACT_OF_LISTS,
            "test_a_change_of_a_child_alone_moves_the_root",
            "NotFound",
        ),
        (
            uncounted,
            RIDING,
            "test_what_a_trigger_ate_of_what_rides_in_front_is_missed",
            "DID NOT RAISE WriteSuppressed",
        ),
        (overheard, COMMIT, "test_how_many_round_trips_a_unit_is[look-expected2]", "assert "),
        (
            unawaited,
            UNIT,
            "test_commit_twice_or_after_the_block_is_refused",
            "answered COMMIT with INSERT",
        ),
        (unproven, SETTINGS, "test_settings_of_ones_own_reach_the_server_beside_ours", "RuntimeWarning"),
        (unbounded, BOUNDS, "test_a_black_hole_while_cancelling", r"assert [\d.]+ < \(0.5 \+ 0.5\)"),
        (looked, CUTS, "test_a_cut_during_a_commit_is_resolved_by_waiting_for_it", r"assert \d+ == 0"),
        (hasty, CUTS, "test_the_resolver_waits_for_a_server_that_is_away", "assert not True"),
        (
            unmarked,
            MARKERS,
            "test_a_marker_goes_with_what_was_written_and_only_then",
            r"assert 2 == \(1 \+ 2\)",
        ),
        (
            apart,
            CUTS,
            "test_cut_at_every_byte[rename-to server-16]",
            "a part of the unit is stored and another is not",
        ),
        (kept, SAVEPOINTS, "test_what_fails_in_a_savepoint_is_undone_with_its_events", "assert 4 == 2"),
        (
            scopeless,
            UNDONE,
            "test_what_an_undone_write_returned_is_refused",
            "NotNew",
        ),
        (newness, CONTRACT, "test_what_is_not_new_is_not_added", "AlreadyExists"),
        (
            silent,
            CONTRACT,
            "test_a_change_without_an_event_is_refused",
            "DID NOT RAISE ChangeWithoutEvent",
        ),
        (claim, INBOX, "test_a_command_is_processed_once", "DID NOT RAISE AlreadyProcessed"),
    )
]
"""One to a test: each test is spoiled in one way."""

_BY_TEST = {saboteur.test: saboteur.spoil for saboteur in SABOTEURS}


def pytest_configure() -> None:
    """A failure is all that is wanted; looking for the smallest one takes hypothesis half a minute."""
    settings.register_profile("sabotage", phases=[Phase.generate])
    settings.load_profile("sabotage")


@pytest.fixture(autouse=True)
def _spoiled(request: pytest.FixtureRequest, migrated: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the template is migrated, before the test's own pool is opened; for the owner, for what is
    spoiled is not the app's.
    """
    original = DevServer.dsn
    monkeypatch.setattr(
        DevServer, "dsn", lambda server, database=DATABASE, _role="": original(server, database, roles.OWNER)
    )
    if request.node.nodeid in _BY_TEST:
        _BY_TEST[request.node.nodeid](monkeypatch)
