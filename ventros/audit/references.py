"""What refers to what, for the question whether anything refers to nothing: ``sql/ops/references.sql``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ventros.audit.library import Library
from ventros.audit.tables import ForeignKey, Table

_BROKEN = "{given} AND NOT EXISTS (SELECT FROM {parent} AS parent WHERE {same})"
_UPDATE = "UPDATE {child} AS child SET {setting} WHERE {broken};"
_DELETE = "DELETE FROM {child} AS child WHERE {broken};"
_ANNOUNCED = (
    "WITH mended AS ({change} RETURNING tenant_id, id, version) INSERT INTO outbox_events (tenant_id, "
    "event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version, "
    "sequence, payload) SELECT tenant_id, gen_random_uuid(), '{resource}.{verb}', 'v1', now(), "
    "'{resource}', id, {version}, 1, jsonb_build_object('{resource}_id', id) FROM mended;"
)
_STUB = (
    "INSERT INTO {parent} ({columns}) SELECT DISTINCT {values} FROM {child} AS child WHERE {broken}; "
    "-- or restore it from a backup"
)
_FREE = (
    "UPDATE {other} AS one SET {setting} WHERE EXISTS "
    "(SELECT FROM {child} AS child WHERE {same} AND {broken}); "
)
_RESTORE = " -- or restore the row of {parent} from a backup, which keeps them"
_REFUSED = "; the server refuses it as long as rows of {others} refer to them"
_TOGETHER = "mend {others} as well, which compares {column}"


def references(library: Library) -> list[dict[str, str]]:
    """Each foreign key of the tables of ``library``, who refers to others before those: so they are mended.

    ``broken`` is the condition of a row, called child, whose key leads nowhere, ``mend`` the statement that
    mends all of them, both fit for an SQL literal as ``broken_text`` and ``mend``; ``id`` and ``parent_id``
    are the columns that tell which row is meant.
    """
    resources = {
        repository.TABLE.qualified_name: repository.resource
        for repository in library.application.repositories()
    }
    found = [
        (child, key)
        for child in sorted(library.tables.values(), key=lambda one: (-_depth(one, library.tables), one.name))
        for key in sorted(child.foreign_keys, key=lambda one: one.name)
    ]
    return [
        {
            "place": str(place),
            "child": child.name,
            "name": key.name,
            "parent": key.parent,
            "broken": _broken(key),
            "broken_text": _broken(key).replace("'", "''"),
            "id": _telling(key)[0],
            "parent_id": _telling(key)[1],
            "mend": _mend(child, key, library.tables, resources).replace("'", "''"),
        }
        for place, (child, key) in enumerate(found, 1)
    ]


def _telling(key: ForeignKey) -> tuple[str, str]:
    """The columns that tell best which row is meant: its id, or what comes last."""
    return next((pair for pair in key.pairs if pair[1] == "id"), key.pairs[-1])


def _broken(key: ForeignKey) -> str:
    given = [f"child.{own} IS NOT NULL" for own, _ in key.pairs if own != "tenant_id"]
    same = [f"parent.{other} = child.{own}" for own, other in key.pairs]
    return _BROKEN.format(given=" AND ".join(given), parent=key.parent, same=" AND ".join(same))


def _depth(table: Table, tables: Mapping[str, Table], within: tuple[str, ...] = ()) -> int:
    """How long the longest way from one table to the next is, without going round in a circle."""
    around = (*within, table.name)
    parents = {key.parent for key in table.foreign_keys} & tables.keys() - {*around}
    return max((1 + _depth(tables[parent], tables, around) for parent in parents), default=0)


def _mend(child: Table, key: ForeignKey, tables: Mapping[str, Table], resources: Mapping[str, str]) -> str:
    """What mends the broken rows, and a comment on what goes with it."""
    mend = _alone(child, key, tables, resources)
    together = "; ".join(_together(child, key, tables))
    return mend + ("; " if "--" in mend else " -- ") + together if together else mend


def _together(child: Table, key: ForeignKey, tables: Mapping[str, Table]) -> Iterator[str]:
    """The other keys that a column of this one is compared by, and that are broken with it."""
    for own, _ in key.pairs:
        if own == "tenant_id":
            continue
        others = [
            f"{child.name}.{one.name}" for one in child.foreign_keys if one != key and own in dict(one.pairs)
        ]
        others += [
            f"{table.name}.{one.name}"
            for table in tables.values()
            for one in table.foreign_keys
            if one.parent == child.name and own in dict(one.pairs).values()
        ]
        if others:
            yield _TOGETHER.format(others=" and ".join(sorted(others)), column=f"{child.name}.{own}")


def _alone(child: Table, key: ForeignKey, tables: Mapping[str, Table], resources: Mapping[str, str]) -> str:
    """The reference is dropped where there need be none; else what it is made by, or the row, is."""
    parent = tables.get(key.parent)
    if setting := _dropped(child, key):
        if "updated_at" in child.columns:
            setting += ", updated_at = now()"
        return _changed(child, key, resources, setting)
    if parent and not parent.of_tenant and not parent.versioned and (stub := _stub(child, key, parent)):
        return stub
    freed = "".join(_freed(child, key, tables))
    refused = ", ".join(sorted(_in_the_way(child, tables)))
    return (
        freed
        + _changed(child, key, resources, "")
        + _RESTORE.format(parent=key.parent)
        + (_REFUSED.format(others=refused) if refused else "")
    )


def _dropped(table: Table, key: ForeignKey) -> str:
    """What sets the key's columns to NULL; empty if they have to have a value."""
    free = [own for own, _ in key.pairs if "NOT NULL" not in table.definitions[own]]
    return "" if table.checked & {*free} else ", ".join(f"{own} = NULL" for own in free)


def _changed(child: Table, key: ForeignKey, resources: Mapping[str, str], setting: str) -> str:
    """What sets, or without ``setting`` removes, the broken rows; of aggregates with version and event."""
    resource = resources.get(child.name) if child.versioned and child.of_tenant else None
    if resource and setting:
        setting += ", version = version + 1"
    text = _UPDATE if setting else _DELETE
    change = text.format(child=child.name, setting=setting, broken=_broken(key))
    if not resource:
        return change
    verb, version = ("touched", "version") if setting else ("removed", "version + 1")
    return _ANNOUNCED.format(change=change.removesuffix(";"), resource=resource, verb=verb, version=version)


def _stub(child: Table, key: ForeignKey, parent: Table) -> str:
    """What makes the row that is referred to anew, if it takes nothing but texts; else empty."""
    (own, other), *more = key.pairs
    required = {
        name: definition
        for name, definition in parent.definitions.items()
        if "NOT NULL" in definition and "DEFAULT" not in definition and name != other
    }
    if more or any(not re.match(r"(text|citext)\b", definition) for definition in required.values()):
        return ""
    return _STUB.format(
        parent=parent.name,
        columns=", ".join([other, *required]),
        values=", ".join([f"child.{own}", *(f"'unknown-' || child.{own}" for _ in required)]),
        child=child.name,
        broken=_broken(key),
    )


def _in_the_way(child: Table, tables: Mapping[str, Table]) -> set[str]:
    """The tables whose rows keep one of ``child`` from being deleted."""
    return {
        other.name
        for other in tables.values()
        for way in other.foreign_keys
        if way.parent == child.name and not way.cascades and not _is_freed(other, way)
    }


def _is_freed(other: Table, way: ForeignKey) -> bool:
    return not other.versioned and bool(_dropped(other, way))


def _freed(child: Table, key: ForeignKey, tables: Mapping[str, Table]) -> Iterator[str]:
    """What lets the broken rows be deleted: others that need not refer to them do so no more."""
    for other in tables.values():
        for way in other.foreign_keys:
            if way.parent == child.name and _is_freed(other, way):
                setting = _dropped(other, way)
                same = " AND ".join(f"child.{there} = one.{here}" for here, there in way.pairs)
                broken = _broken(key)
                yield _FREE.format(
                    other=other.name, setting=setting, child=child.name, same=same, broken=broken
                )
