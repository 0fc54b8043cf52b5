"""Looks at tables from the inside: heap-only updates, write-ahead log, sizes, plans, vacuum."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import attrs
import psycopg
from psycopg import sql

from bench.server import TENANT, Server

VARIANTS = Path(__file__).parent / "variants"
AGEING = (Path(__file__).parent / "ageing.sql").read_text(encoding="utf-8")
TABLES = ("contacts", "sessions")


@attrs.frozen
class Ageing:
    """``wal_bytes`` without full-page images; ``full_page_bytes`` None where the log cannot be read."""

    updates: int
    seconds: float
    wal_bytes: int
    full_page_bytes: int | None


def title_of(variant: str) -> str:
    first = (VARIANTS / f"{variant}.sql").read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("-- ").removesuffix(".")


def apply_variant(dsn: str, variant: str) -> None:
    """Paragraphs are sent one by one: VACUUM cannot share a message with others."""
    text = (VARIANTS / f"{variant}.sql").read_text(encoding="utf-8")
    with psycopg.connect(dsn, autocommit=True) as connection:
        for paragraph in text.split("\n\n"):
            if any(line and not line.startswith("--") for line in paragraph.splitlines()):
                connection.execute(paragraph.encode())


class Log:
    """Reads the server's write-ahead log through pg_walinspect, where the role may; else only its length."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.readable = True
        server.create("log", bare=True)
        try:
            with psycopg.connect(server.superuser_dsn("log"), autocommit=True) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
        except psycopg.Error:
            self.readable = False

    def checkpoint(self) -> None:
        if self.readable:
            with psycopg.connect(self._server.superuser_dsn("log"), autocommit=True) as connection:
                connection.execute("CHECKPOINT")

    def between(self, start: str, end: str) -> tuple[int, int | None]:
        """Bytes of records, and of full-page images."""
        with psycopg.connect(self._server.superuser_dsn("log"), autocommit=True) as connection:
            if self.readable:
                text: LiteralString = (
                    "SELECT sum(record_size)::bigint, sum(fpi_size)::bigint FROM pg_get_wal_stats(%s, %s)"
                )
                return one(connection, text, start, end)
            (length,) = one(connection, "SELECT pg_wal_lsn_diff(%s, %s)::bigint", end, start)
            return length, None


def one(connection: psycopg.Connection[Any], text: LiteralString, *values: object) -> tuple[Any, ...]:
    row = connection.execute(text, values).fetchone()
    if row is None:
        raise LookupError(text)
    return tuple(row)


@contextmanager
def as_tenant(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT set_config('app.tenant_id', %s, false)", (TENANT,))
        yield connection


def age(dsn: str, log: Log, table: str, *, rows: int, updates: int, seed: float) -> Ageing:
    """``updates`` transactions of one update each, drawn by ``seed``, from -1 to 1."""
    position: LiteralString = "SELECT pg_current_wal_insert_lsn()::text"
    with as_tenant(dsn) as connection:
        connection.execute("SELECT setseed(%s)", (seed,))
        connection.execute("SET synchronous_commit = off")
        (start,) = one(connection, position)
        clock = time.perf_counter()
        call = sql.SQL("CALL {}(%s, %s)").format(sql.Identifier(f"bench_age_{table}"))
        connection.execute(call, (rows, updates))
        seconds = time.perf_counter() - clock
        (end,) = one(connection, position)
        # A commit that waits for the disk takes with it all that came before.
        connection.execute("SET synchronous_commit = on")
        connection.execute("SELECT pg_logical_emit_message(true, 'bench', '')")
    return Ageing(updates, seconds, *log.between(start, end))


def sizes(dsn: str, table: str) -> dict[str, int]:
    with as_tenant(dsn) as connection:
        heap, indexes = one(
            connection,
            "SELECT pg_relation_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c WHERE oid = %s::regclass",
            table,
        )
    return {"table_bytes": heap, "index_bytes": indexes}


def counters(dsn: str, table: str) -> dict[str, float | None]:
    """Since the database was made, so over all that was done to it."""
    with as_tenant(dsn) as connection:
        updates, hot, dead = one(
            connection,
            "SELECT n_tup_upd, n_tup_hot_upd, n_dead_tup FROM pg_stat_user_tables WHERE relid = %s::regclass",
            table,
        )
        hits, reads = one(
            connection,
            "SELECT heap_blks_hit + idx_blks_hit, heap_blks_read + idx_blks_read"
            "  FROM pg_statio_user_tables WHERE relid = %s::regclass",
            table,
        )
    return {
        "updates": updates,
        "hot_share": hot / updates if updates else None,
        "dead_rows": dead,
        "cache_hit_share": hits / (hits + reads) if hits + reads else None,
    }


def vacuum(dsn: str, table: str) -> float:
    """Seconds."""
    with as_tenant(dsn) as connection:
        clock = time.perf_counter()
        connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))
        return time.perf_counter() - clock


def plan(dsn: str, statement: LiteralString) -> str:
    """Node and index of the one scan that ``statement``, with its values in it, is planned with."""
    with as_tenant(dsn) as connection:
        (explained,) = one(connection, statement)
    node = explained[0]["Plan"]
    while "Plans" in node:
        node = node["Plans"][0]
    return f"{node['Node Type']} {node.get('Index Name', '')}".strip()


def index_count(dsn: str, table: str) -> int:
    with as_tenant(dsn) as connection:
        (count,) = one(connection, "SELECT count(*) FROM pg_index WHERE indrelid = %s::regclass", table)
    return int(count)
