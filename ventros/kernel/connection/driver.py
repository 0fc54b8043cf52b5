"""What is asked of asyncpg itself: connections of its pool, their codec, our error for each of its own."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterable
from secrets import token_hex
from typing import Any
from uuid import UUID

import asyncpg

from ventros.kernel import errors
from ventros.kernel.connection import sqlstates
from ventros.kernel.connection.deadline import Deadline
from ventros.kernel.connection.wire import Wire
from ventros.kernel.secret import Secret
from ventros.kernel.statements.definition import Statement
from ventros.kernel.statements.types import TYPES

DRIVER_FAILURES = (
    TimeoutError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

STALE = "VT010"
"""SQLSTATE of an update that fails by itself because another was first; its detail says id and versions."""
_ARGUMENT = re.compile(r"argument \$(\d+)")


def translate_driver_error(
    error: BaseException,
    statement: Statement | None = None,
    args: tuple[object, ...] = (),
    *,
    read_only: bool = False,
) -> errors.VentrosError:
    """Our error for one of the driver's, of the network's or of asyncio's, without any row value.

    ``args`` are what ``statement`` was sent with; ``read_only`` says that the transaction was begun so.
    """
    where = f"{statement.name}: " if statement else ""
    if isinstance(error, errors.VentrosError):
        return error
    if isinstance(error, asyncpg.DataError) and statement and (match := _ARGUMENT.search(str(error))):
        # asyncpg could not encode it; its own text quotes the value, ours names the parameter.
        position = int(match[1]) - 1
        return statement.refusal(position, f"does not fit the type {statement.params[position].type}")
    if isinstance(error, asyncpg.InvalidCachedStatementError | asyncpg.OutdatedSchemaCacheError):
        return errors.SchemaChanged(f"{where}the schema has changed since it was prepared; run it again")
    if isinstance(error, asyncpg.ConnectionDoesNotExistError):
        last = getattr(error.__cause__, "sqlstate", None)  # what the server said before it hung up
        sqlstate = last if last in sqlstates.CONNECTION_ENDING_SQLSTATES else "08003"
        return sqlstates.error_for_sqlstate(sqlstate, statement=statement)
    if isinstance(error, asyncpg.PostgresError) and error.sqlstate == STALE and statement:
        id_, expected, *stored = str(error.detail).split()
        resource = statement.resource or statement.table
        return errors.OptimisticLockError(
            resource, UUID(id_), int(expected), int(stored[0]) if stored else None
        )
    if isinstance(error, asyncpg.PostgresError):
        circumstance, constraint, table = (
            getattr(error, name, None) for name in ("server_source_function", "constraint_name", "table_name")
        )
        if statement and error.sqlstate == "23503":  # the server names the same table of both
            circumstance = sqlstates.REFERRING if statement.writes_to(table) else sqlstates.REFERRED_TO
        elif read_only and error.sqlstate == "25006":
            circumstance = sqlstates.READ_ONLY_TRANSACTION
        return sqlstates.error_for_sqlstate(
            error.sqlstate or "XX000", circumstance, constraint, table, statement=statement, args=args
        )
    if isinstance(error, TimeoutError):
        return errors.OperationTimeout(f"{where}no answer from the server within the timeout")
    if isinstance(error, asyncpg.InterfaceError) and "another operation is in progress" in str(error):
        return errors.UnitOfWorkError(f"{where}another task is using the connection; one unit, one task")
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError):
        return errors.ConnectionLost(f"{where}the connection to the server is gone ({type(error).__name__})")
    return errors.DatabaseError(f"{where}{type(error).__name__} in the driver")


_QUOTING = ("22", "P0")
"""Classes of SQLSTATE whose messages may quote a value: what it is no form of, and what a function raises."""


def without_values(error: BaseException) -> BaseException:
    """The same error of the driver, once it is translated, to be the cause of ours.

    What it may say of rows and arguments, which a traceback would show, is hidden: ``detail`` and
    ``context`` become a :class:`Secret`, to be revealed; a message that may quote a value becomes the detail.
    """
    if isinstance(error, asyncpg.PostgresError):
        said = {name: getattr(error, name, None) for name in ("detail", "context")}
        if (error.sqlstate or "").startswith(_QUOTING) and not isinstance(said["detail"], Secret):
            said["detail"] = str(error)
            error.args = (f"{type(error).__name__} [SQLSTATE {error.sqlstate}]",)
            error.__cause__ = None
        for name, text in said.items():
            setattr(error, name, Secret(text) if isinstance(text, str) else text)
    return error


class Driver(asyncpg.Connection):
    """asyncpg's connection, with its wire, if it has one, its deadline, and the pool's times.

    Those are in monotonic seconds.
    """

    __slots__ = ("deadline", "idle_since", "made_at", "timeouts", "wire")

    wire: Wire | None
    deadline: Deadline
    made_at: float
    idle_since: float
    timeouts: tuple[str, ...]
    """What sets the timeouts of the server that its session does not have, for one transaction."""

    def _get_unique_id(self, prefix: str) -> str:
        """A name that no other process gives.

        asyncpg counts its own: behind a pooler that does not keep prepared statements apart, a statement of
        another process may have the same name, and is executed in the place of ours.
        """
        return f"{prefix}_{token_hex(8)}"


def terminate(driver: Any) -> None:
    """Close it without a word to the server, and without waiting.

    Does nothing to one that was lost: it has left the pool, and its proxy refuses every call.
    """
    with contextlib.suppress(asyncpg.InterfaceError):
        driver.terminate()


UNREADABLE = object()
"""Stands for a value that no Python value can be."""
_CODECS = {name: type_.codec for name, type_ in TYPES.items() if type_.codec}
_PROBES = {name: type_.probe for name, type_ in TYPES.items() if type_.probe}


def holds_unreadable(value: object) -> bool:
    """Whether it is :data:`UNREADABLE`, or a list or range of such."""
    if isinstance(value, list):
        return any(map(holds_unreadable, value))
    if isinstance(value, asyncpg.Range):
        return UNREADABLE in {value.lower, value.upper}
    return value is UNREADABLE


def is_unreadable(error: Exception) -> bool:
    """Whether a decoder raised it: asyncpg's for a time, ours for JSON."""
    decoder_raised = isinstance(error, OverflowError | ValueError | RecursionError)
    return decoder_raised and not isinstance(error, asyncpg.InterfaceError)  # of which some are ValueErrors


def unreadable_row(statement: Statement, rows: Iterable[asyncpg.Record]) -> errors.MappingError:
    """The error for the first of ``rows``, read while :func:`probing`, with what cannot be a Python value."""
    for row in rows:
        for column, value in row.items():
            if holds_unreadable(value):
                fault = f"{column} holds what no Python value can be"
                return errors.invalid_row(statement.table, row.get("id"), column, fault)
    return errors.invalid_row(statement.table, None, None, f"{statement.name} met no Python value")


@contextlib.asynccontextmanager
async def probing(driver: asyncpg.Connection[Any]) -> AsyncIterator[None]:
    """Meanwhile a value whose decoder could raise is None, or :data:`UNREADABLE` if it would.

    To set the codec of a built-in type is no I/O, so it ends as it began, whatever comes between.
    """
    try:
        for name, codec in _PROBES.items():
            probe = _probe(codec.decode)
            await driver.set_type_codec(
                name, schema="pg_catalog", encoder=codec.encode, decoder=probe, format=codec.format
            )
        yield
    finally:
        for name in _PROBES:
            await driver.reset_type_codec(name, schema="pg_catalog")
        await prepare_driver(driver)


def _probe(decode: Callable[[Any], object]) -> Callable[[Any], object]:
    def probe(data: Any) -> object:
        try:
            decode(data)
        except (OverflowError, ValueError, RecursionError):
            return UNREADABLE
        return None

    return probe


async def prepare_driver(driver: asyncpg.Connection[Any]) -> None:
    """Give a fresh asyncpg connection our codecs of jsonb and json; the other types are right as they are.

    asyncpg's uuid is a subclass of uuid.UUID, equal to it and of the same hash; its timestamptz is
    an aware datetime in UTC. To be passed as ``init=`` to a pool that is not opened by
    :meth:`ventros.kernel.database.Database.open`.
    """
    for name, codec in _CODECS.items():
        await driver.set_type_codec(
            name, schema="pg_catalog", encoder=codec.encode, decoder=codec.decode, format=codec.format
        )
