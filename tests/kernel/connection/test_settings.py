"""A bound is a bound: what would be none, or no size, is refused by the name of its field."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from tests.support.constants import TENANT
from ventros import Database, ServerUnreachable, Settings, UnitOfWork, ValidationError
from ventros.kernel.connection import settings as module

BOUNDS = [field.name for field in attrs.fields(Settings) if field.name.endswith("_timeout")]


@pytest.mark.parametrize("value", [0, 0.0, -1, float("inf"), float("nan"), None, "5", True, 10**10])
@pytest.mark.parametrize("field", BOUNDS)
def test_no_wait_is_without_a_bound(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=f"{field} must be a number of seconds") as refused:
        Settings(**{field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"min_size": -1}, "min_size"),
        ({"max_size": 0}, "max_size"),
        ({"max_size": 2.0}, "max_size"),
        ({"max_size": True}, "max_size"),
        ({"max_size": 10**6}, "max_size"),
        ({"min_size": 5, "max_size": 4}, "min_size"),
        ({"min_size": 11}, "min_size"),
        ({"application_name": ""}, "application_name"),
        ({"application_name": "x" * 64}, "application_name"),
        ({"application_name": "caf\xe9"}, "application_name"),
        ({"password": 5}, "password"),
        ({"server_settings": {"app.tenant_id": TENANT}}, "server_settings"),
        ({"server_settings": {"Statement_Timeout": "0"}}, "server_settings"),
        ({"server_settings": {"lock_timeout": "0"}}, "server_settings"),
        ({"server_settings": {"options": "-c lock_timeout=0"}}, "server_settings"),
        ({"server_settings": {"work_mem": 5}}, "server_settings"),
        ({"server_settings": {"work_mem; x": "5"}}, "server_settings"),
        ({"server_settings": {"search_path": "a\x00b"}}, "server_settings"),
        ({"server_settings": "work_mem"}, "server_settings"),
    ],
)
def test_what_no_pool_can_have_is_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**options)
    assert refused.value.field == field


def test_bounds_and_sizes_at_their_limits_are_taken() -> None:
    Settings(min_size=0, max_size=1, statement_timeout=0.001, lock_timeout=2_147_483, acquire_timeout=1)


@pytest.mark.parametrize("size", [-1, 1, 999, None, "0"])
def test_a_statement_cache_that_lets_statements_go_is_refused(size: Any) -> None:
    with pytest.raises(ValidationError, match="statement_cache_size"):
        Settings(statement_cache_size=size)
    assert Settings(statement_cache_size=0).statement_cache_size == 0


async def test_settings_of_ones_own_reach_the_server_beside_ours(owner_dsn: str) -> None:
    wanted = {
        "work_mem": "1234kB",
        "application_name": "acme",
        "statement_timeout": "9s",
        "lock_timeout": "1500ms",
        "idle_in_transaction_session_timeout": "30s",
    }
    settings = Settings(server_settings={"work_mem": "1234kB"}, lock_timeout=1.5, application_name="acme")
    async with await Database.open(UnitOfWork, owner_dsn, settings) as db, db.unit_of_work("acme") as uow:
        await uow.connection.control("SAVEPOINT ventros")
        driver = uow.connection.driver
        shown = {name: await driver.fetchval(f"SHOW {name}") for name in wanted}
    assert shown == wanted


@pytest.mark.parametrize("kind", ["text", "function", "coroutine"])
async def test_a_password_may_be_a_function_and_is_never_shown(dsn: str, kind: str) -> None:
    asked = 0
    secret = dsn.split("//")[1].split("@", maxsplit=1)[0].split(":")[1]

    def current() -> str:
        nonlocal asked
        asked += 1
        return secret

    async def later() -> str:
        return current()

    password: module.Password = {"text": secret, "function": current, "coroutine": later}[kind]  # type: ignore[assignment]
    settings = Settings(password=password, min_size=2)
    assert secret not in repr(settings)
    async with await Database.open(UnitOfWork, dsn.replace(secret, "rotated"), settings) as db:
        await db.ping()
    assert asked == (0 if kind == "text" else 2)  # once for each connection


async def test_control_without_it_the_dsns_password_is_refused(dsn: str) -> None:
    secret = dsn.split("//")[1].split("@", maxsplit=1)[0].split(":")[1]
    with pytest.raises(ServerUnreachable):
        await Database.open(UnitOfWork, dsn.replace(secret, "rotated"))


@pytest.mark.parametrize("answer", [None, 5, LookupError("s3cret")])
async def test_a_password_that_cannot_be_had_is_no_raw_error(dsn: str, answer: Any) -> None:
    def password() -> str:
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    with pytest.raises(ServerUnreachable, match=r"Settings\(password=\)") as lost:
        await Database.open(UnitOfWork, dsn, Settings(password=password))
    assert "s3cret" not in str(lost.value)
