"""Tells whoever asks what was sent and what became of it; who does not ask pays nothing for it."""

from __future__ import annotations

import functools
import logging
import traceback
from collections.abc import Callable
from time import perf_counter
from typing import ParamSpec, TypeVar

import attrs

from ventros.kernel import validators
from ventros.kernel.errors import Conflict
from ventros.kernel.outcome import Outcome

P = ParamSpec("P")
C = TypeVar("C", bound=Conflict)

_logger = logging.getLogger("ventros")


def _guarded(hook: Callable[P, None]) -> Callable[P, None]:
    """``hook``, but what it raises reaches nobody.

    The first error is logged, without those it was raised amidst, which may quote values.
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
    ``sqlstate`` hold none either; the local variables of its traceback do. A hook must be quick, for the unit
    waits for it; what it raises changes nothing, and is logged once by the logger "ventros".

    ``statement``: name, seconds, rows returned or touched, error. Of each named statement that was sent, once
    for a batch; rows are None after an error. Transaction control, savepoints included, has no name.
    ``conflict``: the error, wherever one is met, whether or not it is caught.
    ``retry``: the attempt that met a conflict, from 1, and the seconds to wait before the next one.
    ``outcome``: what became of a unit of work, seconds from entering to leaving it, events recorded in it,
    whether a statement of it wrote, and the error that it ended by, or None. Of each that was entered, once;
    One that only read and was left without commit() is ROLLED_BACK, wrote nothing, and has no error.
    ``acquire``: seconds that a unit waited for a connection of the pool, and whether it got one.
    """

    statement: Callable[[str, float, int | None, BaseException | None], None] | None = None
    conflict: Callable[[Conflict], None] | None = None
    retry: Callable[[int, float], None] | None = None
    outcome: Callable[[Outcome, float, int, bool, BaseException | None], None] | None = None
    acquire: Callable[[float, bool], None] | None = None

    def __attrs_post_init__(self) -> None:
        for field in attrs.fields(Telemetry):
            if (hook := getattr(self, field.name)) is not None:
                validators.function(hook, field.name)
                object.__setattr__(self, field.name, _guarded(hook))

    def report_conflict(self, conflict: C) -> C:
        """``conflict`` itself, after the hook was told of it."""
        if self.conflict is not None:
            self.conflict(conflict)
        return conflict


NO_TELEMETRY = Telemetry()


def clock(hook: object) -> float:
    """In seconds; not read, but 0, where there is no ``hook`` to tell."""
    return 0.0 if hook is None else perf_counter()
