"""The two roles of a database: the owner migrates, the app may do what the statements do, and nothing else.

What the app is granted stands in each application's ``grants.sql``. Whoever may do more can forget a tenant
or a version by hand; and what the app's role sends can be told, in the server's statistics, from what anybody
else does. What the app may do on tables of others in the same database is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import LiteralString

import psycopg
from psycopg import sql

from ventros import administration
from ventros.kernel.application import Application
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import ConfigurationError, DatabaseError

OWNER: LiteralString = "ventros_owner"
APP: LiteralString = "ventros_app"

_CREATION = re.compile(r"^CREATE (?:UNLOGGED |FOREIGN )?TABLE (.+?) \($", re.MULTILINE)
_MARKS = "public.ventros_migrations"
_POWERS: LiteralString = """
SELECT CASE WHEN rolsuper THEN 'is a superuser'
            WHEN rolbypassrls THEN 'has BYPASSRLS'
            WHEN pg_has_role(rolname, %(owner)s, 'MEMBER') THEN 'is a member of ' || %(owner)s
            WHEN has_database_privilege(r.oid, current_database(), 'TEMPORARY')
            THEN 'may make temporary tables, which the database''s owner or a superuser has to revoke'
            WHEN open.name IS NOT NULL THEN 'may CREATE in the schema ' || open.name
            WHEN EXISTS (SELECT FROM pg_shdepend
                          WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o'
                            AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
            THEN 'owns something' END
  FROM pg_roles AS r
  CROSS JOIN LATERAL (
           SELECT min(nspname) AS name FROM pg_namespace
            WHERE nspname = ANY (%(schemas)s) AND has_schema_privilege(r.oid, oid, 'CREATE')) AS open
 WHERE rolname = %(app)s
"""
# A privilege on a whole table has no column.
_GRANTED: LiteralString = """
SELECT c.oid, c.oid::regclass::text,
       array_agg(DISTINCT granted.privilege_type || coalesce(' (' || quote_ident(attname) || ')', ''))
  FROM (SELECT oid, relacl, NULL FROM pg_class
         UNION ALL
        SELECT attrelid, attacl, attname FROM pg_attribute WHERE NOT attisdropped) AS e (oid, acl, attname)
  JOIN pg_class AS c USING (oid), aclexplode(e.acl) AS granted
 WHERE granted.grantee = (SELECT oid FROM pg_roles WHERE rolname = %s)
   AND c.relnamespace <> ALL (ARRAY['pg_catalog'::regnamespace, 'information_schema'::regnamespace])
 GROUP BY c.oid
 ORDER BY 2
"""
_PRESENT: LiteralString = """
SELECT to_regclass(name)::oid, to_regclass(name)::text
  FROM unnest(%s::text[]) AS name
 WHERE to_regclass(name) IS NOT NULL
"""
# Before PostgreSQL 16, who may make roles may alter all but superusers.
_TIMEOUTS_OF: LiteralString = """
SELECT ARRAY(SELECT split_part(unnest(setconfig), '=', 1)
               FROM pg_db_role_setting
              WHERE setrole = app.oid AND setdatabase IN (0, d.oid)),
       me.rolsuper OR (me.rolcreaterole AND NOT app.rolsuper
                       AND (current_setting('server_version_num')::int < 160000
                            OR pg_has_role(app.oid, 'MEMBER WITH ADMIN OPTION')))
  FROM pg_roles AS me, pg_roles AS app, pg_database AS d
 WHERE me.rolname = current_user AND app.rolname = %(app)s AND d.datname = current_database()
"""
_OTHER_OWNERS: LiteralString = """
SELECT DISTINCT pg_get_userbyid(relowner)
  FROM pg_class
 WHERE oid = ANY (%s::oid[]) AND pg_get_userbyid(relowner) <> %s
"""


def set_up(
    dsn: str,
    application: Application,
    *,
    owner: str = OWNER,
    app: str = APP,
    password: Callable[[str], str | None] = lambda _name: None,
    report: Callable[[str], None] = lambda _line: None,
) -> None:
    """Make the roles and schemas that are missing, and grant the app what the application and all that it
    stands on need on the tables that are there.

    To be run before the first migration, by a superuser or whoever may make roles, and after each migration
    that adds a table or column, by the owner. A new role gets ``password(name)``, by default none, and then
    logs in by other means. Of the application's tables the app loses every other privilege; what it may do on
    tables of others stays; ``report`` is told both.
    Everything happens, or nothing. Raises ConfigurationError when the app could do more than it is granted,
    DatabaseError when the server refuses.
    """
    schemas = sorted({"public", *(one.statements.schema for one in application.stack())})
    with administration.connect(administration.parameters(dsn)) as connection:
        try:
            with connection.transaction():
                for name in (owner, app):
                    if not _exists(connection, name):
                        create_role(connection, name, password(name))
                        report(f"made the role {name}")
                for schema in schemas:
                    _open_schema(connection, schema, owner, report)
                revoke_temporary(connection, owner, app, report)
                _set_timeouts(connection, app, report)
                grant(connection, application, app, report)
                _check_roles(connection, application, owner, app, schemas)
        except psycopg.Error as error:
            raise DatabaseError(
                f"the roles cannot be set up: {administration.message(error)}", sqlstate=error.sqlstate
            ) from error


def create_role(connection: psycopg.Connection, name: str, password: str | None) -> None:
    """A role that may log in and nothing else. The server gets the password's verifier, never itself."""
    text: LiteralString = (
        "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}"
    )
    verifier = None
    if password is not None:
        secret = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
        verifier = secret.decode()
    connection.execute(sql.SQL(text).format(sql.Identifier(name), sql.Literal(verifier)))


def grant(
    connection: psycopg.Connection,
    application: Application,
    app: str,
    report: Callable[[str], None] = lambda _line: None,
) -> None:
    """Exactly what each ``grants.sql`` says; what else the role had on tables of the stack is taken away."""
    role = sql.Identifier(app)
    own = _present(connection, {_MARKS, *(name for one in application.stack() for name in tables_of(one))})
    before = _granted(connection, app)
    for oid in own.keys() & before.keys():
        connection.execute(f"REVOKE ALL ON {own[oid]} FROM {role.as_string(connection)}".encode())
    for one in application.stack():
        with_statements = _with_statements(one)
        if with_statements and not _present(connection, with_statements):
            report(f"nothing is granted yet for {one.name}: run this again after ventros migrate")
        elif forgotten := _forgotten(one):
            raise ConfigurationError(
                f"grants.sql of {one.name} grants nothing on {', '.join(forgotten)}: ventros sync mends it"
            )
        elif with_statements:
            connection.execute(grants_sql(one, role.as_string(connection)).encode())
            report(f"granted {app} what the statements of {one.name} need")
    after = _granted(connection, app)
    for oid, (table, privileges) in before.items():
        if oid not in own:
            report(f"left alone: {', '.join(privileges)} on {table}")
        elif lost := [privilege for privilege in privileges if privilege not in after.get(oid, ("", ()))[1]]:
            report(f"took away from {app}: {', '.join(lost)} on {table}")


def tables_of(application: Application) -> set[str]:
    """The application's own, as ``schema.table``: those that have statements, and those of its schema.sql."""
    path = application.statements.folder / "schema.sql"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return _with_statements(application) | {*_CREATION.findall(text)}


def grants_sql(application: Application, role: str) -> str:
    """The application's ``grants.sql`` for another role; ``role`` as it is to stand in SQL.

    Raises ConfigurationError when there is none.
    """
    path = application.statements.folder / "grants.sql"
    if not path.is_file():
        raise ConfigurationError(f"{path} is missing: ventros sync writes it")
    return path.read_text(encoding="utf-8").replace(f" TO {APP};", f" TO {role};")


def _forgotten(application: Application) -> list[str]:
    """Tables with statements that its grants.sql does not name."""
    schema = application.statements.schema
    named = {f"{schema}.{table}": table for table in application.statements.tables()}
    text = grants_sql(application, APP) if named else ""
    shown = {full: bare if schema == "public" else full for full, bare in named.items()}
    return [name for name in sorted(shown.values()) if f" ON {name} TO " not in text]


def _with_statements(application: Application) -> set[str]:
    return {f"{application.statements.schema}.{table}" for table in application.statements.tables()}


def _present(connection: psycopg.Connection, names: Collection[str]) -> dict[int, str]:
    """Those that are there, by oid, as they are to stand in SQL."""
    return dict(connection.execute(_PRESENT, [list(names)]).fetchall())


def _granted(connection: psycopg.Connection, app: str) -> dict[int, tuple[str, list[str]]]:
    """Table and privileges by the table's oid."""
    rows = connection.execute(_GRANTED, [app])
    return {oid: (table, privileges) for oid, table, privileges in rows}


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return bool(connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchall())


def _open_schema(
    connection: psycopg.Connection, schema: str, owner: str, report: Callable[[str], None]
) -> None:
    """Made if it is missing; the owner may create in it."""
    names = (sql.Identifier(schema), sql.Identifier(owner))
    if connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is None:
        create: LiteralString = "CREATE SCHEMA {} AUTHORIZATION {}"
        connection.execute(sql.SQL(create).format(*names))
        report(f"made the schema {schema}")
    may_create = connection.execute("SELECT has_schema_privilege(%s, %s, 'CREATE')", [owner, schema])
    if may_create.fetchone() == (False,):
        text: LiteralString = "GRANT ALL ON SCHEMA {} TO {}"
        connection.execute(sql.SQL(text).format(*names))


def revoke_temporary(
    connection: psycopg.Connection, owner: str, app: str, report: Callable[[str], None] = lambda _line: None
) -> None:
    """Temporary tables for the owner alone: one of the name of a table of ours would stand in front of it, on
    a pooled connection for the next tenant as well.

    PostgreSQL grants them to PUBLIC. Does nothing where the one who is logged in may not change it.
    """
    may, name = connection.execute(
        "SELECT has_database_privilege(%s, oid, 'TEMPORARY') AND pg_has_role(datdba, 'USAGE'), datname"
        " FROM pg_database WHERE datname = current_database()",
        [app],
    ).fetchone() or (False, "")
    if not may:
        return
    for text in (
        "GRANT TEMPORARY ON DATABASE {0} TO {1}",
        "REVOKE TEMPORARY ON DATABASE {0} FROM PUBLIC, {2}",
    ):
        connection.execute(sql.SQL(text).format(*map(sql.Identifier, (name, owner, app))))
    report(f"took away from {app}, and from PUBLIC: TEMPORARY on the database {name}")


def _set_timeouts(connection: psycopg.Connection, app: str, report: Callable[[str], None]) -> None:
    """The defaults of Settings, those that the role has no value for, where who is logged in may do so.

    Behind a pooler that takes no timeout with a connection request, a service need not send them.
    """
    text: LiteralString = "ALTER ROLE {} SET {} = {}"
    has, may = connection.execute(_TIMEOUTS_OF, {"app": app}).fetchone() or ([], False)
    missing = {name: value for name, value in Settings().server_timeouts().items() if name not in has}
    if not may or not missing:
        return
    for name, value in missing.items():
        connection.execute(
            sql.SQL(text).format(sql.Identifier(app), sql.Identifier(name), sql.Literal(value))
        )
    report(f"set for {app}: {', '.join(f'{name} {value} ms' for name, value in missing.items())}")


def _check_roles(
    connection: psycopg.Connection, application: Application, owner: str, app: str, schemas: list[str]
) -> None:
    power = connection.execute(_POWERS, {"owner": owner, "app": app, "schemas": schemas}).fetchone()
    if power and power[0]:
        raise ConfigurationError(
            f"the role {app} {power[0]}: take that away, or name another with --app-role"
        )
    own = _present(connection, {_MARKS, *(name for one in application.stack() for name in tables_of(one))})
    other_owners = connection.execute(_OTHER_OWNERS, [list(own), owner]).fetchall()
    if other_owners:
        raise ConfigurationError(
            f"{', '.join(name for (name,) in other_owners)} owns tables, not {owner}: "
            f"name it with --owner, or REASSIGN OWNED BY it TO {owner}"
        )
