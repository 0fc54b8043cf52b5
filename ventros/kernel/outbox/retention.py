"""What is no more needed is removed, in steps of a bounded number of rows, each a transaction of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import PositionOfAnotherCluster, ValidationError
from ventros.kernel.outbox.event import Position
from ventros.kernel.statements.definition import Statement
from ventros.kernel.statements.kernel import statement

BEGIN = statement("outbox_consumers.begin_retention")
DELIVERED = statement("outbox_consumers.find_delivered")
PURGE = statement("outbox_events.purge")
PRUNE_INBOX = statement("processed_events.prune")
PRUNE_MARKERS = statement("commit_markers.prune")

_FIRST_ID: Final = UUID(int=0)
STEP: Final = 2_000
"""Rows of the inbox, or markers, that a step looks at; it stands in the statements."""

Begin = Callable[[], AbstractAsyncContextManager[Connection]]
"""A transaction across tenants, such as :meth:`ventros.Database.across_tenants` of the scheduler's role."""


def _at_least(shortest: timedelta) -> Callable[[object, attrs.Attribute[timedelta], timedelta], None]:
    def check(_instance: object, attribute: attrs.Attribute[timedelta], value: timedelta) -> None:
        if value < shortest:
            raise ValidationError(f"{attribute.name} is {value}, and at least {shortest}", attribute.name)

    return check


@attrs.frozen(kw_only=True)
class Retention:
    """How long what the layer wrote itself stays, and how many events a step looks at.

    ``events`` counts from when a delivered one took place. ``inbox`` is how long a command
    or somebody else's event is known again; one of the outbox is known as long as it is there. ``markers`` is
    how long :meth:`ventros.Database.resolve` has an answer: a unit is in doubt while its server is away.
    """

    events: timedelta = attrs.field(default=timedelta(days=7), validator=_at_least(timedelta(0)))
    inbox: timedelta = attrs.field(default=timedelta(days=30))
    markers: timedelta = attrs.field(default=timedelta(days=7), validator=_at_least(timedelta(hours=1)))
    batch: int = attrs.field(default=5_000, validator=attrs.validators.ge(1))

    @inbox.validator
    def _outlives_the_outbox(self, _attribute: object, value: timedelta) -> None:
        if value < self.events:
            raise ValidationError(
                f"inbox is {value}: not less than that of the events, {self.events}, which may come again",
                "inbox",
            )


@attrs.frozen
class Step:
    """Of one transaction: how many rows of a table it looked at, at most, and how many it removed."""

    table: str
    passed: int
    removed: int


async def prune(begin: Begin, retention: Retention, now: datetime) -> AsyncIterator[Step]:
    """Remove what is old, step by step; what is cut short may be run again, and two at once do no harm.

    The outbox first, for the inbox outlives it. Raises PositionOfAnotherCluster, before anything is removed,
    when the database was restored into another cluster.
    """
    async for step in _purge(begin, retention, now - retention.events):
        yield step
    async for step in _walk(begin, PRUNE_INBOX, ("", "", _FIRST_ID), now - retention.inbox):
        yield step
    async for step in _walk(begin, PRUNE_MARKERS, ("", _FIRST_ID), now - retention.markers):
        yield step


async def _purge(begin: Begin, retention: Retention, before: datetime) -> AsyncIterator[Step]:
    """Up to what all consumers have read and nobody waits for. Without any consumer nothing is delivered."""
    async with begin() as connection:
        await connection.affected(BEGIN)
        row = await connection.maybe(DELIVERED)
    if row is None:
        return
    if row["foreign_clusters"]:
        raise PositionOfAnotherCluster(
            "a consumer's position is of another cluster, so nobody can say what was delivered: "
            "ventros outbox rebase"
        )
    delivered, passed = Position(row["transaction_id"], row["position"]), 1
    while passed:
        async with begin() as connection:
            row = await connection.one(PURGE, *delivered, before, retention.batch)
        passed = row["passed"]
        yield Step("outbox_events", passed, row["purged"])


async def _walk(
    begin: Begin, statement: Statement, first: tuple[Any, ...], before: datetime
) -> AsyncIterator[Step]:
    """Along the key of a table, behind ``first``; a row has the last key of its step, and how many went."""
    key: tuple[Any, ...] | None = first
    while key is not None:
        async with begin() as connection:
            row = await connection.maybe(statement, *key, before)
        key = None if row is None else tuple(row)[:-1]
        if row is not None:
            yield Step(statement.table, STEP, row["removed"])
