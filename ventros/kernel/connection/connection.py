"""Sends named statements over one asyncpg connection; every failure leaves as one of our errors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import asyncpg

from ventros.kernel import errors
from ventros.kernel.connection.answers import Answer, State
from ventros.kernel.connection.call import CONTROLS, Call, affected_rows, mismatch
from ventros.kernel.connection.deadline import Deadline
from ventros.kernel.connection.driver import (
    DRIVER_FAILURES,
    is_unreadable,
    probing,
    terminate,
    translate_driver_error,
    unreadable_row,
    without_values,
)
from ventros.kernel.connection.source import Source
from ventros.kernel.connection.sqlstates import IN_FAILED_TRANSACTION, error_for_sqlstate
from ventros.kernel.connection.wire import Wire
from ventros.kernel.statements.definition import Rows, Statement
from ventros.kernel.validators import shown


class Connection:
    """One method for each kind of ``rows:``; a statement sent by the wrong one is refused.

    ``opening`` are the commands that begin the transaction: they go with the first statement, and so does
    what :meth:`defer` was given; ``begun`` tells that they went. ``timeout`` bounds each statement, in
    seconds; None is no bound. Over a ``wire`` several statements share a round trip.

    ``wrote`` tells whether any of them changed a row, ``held`` whether one may hold locks. ``interrupted``
    tells that one got no answer, by a timeout or a cancellation: whether it took effect is unknown, so as
    after an error (``failed``) nothing but a rollback is sent any more. ``read_only`` tells that the
    transaction was begun so; else a server that takes no writes is one to leave: it is terminated. ``link``
    is asyncpg's connection, for the kernel alone. One that is ``foreign`` may have run other things than
    statements of a catalogue, and is not pooled again.
    """

    __slots__ = (
        "_began",
        "_deadline",
        "_deferred",
        "_opening",
        "_source",
        "_timeout",
        "begun",
        "failed",
        "foreign",
        "held",
        "interrupted",
        "link",
        "read_only",
        "wire",
        "wrote",
    )

    def __init__(
        self,
        driver: Any = None,
        timeout: float | None = None,
        *,
        source: Source | None = None,
        opening: tuple[str, ...] = (),
    ) -> None:
        self.link = driver
        self.wire: Wire | None = getattr(driver, "wire", None)
        self._deadline: Deadline | None = getattr(driver, "deadline", None)
        self._source = source
        self._opening = opening
        self._began = Answer()
        self._timeout = timeout
        self._deferred: list[Call] = []
        self.begun = not opening
        self.wrote = self.held = self.foreign = self.read_only = False
        self.failed = self.interrupted = False

    @property
    def driver(self) -> Any:
        """The driver's own, for what no statement can do; whoever takes it makes it ``foreign``."""
        self.foreign = True
        return self.link

    async def one(self, statement: Statement, *args: object) -> asyncpg.Record:
        """The only row. Raises ResultMismatch when there is none, or more than one."""
        rows = await self._fetch("one", statement, args)
        if len(rows) != 1:
            raise mismatch(statement, f"returned {len(rows)} rows, rows: says one")
        return rows[0]

    async def maybe(self, statement: Statement, *args: object) -> asyncpg.Record | None:
        """The row, or None. Raises ResultMismatch when there is more than one."""
        rows = await self._fetch("maybe", statement, args)
        if len(rows) > 1:
            raise mismatch(statement, f"returned {len(rows)} rows, rows: says maybe one")
        return rows[0] if rows else None

    async def many(self, statement: Statement, *args: object) -> list[asyncpg.Record]:
        """All rows."""
        return await self._fetch("many", statement, args)

    async def batch(
        self, statement: Statement, argument_sets: Sequence[tuple[object, ...]]
    ) -> list[asyncpg.Record]:
        """The rows that ``statement`` returns for each of ``argument_sets``, in one round trip."""
        for args in argument_sets:
            self._check("maybe", statement, args)
        return cast("list[asyncpg.Record]", await self._send(Call(statement, argument_sets)))

    async def affected(self, statement: Statement, *args: object) -> int:
        """How many rows the INSERT, UPDATE or DELETE touched, by the server's command tag."""
        self._check("affected", statement, args)
        return cast("int", await self._send(Call(statement, (args,))))

    async def together(self, calls: Sequence[Call]) -> list[Any]:
        """The rows of each call, or of an ``affected`` statement their count; in one round trip over a wire.

        None is executed after one that failed, whose error is raised. Raises WriteSuppressed for the first
        whose count is not the expected one.
        """
        if not calls:
            return []
        self._defer_all_but_last(calls)
        calls[-1].result = await self._send(calls[-1])
        for call in calls:
            if call.answer is not None:
                call.result = await self._read(call, call.answer)
            call.check_expected()
        return [call.result for call in calls]

    async def commit_with(self, calls: Sequence[Call], commit: Answer, timeout: float) -> None:  # noqa: ASYNC109
        """Send ``calls`` and COMMIT in one message, over a wire; ``commit`` is the answer to COMMIT."""
        self._defer_all_but_last(calls)
        await self._send(calls[-1], commit, timeout)

    def defer(self, call: Call) -> None:
        """Send it with the next statement, in front of it."""
        self._deferred.append(call)

    async def take_driver(self) -> None:
        """Take it from the source now, if the first statement has not done so."""
        if self.link is None and self._source is not None:
            self.link = await self._source.take()
            self.wire = getattr(self.link, "wire", None)
            self._deadline = getattr(self.link, "deadline", None)
            if timeouts := getattr(self.link, "timeouts", None):
                self._opening = (self._opening[0], *timeouts, *self._opening[1:])

    async def control(self, text: str) -> None:
        """Send transaction control, such as SAVEPOINT, which stands in no file."""
        self._refuse_after_interruption()
        self.foreign |= text not in CONTROLS
        await self._send(text)

    async def roll_back_to(self, text: str, timeout: float) -> bool:  # noqa: ASYNC109 - the driver's own
        """Send a ROLLBACK TO; whether it succeeded. Else nothing is sent any more."""
        self.interrupted = True
        self.foreign |= text not in CONTROLS
        self._deferred.clear()
        try:
            await self.link.execute(text, timeout=timeout)
        except DRIVER_FAILURES:
            return False
        self.interrupted = self.failed = False
        return True

    def end_unawaited(self, text: str) -> bool:
        """Send COMMIT or ROLLBACK and wait for no answer, if nothing depends on it; whether it did."""
        unsure = self.held or self.failed or self.interrupted or self.foreign
        if self.wire is None or unsure or self.link.is_closed():
            return False
        self.wire.send(text)
        return True

    async def _fetch(
        self, kind: Rows, statement: Statement, args: tuple[object, ...]
    ) -> list[asyncpg.Record]:
        self._check(kind, statement, args)
        return cast("list[asyncpg.Record]", await self._send(Call(statement, (args,))))

    def _check(self, kind: Rows, statement: Statement, args: tuple[object, ...]) -> None:
        if not isinstance(statement, Statement):
            raise errors.ValidationError(
                "SQL is sent by name: give what ventros.kernel.statements.statement(name) returns, not "
                f"{shown(statement)}",
                field="statement",
            )
        if statement.rows != kind:
            raise mismatch(
                statement, f"has rows: {statement.rows}; send it with {statement.rows}(), not {kind}()"
            )
        statement.check(args)
        self._refuse_after_interruption()

    def _refuse_after_interruption(self) -> None:
        if self.interrupted:
            raise error_for_sqlstate(IN_FAILED_TRANSACTION)

    def _defer_all_but_last(self, calls: Sequence[Call]) -> None:
        for call in calls:
            for args in call.argument_sets:
                call.statement.check(args)
        self._refuse_after_interruption()
        self._deferred += calls[:-1]

    async def _send(
        self,
        call: Call | str,
        commit: Answer | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Any:
        """The answer to ``call``, or to a command that stands in no file, sent with all that was deferred."""
        deferred, self._deferred = self._deferred, []
        bound = timeout or self._timeout
        try:
            while True:
                if self.link is None:
                    await self.take_driver()
                if self._deadline is not None and bound is not None:
                    self._deadline.start(bound)
                try:
                    if self.wire is not None:
                        return await self._send_over(self.wire, call, deferred, commit)
                    return await self._send_apart(call, deferred, bound)
                except Exception as error:
                    if self.begun or not await self._replace_dead(error, commit):
                        raise
        except BaseException as error:
            failure = await self._explain(error, call, deferred, commit)
            if failure is error:
                raise
            raise failure from without_values(error)
        finally:
            if self._deadline is not None:
                self._deadline.stop()

    async def _explain(
        self, error: BaseException, call: Call | str, deferred: Sequence[Call], commit: Answer | None
    ) -> BaseException:
        """What is raised for ``error``, after note was taken of it: a cancellation itself, else ours."""
        if isinstance(error, asyncio.CancelledError):
            self.interrupted = True
            if self._deadline is None or not self._deadline.turns_into_timeout():
                return error
            error = TimeoutError()
        self.failed = True
        self.interrupted |= isinstance(error, TimeoutError)
        culprit = self._culprit(call, deferred, commit)
        if culprit is not None and isinstance(error, Exception) and is_unreadable(error):
            return await self._unreadable_row(culprit)
        failure = self._failure(error, culprit)
        if isinstance(failure, errors.ServerReadOnly):
            terminate(self.link)
            if self._source is not None:
                await self._source.leave()
        return failure

    async def _send_apart(self, call: Call | str, deferred: Sequence[Call], timeout: float | None) -> Any:  # noqa: ASYNC109
        """Without a wire: one round trip each, so COMMIT never goes with a statement."""
        if not self.begun:
            await self.link.execute("; ".join(self._opening), timeout=timeout)
            self.begun = True
        for earlier in deferred:
            earlier.result = await self._perform(earlier, timeout)
        if isinstance(call, str):
            return await self.link.execute(call, timeout=timeout)
        return await self._perform(call, timeout)

    async def _send_over(
        self, wire: Wire, call: Call | str, deferred: Sequence[Call], commit: Answer | None
    ) -> Any:
        try:
            if not self.begun:
                wire.precede(self._opening, self._began)
            for earlier in deferred:
                if earlier.statement.text in wire.prepared:
                    earlier.answer = Answer()
                    wire.record(earlier.answer)
                    await self._perform(earlier)  # it is not waited for
                else:
                    earlier.answer = None
                    earlier.result = await self._perform(earlier)
            if isinstance(call, Call):
                result = await self._perform(call, commit=commit)
            else:  # no simple query stands behind another part
                result = await (self.link.fetch if wire.loaded else self.link.execute)(call)
        except BaseException:
            wire.forget()
            self.begun |= self._began.state not in (State.UNSENT, State.LOST)
            raise
        self.begun = True
        return result

    async def _perform(
        self,
        call: Call,
        timeout: float | None = None,  # noqa: ASYNC109
        *,
        commit: Answer | None = None,
    ) -> Any:
        wire = self.wire
        statement, sets = call.statement, call.argument_sets
        text, counted = statement.text, statement.rows == "affected" and call.answer is None
        call.failed = True
        if statement.writes or statement.locks:
            self.held = True
        if not statement.in_catalogue:
            self.foreign = True
        own = None
        if wire is not None and (commit is not None or (counted and len(sets) != 1)):
            if text not in wire.prepared:  # or what asyncpg asks before would be taken for it
                await self.link.prepare(text, timeout=timeout)
            own = Answer(len(sets))
            wire.watch(own)
            if commit is not None:
                wire.follow("COMMIT", commit)
                call.answer = own  # by which is known that it was done, should COMMIT fail
        if not counted and len(sets) == 1:
            result: Any = await self.link.fetch(text, *sets[0], timeout=timeout)
        elif own is not None and len(sets) != 1:
            result = await self.link.fetchmany(text, sets, timeout=timeout)
            result = own.counted if counted else result
        elif counted:
            result = 0
            for args in sets:
                result += affected_rows(statement, await self.link.execute(text, *args, timeout=timeout))
        else:
            result = await self.link.fetchmany(text, sets, timeout=timeout)
        call.failed = False
        if statement.writes and (result or not counted):
            self.wrote = True
        if wire is not None:
            wire.prepared.add(text)
        return result

    async def _read(self, call: Call, answer: Answer) -> Any:
        """What a deferred call was answered: counted, or read by asyncpg from the frames that were kept."""
        if call.statement.rows == "affected":
            self.wrote |= answer.counted > 0
            return answer.counted
        wire = cast("Wire", self.wire)
        wire.replay(answer)
        try:
            return await self._perform(call)
        except Exception as error:
            if is_unreadable(error):
                raise await self._unreadable_row(call) from error
            raise self._failure(error, call) from without_values(error)
        finally:
            wire.forget()

    async def _replace_dead(self, error: Exception, commit: Answer | None) -> bool:
        """Whether the driver was dead before anything was begun on it, so that another may be tried.

        Not once COMMIT may have left with the first statement.
        """
        if self._source is None or (commit is not None and commit.state is not State.UNSENT):
            return False
        if type(translate_driver_error(error)) is not errors.ConnectionLost:
            return False
        if self._deadline is not None:
            self._deadline.stop()
        driver, self.link, self._began = self.link, None, Answer()
        return await self._source.replace(driver)

    def _culprit(self, call: Call | str, deferred: Sequence[Call], commit: Answer | None) -> Call | None:
        """The call that the error belongs to; None of a command. Raises what was wrong before it."""
        for earlier in deferred:
            if earlier.failed or (earlier.answer is not None and earlier.answer.state is State.FAILED):
                return earlier
            earlier.check_expected()
        return None if isinstance(call, str) or (commit and commit.state is State.FAILED) else call

    def _failure(self, error: BaseException, call: Call | None) -> errors.VentrosError:
        translate = call.failure if call else translate_driver_error
        return translate(error, read_only=self.read_only)

    async def _unreadable_row(self, call: Call) -> errors.VentrosError:
        """Which row and column hold what no Python value can be; asked once more, unless that would write."""
        rows: Sequence[asyncpg.Record] = ()
        statement = call.statement
        if not statement.writes:
            async with probing(self.link):
                try:
                    rows = await self._perform(call, self._timeout)
                except Exception as error:  # noqa: BLE001 - returned, for the caller to raise
                    return self._failure(error, call)
        return unreadable_row(statement, rows)
