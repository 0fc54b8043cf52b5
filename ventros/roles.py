"""The two roles of a database: the owner migrates, the app may do what the statements do, and nothing else.

What the app is granted stands in ``sql/grants.sql``. Whoever may do more can forget a tenant or a version by
hand; and what the app's role sends can be told, in the server's statistics, from what anybody else does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import LiteralString

import psycopg
from psycopg import sql

from ventros import administration
from ventros.kernel.errors import ConfigurationError, DatabaseError
from ventros.kernel.resources import directory

OWNER: LiteralString = "ventros_owner"
APP: LiteralString = "ventros_app"

_POWERS: LiteralString = """
SELECT CASE WHEN rolsuper THEN 'is a superuser'
            WHEN rolbypassrls THEN 'has BYPASSRLS'
            WHEN pg_has_role(rolname, %(owner)s, 'MEMBER') THEN 'is a member of ' || %(owner)s
            WHEN has_schema_privilege(rolname, 'public', 'CREATE') THEN 'may CREATE in the schema public'
            WHEN EXISTS (SELECT FROM pg_shdepend
                          WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o'
                            AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
            THEN 'owns something' END
  FROM pg_roles AS r WHERE rolname = %(app)s
"""
_GRANTED: LiteralString = """
SELECT DISTINCT relname
  FROM (SELECT oid, relacl FROM pg_class UNION ALL SELECT attrelid, attacl FROM pg_attribute) AS e (oid, acl)
  JOIN pg_class AS c USING (oid), aclexplode(e.acl) AS granted
 WHERE c.relnamespace = 'public'::regnamespace
   AND granted.grantee = (SELECT oid FROM pg_roles WHERE rolname = %s)
"""
_OTHER_OWNERS: LiteralString = """
SELECT DISTINCT pg_get_userbyid(relowner)
  FROM pg_class
 WHERE relname IN ('_yoyo_migration', 'contacts') AND relnamespace = 'public'::regnamespace
   AND pg_get_userbyid(relowner) <> %s
"""


def set_up(
    dsn: str,
    *,
    owner: str = OWNER,
    app: str = APP,
    password: Callable[[str], str | None] = lambda _name: None,
    report: Callable[[str], None] = lambda _line: None,
) -> None:
    """Make the roles that are missing, and grant the app what it needs on the tables that are there.

    To be run before the first migration, by a superuser or whoever may make roles, and after each migration
    that adds a table or column, by the owner. A new role gets ``password(name)``, by default
    none, and then logs in by other means.
    Everything happens, or nothing. Raises ConfigurationError when the app could do more than it is granted,
    DatabaseError when the server refuses.
    """
    with administration.connect(administration.parameters(dsn)) as connection:
        try:
            with connection.transaction():
                for name in (owner, app):
                    if not _exists(connection, name):
                        create_role(connection, name, password(name))
                        report(f"made the role {name}")
                _grant_create(connection, owner)
                grant(connection, app, report)
                _check_roles(connection, owner, app)
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
    connection: psycopg.Connection, app: str, report: Callable[[str], None] = lambda _line: None
) -> None:
    """Exactly what ``sql/grants.sql`` says; whatever else the role had on a table is taken away."""
    role = sql.Identifier(app)
    for (table,) in connection.execute(_GRANTED, [app]).fetchall():
        text: LiteralString = "REVOKE ALL ON {} FROM {}"
        connection.execute(sql.SQL(text).format(sql.Identifier("public", table), role))
    if connection.execute("SELECT to_regclass('public._yoyo_migration')").fetchone() == (None,):
        report("nothing is granted yet: run this again after ventros migrate")
        return
    connection.execute(grants_sql(role.as_string(connection)).encode())
    report(f"granted {app} what sql/grants.sql says")


def grants_sql(role: str) -> str:
    """``sql/grants.sql`` for another role; ``role`` as it is to stand in SQL."""
    text = (directory("sql") / "grants.sql").read_text(encoding="utf-8")
    return text.replace(f" TO {APP};", f" TO {role};")


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return bool(connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchall())


def _grant_create(connection: psycopg.Connection, owner: str) -> None:
    may_create = connection.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [owner]).fetchone()
    if may_create == (False,):
        text: LiteralString = "GRANT ALL ON SCHEMA public TO {}"
        connection.execute(sql.SQL(text).format(sql.Identifier(owner)))


def _check_roles(connection: psycopg.Connection, owner: str, app: str) -> None:
    power = connection.execute(_POWERS, {"owner": owner, "app": app}).fetchone()
    if power and power[0]:
        raise ConfigurationError(f"the role {app} {power[0]}: take that away, or name another with --app")
    other_owners = connection.execute(_OTHER_OWNERS, [owner]).fetchall()
    if other_owners:
        raise ConfigurationError(
            f"{', '.join(name for (name,) in other_owners)} owns tables, not {owner}: "
            f"name it with --owner, or REASSIGN OWNED BY it TO {owner}"
        )
