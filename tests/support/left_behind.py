"""What a test may not leave on the server."""

from __future__ import annotations

import time

import psycopg


def sessions(superuser: psycopg.Connection, patience: int = 200) -> list[tuple[str, str]]:
    """State and last statement of the application's sessions; one that was closed may take a moment to go."""
    for _ in range(patience):
        rows = superuser.execute(
            "SELECT state, query FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename LIKE 'ventros%'"
        ).fetchall()
        if not rows:
            break
        time.sleep(0.01)
    return rows
