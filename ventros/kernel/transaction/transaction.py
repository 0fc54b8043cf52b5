"""What a unit of work needs of its transaction, whoever began it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import AlreadyProcessed, TransactionRolledBack
from ventros.kernel.outcome import CommitMarker, Outcome
from ventros.kernel.repository.origin import WriteScope
from ventros.kernel.telemetry import Telemetry
from ventros.kernel.transaction.begin import AuditContext


class Transaction(Protocol):
    """What a unit of work needs of its transaction: the pool's, or a part of its caller's.

    ``in_doubt`` takes the scope of a unit that ends in doubt, for whoever resolves its marker.
    """

    outcome: Outcome
    commits_on_exit: bool
    release_timeout: float
    telemetry: Telemetry
    in_doubt: MutableMapping[CommitMarker, WriteScope]

    async def begin(self, tenant: str, command_id: UUID | None, audit: AuditContext) -> Connection: ...

    async def commit(self, connection: Connection, marker: CommitMarker | None) -> None: ...

    async def end(self) -> None: ...


def check_claim(tag: str, tenant: str, command_id: UUID | None) -> None:
    if command_id is not None and tag != "INSERT 0 1":
        raise AlreadyProcessed(CommitMarker(tenant, command_id))


def is_closed(driver: Any) -> bool:
    try:
        return bool(driver.is_closed())
    except asyncpg.InterfaceError:  # a lost connection has left the pool, and its proxy refuses every call
        return True


def transaction_aborted(what: str) -> TransactionRolledBack:
    return TransactionRolledBack(
        f"the server {what}: a statement of this unit of work failed and its error was swallowed; "
        "nothing was stored"
    )
