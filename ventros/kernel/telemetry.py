"""Tells whoever asks what was sent and what became of it; who does not ask pays nothing for it."""

from __future__ import annotations

import functools
import logging
import traceback
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import attrs

from ventros.kernel.connection import Connection, affected
from ventros.kernel.errors import Conflict

if TYPE_CHECKING:
    from ventros.kernel.statements import Statement
    from ventros.kernel.transaction import Outcome

P = ParamSpec("P")
C = TypeVar("C", bound=Conflict)

_logger = logging.getLogger("ventros")


def _guarded(hook: Callable[P, None]) -> Callable[P, None]:
    """``hook``, but what it raises reaches nobody: the first is logged, without the errors it was raised
    amidst, which may quote values.
    """
    failed = False

    @functools.wraps(hook)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        nonlocal failed
        try:
            hook(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is
            if not failed:
                failed = True
                name, where = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
                _logger.error("a telemetry hook raised %s; more of it is not logged\n%s", name, where)  # noqa: TRY400

    return guarded


@attrs.frozen(kw_only=True)
class Telemetry:
    """Hooks, each optional, for :meth:`ventros.kernel.database.Database.open`; called in the unit's task.

    They are told names, numbers and errors, never arguments or rows. An error's text, ``code`` and
    ``sqlstate`` hold none either; its traceback and ``__cause__`` may. A hook must be quick, for the unit
    waits for it; what it raises changes nothing, and is logged once by the logger "ventros".

    ``statement``: name, seconds, rows returned or touched, error. Of each named statement that was sent, once
    for a batch; rows are None after an error. Transaction control, savepoints included, has no name.
    ``conflict``: the error, wherever one is met, whether or not it is caught.
    ``retry``: the attempt that met a conflict, from 1, and the seconds to wait before the next one.
    ``outcome``: what became of a unit of work, seconds from entering to leaving it, events recorded in it.
    Of each that was entered, once; NOT_STARTED when it got no connection or its command was done before.
    """

    statement: Callable[[str, float, int | None, BaseException | None], None] | None = None
    conflict: Callable[[Conflict], None] | None = None
    retry: Callable[[int, float], None] | None = None
    outcome: Callable[[Outcome, float, int], None] | None = None

    def __attrs_post_init__(self) -> None:
        for each in attrs.fields(Telemetry):
            if (hook := getattr(self, each.name)) is not None:
                object.__setattr__(self, each.name, _guarded(hook))

    def connection(self, driver: Any, timeout: float) -> Connection:
        """One that tells, if there is somebody to tell."""
        if self.statement is None and self.conflict is None:
            return Connection(driver, timeout)
        return ObservedConnection(driver, timeout, self)

    def met(self, conflict: C) -> C:
        """``conflict``, told of."""
        if self.conflict is not None:
            self.conflict(conflict)
        return conflict

    def entered(self) -> float | None:
        """The time at which a unit is entered; None when nobody will be told of its outcome."""
        return None if self.outcome is None else perf_counter()

    def left(self, outcome: Outcome, entered: float, events: int) -> None:
        if self.outcome is not None:
            self.outcome(outcome, perf_counter() - entered, events)


SILENT = Telemetry()


class ObservedConnection(Connection):
    """A connection that tells of each statement that was sent, not of one that was refused before."""

    __slots__ = ("_telemetry",)

    def __init__(self, driver: Any, timeout: float, telemetry: Telemetry) -> None:
        super().__init__(driver, timeout)
        self._telemetry = telemetry

    async def _answer(
        self,
        send: Callable[..., Awaitable[Any]],
        text: str,
        args: tuple[object, ...],
        statement: Statement | None = None,
    ) -> Any:
        started = perf_counter()
        try:
            answer = await super()._answer(send, text, args, statement)
        except BaseException as error:
            self._tell(statement, perf_counter() - started, None, error)
            raise
        rows = affected(answer) if isinstance(answer, str) else len(answer)
        self._tell(statement, perf_counter() - started, rows, None)
        return answer

    def _tell(
        self, statement: Statement | None, seconds: float, rows: int | None, error: BaseException | None
    ) -> None:
        if statement is not None and self._telemetry.statement is not None:
            self._telemetry.statement(statement.name, seconds, rows, error)
        if isinstance(error, Conflict):
            self._telemetry.met(error)
