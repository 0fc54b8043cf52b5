"""No token that the service gave is lost, and none overwrites a newer one, whatever goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.support.at_wait import AtWait
from tests.support.constants import NOW, TENANT
from tests.support.keys import BOTH, NEW, OLD
from tests.support.refreshing import (
    Service,
    add_expiring,
    command,
    failures,
    let_the_lease_expire,
    started,
    tokens,
)
from ventros import CRM, Database, Settings, UnitOfWork
from ventros.application.credentials import refresh_lease
from ventros.application.credentials import refresh_token as module
from ventros.application.credentials.refresh_token import refresh_token
from ventros.crm.credentials.aggregate import Credential
from ventros.demo.seed import Seed
from ventros.kernel.encryption import Secret
from ventros.kernel.errors import (
    CommitInDoubt,
    Conflict,
    ConnectionLost,
    OperationTimeout,
    UnknownKey,
)
from ventros.ops.secret_rotation import rotate

pytestmark = pytest.mark.usefixtures("seed")
VICTIM = "ventros-refreshing"


class Refused(Exception):
    """The service's own."""


async def overtaken(db: Database[UnitOfWork], superuser: psycopg.Connection) -> tuple[str, tuple[str, str]]:
    """What a holder returns, and what is stored, when another took its lease and stored "access 2"."""
    credential, goes_on = await add_expiring(db), asyncio.Event()

    async def waits(number: int) -> None:
        if number == 1:
            await goes_on.wait()

    service = Service(waits)
    late = asyncio.create_task(refresh_token(db, TENANT, command(credential.id), service))
    await started(service)
    let_the_lease_expire(superuser)
    await refresh_token(db, TENANT, command(credential.id), service)
    goes_on.set()
    returned = (await late).access_token(BOTH).reveal()
    return returned, await tokens(db, credential.id)


async def test_a_late_holder_does_not_overwrite_a_newer_token(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    assert await overtaken(db, superuser) == ("access 2", ("access 2", "refresh 2"))
    assert failures(superuser) is None


async def test_without_the_comparison_it_would(
    db: Database[UnitOfWork], superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh_lease, "_plain_tokens", lambda *_: None)
    assert await overtaken(db, superuser) == ("access 1", ("access 1", "refresh 1"))


async def test_a_token_that_was_set_meanwhile_stays(db: Database[UnitOfWork]) -> None:
    credential = await add_expiring(db)

    async def set_by_hand(_number: int) -> None:
        await db.run(
            TENANT,
            lambda uow: uow.credentials.apply(
                credential.id,
                Credential.set_oauth_token,
                "granted",
                "anew",
                expires_in=7200,
                encryptor=OLD,
                now=NOW,
            ),
        )

    refreshed = await refresh_token(db, TENANT, command(credential.id), Service(set_by_hand))
    assert refreshed.access_token(BOTH) == Secret("granted")
    assert await tokens(db, credential.id) == ("granted", "anew")


async def test_it_is_stored_though_the_keys_were_rotated_meanwhile(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    """Which encrypts the same tokens anew."""
    credential = await add_expiring(db)

    async def rotates(_number: int) -> None:
        await rotate(db, CRM, [seed.tenant], BOTH)

    await refresh_token(db, TENANT, command(credential.id), Service(rotates))
    assert await tokens(db, credential.id) == ("access 1", "refresh 1")


async def test_a_failure_is_counted_and_frees_the_lease(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    async def refuses(_number: int) -> None:
        raise Refused

    credential = await add_expiring(db)
    for count in (1, 2):
        with pytest.raises(Refused):
            await refresh_token(db, TENANT, command(credential.id), Service(refuses))
        assert failures(superuser) == count
    await refresh_token(db, TENANT, command(credential.id), Service())
    assert failures(superuser) is None


async def test_who_waits_is_told_of_a_failure_and_does_not_call_out(db: Database[UnitOfWork]) -> None:
    credential, fails, service = await add_expiring(db), asyncio.Event(), Service()

    async def refuses(_number: int) -> None:
        await fails.wait()
        raise Refused

    refusing = Service(refuses)
    holder = asyncio.create_task(refresh_token(db, TENANT, command(credential.id), refusing))
    await started(refusing)

    async def fail() -> None:
        fails.set()
        await asyncio.wait([holder])

    told = waiting_for_another(db, credential.id, service, fail)
    with pytest.raises(Conflict, match="another failed to refresh"):
        await told
    with pytest.raises(Refused):
        await holder
    assert service.asked_with == []


async def test_a_service_that_hangs_is_given_up(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    credential = await add_expiring(db)
    hanging = Service(lambda _: asyncio.Event().wait())
    with pytest.raises(OperationTimeout, match=r"did not answer in 0\.01 s"):
        await refresh_token(db, TENANT, command(credential.id, call_within=0.01), hanging)
    assert failures(superuser) == 1


async def test_a_key_that_is_missing_is_found_before_the_call(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    credential, service = await add_expiring(db), Service()
    with pytest.raises(UnknownKey):
        await refresh_token(db, TENANT, command(credential.id, encryptor=NEW), service)
    assert service.asked_with == []
    assert failures(superuser) == 1


async def test_who_is_cancelled_while_the_service_is_asked_frees_the_lease(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    credential, hanging = await add_expiring(db), Service(lambda _: asyncio.Event().wait())
    holder = asyncio.create_task(refresh_token(db, TENANT, command(credential.id), hanging))
    await started(hanging)
    holder.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holder
    assert failures(superuser) == 0


async def cancelled_with_the_token(db: Database[UnitOfWork]) -> tuple[str, str]:
    """What is stored when the holder is cancelled in the moment in which it has the token."""
    credential = await add_expiring(db)

    async def is_cancelled(_number: int) -> None:
        asyncio.get_running_loop().call_soon(holder.cancel)

    service = Service(is_cancelled)
    holder = asyncio.create_task(refresh_token(db, TENANT, command(credential.id), service))
    with pytest.raises(asyncio.CancelledError):
        await holder
    return await tokens(db, credential.id)


async def test_who_is_cancelled_with_the_token_stores_it(db: Database[UnitOfWork]) -> None:
    assert await cancelled_with_the_token(db) == ("access 1", "refresh 1")


async def test_without_waiting_for_its_end_it_would_be_lost(
    db: Database[UnitOfWork], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_to_the_end", in_this_task)
    assert await cancelled_with_the_token(db) == ("access 0", "refresh 0")


async def in_this_task(work: Any) -> Any:
    return await work


async def killed_at_every_wait(
    db: Database[UnitOfWork], dsn: str, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[int, str]]:
    """How often the service was asked, and what is stored, when the session dies at each wait."""
    monkeypatch.setattr(module, "_to_the_end", in_this_task)  # where its waits are seen
    ends: list[tuple[int, str]] = []
    at = 0
    while True:
        at += 1
        superuser.execute("DELETE FROM credential_refreshes")
        superuser.execute("DELETE FROM credentials")
        credential, service = await add_expiring(db), Service()
        settings = Settings(max_size=1, application_name=VICTIM)
        async with await Database.open(UnitOfWork, dsn, settings) as victim:
            dying = AtWait(
                refresh_token(victim, TENANT, command(credential.id), service), at, lambda _: kill(superuser)
            )
            with contextlib.suppress(ConnectionLost, CommitInDoubt):
                await dying
        if not dying.reached:
            return ends
        ends.append((len(service.asked_with), (await tokens(db, credential.id))[0]))


async def kill(superuser: psycopg.Connection) -> None:
    superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [VICTIM]
    )
    while superuser.execute(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = %s", [VICTIM]
    ).fetchone():
        pass


async def test_a_token_that_the_service_gave_is_stored_wherever_a_connection_dies(
    db: Database[UnitOfWork], dsn: str, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = await killed_at_every_wait(db, dsn, superuser, monkeypatch)
    assert set(ends) == {(0, "access 0"), (1, "access 1")}


async def test_without_a_second_try_it_would_be_lost(
    db: Database[UnitOfWork], dsn: str, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PASSING", ())
    assert (1, "access 0") in await killed_at_every_wait(db, dsn, superuser, monkeypatch)


async def waiting_for_another(db: Database[UnitOfWork], id_: UUID, service: Service, act: Any) -> object:
    """Refreshes; ``act`` is done once it has seen that another has the lease."""
    sleep = asyncio.sleep

    async def sleeps(seconds: float) -> None:
        await act()
        await sleep(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", sleeps)
        return await refresh_token(db, TENANT, command(id_), service)
