"""One of all that need a token asks the service for it, in whatever process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import BOTH
from tests.support.program import WITHOUT_DATABASE
from tests.support.refreshing import (
    CALLERS,
    PROCESSES,
    Service,
    add_expiring,
    command,
    failures,
    leave_out_the_lease,
    let_the_lease_expire,
    started,
    tokens,
)
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.credentials.refresh_lease import NewToken
from ventros.application.credentials.refresh_token import refresh_token
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.repository import CredentialRepository
from ventros.crm.credentials.values import RefreshState
from ventros.demo.seed import Seed
from ventros.kernel.encryption import Secret
from ventros.kernel.errors import (
    Conflict,
    InvariantViolation,
)

pytestmark = pytest.mark.usefixtures("seed")
TEN = 10


def events(superuser: psycopg.Connection, credential_id: UUID) -> list[tuple[str, int, Any]]:
    return superuser.execute(
        "SELECT event_name, aggregate_version, payload -> 'is_first' FROM outbox_events"
        " WHERE aggregate_id = %s AND aggregate_version > 1 ORDER BY aggregate_version, sequence",
        [credential_id],
    ).fetchall()


async def test_a_token_about_to_expire_is_replaced_by_what_the_service_gives(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    credential, service = await add_expiring(db), Service()
    refreshed = await refresh_token(db, TENANT, command(credential.id), service)
    assert service.asked_with == ["refresh 0"]
    assert refreshed.access_token(BOTH) == Secret("access 1")
    assert refreshed.expires_at is not None
    assert timedelta(0) <= refreshed.expires_at - NOW - timedelta(hours=1) < timedelta(minutes=1)
    assert refreshed.version == credential.version + 1
    assert await tokens(db, credential.id) == ("access 1", "refresh 1")
    assert events(superuser, credential.id) == [("credential.oauth_refreshed", 2, False)]
    assert failures(superuser) is None


async def test_the_refresh_token_stays_where_the_service_gives_none(db: Database[UnitOfWork]) -> None:
    async def keeps(*_: object) -> NewToken:
        return NewToken(access="access 1", expires_in=3600)

    credential = await add_expiring(db)
    await refresh_token(db, TENANT, command(credential.id), keeps)
    assert await tokens(db, credential.id) == ("access 1", "refresh 0")


async def test_a_token_that_is_good_is_returned_without_a_call(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    credential, service = await add_expiring(db), Service()
    first = await refresh_token(db, TENANT, command(credential.id), service)
    again = await refresh_token(db, TENANT, command(credential.id), service)
    assert again == first
    assert len(service.asked_with) == 1
    assert failures(superuser) is None


async def test_an_inactive_credential_is_not_refreshed(db: Database[UnitOfWork]) -> None:
    credential, service = await add_expiring(db), Service()
    await db.run(TENANT, lambda uow: uow.credentials.apply(credential.id, Credential.deactivate, now=NOW))
    with pytest.raises(InvariantViolation, match="is not active"):
        await refresh_token(db, TENANT, command(credential.id), service)
    assert service.asked_with == []


async def test_a_credential_without_a_refresh_token_is_not_refreshed(db: Database[UnitOfWork]) -> None:
    credential, service = await add_expiring(db, refresh=None), Service()
    with pytest.raises(InvariantViolation, match="has no refresh token"):
        await refresh_token(db, TENANT, command(credential.id), service)
    assert service.asked_with == []


async def test_another_tenants_is_not_found(db: Database[UnitOfWork], other_seed: Seed) -> None:
    assert other_seed.tenant == OTHER_TENANT
    credential, service = await add_expiring(db), Service()
    with pytest.raises(NotFound):
        await refresh_token(db, OTHER_TENANT, command(credential.id), service)
    assert service.asked_with == []


@pytest.mark.parametrize(
    "answer", [{"access": "", "expires_in": 1}, {"access": "a", "expires_in": 0}], ids=["empty", "no time"]
)
def test_an_answer_that_is_no_token_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewToken(**answer)


def test_an_answer_shows_no_token() -> None:
    assert "hidden" not in repr(NewToken(access="hidden", expires_in=1, refresh="hidden"))


async def ten_at_once(db: Database[UnitOfWork], credential_id: UUID, service: Service) -> list[str]:
    asked = [refresh_token(db, TENANT, command(credential_id), service) for _ in range(TEN)]
    return [one.access_token(BOTH).reveal() for one in await asyncio.gather(*asked)]


async def test_of_ten_at_once_one_calls_out(
    db: Database[UnitOfWork], superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service answers when the nine others have seen that it is asked."""
    leased, find = 0, CredentialRepository.find_refresh
    nine_wait = asyncio.Event()

    async def finds(self: CredentialRepository, credential_id: UUID) -> RefreshState | None:
        nonlocal leased
        state = await find(self, credential_id)
        leased += state is not None and state.is_leased
        if leased >= TEN - 1:
            nine_wait.set()
        return state

    monkeypatch.setattr(CredentialRepository, "find_refresh", finds)
    credential, service = await add_expiring(db), Service(lambda _: nine_wait.wait())
    assert await ten_at_once(db, credential.id, service) == ["access 1"] * TEN
    assert service.asked_with == ["refresh 0"]
    assert len(events(superuser, credential.id)) == 1


async def test_without_the_lease_ten_call_out(
    db: Database[UnitOfWork], monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_out_the_lease(monkeypatch.setattr)
    all_ask = asyncio.Barrier(TEN)
    credential, service = await add_expiring(db), Service(lambda _: all_ask.wait())
    await ten_at_once(db, credential.id, service)
    assert service.asked_with == ["refresh 0"] * TEN


def start(dsn: str, credential_id: UUID, calls: Path, *more: str) -> subprocess.Popen[str]:
    arguments = [dsn, str(credential_id), str(calls), *more]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.refreshing", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=WITHOUT_DATABASE,
    )


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.mark.parametrize(("how", "called"), [("", 1), ("unleased", PROCESSES * CALLERS)])
async def test_of_several_processes_one_calls_out(
    db: Database[UnitOfWork], dsn: str, tmp_path: Path, how: str, called: int
) -> None:
    """The control is without the lease."""
    credential, calls = await add_expiring(db), tmp_path / "calls"
    running = [start(dsn, credential.id, calls, str(CALLERS), how) for _ in range(PROCESSES)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        go(process)
    printed = [process.communicate()[0].split("\n") for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES
    assert [line for lines in printed for line in lines if line] == ["access 1"] * PROCESSES * CALLERS
    assert calls.read_text(encoding="utf-8").count("\n") == called


async def test_a_holder_that_is_killed_frees_the_lease_by_its_expiry(
    db: Database[UnitOfWork], dsn: str, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    credential, calls, service = await add_expiring(db), tmp_path / "calls", Service()
    with start(dsn, credential.id, calls, "1", "hangs") as process:
        go(process)
        while not calls.exists():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
        process.kill()
    with pytest.raises(Conflict, match="another is refreshing"):
        await refresh_token(db, TENANT, command(credential.id, wait_within=0.01), service)
    assert service.asked_with == []
    let_the_lease_expire(superuser)
    await refresh_token(db, TENANT, command(credential.id), service)
    assert await tokens(db, credential.id) == ("access 1", "refresh 1")


async def test_who_waits_takes_over_when_the_lease_has_run_out(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    never, credential = asyncio.Event(), await add_expiring(db)
    hanging = Service(lambda _: never.wait())
    holder = asyncio.create_task(refresh_token(db, TENANT, command(credential.id), hanging))
    await started(hanging)
    service = Service()
    waiting = asyncio.create_task(refresh_token(db, TENANT, command(credential.id), service))
    await asyncio.sleep(0)
    let_the_lease_expire(superuser)
    await waiting
    assert service.asked_with == ["refresh 0"]
    holder.cancel()
    await asyncio.wait([holder])
    assert await tokens(db, credential.id) == ("access 1", "refresh 1")
