"""How campaigns and sequences are stored with their steps, each of which has a row of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

import attrs

from ventros.automation.steps import SteppedAggregate
from ventros.kernel.errors import WriteSuppressed
from ventros.kernel.repository import Repository
from ventros.kernel.repository.children import Diff, diff
from ventros.kernel.repository.entity import map_row

if TYPE_CHECKING:
    import asyncpg

    from ventros.kernel.statements import Statement


A = TypeVar("A", bound=SteppedAggregate[Any])


class StepRepository(Repository[A]):
    """The mapper has also ``step_from_row``, and ``insert_steps_args`` and ``update_steps_args`` for all the
    steps that are written at once; ``ROOT_ID`` is the column by which a step's row names its root.

    Whatever the number of steps, those that were removed, those that changed and those that are new cost
    one statement each, and nothing is written where there are none. In this order no two steps ever
    hold one position at the end of a statement, which is when the unique constraint is checked.
    """

    ROOT_ID: ClassVar[str]
    SELECT_STEPS: ClassVar[Statement]
    INSERT_STEPS: ClassVar[Statement]
    UPDATE_STEPS: ClassVar[Statement]
    DELETE_STEPS: ClassVar[Statement]

    async def add(self, aggregate: A) -> A:
        """Two statements, one when it has no steps; raises as usual."""
        added = await super().add(aggregate)
        if added.steps:
            await self._write(
                self.INSERT_STEPS, added.steps, self.mapper.insert_steps_args(added, added.steps)
            )
        return added

    async def remove(self, aggregate: A) -> None:
        """With its steps and counters. Raises InvariantViolation unless it is a draft."""
        self.require_own(aggregate)
        aggregate.require_removable()
        await super().remove(aggregate)

    async def _after_update(self, aggregates: Sequence[A]) -> None:
        """One SELECT for the steps of all, then what changed."""
        stored = await self._stored_steps([aggregate.id for aggregate in aggregates])
        for aggregate in aggregates:
            await self._save_steps(aggregate, diff(stored.get(aggregate.id, ()), aggregate.steps))

    async def _save_steps(self, root: A, changes: Diff[Any]) -> None:
        if changes.removed:
            ids = [step.id for step in changes.removed]
            await self._write(self.DELETE_STEPS, ids, (self._tenant, root.id, ids))
        if changes.changed:
            args = self.mapper.update_steps_args(root, changes.changed)
            await self._write(self.UPDATE_STEPS, changes.changed, args)
        if changes.added:
            args = self.mapper.insert_steps_args(root, changes.added)
            await self._write(self.INSERT_STEPS, changes.added, args)

    async def _map_all(self, rows: Sequence[asyncpg.Record]) -> list[A]:
        """With their steps, all of them by one statement more, none when there are no rows.

        The roots first: if another commit comes between, its version is the older, so a save conflicts.
        """
        if not rows:
            return []
        roots = await super()._map_all(rows)
        stored = await self._stored_steps([root.id for root in roots])
        return [attrs.evolve(root, steps=stored.get(root.id, ())) for root in roots]

    async def _stored_steps(self, root_ids: list[UUID]) -> dict[UUID, list[Any]]:
        steps: dict[UUID, list[Any]] = {}
        for row in await self._connection.many(self.SELECT_STEPS, self._tenant, root_ids):
            steps.setdefault(row[self.ROOT_ID], []).append(self._load_step(row))
        return steps

    def _load_step(self, row: asyncpg.Record) -> Any:
        return map_row(self.mapper.step_from_row, self.SELECT_STEPS.path.stem, row)

    async def _write(self, statement: Statement, rows: Sequence[object], args: Iterable[object]) -> None:
        if await self._connection.affected(statement, *args) != len(rows):
            raise WriteSuppressed(
                f"{statement.name} did not touch the {len(rows)} rows that it names: a trigger or a policy "
                "suppressed it",
                table=statement.path.stem,
            )
