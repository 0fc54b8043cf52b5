"""A unit of work says who does what in the message of BEGIN, and only if it was told."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.support.constants import TENANT
from ventros import Database, UnitOfWork, ValidationError
from ventros.audit.session import is_command
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.ids import new_id
from ventros.kernel.transaction.begin import AuditContext, set_local
from ventros.kernel.transaction.joined import CALLER_SETTINGS_QUERY, caller_settings


def test_who_does_what_goes_with_the_tenant() -> None:
    tenant = f"SET LOCAL app.tenant_id = '{TENANT}'"
    assert set_local(TENANT) == (tenant,)
    assert set_local(TENANT, AuditContext("user:7", "greet")) == (
        tenant,
        "SET LOCAL app.actor = 'user:7'",
        "SET LOCAL app.use_case = 'greet'",
    )
    for part in set_local(TENANT, AuditContext("user:7", "greet")):
        assert is_command(part)
    assert not is_command("SET LOCAL app.actor = 'user'; DROP TABLE contacts")


@pytest.mark.parametrize("label", ["", "x" * 101, "a'b", "user 7", "usér", "x\n", 7])
@pytest.mark.parametrize("field", ["actor", "use_case"])
def test_a_label_that_would_need_quoting_is_refused(db: Database[UnitOfWork], field: str, label: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        db.unit_of_work(TENANT, **{field: label})
    assert caught.value.field == field
    with pytest.raises(ValidationError):
        set_local(TENANT, AuditContext(**{field: label}))


async def author_of(db: Database[UnitOfWork], wrap: Any = None, **options: Any) -> tuple[str, str]:
    """Actor and use case, as the server has them in the unit."""

    async def greet(uow: UnitOfWork) -> tuple[str, str]:
        await uow.connection.control("SAVEPOINT ventros")
        _tenant, _user, actor, name = await caller_settings(uow.connection.driver, timeout=5)
        return actor, name

    return await db.run(TENANT, wrap(greet) if wrap else greet, **options)


def nameless(function: Any) -> Any:
    return lambda uow: function(uow)  # noqa: PLW0108 - what it is about


class Wrapped:
    """A use case that is an object."""

    def __init__(self, function: Any) -> None:
        self.function = function

    async def __call__(self, uow: UnitOfWork) -> Any:
        return await self.function(uow)


async def test_the_server_has_them_for_the_unit_alone(db: Database[UnitOfWork]) -> None:
    assert await author_of(db, actor="user:7", use_case="wave") == ("user:7", "wave")
    assert await author_of(db) == ("", "")


async def test_a_use_case_that_is_run_for_an_actor_has_the_functions_name(db: Database[UnitOfWork]) -> None:
    assert await author_of(db, actor="user:7") == ("user:7", "greet")
    assert await author_of(db, functools.partial, actor="user:7") == ("user:7", "greet")
    assert await author_of(db, Wrapped, actor="user:7") == ("user:7", "Wrapped")
    assert await author_of(db, nameless, actor="user:7") == ("user:7", "")


@pytest.fixture
async def guest(owner_dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    driver = await asyncpg.connect(owner_dsn)
    await prepare_driver(driver)
    yield driver
    await driver.close()


async def test_a_joined_unit_has_its_callers_unless_it_names_its_own(guest: asyncpg.Connection[Any]) -> None:
    async def said() -> tuple[str, ...]:
        tenant, _user, *author = tuple(await guest.fetchrow(CALLER_SETTINGS_QUERY) or ())[:4]
        return (tenant, *author)

    async with guest.transaction():
        await guest.execute("SET LOCAL app.actor = 'caller'")
        async with UnitOfWork.join(guest, TENANT):
            assert await said() == (TENANT, "caller", "")
        async with UnitOfWork.join(guest, TENANT, actor="user:7", use_case="greet"):
            assert await said() == (TENANT, "user:7", "greet")
        assert await said() == ("", "caller", "")
        with pytest.raises(KeyError):
            async with UnitOfWork.join(guest, TENANT, actor="user:7"):
                raise KeyError
        assert await said() == ("", "caller", "")
        await guest.execute("SET LOCAL app.actor = 'O''Brien'")
        async with UnitOfWork.join(guest, TENANT):
            assert await said() == (TENANT, "O'Brien", "")
        with pytest.raises(ValidationError):
            async with UnitOfWork.join(guest, TENANT, actor="user:7"):
                pass


async def test_a_joined_unit_has_its_own_user_or_none(guest: asyncpg.Connection[Any]) -> None:
    """Never its caller's, who has his again afterwards, however it ended."""
    caller, user = new_id(), new_id()

    async def whose() -> tuple[str, ...]:
        return tuple(await guest.fetchrow(CALLER_SETTINGS_QUERY) or ())[:2]

    async with guest.transaction():
        await guest.execute(f"SET LOCAL app.user_id = '{caller}'")
        async with UnitOfWork.join(guest, TENANT):
            assert await whose() == (TENANT, "")
        assert await whose() == ("", str(caller))
        with pytest.raises(KeyError):
            async with UnitOfWork.join(guest, TENANT, user=user):
                assert await whose() == (TENANT, str(user))
                raise KeyError
        assert await whose() == ("", str(caller))
        async with UnitOfWork.join(guest, None, user=user):
            assert await whose() == (f"user:{user}", str(user))
    for part in set_local(TENANT, user=user):
        assert is_command(part)
