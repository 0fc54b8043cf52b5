"""The predicate looks at what an error was raised from, and not at what merely came before it."""

from __future__ import annotations

from ventros import OptimisticLockError, is_optimistic_lock_error
from ventros.kernel.ids import new_id


def raised(cause: Exception | None) -> Exception:
    try:
        try:
            raise OptimisticLockError("contact", new_id(), 1, 2)
        except OptimisticLockError as conflict:
            raise RuntimeError("later") from (cause or conflict)
    except RuntimeError as error:
        return error


def test_a_conflict_is_seen_behind_what_was_raised_from_it() -> None:
    assert is_optimistic_lock_error(raised(None))


def test_a_conflict_that_was_not_the_cause_does_not_count() -> None:
    assert not is_optimistic_lock_error(raised(ValueError("another cause")))
    assert not is_optimistic_lock_error(None)
