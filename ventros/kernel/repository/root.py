"""How aggregates are read: the root's row, and those of its children beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import asyncpg

from ventros.kernel import errors
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.connection.call import Call
from ventros.kernel.repository.children import ChildRows
from ventros.kernel.repository.entity import EntityRepository, map_row
from ventros.kernel.validators import instance_of

A = TypeVar("A", bound=AggregateRoot)


class RootRepository(EntityRepository[A]):
    """What EntityRepository says, and children.

    The statements take the key first: ``tenant_id, id``, or ``user_id, id`` of what belongs to a user. A
    slice whose aggregate has rows beside the root's declares them as ``CHILDREN``; their entities come as
    further arguments of ``mapper.from_row``. To send a read together with other calls there are
    :meth:`getting` and :meth:`got`.
    """

    CHILDREN: ClassVar[tuple[ChildRows[Any], ...]] = ()

    def key(self, key: object) -> tuple[object, ...]:
        """The first arguments of a statement about ``key``, an id or a list of ids."""
        return (self.scope, key)

    async def _get_one(self, id: UUID) -> A:
        if not self.CHILDREN:
            return self.load_found(await self.connection.maybe(self.GET, *self.key(id)), id)
        found = self.got(await self.connection.together(self.getting(id)))
        if found is None:
            raise errors.NotFound(self.resource, id)
        return found

    def getting(self, id: UUID) -> list[Call]:
        """What reads the aggregate with its children, to be sent with other calls; see :meth:`got`."""
        return [Call(self.GET, (self.key(id),)), *self._finds([id])]

    def got(self, answers: Sequence[Sequence[asyncpg.Record]]) -> A | None:
        """The aggregate that the answers to :meth:`getting` tell of; None when there is none.

        Raises MappingError when the row is not valid, ValidationError for what are no such answers.
        """
        instance_of(Sequence, answers, "answers")
        for rows in answers:
            instance_of(list, rows, "answers")
        if len(answers) != 1 + len(self.CHILDREN):
            raise errors.ValidationError(
                f"{1 + len(self.CHILDREN)} answers tell of a {self.resource}, not {len(answers)}",
                field="answers",
            )
        if not answers[0]:
            return None
        instance_of(asyncpg.Record, answers[0][0], "answers")
        (found,) = self._with_children(answers[0], answers[1:])
        return self._handed_out(found)

    async def get_many(self, ids: Sequence[UUID]) -> list[A]:
        """Those of the ids, in their order; all rows come in one round trip, children in one more.

        Raises NotFound, naming the first that is not there for this tenant or user.
        """
        instance_of(Sequence, ids, "ids")
        if not ids:
            return []
        rows = await self.connection.batch(self.GET, [self.key(id_) for id_ in ids])
        loaded = {aggregate.id: aggregate for aggregate in await self.load_all(rows)}
        for id_ in ids:
            if id_ not in loaded:
                raise errors.NotFound(self.resource, id_)
        return [loaded[id_] for id_ in ids]

    def _finds(self, ids: list[UUID]) -> list[Call]:
        return [kind.found(self.scope, ids) for kind in self.CHILDREN]

    async def _map_all(self, rows: Sequence[asyncpg.Record]) -> list[A]:
        """With their children, all of them by one round trip more, none when there are no rows.

        The roots first: if another commit comes between, its version is the older, so a save conflicts.
        """
        if not rows or not self.CHILDREN:
            return await super()._map_all(rows)
        found = await self.connection.together(self._finds([row["id"] for row in rows]))
        return self._with_children(rows, found)

    def _with_children(
        self, rows: Sequence[asyncpg.Record], found: Sequence[Sequence[asyncpg.Record]]
    ) -> list[A]:
        kinds = [kind.by_root(stored) for kind, stored in zip(self.CHILDREN, found, strict=True)]
        return [
            map_row(self.mapper.from_row, self.TABLE.name, row, *(kind.get(row["id"], []) for kind in kinds))
            for row in rows
        ]
