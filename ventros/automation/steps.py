"""What a campaign and a sequence have in common: steps, each with an id and a place among the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import attrs

from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError


class Step(Protocol):
    """A child entity; ``position`` orders it among its siblings, from 0, not always without a gap."""

    @property
    def id(self) -> UUID: ...

    @property
    def position(self) -> int: ...

    @property
    def created_at(self) -> datetime: ...


S = TypeVar("S", bound=Step)


def _in_order(steps: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(steps, key=lambda step: step.position))


@attrs.frozen(kw_only=True)
class SteppedAggregate(AggregateRoot, Generic[S]):
    """``steps`` are in the order of their positions; no two share a position or an id."""

    steps: tuple[S, ...] = attrs.field(default=(), converter=_in_order)

    @steps.validator
    def _check_steps(self, _attribute: object, steps: tuple[S, ...]) -> None:
        for what in ("position", "id"):
            if len({getattr(step, what) for step in steps}) != len(steps):
                raise ValidationError(f"two steps have the same {what}", field="steps")

    def step(self, step_id: UUID) -> S:
        """Raises NotFound."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise NotFound(f"{self.resource}_step", step_id)

    def next_step(self, position: int) -> S | None:
        """The first step after ``position``: a removed one leaves a gap, which is not the end."""
        return next((step for step in self.steps if step.position > position), None)

    def _with_step(self, step: S) -> tuple[S, ...]:
        """One step more, none when it is one of them. Raises InvariantViolation when its place is taken."""
        if step in self.steps:
            return self.steps
        if any(other.id == step.id for other in self.steps):
            raise InvariantViolation(f"{self.resource} {self.id} has another step of the id {step.id}")
        return self._placed(step, self.steps)

    def _with_step_replaced(self, step_id: UUID, step: S) -> tuple[S, ...]:
        """``step`` instead of that one, whose id and time of creation stay.

        Raises NotFound, and InvariantViolation when its place is another step's.
        """
        former = self.step(step_id)
        given: Any = step
        kept: S = attrs.evolve(given, id=former.id, created_at=former.created_at)
        return self._placed(kept, self._without_step(step_id))

    def _without_step(self, step_id: UUID) -> tuple[S, ...]:
        """Raises NotFound."""
        former = self.step(step_id)
        return tuple(step for step in self.steps if step is not former)

    def _placed(self, step: S, others: tuple[S, ...]) -> tuple[S, ...]:
        if any(other.position == step.position for other in others):
            raise InvariantViolation(
                f"position {step.position} of {self.resource} {self.id} is another step's"
            )
        return _in_order((*others, step))

    def _rearranged(self, step_ids: Sequence[UUID]) -> dict[UUID, int]:
        """The positions there are, given out anew in the order of ``step_ids``.

        Raises ValidationError unless every step is named once.
        """
        if sorted(step_ids) != sorted(step.id for step in self.steps):
            raise ValidationError("step_ids must name every step once", field="step_ids")
        return {step_id: step.position for step_id, step in zip(step_ids, self.steps, strict=True)}
