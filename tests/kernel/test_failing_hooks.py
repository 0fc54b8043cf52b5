"""A telemetry hook that raises changes nothing, and what is logged of it quotes no value."""

from __future__ import annotations

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.renaming import add_twice, added, rename
from ventros import Database, OptimisticLockError, Telemetry, UnitOfWork
from ventros.core import users
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.errors import AlreadyExists
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome


@pytest.fixture
async def ada(db: Database[UnitOfWork], seed: Seed) -> Contact:
    return await added(db, seed)


def failing() -> Telemetry:
    def fail(*_: object) -> None:
        raise LookupError

    return Telemetry(statement=fail, conflict=fail, retry=fail, outcome=fail, acquire=fail)


async def test_a_hook_that_raises_changes_nothing_and_is_logged_once(
    dsn: str, db: Database[UnitOfWork], ada: Contact, caplog: pytest.LogCaptureFixture
) -> None:
    async with await Database.open(UnitOfWork, dsn, telemetry=failing()) as observed:
        for name in ("Bob", "Carol"):
            met: list[BaseException] = []

            async def lose_once(uow: UnitOfWork, name: str = name, met: list[BaseException] = met) -> None:
                contact = await uow.contacts.get(ada.id)
                if not met:
                    await rename(db, ada, f"Not {name}")
                await uow.contacts.save(contact.rename(name, now=NOW))

            await observed.run(TENANT, lose_once, on_conflict=lambda error, _: met.append(error))  # noqa: B023
            assert [type(error) for error in met] == [OptimisticLockError]
            async with observed.unit_of_work(TENANT) as uow:
                assert (await uow.contacts.get(ada.id)).name == name
        with pytest.raises(AlreadyExists):
            async with observed.unit_of_work(TENANT, user=new_id()) as uow:
                await users.add(uow, "secret@acme.example")
                await users.add(uow, "secret@acme.example")
        assert uow.outcome is Outcome.ROLLED_BACK
    assert [(record.name, record.levelname) for record in caplog.records] == [("ventros", "ERROR")] * 5
    assert "a telemetry hook raised LookupError" in caplog.text
    assert "in fail" in caplog.text


async def test_what_is_logged_of_a_hook_quotes_no_value(
    server: DevServer, ventros_copy: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Python would append the error amidst which the hook was called, and the driver's behind that."""

    def fail(*_: object) -> None:
        raise LookupError

    await add_twice(Telemetry(outcome=fail), server.superuser_dsn(ventros_copy))
    assert "LookupError" in caplog.text
    assert "secret" not in caplog.text


async def test_control_without_the_guard_a_hook_breaks_the_unit(dsn: str, ada: Contact) -> None:
    telemetry = failing()
    bare = telemetry.statement.__wrapped__  # type: ignore[union-attr]
    object.__setattr__(telemetry, "statement", bare)
    async with await Database.open(UnitOfWork, dsn, telemetry=telemetry) as observed:
        with pytest.raises(LookupError):
            await rename(observed, ada, "Alice")
