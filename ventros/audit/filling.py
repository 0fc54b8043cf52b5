"""Rows for the plans of an application that brings no ``plans/seed.sql``: made up by the types of columns."""

from __future__ import annotations

from typing import Any, LiteralString

import attrs
import psycopg
from psycopg import sql

from ventros import administration
from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import types

# The column that a foreign key adds to the tenant names the parent.
_COLUMNS: LiteralString = """
SELECT a.attname, format_type(a.atttypid, NULL), format_type(a.atttypid, a.atttypmod), t.typtype = 'e',
       t.typcategory = 'A',
       (SELECT f.confrelid::regclass::text FROM pg_constraint AS f
         WHERE f.contype = 'f' AND f.conrelid = a.attrelid AND f.conkey[array_upper(f.conkey, 1)] = a.attnum
         LIMIT 1)
  FROM pg_attribute AS a
  JOIN pg_type AS t ON t.oid = a.atttypid
 WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.atthasdef
   AND a.attidentity = '' AND a.attgenerated = ''
 ORDER BY a.attnum
"""
_VALUES: dict[str, LiteralString] = {
    "text": "{name} || ' ' || n",
    "character varying": "{name} || ' ' || n",
    "boolean": "n % 2 = 0",
    "smallint": "n % 30000",
    "integer": "n",
    "bigint": "n",
    "numeric": "n",
    "real": "n",
    "double precision": "n",
    "timestamp with time zone": "at",
    "date": "at::date",
    "uuid": "pg_temp.id({table} || {name}, n)",
    "jsonb": "'{{}}'::jsonb",
}
"""By type an expression over a row of ``seat``, with names as literals; others have one value."""


@attrs.frozen
class _Column:
    """``parent`` is the table that it refers to."""

    name: str
    type: str
    full_type: LiteralString
    enum: bool
    array: bool
    parent: str | None


def fill(connection: psycopg.Connection, application: Application) -> None:
    """20,000 rows into each of its own tables, in the session in which the kernel's seed was run.

    Raises ConfigurationError, saying that a seed is to be written, where a type has no value here or a table
    refuses those that were made up.
    """
    for table in application.statements.tables():
        name = f"{application.statements.schema}.{table}"
        columns = connection.execute(_COLUMNS, [name]).fetchall()
        values = [_value(name, _Column(*column)) for column in columns]
        insert: LiteralString = "INSERT INTO {} ({}) SELECT {} FROM seat"
        target = sql.Identifier(application.statements.schema, table)
        names = sql.SQL(", ").join(sql.Identifier(column[0]) for column in columns)
        try:
            connection.execute(sql.SQL(insert).format(target, names, sql.SQL(", ").join(values)))
        except psycopg.Error as error:
            raise _seed_wanted(name, administration.message(error)) from error


def _value(table: str, column: _Column) -> sql.Composable:
    name, type_, parent = column.name, column.type, column.parent
    if name == "tenant_id":
        return sql.SQL("tenant_id")
    if name == "id" and type_ == "uuid":
        return sql.SQL("pg_temp.id({}, n)").format(table)
    if parent is not None and type_ == "uuid":
        qualified = parent if "." in parent else f"public.{parent}"
        return sql.SQL("pg_temp.id({}, parent)").format(qualified)
    if name == "position" and type_ in {"smallint", "integer", "bigint"}:
        return sql.SQL("place")
    if column.enum:
        return sql.SQL("(enum_range(NULL::{}))[1]").format(sql.SQL(column.full_type))
    if column.array:
        return sql.SQL("'{{}}'::{}").format(sql.SQL(column.full_type))
    return sql.SQL("({})::{}").format(_made_up(table, name, type_), sql.SQL(column.full_type))


def _made_up(table: str, name: str, type_: str) -> sql.Composable:
    if type_ in _VALUES:
        return sql.SQL(_VALUES[type_]).format(name=name, table=table)
    try:
        sample: Any = types.find(type_).sample
    except ConfigurationError as error:
        raise _seed_wanted(table, str(error)) from error
    return sql.SQL(sample)


def _seed_wanted(table: str, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"{table} cannot be filled with made-up rows: {reason}; write a plans/seed.sql beside schema.sql, "
        "which puts 20,000 rows into each table"
    )
