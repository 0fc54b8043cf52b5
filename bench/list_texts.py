"""How to write a list with optional filters: a text for each set of filters, or one text for all of them?

``python -m bench.list_texts`` seeds 200,000 contacts of 40 tenants and sends the same five lists in three
ways, in turn, each over a connection of its own:

* shapes: what Ventros sends, only the conditions that are asked for;
* one text: ``($n IS NULL OR column = $n)`` for every filter, planned as PostgreSQL sees fit;
* one text, custom plans: the same, planned anew for each execution (plan_cache_mode).

Prints medians in milliseconds and ratios to the first: see docs/architecture/decisions/005-lists-by-shape.md.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

import asyncpg

from ventros import CRM
from ventros.crm.contacts import mapper
from ventros.crm.contacts.list_query import LIST_QUERY, ContactFilter, ContactSort
from ventros.devserver import DevServer
from ventros.kernel.lists import Direction, Shape
from ventros.schema import create_database

ROUNDS = 40
WARM_UP = 10
TENANT = "tenant-0"
SEED = """
SET session_replication_role = replica;  -- the contacts alone are what is measured
INSERT INTO contacts (tenant_id, id, project_id, name, email, phone, language, tags, created_at, updated_at)
SELECT 'tenant-' || CASE WHEN n % 4 = 0 THEN 0 ELSE n % 40 END,
       md5(n::text)::uuid, md5('project')::uuid, 'Contact ' || n, 'c' || n || '@acme.example', 10000000 + n,
       'en', ARRAY['tag' || n % 5, 'rare' || n % 2000], timestamptz '2026-01-01' + n * interval '1 minute',
       timestamptz '2026-01-01' + n * interval '1 minute'
  FROM generate_series(1, 200000) AS n;
SET session_replication_role = origin;
ANALYZE contacts;
"""
ONE_TEXT = f"""
SELECT {", ".join(mapper.COLUMNS)}
  FROM contacts
 WHERE tenant_id = $1 AND deleted_at IS NULL
   AND ($2::uuid IS NULL OR project_id = $2)
   AND ($3::text IS NULL OR name ILIKE $3 OR phone ILIKE $3 OR email ILIKE $3)
   AND ($4::text IS NULL OR name ILIKE $4)
   AND ($5::text IS NULL OR phone ILIKE $5)
   AND ($6::text IS NULL OR email ILIKE $6)
   AND ($7::text[] IS NULL OR tags && $7)
   AND ($8::timestamptz IS NULL OR created_at >= $8)
   AND ($9::timestamptz IS NULL OR created_at <= $9)
 ORDER BY created_at DESC, id DESC
 LIMIT $10
"""  # noqa: S608 - the mapper's own column names
LISTS = {
    "nothing passes": ContactFilter(name="nobody"),
    "no filter": ContactFilter(),
    "a common tag": ContactFilter(tags=["tag3"]),
    "a rare tag": ContactFilter(tags=["rare7"]),
    "a text in the names": ContactFilter(name="contact 1"),
}


async def by_shape(connection: asyncpg.Connection[Any], chosen: dict[str, object]) -> list[asyncpg.Record]:
    shape = Shape(tuple(chosen), ContactSort.CREATED_AT, Direction.DESC)
    return await connection.fetch(LIST_QUERY.statement(shape).text, TENANT, *chosen.values(), 21)


async def by_one_text(connection: asyncpg.Connection[Any], chosen: dict[str, object]) -> list[asyncpg.Record]:
    filters = (chosen.get(condition.name) for condition in LIST_QUERY.conditions)
    return await connection.fetch(ONE_TEXT, TENANT, *filters, 21)


async def main() -> None:
    with DevServer(durable=False) as server:
        create_database(server, CRM, "list_texts")
        dsn = server.superuser_dsn("list_texts")
        connections = [await asyncpg.connect(dsn) for _ in range(3)]
        await connections[0].execute(SEED)
        await connections[2].execute("SET plan_cache_mode = force_custom_plan")
        ways = list(zip((by_shape, by_one_text, by_one_text), connections, strict=True))
        print(f"{'median ms':22}{'shapes':>10}{'one text':>18}{'custom plans':>18}")
        for name, filter_ in LISTS.items():
            chosen = LIST_QUERY.arguments(filter_)
            taken: list[list[float]] = [[], [], []]
            for _ in range(ROUNDS):
                for times, (send, connection) in zip(taken, ways, strict=True):
                    start = time.perf_counter()
                    await send(connection, chosen)
                    times.append((time.perf_counter() - start) * 1000)
            first, *others = (statistics.median(times[WARM_UP:]) for times in taken)
            print(
                f"{name:22}{first:10.2f}"
                + "".join(f"{median:10.2f} ({median / first:4.1f}x)" for median in others)
            )
        for connection in connections:
            await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
