"""The versioned repository: INSERT, SELECT, versioned UPDATE, versioned DELETE, and a checked row count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

import attrs

from ventros.kernel.aggregate import AggregateRoot, Entity
from ventros.kernel.errors import (
    MappingError,
    NotFound,
    OptimisticLockError,
    TenancyViolation,
    ValidationError,
    WriteSuppressed,
)
from ventros.kernel.events import Envelope, envelopes
from ventros.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import asyncpg

    from ventros.kernel.connection import Connection
    from ventros.kernel.statements import Statement
    from ventros.kernel.unit_of_work import UnitOfWork

E = TypeVar("E", bound=Entity)
A = TypeVar("A", bound=AggregateRoot)
T = TypeVar("T")


def mapped(read: Callable[..., T], resource: str, row: asyncpg.Record, *children: object) -> T:
    """``read(row, *children)``; what it raises for a row that breaks a rule leaves as a MappingError."""
    try:
        return read(row, *children)
    except (ValidationError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise MappingError(
            f"the stored {resource} {row['id']} is not valid: {error}; mend the row, "
            "it can be neither read nor saved as it is"
        ) from error


class EntityRepository(Generic[E]):
    """What aggregates and entities without a version have in common: mapping, tenancy, events.

    ``mapper`` is the slice's module of that name: pure functions ``from_row``, ``insert_args`` and
    ``update_args`` between an aggregate and its row, in the order of the statements' columns.
    """

    resource: ClassVar[str]
    mapper: Any

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    @property
    def _connection(self) -> Connection:
        return self._unit.connection

    @property
    def _tenant(self) -> str:
        return self._unit.tenant

    def _load(self, row: asyncpg.Record) -> E:
        """The aggregate that the row holds. Raises MappingError, naming the row, when it holds none."""
        loaded: E = mapped(self.mapper.from_row, self.resource, row)
        return loaded

    async def _load_all(self, rows: Sequence[asyncpg.Record]) -> list[E]:
        """The same for many; a slice whose aggregates have children reads those of all at once."""
        return [self._load(row) for row in rows]

    def _found(self, row: asyncpg.Record | None, key: object) -> E:
        if row is None:
            raise NotFound(self.resource, key)
        return self._load(row)

    def _own(self, entity: E) -> None:
        """Refuse to write what belongs to another tenant, for roles too that row-level security spares."""
        tenant = getattr(entity, "tenant_id", self._tenant)
        if tenant != self._tenant:
            raise TenancyViolation(
                f"{self.resource} {entity.id} belongs to tenant {tenant}, "
                f"the unit of work to tenant {self._tenant}"
            )

    def _record(self, entity: E, version: int | None) -> None:
        self._unit.record(envelopes(entity.domain_events, self.resource, entity.id, version))


class Repository(EntityRepository[A]):
    """One aggregate's repository; a slice names its five statements and its mapper, and adds finders.

    The statements take the key first: ``tenant_id, id`` (see :meth:`_key`), and the update and the
    delete then the expected version.
    """

    INSERT: ClassVar[Statement]
    SELECT: ClassVar[Statement]
    UPDATE: ClassVar[Statement]
    DELETE: ClassVar[Statement]
    STORED_VERSION: ClassVar[Statement]

    def _key(self, id: UUID) -> tuple[object, ...]:  # noqa: A002 - the field's name everywhere
        return (self._tenant, id)

    async def add(self, aggregate: A) -> A:
        """INSERT a new aggregate.

        Raises AlreadyExists when its id, or another unique key, is taken, WriteSuppressed when a trigger
        ate the write.
        """
        self._own(aggregate)
        if await self._connection.affected(self.INSERT, *self.mapper.insert_args(aggregate)) != 1:
            raise self._suppressed(aggregate, "is new")
        self._record(aggregate, aggregate.version)
        return aggregate.clear_events()

    async def get(self, id: UUID) -> A:  # noqa: A002
        """Raises NotFound when there is none for this tenant, MappingError when the row is not valid."""
        return self._found(await self._connection.maybe(self.SELECT, *self._key(id)), id)

    async def save(self, aggregate: A) -> A:
        """UPDATE if the stored version is still the loaded one; the result is the aggregate as stored.

        An aggregate without new events is unchanged and costs nothing. Raises OptimisticLockError when
        somebody saved first, NotFound when it is gone, WriteSuppressed when a trigger ate the write.
        """
        if not aggregate.domain_events:
            return aggregate
        self._own(aggregate)
        if await self._connection.affected(self.UPDATE, *self.mapper.update_args(aggregate)) != 1:
            raise await self._missed(aggregate)
        version = aggregate.version + 1
        self._record(aggregate, version)
        return attrs.evolve(aggregate.clear_events(), version=version)

    async def remove(self, aggregate: A) -> None:
        """DELETE if the stored version is still the loaded one; raises as :meth:`save` does.

        Its pending events, then ``<resource>.removed``, tell of it as the next version.
        """
        self._own(aggregate)
        key = self._key(aggregate.id)
        if await self._connection.affected(self.DELETE, *key, aggregate.version) != 1:
            raise await self._missed(aggregate)
        version = aggregate.version + 1
        self._record(aggregate, version)
        self._unit.record([self._removal(aggregate, version)])

    def _removal(self, aggregate: A, version: int) -> Envelope:
        return Envelope(
            event_id=new_id(),
            event_name=f"{self.resource}.removed",
            event_version="v1",
            occurred_at=self._unit.started_at,
            aggregate_type=self.resource,
            aggregate_id=aggregate.id,
            aggregate_version=version,
            sequence=len(aggregate.domain_events) + 1,
            payload={f"{self.resource}_id": aggregate.id},
        )

    async def _missed(self, aggregate: A) -> NotFound | OptimisticLockError | WriteSuppressed:
        """Why a versioned write touched no row. A second statement sees what the first one lost to."""
        row = await self._connection.maybe(self.STORED_VERSION, *self._key(aggregate.id))
        if row is None:
            return NotFound(self.resource, aggregate.id)
        if row["version"] == aggregate.version:
            return self._suppressed(aggregate, f"is stored at version {aggregate.version} as expected")
        return OptimisticLockError(self.resource, aggregate.id, aggregate.version, row["version"])

    def _suppressed(self, aggregate: A, state: str) -> WriteSuppressed:
        return WriteSuppressed(
            f"{self.resource} {aggregate.id} {state}, yet the write touched no row: a trigger or a policy "
            "suppressed it",
            table=self.UPDATE.path.stem,
        )
