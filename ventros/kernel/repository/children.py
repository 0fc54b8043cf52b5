"""Rows beside the root's: loaded with it, added with it, and compared by id when it is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import attrs

from ventros.kernel.connection.call import Call
from ventros.kernel.events import Identified
from ventros.kernel.repository.entity import map_row
from ventros.kernel.statements.definition import Statement

C = TypeVar("C", bound=Identified)
"""An entity inside an aggregate, with a row of its own; equal by value."""

Sets = Sequence[tuple[object, ...]]


@attrs.frozen
class Diff(Generic[C]):
    """What has to be written to turn the stored children into the wanted ones."""

    added: tuple[C, ...]
    changed: tuple[C, ...]
    removed: tuple[C, ...]


def diff(stored: Iterable[C], wanted: Iterable[C]) -> Diff[C]:
    """To be asked after the root's UPDATE, whose row lock keeps ``stored`` from changing.

    Write the removed ones first: an added one may take a place that a removed one held.
    """
    before = {child.id: child for child in stored}
    after = {child.id: child for child in wanted}
    return Diff(
        added=tuple(child for id_, child in after.items() if id_ not in before),
        changed=tuple(child for id_, child in after.items() if id_ in before and child != before[id_]),
        removed=tuple(child for id_, child in before.items() if id_ not in after),
    )


def each(args: Callable[[Any, Any], tuple[object, ...]]) -> Callable[[Any, Sequence[Any]], Sets]:
    """One set of arguments for each child, by ``args(root, child)``."""
    return lambda root, children: [args(root, child) for child in children]


def at_once(args: Callable[[Any, Sequence[Any]], tuple[object, ...]]) -> Callable[[Any, Sequence[Any]], Sets]:
    """One set of arguments, lists in it, for all children, by ``args(root, children)``."""
    return lambda root, children: [args(root, children)]


@attrs.frozen(kw_only=True)
class ChildRows(Generic[C]):
    """One kind of child, as a repository declares it in ``CHILDREN``.

    ``find`` takes tenant and ids of roots, and returns the root's id as column ``root_id``; ``delete`` takes
    tenant, root's id and ids. ``insert_sets`` and ``update_sets`` make the arguments of ``insert`` and
    ``update``, see :func:`each` and :func:`at_once`. ``of(root, stored)`` are the children that the root
    wants; ``may_differ(root)`` is False when they are surely as they are stored, and need not be compared.
    """

    find: Statement
    insert: Statement
    update: Statement
    delete: Statement
    root_id: str
    from_row: Callable[[Any], C]
    insert_sets: Callable[[Any, Sequence[C]], Sets]
    update_sets: Callable[[Any, Sequence[C]], Sets]
    of: Callable[[Any, Sequence[C]], Sequence[C]]
    may_differ: Callable[[Any], bool] = lambda _root: True

    def found(self, tenant: str, root_ids: list[UUID]) -> Call:
        """What reads the stored ones of these roots."""
        return Call(self.find, ((tenant, root_ids),))

    def by_root(self, rows: Sequence[asyncpg.Record]) -> dict[UUID, list[C]]:
        """The children that ``rows`` hold, by the id of their root. Raises MappingError."""
        children: dict[UUID, list[C]] = {}
        for row in rows:
            children.setdefault(row[self.root_id], []).append(map_row(self.from_row, self.find.table, row))
        return children

    def added(self, root: Any, children: Sequence[C]) -> list[Call]:
        """What writes ``children``, all of them new."""
        if not children:
            return []
        return [Call(self.insert, self.insert_sets(root, children), expected=len(children))]

    def saved(self, tenant: str, root: Any, stored: Sequence[C]) -> list[Call]:
        """What turns the ``stored`` ones into those that ``root`` wants."""
        change = diff(stored, self.of(root, stored))
        calls = []
        if change.removed:
            ids = [child.id for child in change.removed]
            calls.append(Call(self.delete, ((tenant, root.id, ids),), expected=len(ids)))
        if change.changed:
            sets = self.update_sets(root, change.changed)
            calls.append(Call(self.update, sets, expected=len(change.changed)))
        return calls + self.added(root, change.added)
