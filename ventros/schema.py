"""The schema as one text, made from the migrations, for whoever reads it instead of replaying them."""

from __future__ import annotations

import re
import subprocess

from ventros.devserver import DevServer, find_binaries
from ventros.kernel.errors import ConfigurationError
from ventros.migrate import migrate

HEADER = """\
-- The schema that the migrations make, as pg_dump of PostgreSQL {major} writes it.
-- Not to be edited: ventros migrate schema > sql/schema.sql

"""
_NOISE = re.compile(r"^(?:--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(?:un)?restrict .*)\n", re.MULTILINE)


def snapshot(server: DevServer) -> str:
    """Migrates a new database on ``server`` and dumps it, without owners, grants and yoyo's own tables.

    pg_dump writes one schema differently from version to version, so compare within one major version.
    """
    dsn = server.create_database("schema_snapshot")
    migrate(dsn)
    command = [
        str(find_binaries() / "pg_dump"),
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--exclude-table=*yoyo*",
    ]
    done = subprocess.run([*command, dsn], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise ConfigurationError(f"pg_dump failed: {done.stderr.strip()}")
    body = re.sub(r"\n{3,}", "\n\n", _NOISE.sub("", done.stdout)).strip()
    return HEADER.format(major=server.version.split(".")[0]) + body + "\n"
