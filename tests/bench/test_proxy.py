"""The proxy counts what a client waits for, and makes it wait as long as it was told."""

from __future__ import annotations

import asyncpg
import psycopg
import pytest

from bench.comparison import APART_MS
from bench.dsn import address, through
from bench.proxy import Counter, Proxy
from bench.scenarios.latency import round_trip_ms
from bench.server import Server
from ventros.kernel.connection.dsn import Insecure


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def test_messages_are_counted_however_they_are_cut() -> None:
    startup = (8).to_bytes(4, "big") + b"SQSQ"
    sent = startup + message(b"P", b"SSSQQQ") + message(b"S")
    then = message(b"Q", b"SELECT 1\0") + message(b"X")
    for size in (1, 3, 1000):
        for answered, total in ((True, 2), (False, 1)):
            counter = Counter()
            frames = counter.of_connection()
            for at in range(0, len(sent), size):
                frames.feed(sent[at : at + size])
            assert counter.total == 1
            frames.answered = answered
            for at in range(0, len(then), size):
                frames.feed(then[at : at + size])
            assert counter.total == total


async def test_round_trips_of_a_driver(bench_server: Server) -> None:
    dsn = bench_server.create("proxy", bare=True)
    with Proxy(dsn) as proxy:
        connection = await asyncpg.connect(proxy.dsn)
        before = proxy.round_trips()
        for _ in range(5):
            await connection.execute("BEGIN; SET LOCAL work_mem = '1MB'")
            await connection.execute("ROLLBACK")
        assert proxy.round_trips() - before == 10
        await connection.close()
        with psycopg.connect(proxy.dsn) as other:
            assert other.execute("SELECT repeat('x', 300000)").fetchone() == ("x" * 300_000,)


async def test_what_is_sent_together_is_one_round_trip(bench_server: Server) -> None:
    dsn = bench_server.create("together", bare=True)
    with Proxy(dsn, round_trip_ms=APART_MS) as proxy:
        async with await psycopg.AsyncConnection.connect(
            proxy.dsn, autocommit=True, prepare_threshold=None
        ) as connection:
            before = proxy.round_trips()
            async with connection.pipeline() as pipeline:
                for _ in range(5):
                    await connection.execute("SELECT 1")
                await pipeline.sync()
                assert proxy.round_trips() - before == 1
            before = proxy.round_trips()
            for _ in range(5):
                await connection.execute("SELECT 1")
            assert proxy.round_trips() - before == 5


async def test_a_round_trip_takes_as_long_as_it_should(bench_server: Server) -> None:
    dsn = bench_server.create("distance", bare=True)
    with Proxy(dsn, round_trip_ms=30) as proxy:
        assert await round_trip_ms(proxy.dsn) >= 30
        proxy.move(0)
        assert await round_trip_ms(proxy.dsn) < 30


@pytest.mark.parametrize(
    ("dsn", "place"),
    [
        ("postgresql://u:p@/db?host=/tmp/x&port=5433", ("/tmp/x", 5433)),  # noqa: S108 - only a name
        (Insecure("postgresql://u:p@db.example:6432/db"), ("db.example", 6432)),
        ("postgresql+asyncpg://u:p@localhost/db", ("localhost", 5432)),
        ("host=localhost user=u password=p", ("localhost", 5432)),
    ],
)
def test_where_a_dsn_points(dsn: str, place: tuple[str, int]) -> None:
    assert address(dsn) == place
    assert address(through(dsn, "/proxy")) == ("/proxy", 5432)
    assert "u:p@" in through(dsn, "/proxy")
