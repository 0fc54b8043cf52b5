"""The privileges that the statements need, and no other: what the application's role is granted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import attrs

from ventros.audit.library import Library
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Statement

HEAD = """\
-- What the application's role may do: for each table, the columns that some statement reads or writes.
-- Read off the statements, not to be edited: ventros sql grants > grants.sql
-- The role has no other privilege and owns nothing; `ventros migrate roles` makes it and grants this.

GRANT USAGE ON SCHEMA {schema} TO {role};
"""


@attrs.frozen
class Privilege:
    """``columns`` is empty for DELETE, which is of the whole row."""

    table: str
    action: str
    columns: tuple[str, ...] = ()


def privileges(library: Library, statements: Iterable[Statement]) -> list[Privilege]:
    """Table by table; in each SELECT, INSERT, UPDATE, DELETE, with the columns in the table's order."""
    columns_needed: dict[tuple[str, str], set[str]] = {}
    locked: dict[str, str] = {}
    for statement in statements:
        reading = library.read(statement)
        for table, column in reading.selected:
            columns_needed.setdefault((table, "SELECT"), set()).add(column)
        for write in reading.writes:
            columns_needed.setdefault((write.target.table, write.kind), set()).update(write.columns)
        locked |= {source.table: statement.name for lock in reading.locks for source in lock.sources}
    for table, name in locked.items():
        # FOR UPDATE and FOR SHARE need UPDATE on one column, whichever: one that is updated anyway.
        if (table, "UPDATE") not in columns_needed:
            raise ConfigurationError(f"{name} locks rows of {table}, of which no statement updates a column")
    order = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return [
        Privilege(
            table, action, tuple(column for column in library.tables[table].columns if column in columns)
        )
        for (table, action), columns in sorted(
            columns_needed.items(), key=lambda item: (item[0][0], order.index(item[0][1]))
        )
    ]


def grants_sql(library: Library, role: str) -> str:
    """What the grants.sql of the application holds; ``role`` as it is to stand in SQL.

    It grants what the statements of this application need, on whichever tables; each application that it
    stands on grants its own.
    """
    by_table: dict[str, list[Privilege]] = {}
    for privilege in privileges(library, library.own_statements):
        by_table.setdefault(privilege.table, []).append(privilege)
    lines = [HEAD.format(role=role, schema=library.application.statements.schema)]
    lines += [_grant(table, actions, role) for table, actions in by_table.items()]
    return "\n".join(lines)


def _grant(table: str, actions: list[Privilege], role: str) -> str:
    parts = []
    for privilege in actions:
        text = (
            f"{privilege.action} ({', '.join(privilege.columns)})" if privilege.columns else privilege.action
        )
        parts.append(textwrap.fill(text, 104, initial_indent="    ", subsequent_indent="        "))
    return "GRANT\n" + ",\n".join(parts) + f"\n    ON {table} TO {role};\n"
