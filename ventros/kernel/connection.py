"""Sends named statements over one asyncpg connection; every failure leaves as one of our errors."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import msgspec

from ventros.kernel.errors import (
    HANGING_UP,
    ConnectionLost,
    DatabaseError,
    OperationTimeout,
    ResultMismatch,
    SchemaChanged,
    UnitOfWorkError,
    VentrosError,
    translate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ventros.kernel.statements import Rows, Statement

_AFFECTED = re.compile(r"(?:UPDATE|DELETE|INSERT 0) (\d+)")
_ARGUMENT = re.compile(r"argument \$(\d+)")

IN_FAILED_TRANSACTION = "25P02"
"""SQLSTATE of any statement but ROLLBACK after one of the transaction has failed."""

CALLER_QUESTION = (
    "SELECT coalesce(current_setting('app.tenant_id', true), ''), "
    "coalesce(current_setting('app.actor', true), ''), coalesce(current_setting('app.use_case', true), '')"
)
"""The only question that is no statement of sql/: it is about no table, but the caller's transaction."""

DRIVER_FAILURES = (
    TimeoutError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_JSONB_FORMAT = b"\x01"
_encode_json = msgspec.json.Encoder().encode
_decode_json = msgspec.json.Decoder().decode


class Connection:
    """One method for each kind of ``rows:``; a statement sent by the wrong one is refused.

    ``timeout`` bounds each statement, in seconds; None leaves it to the driver's command_timeout.
    ``wrote`` tells whether any of them changed a row. ``interrupted`` tells that one got no answer, by a
    timeout or a cancellation: whether it took effect is unknown, so as after an error nothing but a
    rollback is sent any more.
    """

    __slots__ = ("_driver", "_timeout", "interrupted", "wrote")

    def __init__(self, driver: asyncpg.Connection[Any], timeout: float | None = None) -> None:
        self._driver = driver
        self._timeout = timeout
        self.wrote = False
        self.interrupted = False

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
        for args in argses:
            self._demand("maybe", statement, args)
        found = await self._answer(self._driver.fetchmany, statement.text, (argses,), statement)
        if statement.writes:
            self.wrote = True
        return cast("list[asyncpg.Record]", found)

    async def affected(self, statement: Statement, *args: object) -> int:
        """How many rows the INSERT, UPDATE or DELETE touched, by the server's command tag."""
        self._demand("affected", statement, args)
        tag = await self._answer(self._driver.execute, statement.text, args, statement)
        count = affected(tag)
        if count is None:
            raise _mismatch(statement, f"was answered {tag!r}, which counts no affected rows")
        if count:
            self.wrote = True
        return count

    async def control(self, text: str) -> str:
        """Send transaction control, such as SAVEPOINT, which stands in no file; its command tag."""
        self._refuse_after_interruption()
        return cast("str", await self._answer(self._driver.execute, text, ()))

    async def undo(self, text: str, timeout: float) -> bool:  # noqa: ASYNC109 - the driver's own
        """Send a ROLLBACK TO; whether it succeeded. Else nothing is sent any more."""
        try:
            await self._driver.execute(text, timeout=timeout)
        except DRIVER_FAILURES:
            self.interrupted = True
            return False
        except BaseException:
            self.interrupted = True
            raise
        self.interrupted = False
        return True

    async def caller(self) -> tuple[str, str, str]:
        """The transaction's ``app.tenant_id``, ``app.actor`` and ``app.use_case``, each empty if not set."""
        tenant, actor, use_case = await self._answer(self._driver.fetchrow, CALLER_QUESTION, ())
        return tenant, actor, use_case

    async def _fetch(
        self, kind: Rows, statement: Statement, args: tuple[object, ...]
    ) -> list[asyncpg.Record]:
        self._demand(kind, statement, args)
        found = await self._answer(self._driver.fetch, statement.text, args, statement)
        if statement.writes:
            self.wrote = True
        return cast("list[asyncpg.Record]", found)

    def _demand(self, kind: Rows, statement: Statement, args: tuple[object, ...]) -> None:
        if statement.rows != kind:
            raise _mismatch(
                statement, f"has rows: {statement.rows}; send it with {statement.rows}(), not {kind}()"
            )
        statement.check(args)
        self._refuse_after_interruption()

    def _refuse_after_interruption(self) -> None:
        if self.interrupted:
            raise translate(IN_FAILED_TRANSACTION)

    async def _answer(
        self,
        send: Callable[..., Awaitable[Any]],
        text: str,
        args: tuple[object, ...],
        statement: Statement | None = None,
    ) -> Any:
        try:
            return await send(text, *args, timeout=self._timeout)
        except asyncio.CancelledError:
            self.interrupted = True
            raise
        except Exception as error:
            self.interrupted |= isinstance(error, TimeoutError)
            raise translated(error, statement) from error


def affected(tag: str) -> int | None:
    """The rows that the command tag of an INSERT, UPDATE or DELETE counts; None of another command's."""
    match = _AFFECTED.fullmatch(tag)
    return int(match[1]) if match else None


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
    if isinstance(error, asyncpg.InvalidCachedStatementError | asyncpg.OutdatedSchemaCacheError):
        return SchemaChanged(f"{where}the schema was changed since the statement was prepared; run it again")
    if isinstance(error, asyncpg.ConnectionDoesNotExistError):
        said = getattr(error.__cause__, "sqlstate", None)  # by the server, before it hung up
        return translate(said if said in HANGING_UP else "08003", statement=_name(statement))
    if isinstance(error, asyncpg.PostgresError):
        return translate(
            error.sqlstate or "XX000",
            constraint=getattr(error, "constraint_name", None),
            table=getattr(error, "table_name", None),
            statement=_name(statement),
        )
    if isinstance(error, TimeoutError):
        return OperationTimeout(f"{where}no answer from the server within the timeout")
    if isinstance(error, asyncpg.InterfaceError) and "another operation is in progress" in str(error):
        return UnitOfWorkError(f"{where}the connection is in use by another task; one unit of work, one task")
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError):
        return ConnectionLost(f"{where}the connection to the server is gone ({type(error).__name__})")
    return DatabaseError(f"{where}{type(error).__name__} in the driver")


def _name(statement: Statement | None) -> str | None:
    return statement.name if statement else None


async def acquire(pool: asyncpg.Pool[Any], timeout: float) -> Any:  # noqa: ASYNC109 - asyncpg's own
    """A connection of the pool, within ``timeout`` seconds. Raises OperationTimeout or ConnectionLost."""
    try:
        # Not acquire(timeout=): before Python 3.12 that makes a task, and its cancellation may lose one.
        async with asyncio.timeout(timeout):
            return await pool.acquire()
    except TimeoutError as error:
        raise OperationTimeout(f"no connection became free within {timeout:g} s") from error
    except DRIVER_FAILURES as error:
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
    except DRIVER_FAILURES:
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
