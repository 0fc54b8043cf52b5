"""What somebody with the app's password may send, without its being taken for what the application sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from ventros.roles import APP


@contextmanager
def as_app(superuser: psycopg.Connection, **settings: object) -> Iterator[psycopg.Connection]:
    """The superuser's connection as the app's role, uncounted, for one transaction that is rolled back.

    ``settings`` are those of the application in it: ``user_id`` is ``app.user_id``.
    """
    superuser.execute("SET pg_stat_statements.track = 'none'")
    superuser.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(APP)))
    try:
        with superuser.transaction(force_rollback=True):
            for name, value in settings.items():
                superuser.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", str(value)])
            yield superuser
    finally:
        superuser.execute("RESET SESSION AUTHORIZATION")
        superuser.execute("RESET pg_stat_statements.track")
