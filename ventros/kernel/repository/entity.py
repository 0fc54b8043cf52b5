"""What aggregates and entities without a version have in common: mapping, tenancy, events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

import asyncpg

from ventros.kernel.aggregate import Entity
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import MappingError, NotFound, TenancyViolation, ValidationError
from ventros.kernel.events import envelopes
from ventros.kernel.repository.context import UnitContext

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
    """``mapper`` is the slice's module of that name: pure functions ``from_row``, ``insert_args`` and
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
        """The aggregate that the row holds. Raises MappingError, naming the row, when it holds none."""
        loaded: E = map_row(self.mapper.from_row, self.resource, row)
        return loaded

    async def _load_all(self, rows: Sequence[asyncpg.Record]) -> list[E]:
        """The same for many. A slice whose aggregates have children reads those of all at once, after the
        roots: if another commit comes between, the root's version is the older one, and a save conflicts.
        """
        return [self._load(row) for row in rows]

    def _load_found(self, row: asyncpg.Record | None, key: object) -> E:
        if row is None:
            raise NotFound(self.resource, key)
        return self._load(row)

    def require_own_tenant(self, entity: E) -> None:
        """Refuse to write what belongs to another tenant, for roles too that row-level security spares."""
        tenant = getattr(entity, "tenant_id", self._tenant)
        if tenant != self._tenant:
            raise TenancyViolation(
                f"{self.resource} {entity.id} belongs to tenant {tenant}, "
                f"the unit of work to tenant {self._tenant}"
            )

    def record_events(self, entity: E, version: int | None) -> None:
        """Keep the entity's events for the outbox, as those that led to ``version``."""
        self._unit.record(envelopes(entity.domain_events, self.resource, entity.id, version))
