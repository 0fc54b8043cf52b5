"""What a history costs: ``python -m bench.history_cost``.

Of an update in the server, which waits for no disk: nothing recorded, recorded row by row as the migration
does it, and by the same diff over a statement's transition tables. Arms take turns, block by block; medians
in microseconds. Then the seconds that ``ventros history enable`` and sql/ops/history.sql take.
"""

from __future__ import annotations

import statistics
import time
from typing import LiteralString

import psycopg

from bench import tables
from bench.server import Server
from ventros import CRM
from ventros.kernel.resources import directory
from ventros.ops import history

ROWS, BLOCKS, UPDATES = 20_000, 10, 2_000
BY_STATEMENT: LiteralString = """
CREATE FUNCTION by_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET "TimeZone" = 'UTC' SET "IntervalStyle" = 'postgres' SET extra_float_digits = 1 AS $$
BEGIN
    INSERT INTO public.aggregate_history
    SELECT coalesce(later.doc ->> 'tenant_id', ''), TG_TABLE_NAME, later.id, later.version, 'update',
           clock_timestamp(), session_user, nullif(current_setting('app.actor', true), ''),
           nullif(current_setting('app.use_case', true), ''), diff.before, diff.after
      FROM (SELECT id, version, to_jsonb(n) - 'version' AS doc FROM new_rows AS n) AS later
      JOIN (SELECT id, to_jsonb(o) - 'version' AS doc FROM old_rows AS o) AS earlier USING (id),
   LATERAL (SELECT jsonb_object_agg(key,
                                    public.ventros_history_value(key, earlier.doc -> key, '{}')) AS before,
                   jsonb_object_agg(key, public.ventros_history_value(key, value, '{}')) AS after
              FROM jsonb_each(later.doc) WHERE value IS DISTINCT FROM earlier.doc -> key) AS diff;
    RETURN NULL;
END $$;
CREATE TRIGGER history AFTER UPDATE ON contacts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
   FOR EACH STATEMENT EXECUTE FUNCTION by_statement();
CREATE TRIGGER history AFTER UPDATE ON sessions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
   FOR EACH STATEMENT EXECUTE FUNCTION by_statement();
"""
ARMS = ("nothing", "row by row", "by statement")


def measure(server: Server) -> None:
    origin = server.populated("origin", ROWS)
    with psycopg.connect(origin, autocommit=True) as connection:
        connection.execute(tables.AGEING.encode())
    places = {arm: server.create(arm.replace(" ", "_"), "origin") for arm in ARMS}
    tables.apply_variant(places["row by row"], "history")
    with psycopg.connect(places["by statement"], autocommit=True) as connection:
        connection.execute(BY_STATEMENT)
    log = tables.Log(server)
    for table in tables.TABLES:
        taken: dict[str, list[float]] = {arm: [] for arm in ARMS}
        for block in range(BLOCKS + 1):
            for arm, dsn in places.items():
                aged = tables.age(dsn, log, table, rows=ROWS, updates=UPDATES, seed=block / 100)
                if block:
                    taken[arm].append(aged.seconds / UPDATES * 1e6)
        medians = (f"{arm} {statistics.median(times):.0f}" for arm, times in taken.items())
        print(f"us for an update of {table}: {', '.join(medians)}")
    check(server, log)


def check(server: Server, log: tables.Log) -> None:
    server.create("checked", "origin")
    superuser = server.superuser_dsn("checked")
    clock = time.perf_counter()
    written = history.enable(server.dsn("checked"), CRM)
    print(f"enable: {written:,} baselines in {time.perf_counter() - clock:.1f} s")
    tables.age(server.dsn("checked"), log, "contacts", rows=ROWS, updates=3 * ROWS, seed=0.5)
    clock = time.perf_counter()
    with psycopg.connect(superuser, autocommit=True) as connection:
        findings = connection.execute((directory("sql") / "ops" / "history.sql").read_bytes()).fetchall()
    size = history.status(superuser, CRM)
    print(
        f"check: {len(findings)} findings in {written + 3 * ROWS:,} rows ({size.bytes / 1e6:.0f} MB) "
        f"in {time.perf_counter() - clock:.1f} s"
    )


if __name__ == "__main__":
    with Server(durable=False) as running:
        measure(running)
