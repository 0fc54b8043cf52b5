"""Says where the plan of a statement reads rows that an index could have spared it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import psycopg

from ventros.kernel.statements import Column, Statement

LARGE = 1_000  # rows; below, a table may be read whole

_SAMPLES = {
    "text": "'x'",
    "uuid": "'01900000-0000-7000-8000-000000000000'",
    "timestamptz": "'2025-06-01T00:00:00Z'",
    "interval": "'1 hour'",
    "boolean": "true",
    "jsonb": "'{}'",
}
_INDEXES = """
SELECT i.indrelid::regclass::text, i.indisunique,
       array(SELECT pg_get_indexdef(i.indexrelid, k, false) FROM generate_series(1, i.indnkeyatts) AS k),
       EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = i.indrelid AND a.attname = 'tenant_id'
                  AND NOT EXISTS (SELECT FROM pg_index AS u
                                   WHERE u.indrelid = i.indrelid AND u.indisunique AND u.indnkeyatts = 1
                                     AND u.indkey[0] = a.attnum))
  FROM pg_index AS i
 WHERE i.indexrelid = to_regclass(%s)
"""


@attrs.frozen
class Scan:
    """A table as a plan reads it: whole, or as much of an index as ``condition`` says; to keep ``kept``."""

    table: str
    index: str
    condition: str
    kept: str


@attrs.frozen
class Index:
    """What has to be known of an index to judge a condition on it.

    ``of_tenants`` says that its table may have several rows of a tenant.
    """

    table: str
    unique: bool
    columns: tuple[str, ...]
    of_tenants: bool

    def is_entered(self, condition: str) -> bool:
        """By the tenant, by the whole of a unique key, or by the first column where there is no tenant."""
        if self.of_tenants and self.columns[0] != "tenant_id":
            return self.is_key(condition)
        return self._equal(self.columns[0], condition)

    def is_key(self, condition: str) -> bool:
        """Whether at most one row fits."""
        return self.unique and all(self._equal(column, condition) for column in self.columns)

    def is_narrowed(self, condition: str) -> bool:
        """Whether the column after the tenant is compared: then not all that is the tenant's is read."""
        after = [rf"(?<![\w.]){re.escape(column)}(?!\w)" for column in self.columns[1:2]]
        return not self.of_tenants or any(re.search(each, condition) for each in after)

    def _equal(self, column: str, condition: str) -> bool:
        return f"({column} = " in condition


Connection = psycopg.Connection[Any]


def index_faults(connection: Connection, statement: Statement) -> list[str]:
    """Large tables that are read whole, and indexes that are entered neither by tenant nor by key.

    Planned twice, for any arguments and for some; by the connection's role, under the policies that hold
    for it, so ``app.tenant_id`` must be set.
    """
    return _faults(connection, statement, _index_fault)


def tenant_scans(connection: Connection, statement: Statement) -> list[str]:
    """Where all rows of the tenant are read, from an index that begins with it, to keep some of them."""
    return _faults(connection, statement, _tenant_scan)


def all_faults(connection: Connection, statement: Statement) -> list[str]:
    """Of both kinds, for the planning of one."""
    return _faults(connection, statement, _index_fault, _tenant_scan)


def _faults(
    connection: Connection, statement: Statement, *checks: Callable[[Connection, Scan], str]
) -> list[str]:
    found = [check(connection, scan) for scan in scans(connection, statement) for check in checks]
    return [f"{statement.name}: {fault}" for fault in dict.fromkeys(found) if fault]


def _index_fault(connection: Connection, scan: Scan) -> str:
    if not scan.index:
        return f"reads all of {scan.table}" if _size(connection, scan.table) >= LARGE else ""
    if _index(connection, scan.index).is_entered(scan.condition):
        return ""
    return f"reads {scan.index} by {scan.condition or 'nothing'}"


def _tenant_scan(connection: Connection, scan: Scan) -> str:
    if not scan.index:
        return ""
    index = _index(connection, scan.index)
    if index.is_key(scan.condition) or index.is_narrowed(scan.condition):
        return ""
    kept = " and ".join(filter(None, (*scan.condition.split(" AND ")[1:], scan.kept)))
    return f"reads the tenant's {index.table} to keep {kept}" if kept else ""


@functools.lru_cache
def _index(connection: Connection, name: str) -> Index:
    table, unique, columns, of_tenants = connection.execute(_INDEXES, [name]).fetchall()[0]
    return Index(table, unique, tuple(columns), of_tenants)


@functools.lru_cache
def _size(connection: Connection, table: str) -> float:
    query = "SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)"
    rows: float = connection.execute(query, [table]).fetchall()[0][0]
    return rows


def scans(connection: Connection, statement: Statement) -> list[Scan]:
    """How the server would read each table, by a generic plan and by a custom one."""
    unknown = ["NULL"] * len(statement.params)
    known = [_sample(param) for param in statement.params]
    return [
        *_scans(_plan(connection, statement, "force_generic_plan", unknown)),
        *_scans(_plan(connection, statement, "force_custom_plan", known)),
    ]


def _sample(param: Column) -> str:
    if param.name == "tenant_id":
        return "current_setting('app.tenant_id')"
    value = _SAMPLES.get(param.type.removesuffix("[]"), "1")
    return f"array[{value}]::{param.type}" if param.type.endswith("[]") else f"{value}::{param.type}"


def _plan(connection: Connection, statement: Statement, mode: str, arguments: list[str]) -> dict[str, Any]:
    types = f"({', '.join(param.type for param in statement.params)})" if statement.params else ""
    values = f"({', '.join(arguments)})" if arguments else ""
    connection.execute("SELECT set_config('plan_cache_mode', %s, false)", [mode])
    connection.execute(f"PREPARE planned {types} AS {statement.text}".encode())
    try:
        with connection.transaction():
            explained = connection.execute(
                f"EXPLAIN (FORMAT JSON) EXECUTE planned {values}".encode()
            ).fetchall()
    finally:
        connection.execute("DEALLOCATE planned")
    plan: dict[str, Any] = explained[0][0][0]["Plan"]
    return plan


def _scans(node: dict[str, Any], limited: bool = False, page: str = "", heap: str = "") -> Iterator[Scan]:
    """``page`` is what a sort below a limit keeps, ``heap`` the filter above a bitmap's index scans."""
    kind: str = node["Node Type"]
    limited = limited or kind == "Limit"
    if kind == "Sort" and limited:
        page = f"the first by {', '.join(node['Sort Key'])}"
    filtered: str = node.get("Filter", heap if kind.startswith("Bitmap") else "")
    if kind in {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"}:
        kept = " and ".join(filter(None, (filtered, page)))
        yield Scan(
            node.get("Relation Name", ""), node.get("Index Name", ""), node.get("Index Cond", ""), kept
        )
    for child in node.get("Plans", ()):
        yield from _scans(child, limited, page, filtered)
