"""A credential whose token is about to expire, and a service that gives new ones.

``python -m tests.support.refreshing DSN CREDENTIAL FILE CALLERS [unleased | hangs]`` refreshes it as often at
once as CALLERS says, and prints the tokens that it gets. Each call of the service is a line of FILE.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import psycopg

from tests.support.constants import NOW, TENANT
from tests.support.keys import BOTH, OLD
from ventros import Database, UnitOfWork
from ventros.application.credentials.refresh_lease import NewToken
from ventros.application.credentials.refresh_token import RefreshToken, refresh_token
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.repository import CredentialRepository
from ventros.crm.credentials.values import CredentialType
from ventros.kernel.encryption import Secret

PROCESSES, CALLERS = 3, 4


async def add_expiring(db: Database[UnitOfWork], refresh: str | None = "refresh 0") -> Credential:
    """Its tokens are "access 0" and "refresh 0", and expire in a minute."""
    credential = Credential.create(
        tenant_id=TENANT,
        credential_type=CredentialType.GOOGLE_ADS,
        name="ads",
        secret="client secret",  # noqa: S106
        encryptor=OLD,
        now=NOW,
    ).set_oauth_token("access 0", refresh, expires_in=60, encryptor=OLD, now=NOW)
    added: Credential = await db.run(TENANT, lambda uow: uow.credentials.add(credential))
    return added


def command(credential_id: UUID, **changes: Any) -> RefreshToken:
    made = RefreshToken(credential_id=credential_id, encryptor=BOTH, refreshed_at=NOW)
    return attrs.evolve(made, **changes)


@attrs.define
class Service:
    """Gives "access 1" with "refresh 1", then "access 2" and so on; a call waits first."""

    wait: Callable[[int], Awaitable[object]] | None = None
    asked_with: list[str] = attrs.field(factory=list)

    async def __call__(self, _credential: Credential, refresh: Secret[str]) -> NewToken:
        self.asked_with.append(refresh.reveal())
        number = len(self.asked_with)
        if self.wait is not None:
            await self.wait(number)
        return NewToken(access=f"access {number}", refresh=f"refresh {number}", expires_in=3600)


async def started(service: Service) -> None:
    """Until somebody has asked the service."""
    async with asyncio.timeout(30):
        while not service.asked_with:  # noqa: ASYNC110 - told by nobody
            await asyncio.sleep(0.001)


async def tokens(db: Database[UnitOfWork], credential_id: UUID) -> tuple[str, str]:
    """As they are stored."""
    async with db.unit_of_work(TENANT, read_only=True) as uow:
        credential = await uow.credentials.get(credential_id)
    return credential.access_token(BOTH).reveal(), credential.refresh_token(BOTH).reveal()


def failures(superuser: psycopg.Connection) -> int | None:
    """None without a row; a lease that is in force is a fault."""
    row = superuser.execute("SELECT leased_until > now(), failures FROM credential_refreshes").fetchone()
    if row is None:
        return None
    assert not row[0], "the lease is still in force"
    return int(row[1])


def let_the_lease_expire(superuser: psycopg.Connection) -> None:
    expired = superuser.execute("UPDATE credential_refreshes SET leased_until = now() RETURNING 1").fetchall()
    assert expired == [(1,)]


def leave_out_the_lease(patch: Callable[[object, str, object], None]) -> None:
    async def nobody(*_: object) -> None:
        return None

    patch(CredentialRepository, "find_refresh", nobody)
    patch(CredentialRepository, "lease_refresh", nobody)


async def _called(lines: Path, how: str) -> None:
    """Without a lease every caller comes here; with it the one that does goes on after a while."""
    with lines.open("a", encoding="utf-8") as writing:
        writing.write("called\n")
    if how == "hangs":
        await asyncio.Event().wait()
    for _ in range(3000 if how == "unleased" else 50):
        if len(lines.read_bytes().splitlines()) == PROCESSES * CALLERS:  # noqa: ASYNC240
            break
        await asyncio.sleep(0.01)


async def main(dsn: str, credential_id: str, file: str, callers: str, how: str = "") -> None:
    async def call(credential: Credential, refresh: Secret[str]) -> NewToken:
        await _called(Path(file), how)
        return await Service()(credential, refresh)

    if how == "unleased":
        leave_out_the_lease(setattr)
    async with await Database.open(UnitOfWork, dsn) as db:
        print("ready", flush=True)
        sys.stdin.readline()
        asked = command(UUID(credential_id))
        one = [refresh_token(db, TENANT, asked, call) for _ in range(int(callers))]
        for credential in await asyncio.gather(*one):
            print(credential.access_token(BOTH).reveal(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
