"""Where an instance came from: what a write returned holds only for as long as the write does."""

from __future__ import annotations

from typing import Any

from ventros.kernel.outcome import Outcome


class WriteScope:
    """Writes that stand or fall together: those of a unit of work, or of a savepoint in it.

    An instance that a write returned, or that was read after it, refers to its scope. Copied, it refers to
    the same one; pickled, to one that is settled for good: stored, or refused when it was not stored yet.
    """

    __slots__ = ("__weakref__", "outcome", "parent")

    def __init__(self, outcome: Outcome = Outcome.ACTIVE, parent: WriteScope | None = None) -> None:
        self.outcome = outcome
        self.parent = parent

    def effective_outcome(self) -> Outcome:
        """Rolled back if the scope or one around it is, else what became of the outermost."""
        scope = self
        while scope.outcome is not Outcome.ROLLED_BACK and scope.parent is not None:
            scope = scope.parent
        return scope.outcome

    def fault(self) -> str | None:
        """Why an instance of the scope may say what is not stored; None when nothing speaks for that."""
        return _FAULTS.get(self.effective_outcome())

    def innermost_standing(self) -> WriteScope:
        """The scope itself, or the nearest one around it that was not rolled back."""
        scope = self
        while scope.outcome is Outcome.ROLLED_BACK and scope.parent is not None:
            scope = scope.parent
        return scope

    def __copy__(self) -> WriteScope:
        return self

    def __deepcopy__(self, _memo: object) -> WriteScope:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        stored = self.effective_outcome() in {Outcome.COMMITTED, Outcome.LEFT_TO_CALLER}
        return (WriteScope, (Outcome.COMMITTED if stored else Outcome.ROLLED_BACK,))


_FAULTS = {
    Outcome.ROLLED_BACK: "was rolled back",
    Outcome.IN_DOUBT: "is in doubt until db.resolve() has settled it",
}

LOADED = WriteScope(Outcome.COMMITTED)
"""Of what was read and not written by the same unit of work."""
