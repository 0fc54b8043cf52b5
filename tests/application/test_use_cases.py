"""What holds of every use case, with each of its cases: a new one is in by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import psycopg
import pytest

from tests.support.constants import NOW
from tests.support.use_case_checks import Checks
from tests.support.use_cases import UNIT, Case, Work, World, all_cases
from tests.support.use_cases.contacts import new_contact
from ventros import Database, Settings, UnitOfWork
from ventros.automation.sequences.aggregate import Sequence
from ventros.automation.sequences.values import TriggerType
from ventros.devserver import DevServer
from ventros.testing.server import Template

CASES = [case for case in all_cases() if case.use_case != UNIT]

each = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="module")
def shared(migrated: Template) -> Iterator[str]:
    """The name of one database for all of these tests."""
    with migrated.copy() as name:
        yield name


@pytest.fixture
async def checks(server: DevServer, shared: str) -> AsyncIterator[Checks]:
    dsn = server.dsn(shared)
    with closing(psycopg.connect(server.superuser_dsn(shared), autocommit=True)) as look:
        async with await Database.open(UnitOfWork, dsn, Settings(max_size=4)) as database:
            yield Checks(database, dsn, look)


@each
async def test_it_is_done_wholly_or_not_at_all_wherever_its_connection_dies(
    case: Case, checks: Checks
) -> None:
    await checks.all_or_nothing(case)


@each
async def test_it_is_done_once_for_one_command_id(case: Case, checks: Checks) -> None:
    await checks.once_for_one_command_id(case)


@each
async def test_two_at_once_are_as_one_after_the_other(case: Case, checks: Checks) -> None:
    await checks.two_at_once(case)


@pytest.mark.parametrize("case", [case for case in CASES if not case.names_nothing], ids=str)
async def test_another_tenant_finds_nothing(case: Case, checks: Checks) -> None:
    await checks.nothing_for_another_tenant(case)


async def _in_two_units(world: World) -> Work:
    """A use case as none may be: a part of it is committed by itself."""

    async def work(uow: UnitOfWork) -> None:
        await world.add(new_contact(world, "Ada"))
        await uow.contacts.add(new_contact(world, "Bea"))

    return work


async def _by_what_was_read(world: World) -> Work:
    """Another: what it relies on is neither locked nor checked."""

    async def work(uow: UnitOfWork) -> None:
        page = await uow.contacts.page(with_total=True)
        await uow.contacts.add(new_contact(world, f"Number {page.total}"))

    return work


async def _of_no_tenant(world: World) -> Work:
    """Another: it does not ask whose the things are that it was given."""

    async def work(uow: UnitOfWork) -> None:
        await uow.sequences.add(
            Sequence.create(
                tenant_id=uow.tenant, name=str(world.number), trigger_type=TriggerType.MANUAL, now=NOW
            )
        )

    return work


@pytest.mark.parametrize("check", ["all_or_nothing", "once_for_one_command_id"])
async def test_control_two_units_are_found_out(check: str, checks: Checks) -> None:
    with pytest.raises(AssertionError):
        await getattr(checks, check)(Case(use_case="none", name="in two units", prepare=_in_two_units))


async def test_control_a_decision_without_a_lock_is_found_out(checks: Checks) -> None:
    with pytest.raises(AssertionError, match="the second came in at wait"):
        await checks.two_at_once(Case(use_case="none", name="by what was read", prepare=_by_what_was_read))


async def test_control_what_asks_for_no_tenant_is_found_out(checks: Checks) -> None:
    with pytest.raises(AssertionError):
        await checks.nothing_for_another_tenant(
            Case(use_case="none", name="of no tenant", prepare=_of_no_tenant)
        )
