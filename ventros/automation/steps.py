"""What a campaign and a sequence have in common: steps, each with an id and a place among the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, Self, TypeVar, cast
from uuid import UUID

import attrs

from ventros.automation.status import DRAFT, Automation
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.events import DomainEvent


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


@attrs.frozen(kw_only=True, slots=False)
class SteppedAggregate(Automation, Generic[S]):
    """``steps`` are in the order of their positions; no two share a position or an id.

    They change while it is a draft.
    """

    description: str = ""
    steps: tuple[S, ...] = attrs.field(default=(), converter=_in_order)

    @steps.validator
    def _check_steps(self, _attribute: object, steps: tuple[S, ...]) -> None:
        for key in ("position", "id"):
            if len({getattr(step, key) for step in steps}) != len(steps):
                raise ValidationError(f"two steps have the same {key}", field="steps")

    def step(self, step_id: UUID) -> S:
        """Raises NotFound."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise NotFound(f"{self.resource}_step", step_id)

    def step_at(self, position: int) -> S:
        """Raises NotFound."""
        for step in self.steps:
            if step.position == position:
                return step
        raise NotFound(f"{self.resource}_step", position)

    def next_step(self, position: int) -> S | None:
        """The first step after ``position``: a removed one leaves a gap, which is not the end."""
        return next((step for step in self.steps if step.position > position), None)

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self.record_update(now, name=name)

    def set_description(self, description: str, *, now: datetime) -> Self:
        return self.record_update(now, description=description)

    def replace_step(self, step_id: UUID, step: S, *, now: datetime) -> Self:
        """``step`` instead of that one, whose id and time of creation stay.

        Raises NotFound, InvariantViolation unless it is a draft and the step's position is free.
        """
        self._require("replace a step", DRAFT)
        former = self.step(step_id)
        replacement: Any = step
        kept = attrs.evolve(replacement, id=former.id, created_at=former.created_at)
        return self.record_update(now, steps=self._placed(kept, self._without_step(step_id)))

    def reorder_steps(self, step_ids: Sequence[UUID], *, now: datetime) -> Self:
        """The steps take the positions there are in the order of ``step_ids``.

        Raises ValidationError unless every step is named once, InvariantViolation unless it is a draft.
        """
        self._require("reorder the steps", DRAFT)
        if sorted(step_ids) != sorted(step.id for step in self.steps):
            raise ValidationError("step_ids must name every step once", field="step_ids")
        positions = [step.position for step in self.steps]
        moves = {self.step(id_).position: position for id_, position in zip(step_ids, positions, strict=True)}
        return self.record_update(now, steps=_in_order(self._moved(step, moves) for step in self.steps))

    def require_removable(self) -> None:
        """Raises InvariantViolation unless it is a draft."""
        self._require("remove", DRAFT)

    def _moved(self, step: S, moves: Mapping[int, int]) -> S:
        """``step`` at its new position; ``moves`` are the new positions of all steps by the old ones."""
        moved: Any = step
        return cast("S", attrs.evolve(moved, position=moves[step.position]))

    def _with_step(self, step: S, added: DomainEvent, now: datetime) -> Self:
        """Itself when ``step`` is one of its own. Raises InvariantViolation when the place is taken."""
        self._require("add a step", DRAFT)
        if step in self.steps:
            return self
        if any(other.id == step.id for other in self.steps):
            raise InvariantViolation(f"{self.resource} {self.id} has another step of the id {step.id}")
        return self.record_change(now, added, steps=self._placed(step, self.steps))

    def _without_step(self, step_id: UUID) -> tuple[S, ...]:
        """Raises NotFound, InvariantViolation unless it is a draft."""
        self._require("remove a step", DRAFT)
        removed = self.step(step_id)
        return tuple(step for step in self.steps if step is not removed)

    def _placed(self, step: S, others: tuple[S, ...]) -> tuple[S, ...]:
        if any(other.position == step.position for other in others):
            raise InvariantViolation(
                f"position {step.position} of {self.resource} {self.id} is another step's"
            )
        return _in_order((*others, step))
