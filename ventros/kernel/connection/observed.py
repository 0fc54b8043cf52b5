"""A connection that tells the hooks of telemetry what it sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from ventros.kernel.connection.connection import Connection, affected_rows
from ventros.kernel.errors import Conflict
from ventros.kernel.statements.definition import Statement
from ventros.kernel.telemetry import Telemetry


def connection_for(driver: Any, timeout: float, telemetry: Telemetry) -> Connection:
    """One that tells ``telemetry``, if it has a hook to tell."""
    if telemetry.statement is None and telemetry.conflict is None:
        return Connection(driver, timeout)
    return ObservedConnection(driver, timeout, telemetry)


class ObservedConnection(Connection):
    """A connection that tells of each statement that was sent, not of one that was refused before."""

    __slots__ = ("_telemetry",)

    def __init__(self, driver: Any, timeout: float, telemetry: Telemetry) -> None:
        super().__init__(driver, timeout)
        self._telemetry = telemetry

    async def _send(
        self,
        method: Callable[..., Awaitable[Any]],
        text: str,
        args: tuple[object, ...],
        statement: Statement | None = None,
    ) -> Any:
        tell, started = self._telemetry.statement, perf_counter()
        try:
            answer = await super()._send(method, text, args, statement)
        except BaseException as error:
            if tell is not None and statement is not None:
                tell(statement.name, perf_counter() - started, None, error)
            if isinstance(error, Conflict):
                self._telemetry.report_conflict(error)
            raise
        if tell is not None and statement is not None:
            rows = affected_rows(answer) if isinstance(answer, str) else len(answer)
            tell(statement.name, perf_counter() - started, rows, None)
        return answer
