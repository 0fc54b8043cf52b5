"""What every arm is: a pool on the same database, and the same units of work written in its own way."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from bench.keys import Keys
from bench.rounds import Slot, run_slot
from ventros.kernel.ids import new_id

ALL = ("get", "save", "unit_of_work", "process_inbound_message", "save_all", "list_page")
"""The operations of overhead; those of peers are the first three."""

PAGE = 50
TEXT = "Hello, is my order ready?"


class StaleAggregate(Exception):
    """A versioned write touched no row, in an arm whose library has no error of its own for that."""


class Arm:
    """``operations`` names the methods that it has; each does its work once, for the worker of that number.

    ``notes`` says what its library cannot do, and what was done instead.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    notes: ClassVar[tuple[str, ...]] = ()
    operations: ClassVar[tuple[str, ...]] = ALL[:3]

    def __init__(self, dsn: str, keys: Sequence[Keys], channel_id: UUID, project_id: UUID) -> None:
        self.dsn = dsn
        self.keys = keys
        self.channel_id = channel_id
        self.project_id = project_id
        self.held: dict[UUID, Any] = {}
        self._names = secrets.token_hex(4)
        self._count = 0

    @property
    def size(self) -> int:
        """Connections of the pool: one for each worker."""
        return len(self.keys)

    async def open(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    async def load(self, id: UUID) -> Any:  # noqa: A002 - the field's name everywhere
        """What ``save`` then changes and writes, as the library gives it."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        await self.open()
        for keys in self.keys:
            for id_ in (*keys.held, *keys.batch):
                self.held[id_] = await self.load(id_)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def slot(self, operation: str, count: int) -> Slot:
        """``count`` times ``operation``, by all workers together."""
        return await run_slot(getattr(self, operation), workers=self.size, count=count)

    def new_name(self) -> str:
        """Another one each time, of one length; not that of an earlier arm either, for what stays as it is
        is not written.
        """
        self._count += 1
        return f"Name {self._names} {self._count:06}"


def phone(number: int) -> str:
    """Of the contact of that number, as populate.sql writes it."""
    return f"+{5500000000000 + number}"


def now() -> datetime:
    return datetime.now(UTC)


def renamed(contact_id: UUID, tenant: str, old: str, new: str) -> dict[str, Any]:
    """The payload of contact.name_changed, for those that write their events by hand."""
    return {
        "contact_id": str(contact_id),
        "tenant_id": tenant,
        "old_name": old,
        "new_name": new,
        "changed_by": None,
    }


def event_row(
    contact_id: UUID, version: int, payload: dict[str, Any], at: datetime, tenant: str
) -> dict[str, Any]:
    """The row of outbox_events of a renamed contact, by column."""
    return {
        "tenant_id": tenant,
        "event_id": new_id(),
        "event_name": "contact.name_changed",
        "event_version": "v1",
        "occurred_at": at,
        "aggregate_type": "contact",
        "aggregate_id": contact_id,
        "aggregate_version": version,
        "sequence": 1,
        "payload": payload,
    }
