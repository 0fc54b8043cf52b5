"""Rows beside the root's: loaded with it, added with it, and compared by id when it is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import attrs

from ventros.kernel.connection.call import Call
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.events import Identified
from ventros.kernel.repository.entity import map_row
from ventros.kernel.statements import Statement, Table, columns

C = TypeVar("C", bound=Identified)
"""An entity inside an aggregate, with a row of its own; equal by value."""


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


@attrs.frozen(kw_only=True)
class ChildRows(Generic[C]):
    """One kind of child, as a repository declares it in ``CHILDREN``.

    By this, say::

        ChildRows(
            table=statement.table("invoice_lines"),
            root_id="invoice_id",
            from_row=mapper.line_from_row,
            insert_args=mapper.line_insert_args,
            update_args=mapper.line_update_args,
            of=lambda invoice, _stored: invoice.lines,
        )

    ``table`` has four statements. ``find`` takes tenant, or user, and ids of roots, and returns the root's id
    as column ``root_id``; ``insert`` and ``update`` take what ``insert_args(root, child)`` and
    ``update_args(root, child)`` make; ``delete`` takes tenant, or user, root's id and ids.
    ``update_all_args(root, children)`` stands for ``update_args`` where one ``update`` changes them all at
    once, so that two may swap their places.

    ``of(root, stored)`` are the children that the root wants; ``may_differ(root)`` is False when they are
    surely as they are stored, and need not be compared. Raises UnknownStatement when one of the four is
    missing, ConfigurationError when ``find`` has no column ``root_id``, and unless there is one of
    ``update_args`` and ``update_all_args``.
    """

    table: Table
    root_id: str
    from_row: Callable[[Any], C]
    insert_args: Callable[[Any, C], tuple[object, ...]]
    update_args: Callable[[Any, C], tuple[object, ...]] | None = None
    update_all_args: Callable[[Any, Sequence[C]], tuple[object, ...]] | None = None
    of: Callable[[Any, Sequence[C]], Sequence[C]]
    may_differ: Callable[[Any], bool] = lambda _root: True
    find: Statement = attrs.field(init=False, repr=False)
    insert: Statement = attrs.field(init=False, repr=False)
    update: Statement = attrs.field(init=False, repr=False)
    delete: Statement = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for verb in ("find", "insert", "update", "delete"):
            object.__setattr__(self, verb, self.table(verb))
        if self.root_id not in [column.name for column in columns(self.find.returns)]:
            raise ConfigurationError(f"{self.find.name} returns no {self.root_id}: which root has the child?")
        if (self.update_args is None) is (self.update_all_args is None):
            raise ConfigurationError(
                f"{self.update.name} takes what one of update_args and update_all_args makes: give one"
            )

    def found(self, scope: str | UUID, root_ids: list[UUID]) -> Call:
        """What reads the stored ones of these roots."""
        return Call(self.find, ((scope, root_ids),))

    def by_root(self, rows: Sequence[asyncpg.Record]) -> dict[UUID, list[C]]:
        """The children that ``rows`` hold, by the id of their root. Raises MappingError."""
        children: dict[UUID, list[C]] = {}
        for row in rows:
            children.setdefault(row[self.root_id], []).append(map_row(self.from_row, self.table.name, row))
        return children

    def added(self, root: Any, children: Sequence[C]) -> list[Call]:
        """What writes ``children``, all of them new."""
        if not children:
            return []
        sets = [self.insert_args(root, child) for child in children]
        return [Call(self.insert, sets, expected=len(sets))]

    def saved(self, scope: str | UUID, root: Any, stored: Sequence[C]) -> list[Call]:
        """What turns the ``stored`` ones into those that ``root`` wants."""
        change = diff(stored, self.of(root, stored))
        calls = []
        if change.removed:
            ids = [child.id for child in change.removed]
            calls.append(Call(self.delete, ((scope, root.id, ids),), expected=len(ids)))
        if change.changed:
            sets = self._update_sets(root, change.changed)
            calls.append(Call(self.update, sets, expected=len(change.changed)))
        return calls + self.added(root, change.added)

    def _update_sets(self, root: Any, changed: Sequence[C]) -> list[tuple[object, ...]]:
        if self.update_args is None:
            return [self.update_all_args(root, changed)] if self.update_all_args else []
        return [self.update_args(root, child) for child in changed]
