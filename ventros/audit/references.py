"""What refers to what, for the question whether anything refers to nothing: ``sql/ops/references.sql``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ventros.audit.library import Library
from ventros.audit.tables import ForeignKey, Table


def references(library: Library) -> list[dict[str, str]]:
    """Each foreign key of the tables of ``library``, who refers to others before those: so they are mended.

    ``broken`` is the condition of a row, called child, whose key leads nowhere, ``mend`` the statement that
    mends all of them, as an SQL literal; ``id`` and ``parent_id`` are the columns that tell which row is meant.
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
            "id": key.pairs[-1][0],
            "parent_id": key.pairs[-1][1],
            "mend": _mend(child, key, library.tables, resources).replace("'", "''"),
        }
        for place, (child, key) in enumerate(found, 1)
    ]


def _broken(key: ForeignKey) -> str:
    given = " AND ".join(f"child.{own} IS NOT NULL" for own, _ in key.pairs if own != "tenant_id")
    same = " AND ".join(f"parent.{other} = child.{own}" for own, other in key.pairs)
    return f"{given} AND NOT EXISTS (SELECT FROM {key.parent} AS parent WHERE {same})"


def _depth(table: Table, tables: Mapping[str, Table], within: tuple[str, ...] = ()) -> int:
    """How long the longest way from one table to the next is, without going round in a circle."""
    parents = {key.parent for key in table.foreign_keys} - {*within, table.name}
    return max(
        (1 + _depth(tables[parent], tables, (*within, table.name)) for parent in parents if parent in tables),
        default=0,
    )


def _mend(child: Table, key: ForeignKey, tables: Mapping[str, Table], resources: Mapping[str, str]) -> str:
    """The reference is dropped where there need be none; else what it is made by, or the row, is."""
    parent = tables.get(key.parent)
    own = [column for column, _ in key.pairs if "NOT NULL" not in child.definitions[column]]
    if own and not child.checked & {*own}:
        return _changed(child, key, resources, f"{', '.join(f'{column} = NULL' for column in own)}")
    if parent and not parent.of_tenant and not parent.versioned and (stub := _stub(child, key, parent)):
        return stub
    return "".join([*_freed(child, key, tables), _changed(child, key, resources, None)]) + (
        f" -- or restore the row of {key.parent} from a backup, which keeps them"
    )


def _changed(child: Table, key: ForeignKey, resources: Mapping[str, str], setting: str | None) -> str:
    """What sets, or without ``setting`` removes, the broken rows; an aggregate's version and event with it."""
    if setting and "updated_at" in child.columns:
        setting += ", updated_at = now()"
    where = f"WHERE {_broken(key)}"
    resource = resources.get(child.name)
    if not (resource and child.versioned and child.of_tenant):
        return (
            f"UPDATE {child.name} AS child SET {setting} {where};"
            if setting
            else f"DELETE FROM {child.name} AS child {where};"
        )
    change = (
        f"UPDATE {child.name} AS child SET {setting}, version = version + 1 {where}"
        if setting
        else f"DELETE FROM {child.name} AS child {where}"
    )
    verb, version = ("touched", "version") if setting else ("removed", "version + 1")
    return (
        f"WITH mended AS ({change} RETURNING tenant_id, id, version) INSERT INTO outbox_events (tenant_id, "
        "event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version, "
        f"sequence, payload) SELECT tenant_id, gen_random_uuid(), '{resource}.{verb}', 'v1', now(), "
        f"'{resource}', id, {version}, 1, jsonb_build_object('{resource}_id', id) FROM mended;"
    )


def _stub(child: Table, key: ForeignKey, parent: Table) -> str | None:
    """What makes the row that is referred to anew, if it takes nothing but texts."""
    ((own, other),) = key.pairs if len(key.pairs) == 1 else ((None, None),)
    required = {
        name: definition
        for name, definition in parent.definitions.items()
        if "NOT NULL" in definition and "DEFAULT" not in definition and name != other
    }
    if own is None or any(not re.match(r"(text|citext)\b", definition) for definition in required.values()):
        return None
    values = "".join(f", 'unknown-' || child.{own}" for _ in required)
    return (
        f"INSERT INTO {parent.name} ({', '.join([str(other), *required])}) SELECT DISTINCT child.{own}{values} "
        f"FROM {child.name} AS child WHERE {_broken(key)}; -- or restore it from a backup"
    )


def _freed(child: Table, key: ForeignKey, tables: Mapping[str, Table]) -> Iterator[str]:
    """What lets the broken rows be deleted: others that need not refer to them do so no more."""
    for other in tables.values():
        for way in other.foreign_keys:
            own = [column for column, _ in way.pairs if "NOT NULL" not in other.definitions[column]]
            if way.parent == child.name and own and not other.versioned and not other.checked & {*own}:
                same = " AND ".join(f"child.{there} = one.{here}" for here, there in way.pairs)
                yield (
                    f"UPDATE {other.name} AS one SET {', '.join(f'{column} = NULL' for column in own)} WHERE EXISTS "
                    f"(SELECT FROM {child.name} AS child WHERE {same} AND {_broken(key)}); "
                )
