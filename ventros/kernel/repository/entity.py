"""What aggregates and entities without a version have in common: mapping, tenancy, events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import asyncpg

from ventros.kernel.aggregate import Entity
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import (
    ChangeWithoutEvent,
    MappingError,
    NotFound,
    NotNew,
    TenancyViolation,
    UndoneWrite,
    ValidationError,
)
from ventros.kernel.events import envelopes
from ventros.kernel.repository.context import UnitContext
from ventros.kernel.repository.origin import LOADED

E = TypeVar("E", bound=Entity)
T = TypeVar("T")


def map_row(read: Callable[..., T], resource: str, row: asyncpg.Record, *children: object) -> T:
    """``read(row, *children)``; what it raises for a row that breaks a rule leaves as a MappingError."""
    try:
        return read(row, *children)
    except (ValidationError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise MappingError(
            f"the stored {resource} {row['id']} is not valid: {error}; mend the row, "
            "it can be neither read nor saved as it is"
        ) from error


class EntityRepository(Generic[E]):
    """Reads rows as entities, and refuses instances that must not be written.

    ``mapper`` is the slice's module of that name: pure functions ``from_row``, ``insert_args`` and
    ``update_args`` between an aggregate and its row, in the order of the statements' columns.
    """

    resource: ClassVar[str]
    mapper: Any

    def __init__(self, unit: UnitContext) -> None:
        self._unit = unit

    @property
    def _connection(self) -> Connection:
        return self._unit.connection

    @property
    def _tenant(self) -> str:
        return self._unit.tenant

    def _load(self, row: asyncpg.Record) -> E:
        """The entity that the row holds. Raises MappingError, naming the row, when it holds none."""
        loaded: E = map_row(self.mapper.from_row, self.resource, row)
        return self._handed_out(loaded)

    async def _load_all(self, rows: Sequence[asyncpg.Record]) -> list[E]:
        """The same for many, with their children."""
        return [self._handed_out(loaded) for loaded in await self._map_all(rows)]

    async def _map_all(self, rows: Sequence[asyncpg.Record]) -> list[E]:
        """The entities of ``rows``, in their order; a slice whose aggregates have children overrides it.

        It reads the children of all at once, after the roots: if another commit comes between, the root's
        version is the older one, and a save conflicts.
        """
        return [map_row(self.mapper.from_row, self.resource, row) for row in rows]

    def _handed_out(self, loaded: E) -> E:
        """``loaded``, which nobody else holds yet, with its origin: the unit's own write, if it wrote it."""
        written = self._unit.written
        scope = written.get((self.resource, loaded.id)) if written else None
        object.__setattr__(loaded, "_origin", LOADED if scope is None else scope.innermost_standing())
        return loaded

    def _load_found(self, row: asyncpg.Record | None, key: object) -> E:
        if row is None:
            raise NotFound(self.resource, key)
        return self._load(row)

    def require_writable(self, entity: E) -> None:
        """Refuse what came back from an undone write (UndoneWrite) or is another tenant's (TenancyViolation).

        The tenant is compared for the roles too that row-level security spares.
        """
        origin = entity._origin
        if origin is not None and origin is not LOADED and (fault := origin.fault()):
            raise UndoneWrite(
                f"this instance of {self.resource} {entity.id} came back from a write that {fault}: use the "
                "instance that was given to that write, or load it again"
            )
        tenant = getattr(entity, "tenant_id", self._tenant)
        if tenant != self._tenant:
            raise TenancyViolation(
                f"{self.resource} {entity.id} belongs to tenant {tenant}, "
                f"the unit of work to tenant {self._tenant}"
            )

    def require_new(self, entity: E, version: int = 1) -> None:
        """Refuse, with NotNew, what is stored already or was never created.

        That is what has a version, what lacks the event of its creation or has that of another, and what
        this unit of work has removed.
        """
        self.require_writable(entity)
        events = entity.domain_events
        if version != 1:
            fault = f"is at version {version}"
        elif not events or not isinstance(events[0], entity.created_event):
            fault = "does not have the event of its creation first"
        elif events[0].aggregate_id != entity.id:
            fault = f"was copied from {events[0].aggregate_id}, whose creation its first event tells"
        elif self._was_removed(entity.id):
            fault = "was removed by this unit of work"
        else:
            return
        raise NotNew(
            f"{self.resource} {entity.id} cannot be added: it {fault}; make a new one with "
            f"{type(entity).__name__}'s own constructors, or save what is stored already"
        )

    def _was_removed(self, id_: UUID) -> bool:
        if (self.resource, id_) not in self._unit.written:
            return False
        removed = f"{self.resource}.removed"
        return any(event.event_name == removed and event.aggregate_id == id_ for event in self._unit.events)

    def require_change_told(self, entity: E) -> None:
        """Refuse an instance that neither carries an event nor came from here: its values would be lost."""
        if entity._origin is None and not entity.domain_events:
            raise ChangeWithoutEvent(
                f"this instance of {self.resource} {entity.id} carries no event, and no repository returned "
                "it, so what it says would not be stored: change it by its commands"
            )

    def record_events(self, entity: E, version: int | None) -> None:
        """Keep the entity's events for the outbox, as those that led to ``version``."""
        self._unit.written[self.resource, entity.id] = self._unit.scope
        self._unit.record(envelopes(entity.domain_events, self.resource, entity.id, version))
