"""What persistence asks of an aggregate: an id, the version it was loaded with, and its new events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.events import DomainEvent
from ventros.kernel.ids import new_id

E = TypeVar("E", bound="Entity")


def or_none(text: str | None) -> str | None:
    """An attrs converter for an optional text: the empty one says no more than None."""
    return text or None


def copy_with(entity: E, **fields: object) -> E:
    """The same but for ``fields``, which persistence alone decides: what was valid is not checked again."""
    copied: E = object.__new__(type(entity))
    copied.__dict__.update(entity.__dict__, **fields)
    return copied


@attrs.frozen(kw_only=True, slots=False)
class Entity:
    """Frozen: a command returns a new instance, or ``self`` when it changes nothing.

    Without slots, as its subclasses: persistence copies an instance for each write, by its ``__dict__``.

    ``domain_events`` are the events since the instance was loaded or saved. Persistence takes an
    instance without any for unchanged, so every change goes through a command that records one: a command
    calls :meth:`record_update` or :meth:`record_change`, a constructor :meth:`record_creation`, which are for
    nobody else.
    """

    resource: ClassVar[str]

    id: UUID = attrs.field(factory=new_id, validator=validators.not_nil)
    created_at: datetime = attrs.field(validator=validators.aware)
    updated_at: datetime = attrs.field(validator=validators.aware)
    domain_events: tuple[DomainEvent, ...] = ()
    _origin: Any = attrs.field(init=False, default=None, eq=False, repr=False)
    """What persistence knows of the instance; a command's result inherits it, attrs.evolve() drops it."""

    created_event: ClassVar[type[DomainEvent] | tuple[type[DomainEvent], ...]]
    """The event that a new instance has first."""
    updated_event: ClassVar[Callable[..., DomainEvent]]
    """The event of a change that has none of its own: a subclass of DomainEvent with ``fields``, the names of
    the attributes that changed.
    """

    def clear_events(self) -> Self:
        """The same, with its events drained; a repository refuses to save it."""
        return copy_with(self, domain_events=(), _origin=None)

    def record_creation(self, event: DomainEvent) -> Self:
        """A new instance with the event of its creation."""
        return attrs.evolve(self, domain_events=(event.recorded(self, self.created_at),))

    def record_update(self, now: datetime, **changes: Any) -> Self:
        """The same with those of ``changes`` that differ, and ``updated_event``; itself when none does.

        Raises as :meth:`record_change` does.
        """
        differing = {name: value for name, value in changes.items() if getattr(self, name) != value}
        if not differing:
            return self
        return self.record_change(now, self.updated_event(fields=tuple(differing)), **differing)

    def record_change(
        self,
        now: datetime,
        event: DomainEvent,
        *further: DomainEvent,
        occurred_at: datetime | None = None,
        **changes: Any,
    ) -> Self:
        """The same with ``changes`` made at ``now`` and the events that tell of them.

        The events took place at ``occurred_at``, if the command found out about something earlier. Raises
        InvariantViolation when the instance is deleted, ValidationError when ``now`` is naive.
        ``updated_at`` never goes back, though commands may come out of the order of their times.
        """
        if getattr(self, "deleted_at", None) is not None:
            raise InvariantViolation(f"{self.resource} {self.id} is deleted; nothing can be done with it")
        validators.aware_time(now, "now")
        at = occurred_at or now
        changed = attrs.evolve(
            self,
            updated_at=max(self.updated_at, now),
            domain_events=(*self.domain_events, *(new.recorded(self, at) for new in (event, *further))),
            **changes,
        )
        object.__setattr__(changed, "_origin", self._origin)
        return changed


@attrs.frozen(kw_only=True, slots=False)
class AggregateRoot(Entity):
    """``version`` is the version the aggregate was loaded with, 1 when new; only persistence steps it."""

    version: int = 1
