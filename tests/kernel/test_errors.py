"""Errors keep what they know wherever they go; the predicate looks at what an error was raised from, and not
at what merely came before it.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import ventros
from ventros import OptimisticLockError, is_optimistic_lock_error
from ventros.kernel import errors
from ventros.kernel.errors import EventGap, StaleAggregate, VentrosError
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import CommitMarker

VALUES = {
    "message": "what went wrong",
    "field": "name",
    "resource": "contact",
    "constraint": "contacts_pkey",
    "id": new_id(),
    "expected": 1,
    "actual": 2,
    "retryable": False,
    "tenant": "acme",
    "command_id": new_id(),
    "consumer": "projection",
    "aggregate": "contact",
    "got": (3, 1),
    "conflicts": (StaleAggregate("contact", new_id(), 1, None),),
    "marker": CommitMarker("acme", new_id()),
    "sqlstate": "23505",
    "table": "contacts",
    "column": "name",
    "key_id": "2026a",
}
"""For the parameters of the errors' constructors."""


def tree(kind: type[VentrosError] = VentrosError) -> Iterator[type[VentrosError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from tree(below)


def made(kind: type[VentrosError]) -> VentrosError:
    """One with a value for all that its constructor takes."""
    values = VALUES | {"expected": (2, 2)} if kind is EventGap else VALUES
    arguments: dict[str, Any] = {name: values[name] for name in inspect.signature(kind).parameters}
    error = kind(**arguments)
    error.add_note("seen by the worker")
    return error


def pickled(protocol: int) -> Callable[[VentrosError], VentrosError]:
    return lambda error: pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own


COPIERS: list[Callable[[VentrosError], VentrosError]] = [copy.copy, copy.deepcopy]
COPIERS += (pickled(protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1))


def damaged(kind: type[VentrosError]) -> bool:
    """Whether one of the kind is not the same any more after being copied or pickled."""
    error = made(kind)
    whole = (kind, str(error), vars(error))
    for copier in COPIERS:
        try:
            arrived = copier(error)
        except (TypeError, AttributeError):  # the class was called with the text alone
            return True
        if (type(arrived), str(arrived), vars(arrived)) != whole:
            return True
    return False


def test_every_error_arrives_whole() -> None:
    for module in pkgutil.walk_packages(ventros.__path__, "ventros."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    kinds = list(tree())
    print(f"{len(kinds)} kinds of errors, {len(COPIERS)} copies of each")
    assert [kind.__name__ for kind in kinds if damaged(kind)] == []


def test_control_with_exceptions_own_way_some_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(VentrosError, "__reduce__")
    lost = {kind for kind in tree() if damaged(kind)}
    assert {errors.OptimisticLockError, errors.CommitInDoubt, errors.NotFound} <= lost


def test_the_drawing_is_the_tree() -> None:
    drawn = re.findall(r"^    ([│├└─ ]*)(\w+)", errors.__doc__ or "", re.MULTILINE)
    path: list[str] = []
    for branches, name in drawn:
        depth = len(branches) // 4
        path[depth:] = [name]
        kind = getattr(errors, name)
        assert kind.__bases__ == ((Exception,) if depth == 0 else (getattr(errors, path[depth - 1]),)), name
    assert {name for _, name in drawn} == {
        kind.__name__ for kind in tree() if kind.__module__ == errors.__name__
    }


def test_each_kind_has_a_code_of_its_own() -> None:
    """But that of several conflicts at once, which is that of one."""
    by_code = {kind.code: kind for kind in tree()}
    assert [kind for kind in tree() if by_code[kind.code] is not kind] == [errors.OptimisticLockError]


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
