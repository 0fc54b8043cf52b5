"""Makes the roles of a database, so that each may do what its statements do and nothing else.

What they are granted stands in each application's ``grants.sql``. Whoever may do more can forget a tenant
or a version by hand; and what the app's role sends can be told, in the server's statistics, from what anybody
else does. What the roles may do on tables of others in the same database is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from ventros import administration
from ventros.kernel.application import Application
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import ConfigurationError, DatabaseError
from ventros.roles.grants import Report, grant, own_tables, present
from ventros.roles.names import DEFAULT, Roles
from ventros.roles.powers import take_away

# Before PostgreSQL 16, who may make roles may alter all but superusers.
_TIMEOUTS_OF: LiteralString = """
SELECT ARRAY(SELECT split_part(unnest(setconfig), '=', 1)
               FROM pg_db_role_setting
              WHERE setrole = service.oid AND setdatabase IN (0, d.oid)),
       me.rolsuper OR (me.rolcreaterole AND NOT service.rolsuper
                       AND (current_setting('server_version_num')::int < 160000
                            OR pg_has_role(service.oid, 'MEMBER WITH ADMIN OPTION')))
  FROM pg_roles AS me, pg_roles AS service, pg_database AS d
 WHERE me.rolname = current_user AND service.rolname = %(role)s AND d.datname = current_database()
"""
_MAY_GRANT_STATISTICS: LiteralString = """
SELECT pg_has_role(%(role)s, 'pg_read_all_stats', 'USAGE'),
       rolsuper OR pg_has_role('pg_read_all_stats', 'MEMBER WITH ADMIN OPTION')
       OR (rolcreaterole AND current_setting('server_version_num')::int < 160000)
  FROM pg_roles
 WHERE rolname = current_user
"""
_TEMPORARY: LiteralString = """
SELECT pg_has_role(datdba, 'USAGE')
       AND EXISTS (SELECT FROM unnest(%s::text[]) AS role
                    WHERE has_database_privilege(role, oid, 'TEMPORARY')),
       datname
  FROM pg_database
 WHERE datname = current_database()
"""
_OTHER_OWNERS: LiteralString = """
SELECT DISTINCT pg_get_userbyid(relowner)
  FROM pg_class
 WHERE oid = ANY (%s::oid[]) AND pg_get_userbyid(relowner) <> %s
"""


def set_up(
    dsn: str,
    application: Application,
    roles: Roles = DEFAULT,
    *,
    password: Callable[[str], str | None] = lambda _name: None,
    report: Report = lambda _line: None,
) -> None:
    """Make the roles and schemas that are missing, and grant each role what the application and all that it
    stands on need on the tables that are there.

    To be run before the first migration, by a superuser or whoever may make roles, and after each migration
    that adds a table or column, by the owner. A new role gets ``password(name)``, by default none, and then
    logs in by other means. Of the application's tables the roles lose every other privilege; what they may do
    on tables of others stays; ``report`` is told both.
    Everything happens, or nothing. Raises ConfigurationError when a role could do more than it is granted,
    DatabaseError when the server refuses.
    """
    with administration.connect(administration.parameters(dsn)) as connection:
        try:
            with connection.transaction():
                connection.execute("SET LOCAL lock_timeout = '10s'")  # behind a policy's lock all would wait
                for name in roles.all:
                    if not _exists(connection, name):
                        create_role(connection, name, password(name))
                        report(f"made the role {name}")
                for schema in application.schemas():
                    _open_schema(connection, schema, roles.owner, report)
                revoke_temporary(connection, roles, report)
                for name in (roles.app, roles.relay, roles.scheduler):
                    _set_timeouts(connection, name, report)
                show_statistics(connection, roles.auditor, report)
                grant(connection, application, roles, report)
                take_away(connection, application, roles, report)
                _check_owner(connection, application, roles.owner)
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
    _execute(connection, text, sql.Identifier(name), sql.Literal(verifier))


def revoke_temporary(
    connection: psycopg.Connection, roles: Roles = DEFAULT, report: Report = lambda _line: None
) -> None:
    """Temporary tables for the owner alone: one of the name of a table of ours would stand in front of it, on
    a pooled connection for the next tenant as well.

    PostgreSQL grants them to PUBLIC. Does nothing where the one who is logged in may not change it.
    """
    may, name = connection.execute(_TEMPORARY, [list(roles.granted)]).fetchone() or (False, "")
    if not may:
        return
    database, owner, *others = map(sql.Identifier, (name, roles.owner, *roles.granted))
    _execute(connection, "GRANT TEMPORARY ON DATABASE {} TO {}", database, owner)
    _execute(
        connection, "REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC, {}", database, sql.SQL(", ").join(others)
    )
    report(f"took away from PUBLIC and all but {roles.owner}: TEMPORARY on the database {name}")


def _execute(connection: psycopg.Connection, text: LiteralString, *parts: sql.Composable) -> None:
    connection.execute(sql.SQL(text).format(*parts))


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return bool(connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchall())


def _open_schema(connection: psycopg.Connection, schema: str, owner: str, report: Report) -> None:
    """Made if it is missing; the owner may create in it."""
    names = (sql.Identifier(schema), sql.Identifier(owner))
    if connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is None:
        _execute(connection, "CREATE SCHEMA {} AUTHORIZATION {}", *names)
        report(f"made the schema {schema}")
    may_create = connection.execute("SELECT has_schema_privilege(%s, %s, 'CREATE')", [owner, schema])
    if may_create.fetchone() == (False,):
        _execute(connection, "GRANT ALL ON SCHEMA {} TO {}", *names)


def _asked(connection: psycopg.Connection, text: LiteralString, role: str) -> tuple[Any, bool]:
    row = connection.execute(text, {"role": role}).fetchone()
    return (row[0], row[1]) if row else (None, False)


def _set_timeouts(connection: psycopg.Connection, role: str, report: Report) -> None:
    """The defaults of Settings, those that the role has no value for, where who is logged in may do so.

    Behind a pooler that takes no timeout with a connection request, a service need not send them.
    """
    has, may = _asked(connection, _TIMEOUTS_OF, role)
    missing = {name: value for name, value in Settings().server_timeouts().items() if name not in has}
    if not may or not missing:
        return
    for name, value in missing.items():
        parts = (sql.Identifier(role), sql.Identifier(name), sql.Literal(value))
        _execute(connection, "ALTER ROLE {} SET {} = {}", *parts)
    report(f"set for {role}: {', '.join(f'{name} {value} ms' for name, value in missing.items())}")


def show_statistics(
    connection: psycopg.Connection, auditor: str, report: Report = lambda _line: None
) -> None:
    """The texts and sessions of others, which sql/ops looks at, where who is logged in may show them."""
    has, may = _asked(connection, _MAY_GRANT_STATISTICS, auditor)
    if not has and may:
        _execute(connection, "GRANT pg_read_all_stats TO {}", sql.Identifier(auditor))
    elif not has:
        report(f"not granted to {auditor}: pg_read_all_stats, for which a superuser has to run this")


def _check_owner(connection: psycopg.Connection, application: Application, owner: str) -> None:
    own = present(connection, own_tables(application))
    others = connection.execute(_OTHER_OWNERS, [list(own), owner]).fetchall()
    if others:
        raise ConfigurationError(
            f"{', '.join(name for (name,) in others)} owns tables, not {owner}: "
            f"name it with --owner, or REASSIGN OWNED BY it TO {owner}"
        )
