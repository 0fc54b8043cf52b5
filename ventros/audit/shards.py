"""Shows which statements a router such as Citus could send to one shard: the tables split up by tenant.

Each table is made again, empty, as eight partitions by hash of tenant_id, with its indexes; a statement is
planned on these, and counted is what is left of each table in its plan. The copies have no row-level policy,
which would leave partitions out by itself: so it is the statement's own predicate that does it, and that is
all that a router sees.

EXPLAIN tells the truth here for both kinds of plan. A custom plan leaves partitions out when it is planned, a
generic one when it is started, from the arguments that it is given; EXPLAIN starts it. What is left is the
most that an execution may read; that a generic plan still locks every partition, pg_locks shows. That the
tables are empty does not matter: leaving out follows from the predicate, not from costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import attrs
import psycopg
from psycopg import sql

from ventros import administration
from ventros.audit.library import Library
from ventros.audit.lint import owners
from ventros.audit.plans import Tree, relation, trees
from ventros.kernel.errors import DatabaseError
from ventros.kernel.statements import Statement

SCHEMA = "ventros_shards"
PARTITIONS = 8

# A unique key can only be kept on each shard by itself when it has the tenant in it.
_TABLES: LiteralString = """
SELECT c.oid::regclass::text, n.nspname, c.relname,
       EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'),
       (SELECT min(pg_get_indexdef(i.indexrelid))
          FROM pg_index AS i
         WHERE i.indrelid = c.oid AND i.indisunique
           AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid
                              AND a.attnum = ANY (i.indkey) AND a.attname = 'tenant_id'))
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname = ANY (%s) AND c.relname <> 'ventros_migrations'
 ORDER BY 1
"""
_FOREIGN_KEYS: LiteralString = """
SELECT conrelid::regclass::text, confrelid::regclass::text, pg_get_constraintdef(f.oid),
       EXISTS (SELECT FROM unnest(conkey, confkey) AS key (child, parent)
                 JOIN pg_attribute AS c ON c.attrelid = conrelid AND c.attnum = child
                 JOIN pg_attribute AS p ON p.attrelid = confrelid AND p.attnum = parent
                WHERE c.attname = 'tenant_id' AND p.attname = 'tenant_id')
  FROM pg_constraint AS f
 WHERE contype = 'f' AND connamespace::regnamespace::text = ANY (%s)
 ORDER BY 1, 3
"""
_TABLE: LiteralString = """
ALTER TABLE {original} SET SCHEMA {aside};
CREATE TABLE {original} (LIKE {moved} INCLUDING DEFAULTS INCLUDING INDEXES) PARTITION BY HASH (tenant_id)
"""
_PARTITION: LiteralString = """
CREATE TABLE {partition} PARTITION OF {original} FOR VALUES WITH (MODULUS {modulus}, REMAINDER {remainder})
"""


@attrs.frozen
class Shards:
    """``partitions`` names each one's table; ``unsplit`` says of the other tables why they cannot be split.

    ``crossing_keys`` are the foreign keys to a table that is split which do not stay within a shard: from one
    that is not split, or not by the tenant.
    """

    library: Library
    partitions: dict[str, str]
    unsplit: dict[str, str]
    crossing_keys: tuple[str, ...]

    def partitions_touched(
        self, connection: psycopg.Connection, statement: Statement
    ) -> dict[str, int | None]:
        """By table, how many partitions the plan reads or writes, the most of both; None: it is not split.

        Within :func:`split`. Where an INSERT puts its row is in no plan but follows from the row's tenant_id,
        so that is read off the statement. Raises DatabaseError.
        """
        counts: dict[str, int] = {}
        for tree in trees(connection, statement, as_its_role=False).values():
            partitions_read: dict[str, set[str]] = {}
            for name in _scanned_tables(tree):
                partitions_read.setdefault(self.partitions.get(name, name), set()).add(name)
            for table, names in partitions_read.items():
                counts[table] = max(counts.get(table, 0), len(names))
        reading = self.library.read(statement)
        bound = reading.bound("tenant_id", owners(statement))
        for write in reading.writes:
            if write.kind == "INSERT":
                count = 1 if write.target in bound else PARTITIONS
                counts[write.target.table] = max(counts.get(write.target.table, 0), count)
        return {table: None if table in self.unsplit else count for table, count in counts.items()}


@contextmanager
def split(connection: psycopg.Connection, library: Library) -> Iterator[Shards]:
    """Inside, the statements find the split tables in place of the originals; afterwards nothing is left.

    Within :func:`ventros.audit.plans.planning`, by the owner of the tables, which nobody else can use
    meanwhile. Raises DatabaseError.
    """
    schemas = sorted({application.statements.schema for application in library.application.stack()})
    keys = connection.execute(_FOREIGN_KEYS, [schemas]).fetchall()
    tables = connection.execute(_TABLES, [schemas]).fetchall()
    unsplit = {
        table: f"its key is without the tenant: {key}" if of_tenant else "it has no tenant_id"
        for table, _, _, of_tenant, key in tables
        if key or not of_tenant
    }
    places = {table: (schema, name) for table, schema, name, _, _ in tables if table not in unsplit}
    crossing_keys = [
        f"{table}: {text}"
        for table, parent, text, by_tenant in keys
        if parent in places and (table in unsplit or not by_tenant)
    ]
    with connection.transaction(force_rollback=True):
        try:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
            partitions = {
                part: table
                for ordinal, (table, place) in enumerate(places.items())
                for part in _make_partitions(connection, ordinal, *place)
            }
        except psycopg.Error as error:
            raise DatabaseError(
                f"the tables cannot be split: {administration.message(error)}", sqlstate=error.sqlstate
            ) from error
        yield Shards(library, partitions, unsplit, tuple(crossing_keys))


def _make_partitions(connection: psycopg.Connection, ordinal: int, schema: str, name: str) -> list[str]:
    """Put ``schema.name`` aside, and a split one in its place, whose parts are called by ``ordinal``."""
    original, aside = sql.Identifier(schema, name), sql.Identifier(f"{SCHEMA}_{schema}")
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(aside))
    moved = sql.Identifier(f"{SCHEMA}_{schema}", name)
    connection.execute(sql.SQL(_TABLE).format(original=original, aside=aside, moved=moved))
    names = [f"table_{ordinal}_{number}" for number in range(PARTITIONS)]
    for number, part in enumerate(names):
        values = {"modulus": sql.Literal(PARTITIONS), "remainder": sql.Literal(number)}
        partition = sql.Identifier(SCHEMA, part)
        connection.execute(sql.SQL(_PARTITION).format(partition=partition, original=original, **values))
    return [f"{SCHEMA}.{part}" for part in names]


def _scanned_tables(node: Tree) -> Iterator[str]:
    if "Relation Name" in node and node["Node Type"] != "ModifyTable":
        yield relation(node)
    for child in node.get("Plans", ()):
        yield from _scanned_tables(child)
