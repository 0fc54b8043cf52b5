"""What aggregates and entities without a version have in common: mapping, tenancy, events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

import asyncpg

from ventros.kernel import errors
from ventros.kernel.aggregate import Entity, copy_with
from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.events import envelopes
from ventros.kernel.repository.context import UnitContext
from ventros.kernel.repository.origin import LOADED
from ventros.kernel.statements.catalogue import Table
from ventros.kernel.statements.definition import Statement
from ventros.kernel.statements.files import or_fail_name
from ventros.kernel.validators import instance_of, shown, user_tenant

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

_INFINITE = (datetime.max, datetime.min)  # noqa: DTZ901 - asyncpg's for infinity, without a zone


def map_row(read: Callable[..., T], table: str, row: Any, *children: object) -> T:
    """``read(row, *children)``; what it raises for a row that breaks a rule leaves as a MappingError."""
    try:
        return read(row, *children)
    except (errors.ValidationError, ValueError, TypeError, LookupError, AttributeError) as error:
        fault, column = str(error), getattr(error, "field", None)
        cause: Exception | None = error
        for name, value in row.items():
            if value in _INFINITE:
                fault, column = f"{name} is infinite", name
            elif isinstance(value, list) and any(item is None or isinstance(item, list) for item in value):
                fault, column = f"{name} holds a NULL or has several dimensions", name
            elif isinstance(value, str) and (repr(value) in fault or shown(value) in fault):
                fault, column, cause = f"{name} holds what it may not hold", name, None
    # Not while that error is handled, which may quote the value.
    raise errors.invalid_row(table, row["id"], column, fault) from cause


class EntityRepository(Generic[E]):
    """Reads rows as entities, and refuses instances that must not be written.

    A slice's repository declares:

    - ``resource``, the name of the entity's type in events and errors;
    - ``TABLE = statement.table("contacts")``: its statements of the verbs in ``STANDARD`` become attributes
      of that name, unless the class has one of its own; ``STANDARD = ()`` is for what reads entities that
      another repository stores;
    - ``mapper``, its module of that name: pure functions ``from_row``, ``insert_args`` and ``update_args``
      between an entity and its row, in the order of the statements' columns, which are ``COLUMNS``;
    - ``SECRET_COLUMNS``, those whose values no history, log or page may show;
    - its further statements, ``FIND_BY_PHONE = statement("contacts.find_by_phone")``.

    Its methods send them by ``self.connection``, with ``self.scope`` first, and read their rows by
    :meth:`load`, :meth:`load_found`, :meth:`load_all` and :meth:`read`; one that writes asks
    :meth:`require_new` or :meth:`require_writable` before, tells :meth:`record_events` after, and returns
    :meth:`as_written`. ``self.unit`` is the unit of work, as far as a repository sees it.
    """

    resource: ClassVar[str]
    mapper: Any
    TABLE: ClassVar[Table]
    STANDARD: ClassVar[tuple[str, ...]] = ("INSERT", "GET", "UPDATE")
    SECRET_COLUMNS: ClassVar[tuple[str, ...]] = ()
    OF_USER: ClassVar[bool] = False
    """Whether rows belong to a user, not to a tenant: the table's INSERT takes a user_id and no tenant_id."""
    INSERT: ClassVar[Statement]
    GET: ClassVar[Statement]
    UPDATE: ClassVar[Statement]
    INSERT_OR_FAIL: ClassVar[Statement | None] = None

    def __init_subclass__(cls) -> None:
        """The class's statements are sent for its resource: an error of theirs names it, not the table."""
        super().__init_subclass__()
        for column in cls.SECRET_COLUMNS:
            if column not in cls.mapper.COLUMNS:
                raise errors.ConfigurationError(
                    f"{cls.__name__}.SECRET_COLUMNS: {column!r} is no column of {cls.TABLE.name}; there are "
                    f"{', '.join(cls.mapper.COLUMNS)}"
                )
        if "TABLE" in vars(cls):
            cls.OF_USER = cls.STANDARD != () and cls.TABLE.scope == "user_id"
            for attribute in cls.STANDARD:
                standard = cls.TABLE.find(attribute.lower())
                if standard is not None and attribute not in vars(cls):
                    setattr(cls, attribute, standard)
        if "INSERT" in vars(cls):
            cls.INSERT_OR_FAIL = cls.TABLE.catalogue.get(or_fail_name(cls.INSERT.name))
        for name, value in list(vars(cls).items()):
            if isinstance(value, Statement):
                setattr(cls, name, value.of(cls.resource))

    def __init__(self, unit: UnitContext) -> None:
        self.unit = unit
        self.tenant = unit.tenant

    @property
    def scope(self) -> str | UUID:
        """Whose the rows are, which a statement compares first: the unit's tenant, or its user.

        Raises TenancyViolation where the unit has no user, and needs one.
        """
        if not self.OF_USER:
            return self.tenant
        if self.unit.user is None:
            raise errors.TenancyViolation(
                f"a {self.resource} belongs to a user, and this unit of work is for none: give it user="
            )
        return self.unit.user

    @property
    def _events_tenant(self) -> str | None:
        return user_tenant(self.unit.user) if self.OF_USER and self.unit.user is not None else None

    if not TYPE_CHECKING:  # or mypy would take any name for one of these

        def __getattr__(self, name: str) -> Any:
            """Raises UnknownStatement, with the file, for a standard statement that the table has not."""
            if name in type(self).STANDARD:
                return type(self).TABLE(name.lower())
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def connection(self) -> Connection:
        """The unit's. Raises UnitOfWorkError outside of its block, or in another task."""
        return self.unit.connection

    def load(self, row: asyncpg.Record) -> E:
        """The entity that the row holds. Raises MappingError, naming the row, when it holds none."""
        loaded: E = map_row(self.mapper.from_row, self.TABLE.name, row)
        return self._handed_out(loaded)

    def read(self, columns: Sequence[object] | asyncpg.Record) -> E:
        """The entity whose columns, in the mapper's order, are a part of another statement's row.

        Raises MappingError as for a row of its own, ValidationError for another number of columns.
        """
        instance_of(Sequence | asyncpg.Record, columns, "columns")
        if len(columns) != len(self.mapper.COLUMNS):
            names = ", ".join(self.mapper.COLUMNS)
            raise errors.ValidationError(f"a {self.resource} has the columns {names}", field="columns")
        row = dict(zip(self.mapper.COLUMNS, columns, strict=True))
        loaded: E = map_row(lambda _row: self.mapper.from_row(columns), self.TABLE.name, row)
        return self._handed_out(loaded)

    async def load_all(self, rows: Sequence[asyncpg.Record]) -> list[E]:
        """The same for many, with their children."""
        return [self._handed_out(loaded) for loaded in await self._map_all(rows)]

    async def _map_all(self, rows: Sequence[asyncpg.Record]) -> list[E]:
        """The entities of ``rows``, in their order."""
        return [map_row(self.mapper.from_row, self.TABLE.name, row) for row in rows]

    def _handed_out(self, loaded: E) -> E:
        """``loaded``, which nobody else holds yet, with its origin: the unit's own write, if it wrote it."""
        written = self.unit.written
        scope = written.get((self.resource, loaded.id)) if written else None
        object.__setattr__(loaded, "_origin", LOADED if scope is None else scope.innermost_standing())
        return loaded

    def as_written(self, entity: E, **fields: object) -> E:
        """What a write returns: ``entity`` as it is stored, without events, as long as the write stands."""
        return copy_with(entity, **fields, domain_events=(), _origin=self.unit.scope)

    def load_found(self, row: asyncpg.Record | None, key: object) -> E:
        """The same where there must be one: raises NotFound, with ``key``, when ``row`` is None."""
        if row is None:
            raise errors.NotFound(self.resource, key)
        return self.load(row)

    def require_own(self, entity: E) -> None:
        """Raises ValidationError for anything but an instance of the repository's entity."""
        if not isinstance(entity, Entity) or entity.resource != self.resource:
            message = f"this repository takes a {self.resource}, not {shown(entity)}"
            raise errors.ValidationError(message, field=self.resource)

    def require_writable(self, entity: E) -> None:
        """Refuse what is no entity of the repository, an undone write's (UndoneWrite), another owner's.

        Tenant or user is compared (TenancyViolation) for the roles too that row-level security spares.
        """
        self.require_own(entity)
        origin = entity._origin
        if origin is not None and origin is not LOADED and (fault := origin.fault()):
            raise errors.UndoneWrite(
                f"this instance of {self.resource} {entity.id} came back from a write that {fault}: use the "
                "instance that was given to that write, or load it again"
            )
        word = "user" if self.OF_USER else "tenant"
        owner = getattr(entity, f"{word}_id", self.scope)
        if owner != self.scope:
            raise errors.TenancyViolation(
                f"{self.resource} {entity.id} belongs to {word} {owner}, "
                f"the unit of work to {word} {self.scope}"
            )

    def require_new(self, entity: E) -> None:
        """Refuse, with NotNew, what is stored already or was never created.

        That is what has a version, what lacks the event of its creation or has that of another, and what
        this unit of work has removed.
        """
        self.require_writable(entity)
        events = entity.domain_events
        version = getattr(entity, "version", 1)
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
        raise errors.NotNew(
            f"{self.resource} {entity.id} cannot be added: it {fault}; make a new one with "
            f"{type(entity).__name__}'s own constructors, or save what is stored already"
        )

    def is_new(self, entity: E) -> bool:
        """Whether it was just made, and so is to be added."""
        self.require_own(entity)
        events = entity.domain_events
        return entity._origin is None and bool(events) and isinstance(events[0], entity.created_event)

    def insert_or_fail(self, entity: E) -> list[Call] | None:
        """What adds it and fails as a whole when that cannot be; None when more than that has to be done.

        Raises NotNew.
        """
        self.require_new(entity)
        if self.INSERT_OR_FAIL is None:
            return None
        return [Call(self.INSERT_OR_FAIL, (self.mapper.insert_args(entity),))]

    def added(self, entity: E) -> E:
        """As it is stored once such an insert has not failed."""
        self.record_events(entity, getattr(entity, "version", None))
        return self.as_written(entity)

    def _was_removed(self, id_: UUID) -> bool:
        if (self.resource, id_) not in self.unit.written:
            return False
        removed = f"{self.resource}.removed"
        return any(event.event_name == removed and event.aggregate_id == id_ for event in self.unit.events)

    def require_change_told(self, entity: E) -> None:
        """Refuse an instance that neither carries an event nor came from here: its values would be lost."""
        self.require_own(entity)
        if entity._origin is None and not entity.domain_events:
            raise errors.ChangeWithoutEvent(
                f"this instance of {self.resource} {entity.id} carries no event, and no repository returned "
                "it, so what it says would not be stored: change it by its commands"
            )

    def record_events(self, entity: E, version: int | None, *, more: bool = False) -> None:
        """Keep the entity's events for the outbox, as those of ``version``; ``more`` of it are to follow."""
        self.require_own(entity)
        self.unit.written[self.resource, entity.id] = self.unit.scope
        told = envelopes(
            entity.domain_events,
            self.resource,
            entity.id,
            version,
            more=more,
            tenant_id=self._events_tenant,
        )
        self.unit.record(told)
