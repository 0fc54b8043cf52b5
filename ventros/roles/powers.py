"""What the roles may do beyond what they are granted: found by sql/ops/roles.sql, taken away or refused."""

from __future__ import annotations

import re
from typing import LiteralString

import attrs
import psycopg

from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.resources import directory
from ventros.roles.grants import Report, privileges
from ventros.roles.names import Roles
from ventros.sql_lists import fill

SETTINGS: LiteralString = """
SELECT set_config('ventros.owner', %(owner)s, true), set_config('ventros.app', %(app)s, true),
       set_config('ventros.relay', %(relay)s, true), set_config('ventros.scheduler', %(scheduler)s, true),
       set_config('ventros.auditor', %(auditor)s, true), set_config('search_path', 'public', true)
"""
"""What the questions of sql/ops read of the roles, for one transaction."""
_TAKEN = re.compile(r"(?:REVOKE|ALTER DEFAULT PRIVILEGES) .* ON .*;")
"""What is mended without asking. A membership, an attribute or an owner may be there for a reason."""


@attrs.frozen
class Excess:
    """A power that ``subject``, a role or PUBLIC, has and should not; ``mend`` is the SQL that takes it."""

    subject: str
    finding: str
    mend: str


def take_away(connection: psycopg.Connection, application: Application, roles: Roles, report: Report) -> None:
    """Revokes what may be revoked. Raises ConfigurationError that names the rest. Within a transaction."""
    for excess in find(connection, application, roles):
        if _TAKEN.fullmatch(excess.mend) and _mended(connection, excess):
            report(f"took away: {excess.finding}")
    if rest := find(connection, application, roles):
        lines = "; ".join(f"{excess.finding} (to take that away: {excess.mend})" for excess in rest)
        raise ConfigurationError(f"{lines}; or name other roles, see --help")


def find(connection: psycopg.Connection, application: Application, roles: Roles) -> list[Excess]:
    """What sql/ops/roles.sql finds. Within a transaction, whose settings it changes."""
    lists = {
        "schema": [{"name": name} for name in application.schemas()],
        "privilege": [one for below in application.stack() for one in privileges(below)],
    }
    text = (directory("sql") / "ops" / "roles.sql").read_text(encoding="utf-8")
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(SETTINGS, attrs.asdict(roles))
        rows = cursor.execute(fill(text, lists.__getitem__).encode(), prepare=False).fetchall()
        cursor.execute("SET LOCAL search_path = DEFAULT")
    return [Excess(subject, finding, mend) for subject, finding, _, mend in rows]


def _mended(connection: psycopg.Connection, excess: Excess) -> bool:
    """False where who is logged in may not."""
    try:
        with connection.transaction():
            connection.execute(excess.mend.encode())
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True
