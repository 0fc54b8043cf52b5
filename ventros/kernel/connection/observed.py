"""A connection that tells the hooks of telemetry what it sends."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from ventros.kernel.connection.answers import Answer
from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.source import Source
from ventros.kernel.errors import Conflict
from ventros.kernel.telemetry import Telemetry


def connection_for(
    driver: Any,
    timeout: float,
    telemetry: Telemetry,
    *,
    source: Source | None = None,
    opening: tuple[str, ...] = (),
) -> Connection:
    """One that tells ``telemetry``, if it has a hook to tell; else as :class:`Connection`."""
    if telemetry.statement is None and telemetry.conflict is None:
        return Connection(driver, timeout, source=source, opening=opening)
    connection = ObservedConnection(driver, timeout, source=source, opening=opening)
    connection._telemetry = telemetry  # noqa: SLF001 - made here
    return connection


class ObservedConnection(Connection):
    """A connection that tells of each statement that was sent, not of one that was refused before."""

    __slots__ = ("_telemetry",)

    _telemetry: Telemetry

    async def _send(
        self,
        call: Call | str,
        commit: Answer | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Any:
        """Of several in one message, each has the time of the message."""
        calls = [*self._deferred, call]
        started, failure, answer = perf_counter(), None, None
        try:
            answer = await super()._send(call, commit, timeout)
        except BaseException as error:
            failure = error
            if isinstance(error, Conflict):
                self._telemetry.report_conflict(error)
            raise
        finally:
            self._tell(calls, perf_counter() - started, answer, failure)
        return answer

    def _tell(
        self, calls: Sequence[Call | str], seconds: float, answer: Any, failure: BaseException | None
    ) -> None:
        """Up to the first one that failed."""
        if (tell := self._telemetry.statement) is None:
            return
        for call in calls:
            if isinstance(call, str):
                return
            done = (failure is None and call is calls[-1]) or call.done
            rows = answer if call is calls[-1] else call.result
            if not done:
                tell(call.statement.name, seconds, None, failure)
                return
            if call.answer is not None:
                rows = call.answer.counted
            tell(call.statement.name, seconds, rows if isinstance(rows, int) else len(rows), None)
