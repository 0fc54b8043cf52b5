"""A database with rows in every table of the CRM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from ventros import CRM
from ventros.devserver import DevServer
from ventros.schema import create_database

_ROWS: Final = 200


@contextmanager
def filled_database() -> Iterator[str]:
    """The superuser's DSN; the rows are made as those that plans are made with, only fewer."""
    with DevServer(durable=False) as server:
        create_database(server, CRM, "filled")
        dsn = server.superuser_dsn("filled")
        with psycopg.connect(dsn, autocommit=True) as connection:
            for application in CRM.stack():
                text = (application.statements.folder / "plans" / "seed.sql").read_text(encoding="utf-8")
                connection.execute(text.replace("20000", str(_ROWS)).encode())
        yield dsn
