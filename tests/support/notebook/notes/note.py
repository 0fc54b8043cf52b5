"""A note, and how its row is read and written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import attrs

from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.events import DomainEvent

COLUMNS = ("id", "version", "tenant_id", "title", "body", "created_at", "updated_at")


@attrs.frozen(kw_only=True)
class NoteWritten(DomainEvent):
    """A note is there."""

    event_name = "note.written"


@attrs.frozen(kw_only=True)
class NoteRenamed(DomainEvent):
    """A note has another title."""

    event_name = "note.renamed"
    title: str


@attrs.frozen(kw_only=True, slots=False)
class Note(AggregateRoot):
    """A title and a text."""

    resource = "note"
    created_event = NoteWritten

    tenant_id: str
    title: str
    body: str = ""

    @classmethod
    def write(cls, tenant: str, title: str, *, now: datetime) -> Self:
        """A new one."""
        note = cls(tenant_id=tenant, title=title, created_at=now, updated_at=now)
        return note.record_creation(NoteWritten())

    def rename(self, title: str, *, now: datetime) -> Self:
        """Itself when that is its title."""
        return self if title == self.title else self.record_change(now, NoteRenamed(title=title), title=title)


def from_row(row: Sequence[Any]) -> Note:
    """The note that the row holds."""
    return Note(**dict(zip(COLUMNS, row, strict=True)))


def insert_args(note: Note) -> tuple[object, ...]:
    """Of notes.notes.insert."""
    return (note.tenant_id, note.id, note.title, note.body, note.created_at, note.updated_at)


def update_args(note: Note) -> tuple[object, ...]:
    """Of notes.notes.update."""
    return (note.tenant_id, note.id, note.version, note.title, note.body, note.updated_at)
