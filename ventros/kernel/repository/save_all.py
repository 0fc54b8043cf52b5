"""Several aggregates at once: all locked in one order, all compared, and only then is any of them written.

The order is that of (schema, table, id), whoever locks what: two units of work that take the same rows never
wait for each other in a circle. One statement locks all rows of a table, those to be saved and those that are
only verified, so when there is one to be saved all take its lock: two statements would visit the table twice,
each time from the lowest id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ventros.kernel.connection.call import Call
from ventros.kernel.errors import OptimisticLockErrors, StaleAggregate, UnitOfWorkError
from ventros.kernel.repository.context import Key, UnitContext
from ventros.kernel.repository.versioned import Repository

Target = tuple[Repository[Any], Any]
"""An aggregate, after its repository."""


async def save_all(unit: UnitContext, targets: Sequence[Target]) -> list[Any]:
    """Each as its repository's ``save`` would return it, in the order given; their events in that order too.

    One round trip to lock and compare, what the unit is to verify included, and one or two a table to write.
    Raises OptimisticLockErrors, with all that are stale, before anything is written; the locks stay until the
    transaction ends.
    """
    changed = _changed(targets)
    if changed:
        await _lock(unit, changed)
    saved = {}
    for group in _by_table(changed).values():
        repository = group[0][0]
        for stored in await repository.write_changes([aggregate for _, aggregate in group]):
            saved[repository.resource, stored.id] = stored
    for repository, aggregate in changed.values():
        repository.record_events(aggregate, aggregate.version + 1)
    return [saved.get((repository.resource, aggregate.id), aggregate) for repository, aggregate in targets]


async def prepare(unit: UnitContext, targets: Sequence[Target]) -> tuple[list[Any], list[Call]]:
    """Each as it will be stored, and what is left to send with COMMIT to have it so.

    That are the updates, in the order of their locks, then the inserts as they were given; each fails by
    itself when it cannot be done. Where one has more to it, or something is to be verified, all are
    written now instead.
    """
    new = [target for target in targets if target[0].is_new(target[1])]
    changed = _changed([target for target in targets if target not in new] if new else targets)
    updates = {key: repository.update_or_fail(aggregate) for key, (repository, aggregate) in changed.items()}
    inserts = [repository.insert_or_fail(entity) for repository, entity in new]
    if unit.verified or None in updates.values() or None in inserts:
        return await _write_now(unit, targets, new), []
    keys = sorted(updates, key=lambda key: (changed[key][0].TABLE.path, key))
    calls = [call for key in keys for call in updates[key] or ()]
    calls += [call for insert in inserts for call in insert or ()]
    return [_as_stored(repository, entity) for repository, entity in targets], calls


def _as_stored(repository: Any, entity: Any) -> Any:
    if repository.is_new(entity):
        return repository.added(entity)
    return repository.saved(entity) if entity.domain_events else entity


async def _write_now(unit: UnitContext, targets: Sequence[Target], new: Sequence[Target]) -> list[Any]:
    others = [target for target in targets if target not in new]
    stored = dict(zip(map(_key, others), await save_all(unit, others), strict=True))
    for repository, entity in new:
        stored[_key((repository, entity))] = await repository.add(entity)
    await verify(unit)
    return [stored[_key(target)] for target in targets]


def _changed(targets: Sequence[Target]) -> dict[Key, Target]:
    """Those with something to save. Raises as ``save`` does for what must not be written."""
    by_key = _by_key(targets)
    for repository, aggregate in targets:
        repository.require_writable(aggregate)
        if not aggregate.domain_events:
            repository.require_change_told(aggregate)
            del by_key[_key((repository, aggregate))]
    return by_key


async def add_all(unit: UnitContext, targets: Sequence[Target]) -> list[Any]:
    """Each as its repository's ``add`` would return it, in one round trip; none is sent if one is not new."""
    for repository, aggregate in targets:
        repository.require_new(aggregate)
    insertions = [repository.insertion(aggregate) for repository, aggregate in targets]
    await unit.connection.together([call for calls in insertions for call in calls])
    return [
        repository.inserted(aggregate, calls[0].result)
        for (repository, aggregate), calls in zip(targets, insertions, strict=True)
    ]


async def remove_all(unit: UnitContext, targets: Sequence[Target]) -> None:
    """Remove each as its repository's ``remove`` would, none of them when one is stale.

    One round trip a table to lock and compare, one to delete each. Raises as :func:`save_all` does.
    """
    by_key = _by_key(targets)
    for repository, aggregate in targets:
        repository.require_writable(aggregate)
    if by_key:
        await _lock(unit, by_key, removing=True)
    for repository, aggregate in targets:
        await repository.remove(aggregate)


async def verify(unit: UnitContext) -> None:
    """Lock and compare what is still to be verified. Raises OptimisticLockErrors."""
    await _lock(unit, {})


async def _lock(unit: UnitContext, written: Mapping[Key, Target], *, removing: bool = False) -> None:
    stale: list[StaleAggregate] = []
    groups = list(_by_table({**_still_to_verify(unit), **written}).values())
    locks = []
    for group in groups:
        repository = group[0][0]
        lock = repository.LOCK_FOR_SHARE
        if any(_key(target) in written for target in group):
            lock = repository.LOCK_FOR_UPDATE if removing else repository.LOCK_FOR_NO_KEY_UPDATE
        locks.append(repository.locking(lock, [aggregate.id for _, aggregate in group]))
    for group, rows in zip(groups, await unit.connection.together(locks), strict=True):
        stored = {row["id"]: row["version"] for row in rows}
        stale += [
            StaleAggregate(repository.resource, aggregate.id, aggregate.version, stored.get(aggregate.id))
            for repository, aggregate in group
            if stored.get(aggregate.id) != aggregate.version
        ]
    if stale:
        raise unit.telemetry.report_conflict(OptimisticLockErrors(stale))
    if unit.scope.parent is None:  # the end of a savepoint may release the locks
        unit.verified.clear()


def _still_to_verify(unit: UnitContext) -> dict[Key, Target]:
    """Without what the unit has saved since: this compared it, and every version has an event."""
    if not unit.verified:
        return {}
    saved: defaultdict[Key, int] = defaultdict(int)
    for event in unit.events:
        key = (event.aggregate_type, event.aggregate_id)
        saved[key] = max(saved[key], event.aggregate_version or 0)
    return {key: target for key, target in unit.verified.items() if saved[key] <= target[1].version}


def _by_table(targets: Mapping[Key, Target]) -> dict[tuple[str, str], list[Target]]:
    """By schema and name of the table, in their order."""
    groups: defaultdict[tuple[str, str], list[Target]] = defaultdict(list)
    for target in targets.values():
        groups[target[0].TABLE.path].append(target)
    return dict(sorted(groups.items()))


def _key(target: Target) -> Key:
    return (target[0].resource, target[1].id)


def _by_key(targets: Sequence[Target]) -> dict[Key, Target]:
    """Raises UnitOfWorkError when one aggregate is given twice."""
    by_key: dict[Key, Target] = {}
    for target in targets:
        key = _key(target)
        if key in by_key:
            raise UnitOfWorkError(f"{key[0]} {key[1]} is given twice; only one can be written")
        by_key[key] = target
    return by_key
