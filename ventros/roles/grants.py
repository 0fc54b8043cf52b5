"""Makes the privileges and policies of a database's roles those that each application's grants.sql says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from typing import LiteralString

import psycopg
from psycopg import sql

from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.roles.names import Roles

Report = Callable[[str], None]

_CREATION = re.compile(r"^CREATE (?:UNLOGGED |FOREIGN )?TABLE (.+?) \($", re.MULTILINE)
MARKS = "public.ventros_migrations"
"""The table of what is migrated."""
_GRANT = re.compile(
    r"^GRANT\n(?P<what>[^;]*?)\n    ON (?P<table>\S+) TO ventros_(?P<role>\w+);", re.MULTILINE
)
_PRIVILEGE = re.compile(r"([A-Z]+)(?: \(([^)]*)\))?")
_POLICY = re.compile(
    r"^CREATE POLICY (?P<name>\w+) ON (?P<table>\S+) FOR (?P<command>[A-Z]+) TO (?P<role>\S+) .*;\n",
    re.MULTILINE,
)
_SERVED = re.compile(r" ON (?P<table>\S+) TO ventros_(?:app|relay|scheduler);")
_OURS = re.compile(r"(?:relay|scheduler|auditor)_(?:select|insert|update|delete)")
"""The names of the policies that are made and dropped here."""
# A privilege on a whole table has no column.
_GRANTED: LiteralString = """
SELECT c.oid, c.oid::regclass::text,
       array_agg(DISTINCT granted.privilege_type || coalesce(' (' || quote_ident(attname) || ')', '')
                          || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM (SELECT oid, relacl, NULL FROM pg_class
         UNION ALL
        SELECT attrelid, attacl, attname FROM pg_attribute WHERE NOT attisdropped) AS e (oid, acl, attname)
  JOIN pg_class AS c USING (oid), aclexplode(e.acl) AS granted
 WHERE granted.grantee = (SELECT oid FROM pg_roles WHERE rolname = %s)
   AND c.relnamespace <> ALL (ARRAY['pg_catalog'::regnamespace, 'information_schema'::regnamespace])
 GROUP BY c.oid
 ORDER BY 2
"""
_SHOWN = 3
"""Tables of others that are named; of the rest, how many there are."""
_QUOTED: LiteralString = "SELECT name, quote_ident(name) FROM unnest(%s::text[]) AS name"
_PRESENT: LiteralString = """
SELECT to_regclass(name)::oid, to_regclass(name)::text
  FROM unnest(%s::text[]) AS name
 WHERE to_regclass(name) IS NOT NULL
"""
_SEQUENCES: LiteralString = """
SELECT DISTINCT objid, objid::regclass::text
  FROM pg_depend
  JOIN pg_class ON pg_class.oid = objid AND relkind = 'S'
 WHERE classid = 'pg_class'::regclass AND refobjid = ANY (%s::oid[])
"""
# As grants.sql writes them: a policy that says anything else is none of ours.
_POLICIES: LiteralString = """
SELECT polname, polrelid::regclass::text,
       format('CREATE POLICY %%I ON %%s FOR %%s TO %%s%%s%%s;', polname, polrelid::regclass,
              CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                          WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
              array_to_string(ARRAY(SELECT coalesce(quote_ident(pg_get_userbyid(nullif(role, 0))), 'PUBLIC')
                                      FROM unnest(polroles) AS role ORDER BY 1), ', '),
              ' USING (' || pg_get_expr(polqual, polrelid) || ')',
              ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')
       || CASE WHEN polpermissive THEN '' ELSE ' -- restrictive' END
  FROM pg_policy
 WHERE polrelid = ANY (%s::oid[])
"""


def grant(
    connection: psycopg.Connection,
    application: Application,
    roles: Roles,
    report: Report = lambda _line: None,
) -> None:
    """Exactly what each ``grants.sql`` says, and for the auditor the sequences of the tables of the stack.

    What else the roles had on either is taken away.
    """
    own = present(connection, own_tables(application))
    sequences: dict[int, str] = dict(connection.execute(_SEQUENCES, [list(own)]).fetchall())
    own |= sequences
    before = {role: _granted(connection, role) for role in roles.granted}
    for role, tables in before.items():
        for oid in own.keys() & tables.keys():
            name = sql.Identifier(role).as_string(connection)
            connection.execute(f"REVOKE ALL ON {own[oid]} FROM {name} CASCADE".encode())
    policies: dict[tuple[str, str], str] = {}
    for one in application.stack():
        with_statements = _with_statements(one)
        if with_statements and not present(connection, with_statements):
            report(f"nothing is granted yet for {one.name}: run this again after ventros migrate")
        elif forgotten := _forgotten(one):
            raise ConfigurationError(
                f"grants.sql of {one.name} grants nothing on {', '.join(forgotten)}: ventros sync mends it"
            )
        elif with_statements:
            _apply(connection, one, roles, policies, report)
    _set_policies(connection, own, policies, report)
    for sequence in sequences.values():
        name = sql.Identifier(roles.auditor).as_string(connection)
        connection.execute(f"GRANT SELECT ON SEQUENCE {sequence} TO {name}".encode())
    for role in roles.granted:
        _tell(role, own, before[role], _granted(connection, role), report)


def _apply(
    connection: psycopg.Connection,
    application: Application,
    roles: Roles,
    policies: dict[tuple[str, str], str],
    report: Report,
) -> None:
    """Executes the GRANTs, adds to ``policies`` by table and name what the file says of them."""
    quoted: dict[str, str] = dict(connection.execute(_QUOTED, [list(roles.granted)]).fetchall())
    text = grants_sql(application, roles, quoted.__getitem__)
    policies |= {(match["table"], match["name"]): match[0].strip() for match in _POLICY.finditer(text)}
    connection.execute(_POLICY.sub("", text).encode())
    served = [name for name, identifier in quoted.items() if f" TO {identifier};" in text]
    report(f"granted {', '.join(served)} what grants.sql of {application.name} says")


def _set_policies(
    connection: psycopg.Connection,
    own: dict[int, str],
    wanted: dict[tuple[str, str], str],
    report: Report,
) -> None:
    """Those that are as they should be are left: a change locks the table for everybody."""
    there = {
        (table, name): text
        for name, table, text in connection.execute(_POLICIES, [list(own)])
        if _OURS.fullmatch(name)
    }
    made, dropped = Counter[str](), Counter[str]()
    for table, name in sorted(key for key, text in there.items() if wanted.get(key) != text):
        connection.execute(f"DROP POLICY {name} ON {table}".encode())
        dropped[name] += (table, name) not in wanted
    for (table, name), text in wanted.items():
        if there.get((table, name)) != text:
            connection.execute(text.encode())
            made[name] += 1
    for word, counts in (("made", made), ("dropped", +dropped)):
        if counts:
            report(f"{word} the policies {', '.join(f'{name} ({count})' for name, count in counts.items())}")


def _tell(
    role: str,
    own: dict[int, str],
    before: dict[int, tuple[str, list[str]]],
    after: dict[int, tuple[str, list[str]]],
    report: Report,
) -> None:
    others = [table for oid, (table, _) in before.items() if oid not in own]
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        report(f"left alone: what {role} may do on {', '.join(others[:_SHOWN])}{more}")
    for oid, (table, privileges) in before.items():
        if oid not in own:
            continue
        if lost := [privilege for privilege in privileges if privilege not in after.get(oid, ("", ()))[1]]:
            report(f"took away from {role}: {', '.join(lost)} on {table}")


def own_tables(application: Application) -> set[str]:
    """Those of the whole stack and the table of marks, as ``schema.table``."""
    return {MARKS, *(name for one in application.stack() for name in tables_of(one))}


def tables_of(application: Application) -> set[str]:
    """The application's own, as ``schema.table``: those that have statements, and those of its schema.sql."""
    path = application.statements.folder / "schema.sql"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return _with_statements(application) | {*_CREATION.findall(text)}


def grants_sql(application: Application, roles: Roles, quote: Callable[[str], str] = str) -> str:
    """The application's ``grants.sql`` for these roles; ``quote`` makes identifiers of their names.

    Raises ConfigurationError when there is none.
    """
    path = application.statements.folder / "grants.sql"
    if not path.is_file():
        raise ConfigurationError(f"{path} is missing: ventros sync writes it")
    return roles.named_in(path.read_text(encoding="utf-8"), quote)


def privileges(application: Application) -> list[dict[str, str]]:
    """What its ``grants.sql`` grants: role (app, relay, …), table, action, columns with ", " between."""
    if not (application.statements.folder / "grants.sql").is_file():
        return []
    return [
        {
            "role": grant["role"],
            "table": grant["table"],
            "action": action,
            "columns": " ".join(columns.split()),
        }
        for grant in _GRANT.finditer(grants_sql(application, Roles()))
        for action, columns in _PRIVILEGE.findall(grant["what"])
    ]


def present(connection: psycopg.Connection, names: Collection[str]) -> dict[int, str]:
    """Those that are there, by oid, as they are to stand in SQL."""
    return dict(connection.execute(_PRESENT, [list(names)]).fetchall())


def _forgotten(application: Application) -> list[str]:
    """Tables with statements, of which its grants.sql grants nothing to those who execute them."""
    schema = application.statements.schema
    named = {f"{schema}.{table}": table for table in application.statements.tables()}
    text = grants_sql(application, Roles()) if named else ""
    shown = {full: bare if schema == "public" else full for full, bare in named.items()}
    served = {match["table"] for match in _SERVED.finditer(text)}
    return [name for name in sorted(shown.values()) if name not in served]


def _with_statements(application: Application) -> set[str]:
    return {f"{application.statements.schema}.{table}" for table in application.statements.tables()}


def _granted(connection: psycopg.Connection, role: str) -> dict[int, tuple[str, list[str]]]:
    """Table and privileges by the table's oid."""
    rows = connection.execute(_GRANTED, [role])
    return {oid: (table, privileges) for oid, table, privileges in rows}
