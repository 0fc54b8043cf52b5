"""Which tables hold rows of tenants, in which order they are emptied, and what stands against that."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import LiteralString

import attrs
import psycopg
from psycopg import sql

from ventros.kernel.errors import ConfigurationError

# Of row security, as far as it holds for who is logged in: whether it may hide rows of the tenant that is set
# from a SELECT, or from a DELETE. A policy that is not known counts as one that does.
_TABLES: LiteralString = """
SELECT c.oid, n.nspname, c.relname, c.relkind IN ('r', 'p') AS erasable,
       pg_get_userbyid(c.relowner) AS owner, pg_has_role(c.relowner, 'USAGE') AS owned,
       a.atttypid IN ('text'::regtype, 'varchar'::regtype) AND coalesce(l.collisdeterministic, true) AS plain,
       row_security_active(c.oid) AND NOT p.may_read AS hides,
       row_security_active(c.oid) AND NOT (p.may_read AND p.may_delete) AS keeps,
       g.guards
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
  LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
 CROSS JOIN LATERAL (
       SELECT coalesce(bool_and(polpermissive OR polcmd IN ('a', 'w'))
                       AND bool_or(known AND polcmd IN ('*', 'r')), false) AS may_read,
              coalesce(bool_or(known AND polcmd IN ('*', 'd')), false) AS may_delete
         FROM (SELECT polpermissive, polcmd, polroles = '{0}' AND pg_get_expr(polqual, polrelid)
                      IN ('true', '(tenant_id = ventros_tenant())') AS known
                 FROM pg_policy WHERE polrelid = c.oid) AS policies
       ) AS p
 CROSS JOIN LATERAL (
       SELECT coalesce(jsonb_object_agg(t.tgname, t.tgenabled), '{}') AS guards
         FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid
        WHERE t.tgrelid = c.oid AND f.proname = 'ventros_history_append_only' AND t.tgenabled IN ('O', 'A')
       ) AS g
 WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
   AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
 ORDER BY n.nspname, c.relname
"""
_REFERENCES: LiteralString = """
SELECT coalesce(pg_partition_root(conrelid)::oid, conrelid), array_agg(a.attname ORDER BY at),
       coalesce(pg_partition_root(confrelid)::oid, confrelid), n.nspname, c.relname
  FROM pg_constraint
  JOIN pg_class AS c ON c.oid = coalesce(pg_partition_root(confrelid)::oid, confrelid)
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL unnest(conkey) WITH ORDINALITY AS k (number, at)
  JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = k.number
 WHERE contype = 'f'
 GROUP BY pg_constraint.oid, n.nspname, c.relname
"""


@attrs.frozen(kw_only=True)
class Table:
    """``hides`` and ``keeps``: row security would have to be suspended, to see its rows or to delete them.

    ``guards`` are triggers that refuse every DELETE, with their state in ``pg_trigger``. What is not
    ``erasable``, a materialized view or a foreign table, is only counted.
    """

    oid: int
    schema: str
    relation: str
    erasable: bool
    plain: bool
    hides: bool
    keeps: bool
    guards: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.relation}"

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.relation)

    @property
    def match(self) -> sql.SQL:
        """By the column itself, and so by its indexes, where that compares as the tenant's text does."""
        compared: LiteralString = "tenant_id" if self.plain else 'tenant_id::text COLLATE "C"'
        return sql.SQL(compared + " = %(tenant)s")


@attrs.frozen(kw_only=True)
class Reference:
    """A foreign key of a tenant's table; ``table`` is what it refers to."""

    child: int
    columns: tuple[str, ...]
    parent: int
    table: str


def read_tables(connection: psycopg.Connection) -> list[Table]:
    """Every table, partitions aside, with a column ``tenant_id``, in any schema, by name.

    Raises ConfigurationError when there is none, or one that the connection's role does not own.
    """
    tables = []
    for oid, schema, relation, erasable, owner, owned, *rest in connection.execute(_TABLES):
        plain, hides, keeps, guards = rest
        table = Table(
            oid=oid,
            schema=schema,
            relation=relation,
            erasable=erasable,
            plain=plain,
            hides=hides,
            keeps=keeps,
            guards=guards,
        )
        if not owned:
            user = connection.info.user
            raise ConfigurationError(
                f"{user} does not own {table.name}, {owner} does: give the DSN of {owner}"
            )
        tables.append(table)
    if not tables:
        raise ConfigurationError("no table of the database has a tenant_id: run ventros migrate first")
    return tables


def read_references(connection: psycopg.Connection) -> list[Reference]:
    """All foreign keys, those of partitions as their table's."""
    return [
        Reference(child=child, columns=tuple(columns), parent=parent, table=f"{schema}.{relation}")
        for child, columns, parent, schema, relation in connection.execute(_REFERENCES)
    ]


def in_order(tables: list[Table], references: list[Reference]) -> list[list[Table]]:
    """Those that refer before those that are referred to. Those of a ring are one group."""
    group = {table.oid: table.oid for table in tables}
    edges = [(one.child, one.parent) for one in references if {one.child, one.parent} <= group.keys()]
    while True:
        sorter = TopologicalSorter[int](dict.fromkeys(group.values(), ()))
        for child, parent in edges:
            if group[child] != group[parent]:
                sorter.add(group[parent], group[child])
        try:
            order = list(sorter.static_order())
        except CycleError as error:
            ring = error.args[1]
            group = {oid: ring[0] if one in ring else one for oid, one in group.items()}
        else:
            return [[table for table in tables if group[table.oid] == one] for one in order]
