"""A token that is about to expire is refreshed by one of all that need it, in whatever process."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from ventros.application.credentials.refresh_lease import (
    Lease,
    NewToken,
    release_lease,
    store_token,
    take_lease,
)
from ventros.crm.credentials.aggregate import Credential
from ventros.kernel import validators
from ventros.kernel.database import Database
from ventros.kernel.encryption import Encryptor, Secret
from ventros.kernel.errors import (
    CommitInDoubt,
    Conflict,
    ConnectionLost,
    OperationTimeout,
    TransactionRolledBack,
    VentrosError,
)
from ventros.kernel.ids import new_id
from ventros.unit_of_work import UnitOfWork

T = TypeVar("T")

CallOut = Callable[[Credential, Secret[str]], Awaitable[NewToken]]
"""Asks the service for a new token, given the credential and its refresh token in plain."""

STORE_WITHIN: Final = 15.0
"""Seconds in which a token is stored that the service gave: the lease lasts as much longer than the call."""

_PAUSES: Final = (0.05, 1.0)
"""Seconds between two looks at another's refresh: the first, and the longest."""
_PASSING: Final = (CommitInDoubt, ConnectionLost, OperationTimeout, TransactionRolledBack)
"""After which a token is stored again: it was given once, and may be the only one."""


@attrs.frozen(kw_only=True)
class RefreshToken:
    """``refreshed_at`` is the time at which it is asked for; what it waits is added. Both bounds are seconds.

    ``call_within`` bounds the call to the service, ``wait_within`` the wait for the call of another. Raises
    ValidationError for a nil id, a naive time, or a bound that is none.
    """

    credential_id: UUID = attrs.field(validator=validators.not_nil)
    encryptor: Encryptor
    refreshed_at: datetime = attrs.field(validator=validators.aware)
    call_within: float = attrs.field(default=30.0, validator=validators.seconds)
    wait_within: float = attrs.field(default=45.0, validator=validators.seconds)


async def refresh_token(
    db: Database[UnitOfWork], tenant: str, command: RefreshToken, call_out: CallOut
) -> Credential:
    """The credential with a token that is good, a new one if it would expire within 30 minutes.

    Not within a unit of work: it runs its own, before and after the call, and holds neither lock nor
    connection while the service is asked. Of all who ask at once the holder of the lease calls out. The
    others wait, and get what it stored. A holder that died is followed by another when its lease has run out.

    Raises Conflict when another is still refreshing after ``wait_within``, or has failed to: ask again later.
    Raises what ``call_out`` raises, and OperationTimeout when that takes longer than ``call_within``; the
    failure is counted. NotFound, InvariantViolation when the credential is not active, or has no token or no
    refresh token.
    """
    started = time.monotonic()
    lease_id, failures, pause = new_id(), None, _PAUSES[0]
    while True:
        now = command.refreshed_at + timedelta(seconds=time.monotonic() - started)
        taking = partial(
            take_lease,
            credential_id=command.credential_id,
            lease_id=lease_id,
            seconds=command.call_within + STORE_WITHIN,
            failures=failures,
            now=now,
        )
        found = await db.run(tenant, taking)
        if isinstance(found, Credential):
            return found
        if isinstance(found, Lease):
            return await _refresh(db, tenant, command, call_out, lease=found, now=now)
        if failures is not None and not found.is_leased:
            raise Conflict(f"another failed to refresh the token of credential {command.credential_id}")
        failures = found.failures if failures is None else failures
        if time.monotonic() - started + pause > command.wait_within:
            raise Conflict(f"another is refreshing the token of credential {command.credential_id}")
        await asyncio.sleep(pause)
        pause = min(2 * pause, _PAUSES[1])


async def _refresh(
    db: Database[UnitOfWork],
    tenant: str,
    command: RefreshToken,
    call_out: CallOut,
    *,
    lease: Lease,
    now: datetime,
) -> Credential:
    """Whatever goes wrong, the lease is given back; if that cannot be said, it runs out by itself."""
    try:
        token = await _call(command, call_out, lease)
        storing = partial(store_token, lease=lease, token=token, encryptor=command.encryptor, now=now)
        return await _to_the_end(_store(db, tenant, storing))
    except BaseException as error:
        with contextlib.suppress(VentrosError):
            releasing = partial(release_lease, lease=lease, failed=isinstance(error, Exception))
            await _to_the_end(db.run(tenant, releasing))
        raise


async def _call(command: RefreshToken, call_out: CallOut, lease: Lease) -> NewToken:
    refresh = lease.credential.refresh_token(command.encryptor)
    try:
        async with asyncio.timeout(command.call_within) as bound:
            token = await call_out(lease.credential, refresh)
    except TimeoutError as error:
        if not bound.expired():
            raise
        raise OperationTimeout(
            f"the service of credential {command.credential_id} did not answer in {command.call_within:g} s"
        ) from error
    validators.instance_of(NewToken, token, "call_out")
    return token


async def _store(
    db: Database[UnitOfWork], tenant: str, storing: Callable[[UnitOfWork], Awaitable[Credential]]
) -> Credential:
    """Again, as long as there is time, when the connection or its answer is lost."""
    started, pause = time.monotonic(), _PAUSES[0]
    while True:
        try:
            return await db.run(tenant, storing)
        except _PASSING as error:
            if time.monotonic() - started + pause > STORE_WITHIN:
                error.add_note("the service has given a new token, and it could not be stored")
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, _PAUSES[1])


async def _to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` returns; a cancellation is raised when it is done. It bounds its own time."""
    task, cancelled = asyncio.ensure_future(work), None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from task.exception()
    return task.result()
