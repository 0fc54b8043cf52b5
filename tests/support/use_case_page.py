"""What docs/use-cases.md says of use cases, seen while their cases are done, and of aggregates' commands."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import attrs

from tests.support.library import LIBRARY
from ventros import KERNEL, UnitOfWork
from ventros.audit.library import Library
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.events import Envelope
from ventros.kernel.repository import Repository

USE_CASES_HEAD: Final = (
    "| use case | aggregates written | tables, in order | events | round trips |\n"
    "| --- | --- | --- | --- | --- |\n"
)
COMMANDS_HEAD: Final = "| of | by `apply` only | in use cases, too |\n| --- | --- | --- |\n"
_OF_KERNEL: Final = frozenset(Library(KERNEL).tables)
_HELD, _NEW, _WRITTEN = range(3)


@attrs.frozen(kw_only=True)
class Seen:
    """Of one case: ``commands`` are those that the use case called itself, by resource and name."""

    use_case: str
    case: str
    round_trips: int
    statements: tuple[str, ...]
    events: tuple[str, ...]
    commands: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, envelopes: Iterable[Envelope], **seen: Any) -> Seen:
        return cls(events=tuple(dict.fromkeys(event.event_name for event in envelopes)), **seen)


def _repositories() -> dict[type[Any], tuple[str, type[Repository[Any]]]]:
    """By its aggregate: those of versioned ones, which have ``apply``, with the unit's name of each."""
    return {
        inspect.signature(repository.mapper.from_row, eval_str=True).return_annotation: (name, repository)
        for name, repository in UnitOfWork.held_repositories().items()
        if issubclass(repository, Repository)
    }


def _commands(aggregate: type[Any]) -> dict[str, Any]:
    """Public methods with a ``now=`` that return the aggregate; what persistence itself calls is none."""
    return {
        name: method
        for name, method in inspect.getmembers(aggregate, inspect.isfunction)
        if not name.startswith("_")
        and not hasattr(AggregateRoot, name)
        and inspect.signature(method).return_annotation == "Self"
        and (now := inspect.signature(method).parameters.get("now"))
        and now.kind is inspect.Parameter.KEYWORD_ONLY
    }


@contextmanager
def watching() -> Iterator[set[tuple[str, str]]]:
    """The commands that are called meanwhile, but for those that another method of a slice calls."""
    resources = {aggregate: repository.resource for aggregate, (_, repository) in _repositories().items()}
    codes: dict[CodeType, str] = {
        inspect.unwrap(method).__code__: name
        for aggregate in resources
        for name, method in _commands(aggregate).items()
    }
    called = set[tuple[str, str]]()

    def look(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call" and (name := codes.get(frame.f_code)) and frame.f_back:
            caller = frame.f_back.f_globals["__name__"]
            if not caller.endswith(".aggregate"):
                called.add((resources[type(frame.f_locals["self"])], name))

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield called
    finally:
        sys.setprofile(before)


def _tables(statements: Iterable[str]) -> dict[str, int]:
    """In the order of their first lock: whether rows are only held, only made, or written."""
    found: dict[str, int] = {}
    for name in statements:
        reading = LIBRARY.read(LIBRARY.find(name))
        kinds = [(source.table, _HELD) for lock in reading.locks for source in lock.sources]
        kinds += [
            (write.target.table, _NEW if write.kind == "INSERT" else _WRITTEN) for write in reading.writes
        ]
        for table, kind in kinds:
            if table not in _OF_KERNEL:
                found[table] = max(kind, found.get(table, _HELD))
    return found


def _in_one_order(orders: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """That of the case with most tables; what only others have stands behind what is before it there."""
    merged: list[str] = []
    kinds: dict[str, int] = {}
    for order in sorted(orders, key=len, reverse=True):
        position = 0
        for table, kind in order.items():
            if table in merged:
                position = merged.index(table) + 1
            else:
                merged.insert(position, table)
                position += 1
            kinds[table] = max(kind, kinds.get(table, _HELD))
    return {table: kinds[table] for table in merged}


def use_case_table(seen: Iterable[Seen], paths: Mapping[str, Path]) -> str:
    """A row for each use case of ``paths``, which says by name where it is, from all of its cases."""
    resources = {
        repository.TABLE.name: repository.resource
        for repository in UnitOfWork.held_repositories().values()
        if repository.STANDARD
    }
    rows = []
    by_use_case = sorted(
        (one for one in seen if one.use_case in paths), key=lambda one: str(paths[one.use_case])
    )
    for use_case, group in groupby(by_use_case, key=lambda one: one.use_case):
        cases = list(group)
        tables = _in_one_order(_tables(case.statements) for case in cases)
        written = [resources[table] for table, kind in tables.items() if kind != _HELD and table in resources]
        marked = [table + (" (held)", " (new)", "")[kind] for table, kind in tables.items()]
        events = sorted({event for case in cases for event in case.events})
        trips = sorted({case.round_trips for case in cases})
        cells = (
            f"[`{use_case}`](../{paths[use_case]})",
            *(", ".join(names) or "none" for names in (written, marked)),
            ", ".join(f"`{event}`" for event in events) or "none",
            str(trips[0]) if len(trips) == 1 else f"{trips[0]} to {trips[-1]}",
        )
        rows.append(f"| {' | '.join(cells)} |\n")
    return "".join(rows)


def command_table(seen: Iterable[Seen]) -> str:
    """A row for each versioned aggregate; ``seen`` are cases of use cases."""
    used = {command for one in seen for command in one.commands}
    rows = []
    for aggregate, (name, repository) in sorted(_repositories().items(), key=lambda item: item[1][0]):
        sides: tuple[list[str], list[str]] = ([], [])
        for command in sorted(_commands(aggregate)):
            sides[(repository.resource, command) in used].append(f"`{command}`")
        path = aggregate.__module__.replace(".", "/")
        cells = (f"[`uow.{name}`](../{path}.py)", *(", ".join(side) or "none" for side in sides))
        rows.append(f"| {' | '.join(cells)} |\n")
    return "".join(rows)


def with_table(text: str, head: str, rows: str) -> str:
    """``text`` with these rows below the table's ``head``, in the place of those that are there."""
    before, found, rest = text.partition(head)
    if not found:
        raise AssertionError(f"the page has no table with the head {head!r}")
    lines = rest.splitlines(keepends=True)
    while lines and lines[0].startswith("|"):
        del lines[0]
    return before + head + rows + "".join(lines)
