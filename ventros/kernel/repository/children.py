"""Child rows are compared by id with what is stored, so that only those that changed are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

import attrs

from ventros.kernel.events import Identified

C = TypeVar("C", bound=Identified)
"""An entity inside an aggregate, with a row of its own; equal by value."""


@attrs.frozen
class Diff(Generic[C]):
    """What has to be written to turn the stored children into the wanted ones."""

    added: tuple[C, ...]
    changed: tuple[C, ...]
    removed: tuple[C, ...]


def diff(stored: Iterable[C], wanted: Iterable[C]) -> Diff[C]:
    """To be asked after the root's UPDATE, whose row lock keeps ``stored`` from changing.

    Write the removed ones first: an added one may take a place that a removed one held.
    """
    before = {child.id: child for child in stored}
    after = {child.id: child for child in wanted}
    return Diff(
        added=tuple(child for id_, child in after.items() if id_ not in before),
        changed=tuple(child for id_, child in after.items() if id_ in before and child != before[id_]),
        removed=tuple(child for id_, child in before.items() if id_ not in after),
    )
