"""Keys are changed: what other keys wrote is encrypted anew, by version, while everybody works.

How, and when a key can be taken off the ring: ``docs/secrets.md``.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import attrs

from ventros.kernel.application import Application
from ventros.kernel.database import Database
from ventros.kernel.encryption import EncryptedAggregate, Encryptor
from ventros.kernel.errors import ConfigurationError, MappingError, UnknownKey, VentrosError
from ventros.kernel.repository import Repository
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.kernel.validators import tenant_id, whole_number

BATCH = 100
"""Rows that one transaction locks and writes."""
PATIENCE = 10.0
"""Seconds for which a pass that found nothing to do is repeated, while others hold what is left."""

_ACTOR = "ventros.secrets.rotate"
_FIRST = UUID(int=0)

Left = Mapping[tuple[str, str, str], int]
"""Encrypted values by tenant, table and the id of their key."""


@attrs.frozen(kw_only=True)
class Rotated:
    """``rows`` are those written, by table; ``unreadable`` says why some could not be; ``left`` is what other
    keys than the writer still have to read.
    """

    rows: Mapping[str, int]
    unreadable: Sequence[VentrosError]
    left: Left


@attrs.define
class _Pass:
    """One way through a table of a tenant."""

    rows: int = 0
    after: UUID = _FIRST
    values: int = 0
    unreadable: list[VentrosError] = attrs.field(factory=list)


async def rotate(
    db: Database[Any],
    application: Application,
    tenants: Iterable[str],
    encryptor: Encryptor,
    *,
    batch: int = BATCH,
    patience: float = PATIENCE,
    report: Callable[[str, str, int], None] = lambda _tenant, _table, _rows: None,
) -> Rotated:
    """Encrypt all that other keys wrote for ``tenants`` with the writer of ``encryptor``.

    In units of work of ``batch`` rows, by the key of the table. Each row is locked as it is read, so that
    the save finds the version it expects, and steps it, with the event of an update; a row that another
    holds is left to a later pass, so that nobody is waited for. Whoever loaded a row before is told by
    OptimisticLockError, as of any other change. What is cut short anywhere may be run again. ``report`` is
    called with tenant, table and rows, once a table is done.

    Raises ValidationError for what is no tenant, and what the units of work raise.
    """
    whole_number(batch, "batch", least=1)
    rows: Counter[str] = Counter()
    unreadable: list[VentrosError] = []
    still: dict[tuple[str, str, str], int] = {}
    for tenant in [tenant_id(tenant) for tenant in tenants]:
        for repository in encrypted_repositories(application):
            until = time.monotonic() + patience
            written = 0
            while True:
                one = await _once_through(db, tenant, repository, encryptor, batch)
                written += one.rows
                left = await _left(db, tenant, repository, encryptor.writer)
                done = sum(left.values()) <= one.values or (not one.rows and time.monotonic() >= until)
                if done:
                    break
                if not one.rows:
                    await asyncio.sleep(0.2)
            table = repository.TABLE.qualified_name
            rows[table] += written
            unreadable += one.unreadable
            still |= left
            report(tenant, table, written)
    return Rotated(rows=rows, unreadable=unreadable, left=still)


async def left(db: Database[Any], application: Application, tenants: Iterable[str], writer: str) -> Left:
    """What keys other than ``writer`` have to read of ``tenants``; nothing, once a ring needs no other."""
    found: dict[tuple[str, str, str], int] = {}
    for tenant in [tenant_id(tenant) for tenant in tenants]:
        for repository in encrypted_repositories(application):
            found |= await _left(db, tenant, repository, writer)
    return found


def encrypted_repositories(application: Application) -> list[type[Repository[EncryptedAggregate]]]:
    """Those of the stack whose aggregates have encrypted columns.

    Raises ConfigurationError for one that declares half of what a rotation asks of it.
    """
    found = []
    for repository in application.repositories():
        both = [getattr(repository, name, None) for name in ("FIND_BY_OTHER_KEYS", "COUNT_BY_OTHER_KEYS")]
        if any(both) and not all(both):
            raise ConfigurationError(
                f"{repository.__name__} needs FIND_BY_OTHER_KEYS and COUNT_BY_OTHER_KEYS: see docs/secrets.md"
            )
        if all(both):
            found.append(cast("type[Repository[EncryptedAggregate]]", repository))
    return found


async def _once_through(
    db: Database[Any],
    tenant: str,
    repository: type[Repository[EncryptedAggregate]],
    encryptor: Encryptor,
    batch: int,
) -> _Pass:
    seen = _Pass()

    async def rotate_batch(unit: UnitOfWork) -> _Pass:
        return await _rotate_batch(unit, repository, encryptor, seen.after, batch)

    while True:
        one = await db.run(tenant, rotate_batch, actor=_ACTOR)
        if one.after == _FIRST:
            return seen
        seen.rows += one.rows
        seen.values += one.values
        seen.unreadable += one.unreadable
        seen.after = one.after


async def _rotate_batch(
    unit: UnitOfWork,
    kind: type[Repository[EncryptedAggregate]],
    encryptor: Encryptor,
    after: UUID,
    batch: int,
) -> _Pass:
    repository, one, renewed = kind(unit), _Pass(), []
    find: Any = kind.FIND_BY_OTHER_KEYS  # type: ignore[attr-defined]  # asked for by encrypted_repositories
    for row in await unit.connection.many(find, unit.tenant, encryptor.writer, after, batch):
        one.after = row["id"]
        try:
            renewed.append(repository.load(row).reencrypt(encryptor=encryptor, now=datetime.now(UTC)))
        except (UnknownKey, MappingError) as error:
            one.unreadable.append(error)
            texts = [row[column] for column in kind.SECRET_COLUMNS if isinstance(row[column], str)]
            one.values += sum(f"{text}.".split(".")[1] != encryptor.writer for text in texts)
    for aggregate, saved in zip(renewed, await repository.write_changes(renewed), strict=True):
        repository.record_events(aggregate, saved.version)
    one.rows = len(renewed)
    return one


async def _left(
    db: Database[Any], tenant: str, repository: type[Repository[EncryptedAggregate]], writer: str
) -> dict[tuple[str, str, str], int]:
    async with db.unit_of_work(tenant, read_only=True) as unit:
        count: Any = repository.COUNT_BY_OTHER_KEYS  # type: ignore[attr-defined]
        rows = await unit.connection.many(count, tenant, writer)
    table = repository.TABLE.qualified_name
    return {(tenant, table, row["key_id"]): row["stored_values"] for row in rows}
