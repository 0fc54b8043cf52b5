"""Reads off a plan how it reaches the rows of each table: by which index, how far in, and how many."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
import psycopg

from ventros.audit.plans import Tree, relation
from ventros.kernel.errors import ConfigurationError

ROWS = {
    "new": "a row is inserted, and none is looked for",
    "one": "at most one: all columns of a unique key are compared by =",
    "some": "those that agree in a column after the tenant, or in the first where the table has no tenant",
    "page": "the tenant's, in the order of the index, until as many are found as were asked for",
    "tenant": "all of the tenant's, from any index that begins with it, or those that a partial one has",
    "all": "of all tenants, whatever index it is",
}
"""How many rows one probe of an index may read, from the least to the most."""

_INDEXES = """
SELECT own.relname, i.indrelid::regclass::text, i.indisunique,
       coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
       array(SELECT pg_get_indexdef(i.indexrelid, k, false) FROM generate_series(1, i.indnkeyatts) AS k)
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indrelid
  JOIN pg_class AS own ON own.oid = i.indexrelid
 WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)')
"""
_SIZES = """
SELECT c.oid::regclass::text, c.reltuples,
       EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
  FROM pg_class AS c
 WHERE c.relkind = 'r'
   AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)')
"""
# Rows that are deleted are few, so that it is all the same whether an index holds them.
_LIVE = "(deleted_at IS NULL)"
# What stands between a page and its rows so that all must be read before the first is given.
_BLOCKING = {"Sort", "Aggregate", "WindowAgg", "SetOp", "Hash", "Bitmap Heap Scan"}


@attrs.frozen(order=True)
class Access:
    """``columns`` are the first of the index, as far as they are compared.

    ``index`` is empty for a whole table, for a row that is only inserted, and for a tenant's rows where any
    index would do. ``filtered``: all the tenant's rows are read to keep some.
    """

    table: str
    rows: str
    index: str = ""
    columns: tuple[str, ...] = ()
    filtered: bool = False


@attrs.frozen
class Index:
    """What has to be known of an index to judge a condition on it; ``predicate`` is a partial one's."""

    table: str
    unique: bool
    predicate: str
    columns: tuple[str, ...]


@attrs.frozen
class Schema:
    """The indexes by table and name; by table, the rows last counted; and the tables with tenants."""

    indexes: dict[tuple[str, str], Index]
    sizes: dict[str, float]
    of_tenant: frozenset[str]


def schema(connection: psycopg.Connection) -> Schema:
    """As it is now: to be read before a plan is."""
    tables = connection.execute(_SIZES).fetchall()
    return Schema(
        {
            (table, name): Index(table, unique, predicate, tuple(columns))
            for name, table, unique, predicate, columns in connection.execute(_INDEXES).fetchall()
        },
        {table: rows for table, rows, _ in tables},
        frozenset(table for table, _, of_tenant in tables if of_tenant),
    )


def accesses(tree: Tree, schema: Schema) -> set[Access]:
    """All of one plan. What foreign keys and triggers read is in no plan."""
    return set(_accesses(tree, schema, _Ancestors()))


@attrs.frozen
class _Ancestors:
    """What the nodes above say of the rows that are read: ``cut``, only the first of an order are kept."""

    limited: bool = False
    streamed: bool = False
    cut: bool = False
    heap: str = ""
    table: str = ""

    def below(self, node: Tree) -> _Ancestors:
        kind = node["Node Type"]
        limited = self.limited or kind == "Limit"
        return _Ancestors(
            limited=limited,
            streamed=kind == "Limit" or (self.streamed and kind not in _BLOCKING),
            cut=self.cut or (kind == "Sort" and limited),
            heap=node.get("Filter", self.heap) if kind.startswith("Bitmap") else "",
            table=relation(node) or self.table,
        )


def _accesses(node: Tree, schema: Schema, ancestors: _Ancestors) -> Iterator[Access]:
    kind = node["Node Type"]
    if node.get("One-Time Filter") == "false":  # what is below is never executed
        return
    if kind == "ModifyTable" and node["Operation"] == "Insert":
        for arbiter in node.get("Conflict Arbiter Indexes", [""]):
            columns = schema.indexes[relation(node), arbiter].columns if arbiter else ()
            yield Access(relation(node), "one" if arbiter else "new", arbiter, columns)
    elif kind == "Seq Scan":
        yield Access(relation(node), "all")
    elif kind in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}:
        yield _index_access(node, schema, ancestors)
    elif "Relation Name" in node and kind not in {"ModifyTable", "Bitmap Heap Scan"}:
        raise ConfigurationError(f"a plan reads {relation(node)} by a {kind}, which is not known here")
    for child in node.get("Plans", ()):
        separate = child.get("Parent Relationship") in {"InitPlan", "SubPlan"}
        yield from _accesses(child, schema, _Ancestors() if separate else ancestors.below(node))


def _index_access(node: Tree, schema: Schema, ancestors: _Ancestors) -> Access:
    name, condition = node["Index Name"], node.get("Index Cond", "")
    index = schema.indexes[relation(node) or ancestors.table, name]
    compared = _compared_columns(index, condition)
    if _is_one(index, condition, schema):
        return Access(index.table, "one", name, compared)
    entered = compared and f"({compared[0]} = " in condition
    if not entered or (index.table in schema.of_tenant and compared[0] != "tenant_id"):
        return Access(index.table, "all", name, compared)
    if len(compared) > 1 or compared[0] != "tenant_id":
        return Access(index.table, "some", name, compared)
    further = condition.split(" AND ")[1:]  # columns further on, which the index is not entered by
    filters = {node.get("Filter", ""), ancestors.heap} - {"", _LIVE}
    filtered = bool(further or filters or ancestors.cut)
    if ancestors.streamed and node["Node Type"] != "Bitmap Index Scan":
        return Access(index.table, "page", name, compared, filtered)
    any_index = index.predicate in {"", _LIVE}
    return Access(index.table, "tenant", "" if any_index else name, compared, filtered)


def _compared_columns(index: Index, condition: str) -> tuple[str, ...]:
    for position, column in enumerate(index.columns):
        if not re.search(rf"(?<![\w.]){re.escape(column)}(?!\w)", condition):
            return index.columns[:position]
    return index.columns


def _is_one(index: Index, condition: str, schema: Schema) -> bool:
    """By this index, or because the first columns of it have a key of the table among them.

    For = ANY, which EXPLAIN writes alike, it is one for each element.
    """
    equal = {column for column in _compared_columns(index, condition) if f"({column} = " in condition}
    keys = [key for key in schema.indexes.values() if key.table == index.table and key.unique]
    return any(equal.issuperset(key.columns) for key in keys if key is index or not key.predicate)
