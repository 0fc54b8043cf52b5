"""The schema in an embedded server, as a database to work with or as one text to read."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from typing import LiteralString

from psycopg import sql

from ventros import administration, roles
from ventros.devserver import DATABASE, DevServer, find_binaries
from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.migrate import migrate

HEADER = """\
-- The schema that the migrations of the application {name} make, as pg_dump of PostgreSQL {major} writes it.
-- Not to be edited: ventros migrate schema prints it.

"""
_OBJECT = re.compile(r"^--\n-- Name: .*\n--\n", re.MULTILINE)
_NOISE = re.compile(r"^(?:--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(?:un)?restrict .*)\n", re.MULTILINE)


def create_database(server: DevServer, application: Application, name: str) -> str:
    """A new database with the application's schema and all that it stands on; returns the app's DSN, to whom
    what it needs is granted.
    """
    if name != DATABASE:
        server.create_database(name)
    roles.set_up(server.owner_dsn(name), application)
    migrate(server.owner_dsn(name), application)
    roles.set_up(server.owner_dsn(name), application)
    return server.dsn(name)


def snapshot(server: DevServer, application: Application) -> str:
    """Migrates a new database on ``server`` and dumps the application's own part of it, without owners and
    grants: not what it stands on, and not the table of marks.

    pg_dump writes one schema differently from version to version, so compare within one major version.
    """
    database = f"schema_snapshot_{application.name}"
    server.create_database(database, "template0")  # without what the server gives to others
    dsn = server.owner_dsn(database)
    for below in application.stands_on:
        migrate_bare(dsn, below)
    known = {*_objects(dsn)}
    migrate_bare(dsn, application)
    body = "\n\n".join(part for part in _objects(dsn) if part not in known)
    return HEADER.format(name=application.name, major=server.version.split(".")[0]) + body + "\n"


def migrate_bare(dsn: str, application: Application) -> None:
    """With its stack; without grants, which may be of another schema than this one."""
    text: LiteralString = "CREATE SCHEMA IF NOT EXISTS {}"
    with administration.connect(administration.parameters(dsn)) as connection:
        for one in application.stack():
            connection.execute(sql.SQL(text).format(sql.Identifier(one.statements.schema)))
    migrate(dsn, application)


def _objects(dsn: str) -> list[str]:
    """What pg_dump writes, by object, without headings and settings."""
    command = [
        str(find_binaries() / "pg_dump"),
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--exclude-table=public.ventros_migrations",
    ]
    utc = {**os.environ, "PGTZ": "UTC"}  # in which times of CHECKs are written
    dump = subprocess.run([*command, dsn], capture_output=True, text=True, check=False, env=utc)  # noqa: S603 - our own
    if dump.returncode:
        raise ConfigurationError(f"pg_dump failed: {dump.stderr.strip()}")
    starts = [0, *(match.start() for match in _OBJECT.finditer(dump.stdout)), len(dump.stdout)]
    texts = (_NOISE.sub("", dump.stdout[start:end]).strip() for start, end in itertools.pairwise(starts))
    return [re.sub(r"\n{3,}", "\n\n", text) for text in texts if text]
