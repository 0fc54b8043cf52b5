"""All that is stored of a tenant, in a form in which two tenants can be compared that did the same."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from typing import Any, Final

import psycopg
from psycopg import sql

from tests.support.constants import VERSIONED
from tests.support.use_cases import World

_TABLES = """
SELECT table_name, min(column_name) FROM information_schema.columns
 WHERE table_schema = 'public' AND column_name IN ('tenant_id', 'user_id')
   AND table_name NOT IN ('outbox_queues', 'outbox_deliveries', 'commit_markers')
   AND (column_name = 'tenant_id' OR table_name IN ('billing_accounts', 'users'))
 GROUP BY 1 ORDER BY 1
"""
_WRITTEN_BY_THE_SERVER: Final = {
    "outbox_events": {"position", "transaction_id"},
    "processed_events": {"processed_at"},
}
_MARKS: Final = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"20\d\d-(?!0[1-3]-)\d\d-\d\d[T ][0-9:.]+(\+00:00|Z)?"), "<now>"),
    (re.compile(r"\bv1\.\w+\.[A-Za-z0-9+/]{16}\.[A-Za-z0-9+/]+={0,2}"), "<encrypted>"),
    (re.compile(r"\\\\x[0-9a-f]{16,}|\b[A-Za-z0-9_-]{40,}\b"), "<token>"),
)

State = Counter[str]
"""Rows as text, with the table in front."""


def state_of(superuser: psycopg.Connection, world: World) -> State:
    """Every row of the world's tenant, and of its owner, but for what differs between any two worlds.

    The outbox is part of it, and the inbox; the rows of a counter are added up.
    """
    rows: State = Counter()
    user = str(world.user or world.seed.user_id)
    stored: dict[str, list[dict[str, Any]]] = {}
    owners = {"owners": [world.tenant, f"user:{user}"], "user": [user]}
    for table, row in superuser.execute(_all_rows(superuser), owners, prepare=True):
        stored.setdefault(table, []).append(row)
    for table, found in stored.items():
        for row in _added_up(found) if "slot" in found[0] else found:
            for column in _WRITTEN_BY_THE_SERVER.get(table, ()):
                row.pop(column, None)
            rows[f"{table} {_normal(json.dumps(row, sort_keys=True), world)}"] += 1
    return rows


@functools.lru_cache(maxsize=1)
def _all_rows(superuser: psycopg.Connection) -> sql.Composed:
    """One statement for the rows of every table."""
    row = "SELECT {table}, to_jsonb(t) FROM {name} AS t WHERE {owner}::text = ANY ({owners})"
    return sql.SQL(" UNION ALL ").join(
        sql.SQL(row).format(
            table=table,
            name=sql.Identifier(table),
            owner=sql.Identifier(owner),
            owners=sql.Placeholder("owners" if owner == "tenant_id" else "user"),
        )
        for table, owner in superuser.execute(_TABLES).fetchall()
    )


def _normal(text: str, world: World) -> str:
    for name, mark in ((world.tenant, "<tenant>"), (str(world.number), "<number>")):
        text = text.replace(name, mark)
    for pattern, mark in _MARKS:
        text = pattern.sub(mark, text)
    return text


def _added_up(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[str, dict[str, Any]] = {}
    for row in rows:
        row.pop("slot")
        key = next(
            str(value) for name, value in sorted(row.items()) if name.endswith("_id") and name != "tenant_id"
        )
        total = sums.setdefault(key, {})
        for name, value in row.items():
            if isinstance(value, int):
                total[name] = total.get(name, 0) + value
            elif value is not None:
                total[name] = max(value, total.get(name, value))
    return list(sums.values())


def without_event(superuser: psycopg.Connection, world: World) -> list[str]:
    """Of which aggregate the outbox does not hold each version's events, from 1 to the one that is stored."""
    keys = {"user": world.user or world.seed.user_id, "tenant": world.tenant}
    return [str(row) for row in superuser.execute(_EVERY_VERSION, keys, prepare=True)]


_VERSIONS: Final = """
SELECT {table}, t.id, t.version, array_agg(e.aggregate_version ORDER BY e.aggregate_version)
  FROM {name} AS t LEFT JOIN outbox_events AS e ON e.aggregate_id = t.id AND e.last_of_version
                                    AND e.aggregate_version IS NOT NULL
 WHERE t.{owner} = {key}
 GROUP BY t.id, t.version
HAVING array_agg(e.aggregate_version ORDER BY e.aggregate_version)
    IS DISTINCT FROM (SELECT array_agg(v) FROM generate_series(1, t.version) AS v)
"""
_EVERY_VERSION: Final = sql.SQL(" UNION ALL ").join(
    sql.SQL(_VERSIONS).format(
        table=table,
        name=sql.Identifier(table),
        owner=sql.Identifier("user_id" if table == "billing_accounts" else "tenant_id"),
        key=sql.Placeholder("user" if table == "billing_accounts" else "tenant"),
    )
    for table in sorted(VERSIONED)
)
