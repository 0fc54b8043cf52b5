"""The schema in an embedded server, as a database to work with or as one text to read."""

from __future__ import annotations

import os
import re
import subprocess

from ventros import roles
from ventros.devserver import DATABASE, DevServer, find_binaries
from ventros.kernel.errors import ConfigurationError
from ventros.migrate import migrate

HEADER = """\
-- The schema that the migrations make, as pg_dump of PostgreSQL {major} writes it.
-- Not to be edited: ventros migrate schema > sql/schema.sql

"""
_NOISE = re.compile(r"^(?:--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(?:un)?restrict .*)\n", re.MULTILINE)


def create_database(server: DevServer, name: str) -> str:
    """A new database with the schema in it, and the app granted what it needs; returns the app's DSN."""
    if name != DATABASE:
        server.create_database(name)
    migrate(server.owner_dsn(name))
    roles.set_up(server.owner_dsn(name))
    return server.dsn(name)


def snapshot(server: DevServer) -> str:
    """Migrates a new database on ``server`` and dumps it, without owners, grants and yoyo's own tables.

    pg_dump writes one schema differently from version to version, so compare within one major version.
    """
    server.create_database("schema_snapshot", "template0")  # without what the server gives to others
    dsn = server.owner_dsn("schema_snapshot")
    migrate(dsn)
    command = [
        str(find_binaries() / "pg_dump"),
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--exclude-table=*yoyo*",
    ]
    utc = {**os.environ, "PGTZ": "UTC"}  # in which times of CHECKs are written
    dump = subprocess.run([*command, dsn], capture_output=True, text=True, check=False, env=utc)  # noqa: S603 - our own
    if dump.returncode:
        raise ConfigurationError(f"pg_dump failed: {dump.stderr.strip()}")
    body = re.sub(r"\n{3,}", "\n\n", _NOISE.sub("", dump.stdout)).strip()
    return HEADER.format(major=server.version.split(".")[0]) + body + "\n"
