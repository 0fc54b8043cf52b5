"""A statement with what it is sent with, and what the server made of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from ventros.kernel import errors
from ventros.kernel.connection.answers import Answer, State
from ventros.kernel.connection.driver import translate_driver_error
from ventros.kernel.statements.definition import Statement

# Savepoints are nested, and of several of one name PostgreSQL means the last: so one name does for all.
SAVEPOINT, RELEASE = "SAVEPOINT ventros", "RELEASE SAVEPOINT ventros"
ROLLBACK = "ROLLBACK TO SAVEPOINT ventros; RELEASE SAVEPOINT ventros"
CONTROLS = {SAVEPOINT, RELEASE, ROLLBACK}
"""What a unit of work sends beside statements, once it has begun."""
_AFFECTED = re.compile(r"(?:UPDATE|DELETE|INSERT 0) (\d+)")


@attrs.define
class Call:
    """``statement`` with one set of arguments, or with several, which are sent in one batch.

    ``expected`` is how many rows an ``affected`` statement must touch: else WriteSuppressed. ``refusal`` says
    what is raised in the place of AlreadyExists. ``result`` are the rows, or how many were affected; the
    ``answer`` is there if it rode in front of another call; ``failed`` tells that the error is its own.
    """

    statement: Statement
    argument_sets: Sequence[tuple[object, ...]]
    expected: int | None = None
    refusal: Callable[[errors.AlreadyExists], errors.VentrosError] | None = None
    answer: Answer | None = None
    result: Any = None
    failed: bool = False

    @property
    def done(self) -> bool:
        """Whether the server has answered it, as one that was sent in front of another."""
        return self.result is not None if self.answer is None else self.answer.state is State.DONE

    def failure(self, error: BaseException, *, read_only: bool) -> errors.VentrosError:
        """Our error for ``error``, which sending it met."""
        args = self.argument_sets[0] if len(self.argument_sets) == 1 else ()
        failure = translate_driver_error(error, self.statement, args, read_only=read_only)
        if self.refusal is not None and isinstance(failure, errors.AlreadyExists):
            return self.refusal(failure)
        return failure

    def check_expected(self) -> None:
        """Raises WriteSuppressed, when the answer is there and counts other rows than expected."""
        if self.expected is None or not self.done:
            return
        count = self.result if self.answer is None else self.answer.counted
        if count != self.expected:
            raise errors.WriteSuppressed(
                f"{self.statement.name} was to write {self.expected} rows and wrote {count}: a trigger or a "
                "policy suppressed it",
                table=self.statement.table,
            )


def affected_rows(statement: Statement, tag: str) -> int:
    """The rows that the command tag of an INSERT, UPDATE or DELETE counts.

    Raises ResultMismatch for another command's.
    """
    match = _AFFECTED.fullmatch(tag)
    if match is None:
        raise mismatch(statement, f"was answered {tag!r}, which counts no affected rows")
    return int(match[1])


def mismatch(statement: Statement, text: str) -> errors.ResultMismatch:
    """The error for a statement whose answer is not as its header says."""
    return errors.ResultMismatch(f"{statement.name} ({statement.path.name}:{statement.line}) {text}")
