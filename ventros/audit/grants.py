"""The privileges that the statements need, and no other: what each role is granted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

import attrs

from ventros.audit.library import Library
from ventros.audit.tables import read_tables
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Statement
from ventros.roles import APP, AUDITOR, RELAY, SCHEDULER

HEAD = """\
-- What each role may do: for each table, the columns that some statement of that role reads or writes.
-- Read off the statements and schema.sql, not to be edited: ventros sql grants > grants.sql
-- The roles have no other privilege and own nothing; `ventros migrate roles` makes them and applies this.
"""
WHO = {
    APP: "The services: for one tenant at a time, the one that the policy named tenant asks for.",
    RELAY: "The relay: for all tenants. Each policy opens one table to it for one command.",
    SCHEDULER: "The scheduler: for all tenants, by policies of its own, as the relay.",
    AUDITOR: "The auditor: reads all rows of all tenants, but no secrets, and writes nothing.",
}
ACTIONS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_PASS = {
    "SELECT": "USING (true)",
    "INSERT": "WITH CHECK (true)",
    "UPDATE": "USING (true) WITH CHECK (true)",
    "DELETE": "USING (true)",
}


@attrs.frozen
class Privilege:
    """``columns`` is empty for DELETE, which is of the whole row."""

    table: str
    action: str
    columns: tuple[str, ...] = ()


@attrs.frozen
class Opening:
    """A policy that lets ``role`` do ``action`` on all rows of a table under row security."""

    role: str
    table: str
    action: str

    @property
    def name(self) -> str:
        """Of the policy: ``relay_select``."""
        return f"{self.role.removeprefix('ventros_')}_{self.action.lower()}"

    def __str__(self) -> str:
        to = f"CREATE POLICY {self.name} ON {self.table} FOR {self.action} TO {self.role}"
        return f"{to} {_PASS[self.action]};"


def privileges(library: Library, statements: Iterable[Statement]) -> list[Privilege]:
    """Table by table; in each SELECT, INSERT, UPDATE, DELETE, with the columns in the table's order.

    Raises ConfigurationError for a statement that locks rows of a table of which none updates a column.
    """
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
    return [
        Privilege(
            table, action, tuple(column for column in library.tables[table].columns if column in columns)
        )
        for (table, action), columns in sorted(
            columns_needed.items(), key=lambda item: (item[0][0], ACTIONS.index(item[0][1]))
        )
    ]


def own_privileges(library: Library) -> dict[str, list[Privilege]]:
    """By role, what the statements of the application itself need, on whichever tables, and what its auditor
    may read: each application that it stands on grants its own.
    """
    found = {
        role: privileges(library, [one for one in library.own_statements if f"ventros_{one.role}" == role])
        for role in (APP, RELAY, SCHEDULER)
    }
    own = read_tables(library.application.statements.folder / "schema.sql")
    found[AUDITOR] = [Privilege(name, "SELECT", library.open_columns(name)) for name in sorted(own)]
    return found


def openings(library: Library) -> list[Opening]:
    """The application's own policies for those who work for all tenants: on tables under row security."""
    return [
        Opening(role, privilege.table, privilege.action)
        for role, granted in own_privileges(library).items()
        if role != APP
        for privilege in granted
        if library.tables[privilege.table].row_security
    ]


def grants_sql(library: Library) -> str:
    """What the grants.sql of the application holds, with the roles' default names."""
    policies = openings(library)
    sections = (
        _section(library, role, granted, [one for one in policies if one.role == role])
        for role, granted in own_privileges(library).items()
        if granted or role == APP
    )
    return "\n".join([HEAD, *sections])


def _section(library: Library, role: str, granted: list[Privilege], policies: list[Opening]) -> str:
    by_table: dict[str, list[Privilege]] = {}
    for privilege in granted:
        by_table.setdefault(privilege.table, []).append(privilege)
    lines = [
        f"-- {WHO[role]}\n",
        f"GRANT USAGE ON SCHEMA {library.application.statements.schema} TO {role};\n",
    ]
    for table, actions in by_table.items():
        lines.append("".join([_grant(table, actions, role), *_policies(table, policies)]))
    return "\n".join(lines)


def _policies(table: str, policies: list[Opening]) -> Iterator[str]:
    return (f"{policy}\n" for policy in policies if policy.table == table)


def _grant(table: str, actions: list[Privilege], role: str) -> str:
    parts = []
    for privilege in actions:
        text = (
            f"{privilege.action} ({', '.join(privilege.columns)})" if privilege.columns else privilege.action
        )
        parts.append(textwrap.fill(text, 104, initial_indent="    ", subsequent_indent="        "))
    return "GRANT\n" + ",\n".join(parts) + f"\n    ON {table} TO {role};\n"
