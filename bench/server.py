"""The server that is measured: one of its own, or a given one, with a database to itself for each arm."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

import ventros
from bench.dsn import rewritten
from ventros import CRM, administration, roles
from ventros.demo.seed import seed_tenant
from ventros.devserver import DevServer
from ventros.kernel.connection.address import read_address
from ventros.migrate import migrate

SETTINGS = {
    "autovacuum": "off",  # it would vacuum one arm and not the other; vacuuming is measured by itself
    "checkpoint_timeout": "1h",
    "max_wal_size": "32GB",  # no checkpoint, and so no burst of full-page images, in the middle of a round
    "max_connections": "400",
    "shared_buffers": "1GB",
}
SHOWN = (
    *("fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers", "max_wal_size"),
    *("checkpoint_timeout", "autovacuum", "jit"),
)
POPULATE = (Path(__file__).parent / "populate.sql").read_text(encoding="utf-8")
TENANT = "bench"


class Server:
    """``dsn``: databases are made beside the one that it names, and dropped at the end; its role must be
    allowed to make them. Without: an embedded server, ``durable`` or not.
    """

    def __init__(self, dsn: str | None = None, *, durable: bool = True) -> None:
        self._given = rewritten(dsn) if dsn else None
        self._embedded = None if dsn else DevServer(durable=durable, settings=SETTINGS)
        self._prefix = f"ventros_bench_{secrets.token_hex(3)}_"
        self._made: list[str] = []

    def __enter__(self) -> Self:
        if self._embedded:
            self._embedded.start()
        with self._maintenance() as connection:
            shown = {
                name: _one(connection, sql.SQL("SHOW {}").format(sql.Identifier(name))) for name in SHOWN
            }
            self.version = _one(connection, sql.SQL("SHOW server_version")).split()[0]
        self.settings: dict[str, str] = shown
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._embedded:
            self._embedded.stop()
            return
        for name in list(self._made):
            self.drop(name)

    @property
    def volatile(self) -> bool:
        """Whether a crash may lose what was committed."""
        return "off" in (self.settings["fsync"], self.settings["synchronous_commit"])

    @property
    def durabilities(self) -> tuple[str, ...]:
        """What databases on it can be: on a server that does not wait for the disk, none is durable."""
        return ("volatile",) if self.volatile else ("durable", "volatile")

    def _maintenance(self) -> AbstractContextManager[psycopg.Connection]:
        dsn = self._given or (self._embedded.superuser_dsn() if self._embedded else "")
        return administration.connect(administration.parameters(dsn, "ventros bench"))

    def dsn(self, name: str) -> str:
        """Of a database that was made here, for its owner, whom policies bind as they do the app: what the
        arms send is not the library's alone.
        """
        return self._embedded.owner_dsn(self._prefix + name) if self._embedded else self._beside(name)

    def superuser_dsn(self, name: str) -> str:
        """The same for whom may read the write-ahead log; a given server has no other role than its own."""
        return self._embedded.superuser_dsn(self._prefix + name) if self._embedded else self._beside(name)

    def relay_dsn(self, name: str) -> str:
        """The same for the relay, once it is granted what it needs."""
        if self._embedded is None:
            return self._beside(name)
        roles.set_up(self.dsn(name), CRM)
        return self._embedded.dsn(self._prefix + name, roles.RELAY)

    def _beside(self, name: str) -> str:
        return rewritten(self._given or "", dbname=self._prefix + name)

    def create(
        self, name: str, template: str | None = None, *, bare: bool = False, volatile: bool | None = None
    ) -> str:
        """A database, migrated unless ``bare``, or a copy of one that was made here; returns its DSN.

        ``volatile`` sets synchronous_commit for all that connect to it; None leaves the server's.
        """
        if template is None and not bare:
            template = self._migrated_template()
        full, role = self._prefix + name, self._role()
        text = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(full), sql.Identifier(role))
        if template:
            text += sql.SQL(" TEMPLATE {}").format(sql.Identifier(self._prefix + template))
        with self._maintenance() as connection:
            connection.execute(text)
            if volatile is not None:
                waits = sql.SQL("ALTER DATABASE {} SET synchronous_commit = {}").format(
                    sql.Identifier(full), sql.Literal("off" if volatile else "on")
                )
                connection.execute(waits)
        self._made.append(name)
        return self.dsn(name)

    def _migrated_template(self) -> str:
        """Migrating takes seconds, copying does not."""
        if "migrated" not in self._made:
            migrate(self.create("migrated", bare=True), CRM)
        return "migrated"

    def drop(self, name: str) -> None:
        with self._maintenance() as connection:
            text = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._prefix + name))
            connection.execute(text)
        self._made.remove(name)

    def populated(self, name: str, rows: int) -> str:
        """A migrated database with ``rows`` contacts and as many active sessions of one tenant."""
        dsn = self.create(name)
        asyncio.run(_seed(dsn))
        with psycopg.connect(dsn, autocommit=True) as connection:
            for key, value in (("app.tenant_id", TENANT), ("bench.rows", str(rows))):
                connection.execute("SELECT set_config(%s, %s, false)", (key, value))
            connection.execute(POPULATE)
            connection.execute("VACUUM (FREEZE, ANALYZE) contacts, sessions")
        return dsn

    def _role(self) -> str:
        if self._embedded:
            return roles.OWNER
        return read_address(self._given).fields["user"]


async def _seed(dsn: str) -> None:
    async with ventros.connect(dsn) as db:
        await seed_tenant(db, TENANT, "bench-phone", datetime.now(UTC))


def _one(connection: psycopg.Connection[Any], text: sql.Composed | sql.SQL) -> str:
    row = connection.execute(text).fetchone()
    return str(row[0]) if row else ""
