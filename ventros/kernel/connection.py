"""Sends named statements over one asyncpg connection; every failure leaves as one of our errors."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import msgspec

from ventros.kernel.errors import (
    ConnectionLost,
    DatabaseError,
    OperationTimeout,
    ResultMismatch,
    UnitOfWorkError,
    VentrosError,
    translate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ventros.kernel.statements import Rows, Statement

_AFFECTED = re.compile(r"(?:UPDATE|DELETE|INSERT 0) (\d+)")
_ARGUMENT = re.compile(r"argument \$(\d+)")
_JSONB_FORMAT = b"\x01"
_encode_json = msgspec.json.Encoder().encode
_decode_json = msgspec.json.Decoder().decode


class Connection:
    """One method for each kind of ``rows:``; a statement sent by the wrong one is refused."""

    __slots__ = ("_driver",)

    def __init__(self, driver: asyncpg.Connection[Any]) -> None:
        self._driver = driver

    async def one(self, statement: Statement, *args: object) -> asyncpg.Record:
        """The only row. Raises ResultMismatch when there is none, or more than one."""
        found = await self._fetch("one", statement, args)
        if len(found) != 1:
            raise _mismatch(statement, f"returned {len(found)} rows, rows: says one")
        return found[0]

    async def maybe(self, statement: Statement, *args: object) -> asyncpg.Record | None:
        """The row, or None. Raises ResultMismatch when there is more than one."""
        found = await self._fetch("maybe", statement, args)
        if len(found) > 1:
            raise _mismatch(statement, f"returned {len(found)} rows, rows: says maybe one")
        return found[0] if found else None

    async def many(self, statement: Statement, *args: object) -> list[asyncpg.Record]:
        """All rows."""
        return await self._fetch("many", statement, args)

    async def each(self, statement: Statement, argses: Sequence[tuple[object, ...]]) -> list[asyncpg.Record]:
        """The rows that ``statement`` returns for each of ``argses``; all are sent in one round trip."""
        _demand("maybe", statement)
        for args in argses:
            statement.check(args)
        try:
            return cast("list[asyncpg.Record]", await self._driver.fetchmany(statement.text, argses))
        except Exception as error:
            raise translated(error, statement) from error

    async def affected(self, statement: Statement, *args: object) -> int:
        """How many rows the INSERT, UPDATE or DELETE touched, by the server's command tag."""
        _demand("affected", statement)
        statement.check(args)
        try:
            tag = await self._driver.execute(statement.text, *args)
        except Exception as error:
            raise translated(error, statement) from error
        match = _AFFECTED.fullmatch(tag)
        if match is None:
            raise _mismatch(statement, f"was answered {tag!r}, which counts no affected rows")
        return int(match[1])

    async def _fetch(
        self, kind: Rows, statement: Statement, args: tuple[object, ...]
    ) -> list[asyncpg.Record]:
        _demand(kind, statement)
        statement.check(args)
        try:
            return cast("list[asyncpg.Record]", await self._driver.fetch(statement.text, *args))
        except Exception as error:
            raise translated(error, statement) from error


def _demand(kind: Rows, statement: Statement) -> None:
    if statement.rows != kind:
        raise _mismatch(
            statement, f"has rows: {statement.rows}; send it with {statement.rows}(), not {kind}()"
        )


def _mismatch(statement: Statement, text: str) -> ResultMismatch:
    return ResultMismatch(f"{statement.name} ({statement.path.name}:{statement.line}) {text}")


def translated(error: BaseException, statement: Statement | None = None) -> VentrosError:
    """Our error for one of the driver's, of the network's or of asyncio's, without any row value."""
    where = f"{statement.name}: " if statement else ""
    if isinstance(error, VentrosError):
        return error
    if isinstance(error, asyncpg.DataError) and statement and (match := _ARGUMENT.search(str(error))):
        # asyncpg could not encode it; its own text quotes the value, ours names the parameter.
        position = int(match[1]) - 1
        return statement.refusal(position, f"does not fit the type {statement.params[position].type}")
    if isinstance(error, asyncpg.PostgresError):
        return translate(
            error.sqlstate or "XX000",
            constraint=getattr(error, "constraint_name", None),
            table=getattr(error, "table_name", None),
            statement=statement.name if statement else None,
        )
    if isinstance(error, TimeoutError):
        return OperationTimeout(f"{where}no answer from the server within the timeout")
    if isinstance(error, asyncpg.InterfaceError) and "another operation is in progress" in str(error):
        return UnitOfWorkError(f"{where}the connection is in use by another task; one unit of work, one task")
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError):
        return ConnectionLost(f"{where}the connection to the server is gone ({type(error).__name__})")
    return DatabaseError(f"{where}{type(error).__name__} in the driver")


async def acquire(pool: asyncpg.Pool[Any], timeout: float) -> Any:  # noqa: ASYNC109 - asyncpg's own
    """A connection of the pool, within ``timeout`` seconds. Raises OperationTimeout or ConnectionLost."""
    try:
        return await pool.acquire(timeout=timeout)
    except TimeoutError as error:
        raise OperationTimeout(f"no connection became free within {timeout:g} s") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise translated(error) from error


async def give_back(pool: asyncpg.Pool[Any], driver: Any, timeout: float, *, idle: bool = True) -> None:  # noqa: ASYNC109
    """To the pool within ``timeout`` seconds, terminated unless it is ``idle``: the pool then makes another.

    A connection that was lost has left the pool by itself, and its proxy refuses every call.
    """
    if not idle:
        with contextlib.suppress(asyncpg.InterfaceError):
            driver.terminate()
    try:
        await pool.release(driver, timeout=timeout)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        with contextlib.suppress(asyncpg.InterfaceError):
            driver.terminate()


async def prepare_driver(driver: asyncpg.Connection[Any]) -> None:
    """Give a fresh asyncpg connection our jsonb codec; uuid and timestamptz are right as they are.

    asyncpg's uuid is a subclass of uuid.UUID, equal to it and of the same hash; its timestamptz is
    an aware datetime in UTC. To be passed as ``init=`` to a pool that is not opened by
    :meth:`ventros.kernel.database.Database.open`.
    """
    await driver.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: _JSONB_FORMAT + _encode_json(value),
        decoder=lambda data: _decode_json(memoryview(data)[1:]),
        format="binary",
    )
