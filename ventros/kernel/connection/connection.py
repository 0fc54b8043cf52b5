"""Sends named statements over one asyncpg connection; every failure leaves as one of our errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import asyncpg

from ventros.kernel import errors
from ventros.kernel.connection.driver import (
    DRIVER_FAILURES,
    UNREADABLE,
    is_unreadable,
    probing,
    terminate,
    translate_driver_error,
)
from ventros.kernel.connection.sqlstates import error_for_sqlstate
from ventros.kernel.statements.definition import Rows, Statement
from ventros.kernel.validators import shown

_AFFECTED = re.compile(r"(?:UPDATE|DELETE|INSERT 0) (\d+)")

IN_FAILED_TRANSACTION = "25P02"
"""SQLSTATE of any statement but ROLLBACK after one of the transaction has failed."""

CALLER_SETTINGS_QUERY = (
    "SELECT coalesce(current_setting('app.tenant_id', true), ''), "
    "coalesce(current_setting('app.actor', true), ''), coalesce(current_setting('app.use_case', true), ''), "
    "'true'::jsonb"
)
"""The only query that is no statement of sql/: it is about no table, but the caller's transaction, and, by
its last column, about his connection: without our codec the driver hands out JSON as text.
"""


class Connection:
    """One method for each kind of ``rows:``; a statement sent by the wrong one is refused.

    ``timeout`` bounds each statement, in seconds; None leaves it to the driver's command_timeout.
    ``wrote`` tells whether any of them changed a row. ``interrupted`` tells that one got no answer, by a
    timeout or a cancellation: whether it took effect is unknown, so as after an error nothing but a
    rollback is sent any more. ``read_only`` tells that the transaction was begun so; else a server that
    takes no writes is one to leave: the connection is terminated.
    """

    __slots__ = ("_driver", "_timeout", "interrupted", "read_only", "wrote")

    def __init__(self, driver: asyncpg.Connection[Any], timeout: float | None = None) -> None:
        self._driver = driver
        self._timeout = timeout
        self.wrote = False
        self.interrupted = False
        self.read_only = False

    async def one(self, statement: Statement, *args: object) -> asyncpg.Record:
        """The only row. Raises ResultMismatch when there is none, or more than one."""
        rows = await self._fetch("one", statement, args)
        if len(rows) != 1:
            raise _mismatch(statement, f"returned {len(rows)} rows, rows: says one")
        return rows[0]

    async def maybe(self, statement: Statement, *args: object) -> asyncpg.Record | None:
        """The row, or None. Raises ResultMismatch when there is more than one."""
        rows = await self._fetch("maybe", statement, args)
        if len(rows) > 1:
            raise _mismatch(statement, f"returned {len(rows)} rows, rows: says maybe one")
        return rows[0] if rows else None

    async def many(self, statement: Statement, *args: object) -> list[asyncpg.Record]:
        """All rows."""
        return await self._fetch("many", statement, args)

    async def batch(
        self, statement: Statement, argument_sets: Sequence[tuple[object, ...]]
    ) -> list[asyncpg.Record]:
        """The rows that ``statement`` returns for each of ``argument_sets``, all sent in one round trip."""
        for args in argument_sets:
            self._check_call("maybe", statement, args)
        rows = await self._send(self._driver.fetchmany, statement.text, (argument_sets,), statement)
        self.wrote |= statement.writes
        return cast("list[asyncpg.Record]", rows)

    async def affected(self, statement: Statement, *args: object) -> int:
        """How many rows the INSERT, UPDATE or DELETE touched, by the server's command tag."""
        self._check_call("affected", statement, args)
        tag = await self._send(self._driver.execute, statement.text, args, statement)
        count = affected_rows(tag)
        if count is None:
            raise _mismatch(statement, f"was answered {tag!r}, which counts no affected rows")
        self.wrote |= count > 0
        return count

    async def control(self, text: str) -> str:
        """Send transaction control, such as SAVEPOINT, which stands in no file; its command tag."""
        self._refuse_after_interruption()
        return cast("str", await self._send(self._driver.execute, text, ()))

    async def roll_back_to(self, text: str, timeout: float) -> bool:  # noqa: ASYNC109 - the driver's own
        """Send a ROLLBACK TO; whether it succeeded. Else nothing is sent any more."""
        self.interrupted = True
        try:
            await self._driver.execute(text, timeout=timeout)
        except DRIVER_FAILURES:
            return False
        self.interrupted = False
        return True

    async def caller_settings(self) -> tuple[str, str, str]:
        """The transaction's ``app.tenant_id``, ``app.actor`` and ``app.use_case``, each empty if not set.

        Raises UnitOfWorkError for a connection that has not been prepared.
        """
        tenant, actor, use_case, true = await self._send(self._driver.fetchrow, CALLER_SETTINGS_QUERY, ())
        if true is not True:
            raise errors.UnitOfWorkError(
                "this connection reads JSON as text: call ventros.prepare_driver(connection) once, when it "
                "is made"
            )
        return tenant, actor, use_case

    async def _fetch(
        self, kind: Rows, statement: Statement, args: tuple[object, ...]
    ) -> list[asyncpg.Record]:
        self._check_call(kind, statement, args)
        rows = await self._send(self._driver.fetch, statement.text, args, statement)
        self.wrote |= statement.writes
        return cast("list[asyncpg.Record]", rows)

    def _check_call(self, kind: Rows, statement: Statement, args: tuple[object, ...]) -> None:
        if not isinstance(statement, Statement):
            raise errors.ValidationError(
                "SQL is sent by name: give what ventros.kernel.statements.statement(name) returns, not "
                f"{shown(statement)}",
                field="statement",
            )
        if statement.rows != kind:
            raise _mismatch(
                statement, f"has rows: {statement.rows}; send it with {statement.rows}(), not {kind}()"
            )
        statement.check(args)
        self._refuse_after_interruption()

    def _refuse_after_interruption(self) -> None:
        if self.interrupted:
            raise error_for_sqlstate(IN_FAILED_TRANSACTION)

    async def _send(
        self,
        method: Callable[..., Awaitable[Any]],
        text: str,
        args: tuple[object, ...],
        statement: Statement | None = None,
    ) -> Any:
        try:
            return await self._call(method, text, args)
        except Exception as error:
            if statement is not None and is_unreadable(error):
                raise await self._unreadable_row(method, statement, args) from error
            failure = translate_driver_error(error, statement, args, read_only=self.read_only)
            if isinstance(failure, errors.ServerReadOnly):
                terminate(self._driver)
            raise failure from error

    async def _call(self, method: Callable[..., Awaitable[Any]], text: str, args: tuple[object, ...]) -> Any:
        try:
            return await method(text, *args, timeout=self._timeout)
        except (TimeoutError, asyncio.CancelledError):
            self.interrupted = True
            raise

    async def _unreadable_row(
        self, method: Callable[..., Awaitable[Any]], statement: Statement, args: tuple[object, ...]
    ) -> errors.VentrosError:
        """Which row and column hold what no Python value can be; asked once more, unless that would write."""
        rows: Sequence[asyncpg.Record] = ()
        if not statement.writes:
            async with probing(self._driver):
                try:
                    rows = await self._call(method, statement.text, args)
                except Exception as error:  # noqa: BLE001 - returned, for the caller to raise
                    return translate_driver_error(error, statement, args, read_only=self.read_only)
        table = statement.path.stem
        for row in rows:
            for column, value in row.items():
                if value is UNREADABLE:
                    fault = f"{column} holds what no Python value can be"
                    return errors.invalid_row(table, row.get("id"), column, fault)
        return errors.invalid_row(table, None, None, f"{statement.name} met what no Python value can be")


def affected_rows(tag: str) -> int | None:
    """The rows that the command tag of an INSERT, UPDATE or DELETE counts; None of another command's."""
    match = _AFFECTED.fullmatch(tag)
    return int(match[1]) if match else None


def _mismatch(statement: Statement, text: str) -> errors.ResultMismatch:
    return errors.ResultMismatch(f"{statement.name} ({statement.path.name}:{statement.line}) {text}")
