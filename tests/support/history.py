"""What history has recorded, and what its check finds."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from tests.support.constants import NOW
from ventros.kernel.resources import directory

LATER = NOW + timedelta(hours=1)
CHECK = (directory("sql") / "ops" / "history.sql").read_text(encoding="utf-8").partition("tenant_id = '';")[2]
"""Without its SET, so one statement."""


def findings(superuser: psycopg.Connection) -> list[tuple[str, str]]:
    """Subject and finding of sql/ops/history.sql."""
    with superuser.transaction(force_rollback=True), superuser.cursor() as cursor:  # its SETs, too
        cursor.execute(CHECK.encode(), prepare=False)
        while cursor.nextset():  # before the SELECT there are some SET
            pass
        return [row[:2] for row in cursor.fetchall()]
