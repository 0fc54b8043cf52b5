"""The tables as they are on the server that is audited, with what refers to what."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, LiteralString

import attrs
import psycopg

_TABLES: LiteralString = """
SELECT oid, concat(nullif(relnamespace::regnamespace::text, 'public') || '.', relname),
       coalesce(obj_description(oid, 'pg_class'), ''), relrowsecurity AND relforcerowsecurity,
       reltuples::bigint, pg_size_pretty(pg_total_relation_size(oid))
  FROM pg_class
 WHERE relkind IN ('r', 'p')
   AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)')
 ORDER BY 2
"""
_COLUMNS: LiteralString = """
SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       coalesce(pg_get_expr(d.adbin, d.adrelid), ''), coalesce(col_description(c.oid, a.attnum), '')
  FROM pg_class AS c
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p')
   AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)')
 ORDER BY a.attnum
"""
_REFERENCES: LiteralString = """
SELECT c.oid, k.conname, t.oid, k.confdeltype = 'c',
       pg_get_constraintdef(k.oid)
  FROM pg_constraint AS k
  JOIN pg_class AS c ON c.oid = k.conrelid
  JOIN pg_class AS t ON t.oid = k.confrelid
 WHERE k.contype = 'f'
 ORDER BY k.conname
"""
_CONSTRAINTS: LiteralString = """
SELECT c.oid, k.conname, pg_get_constraintdef(k.oid)
  FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
 WHERE k.contype IN ('c', 'x')
 UNION ALL
SELECT c.oid, policyname, concat('POLICY FOR ', cmd, ' USING ' || qual, ' WITH CHECK ' || with_check)
  FROM pg_policies
  JOIN pg_class AS c ON c.relname = tablename AND c.relnamespace::regnamespace::text = quote_ident(schemaname)
 UNION ALL
SELECT c.oid, g.tgname, pg_get_triggerdef(g.oid)
  FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid
 WHERE NOT g.tgisinternal
 ORDER BY 1, 2
"""
_INDEXES: LiteralString = """
SELECT c.oid, i.relname, pg_get_indexdef(x.indexrelid), coalesce(k.contype, '') = 'p',
       x.indisvalid, coalesce(s.idx_scan, 0), pg_size_pretty(pg_relation_size(x.indexrelid))
  FROM pg_index AS x
  JOIN pg_class AS c ON c.oid = x.indrelid
  JOIN pg_class AS i ON i.oid = x.indexrelid
  LEFT JOIN pg_constraint AS k ON k.conindid = x.indexrelid AND k.contype = 'p'
  LEFT JOIN pg_stat_user_indexes AS s ON s.indexrelid = x.indexrelid
 WHERE c.relkind IN ('r', 'p')
 ORDER BY NOT x.indisprimary, i.relname
"""


@attrs.frozen
class Column:
    name: str
    type: str
    required: bool
    default: str
    comment: str


@attrs.frozen
class Reference:
    """A foreign key to ``target``; ``owned``: who deletes the row there deletes this one too."""

    name: str
    target: str
    owned: bool
    text: str


@attrs.frozen
class Constraint:
    """A CHECK, a policy or a trigger."""

    name: str
    text: str


@attrs.frozen
class Index:
    """``scans`` since the server's statistics were last reset."""

    name: str
    text: str
    primary: bool
    valid: bool
    scans: int
    size: str


@attrs.frozen
class Table:
    """``rows`` as the planner believes, below zero when it was never told; ``size`` with indexes, to read."""

    name: str
    comment: str
    guarded: bool
    rows: int
    size: str
    columns: list[Column]
    references: list[Reference]
    constraints: list[Constraint]
    indexes: list[Index]

    @property
    def versioned(self) -> bool:
        return any(column.name == "version" for column in self.columns)

    @property
    def parent(self) -> str:
        """The aggregate of which a side table is a part; "" for what stands alone.

        Of several that own its rows, the one that the table is called after.
        """
        if self.versioned:
            return ""
        owners = [
            reference.target
            for reference in self.references
            if reference.owned and reference.target != self.name
        ]
        by_likeness = [(len(os.path.commonprefix([owner, self.name])), owner) for owner in owners]  # noqa: RUF071 - names
        return max(by_likeness, default=(0, ""))[1]


def tables(connection: psycopg.Connection) -> list[Table]:
    """Those of all schemas but the server's own, by name. Raises psycopg.Error."""
    found = connection.execute(_TABLES).fetchall()
    names = {oid: name for oid, name, *_ in found}

    def target(name: str, referred: int, owned: bool, text: str) -> Reference:
        return Reference(name, names[referred], owned, text)

    kinds = ((_COLUMNS, Column), (_REFERENCES, target), (_CONSTRAINTS, Constraint), (_INDEXES, Index))
    details = [_by_table(connection, text, make) for text, make in kinds]
    return [Table(name, *row, *(rows.get(oid, []) for rows in details)) for oid, name, *row in found]


def _by_table(
    connection: psycopg.Connection, text: LiteralString, make: Callable[..., Any]
) -> dict[int, list[Any]]:
    by_table: dict[int, list[Any]] = {}
    for table, *fields in connection.execute(text).fetchall():
        by_table.setdefault(table, []).append(make(*fields))
    return by_table
