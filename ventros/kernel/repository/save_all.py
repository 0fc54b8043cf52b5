"""Several aggregates at once: all locked in one order, all compared, and only then is any of them written.

The order is that of (table, id), whoever locks what: two units of work that take the same rows never wait
for each other in a circle. One statement locks all rows of a table, those to be saved and those that are
only verified, so when there is one to be saved all take its lock: two statements would visit the table twice,
each time from the lowest id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ventros.kernel.errors import OptimisticLockErrors, StaleAggregate, UnitOfWorkError
from ventros.kernel.repository.context import LoadedVersion, UnitContext
from ventros.kernel.repository.versioned import Repository

Target = tuple[Repository[Any], Any]
"""An aggregate, after its repository."""


async def save_all(unit: UnitContext, targets: Sequence[Target]) -> list[Any]:
    """Each as its repository's ``save`` would return it, in the order given; their events in that order too.

    One round trip a table to lock and compare, what the unit is to verify included, and one to write, beside
    those for children. Raises OptimisticLockErrors, with all that are stale, before anything is written; the
    locks stay until the transaction ends.
    """
    changed = {_key(target): target for target in targets if target[1].domain_events}
    _refuse_twice(targets)
    for repository, aggregate in changed.values():
        repository.require_own_tenant(aggregate)
    if changed:
        await _lock(unit, changed)
    saved = {}
    for group in _by_table(changed).values():
        repository = group[0][0]
        for stored in await repository.update([aggregate for _, aggregate in group]):
            saved[repository.resource, stored.id] = stored
    for repository, aggregate in changed.values():
        repository.record_events(aggregate, aggregate.version + 1)
    return [saved.get((repository.resource, aggregate.id), aggregate) for repository, aggregate in targets]


async def verify(unit: UnitContext) -> None:
    """Lock and compare what is still to be verified. Raises OptimisticLockErrors."""
    await _lock(unit, {})


async def _lock(unit: UnitContext, changed: Mapping[LoadedVersion, Target]) -> None:
    stale: list[StaleAggregate] = []
    for group in _by_table({**_still_to_verify(unit), **changed}).values():
        repository = group[0][0]
        written = any(_key(target) in changed for target in group)
        lock = repository.LOCK_FOR_NO_KEY_UPDATE if written else repository.LOCK_FOR_SHARE
        stored = await repository.lock_versions(lock, [aggregate.id for _, aggregate in group])
        stale += [
            StaleAggregate(repository.resource, aggregate.id, aggregate.version, stored.get(aggregate.id))
            for _, aggregate in group
            if stored.get(aggregate.id) != aggregate.version
        ]
    if stale:
        raise unit.telemetry.report_conflict(OptimisticLockErrors(stale))
    if not unit.in_savepoint:  # whose end may release the locks
        unit.verified.clear()


def _still_to_verify(unit: UnitContext) -> dict[LoadedVersion, Target]:
    """Without what the unit has saved from that version: this compared it, and every version has an event."""
    if not unit.verified:
        return {}
    saved = {(event.aggregate_type, event.aggregate_id, event.aggregate_version) for event in unit.events}
    return {
        loaded: target
        for loaded, target in unit.verified.items()
        if (loaded.resource, loaded.id, loaded.version + 1) not in saved
    }


def _by_table(targets: Mapping[LoadedVersion, Target]) -> dict[str, list[Target]]:
    """By the name of the table, in its order."""
    groups: defaultdict[str, list[Target]] = defaultdict(list)
    for target in targets.values():
        groups[target[0].UPDATE.path.stem].append(target)
    return dict(sorted(groups.items()))


def _key(target: Target) -> LoadedVersion:
    repository, aggregate = target
    return LoadedVersion(repository.resource, aggregate.id, aggregate.version)


def _refuse_twice(targets: Sequence[Target]) -> None:
    seen: set[tuple[str, UUID]] = set()
    for repository, aggregate in targets:
        key = (repository.resource, aggregate.id)
        if key in seen:
            raise UnitOfWorkError(
                f"{repository.resource} {aggregate.id} is given twice; only one can be saved"
            )
        seen.add(key)
