"""What a look and a claim read when a million queues wait."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from ventros.devserver import DevServer
from ventros.kernel.outbox import deliveries
from ventros.kernel.statements import Statement

# Half of them go to one destination and are due, the others to 500 that are down.
MANY = """
INSERT INTO outbox_queues (
    tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position, due_at
)
SELECT 'tenant-' || n % 1000, CASE WHEN n % 2 = 0 THEN 'webhook:' || n % 1000 ELSE 'stdout' END, 'contact',
       gen_random_uuid(), 1, n,
       now() + CASE WHEN n % 2 = 0 THEN interval '1 hour' ELSE interval '-1 minute' END
  FROM generate_series(1, 1000000) AS n
"""


def cost(connection: psycopg.Connection, statement: Statement, *arguments: Any) -> tuple[int, int, float]:
    """Rows, pages and milliseconds, of its generic plan; nothing stays."""
    types = ", ".join(param.type for param in statement.params)
    values = ", ".join(
        f"{psycopg.sql.Literal(value).as_string(connection)}::{param.type}"
        for value, param in zip(arguments, statement.params, strict=True)
    )
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.execute(f"PREPARE measured ({types}) AS {statement.text}".encode())
        for _ in range(2):
            row = connection.execute(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE measured ({values})".encode()
            ).fetchone()
        connection.execute("DEALLOCATE measured")
    assert row is not None
    (plan,) = row[0] if isinstance(row[0], list) else json.loads(row[0])
    top = plan["Plan"]
    return (
        int(top["Actual Rows"]),
        top["Shared Hit Blocks"] + top["Shared Read Blocks"],
        plan["Execution Time"],
    )


@pytest.mark.slow
def test_a_million_queues_cost_a_claim_no_more(
    server: DevServer, superuser: psycopg.Connection, ventros_copy: str
) -> None:
    """By the superuser, for it is no statement of the relay's that is explained."""
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(MANY)
    superuser.execute("VACUUM ANALYZE outbox_queues")
    token = "01900000-0000-7000-8000-000000000000"  # noqa: S105 - of a claim
    with psycopg.connect(server.superuser_dsn(ventros_copy), prepare_threshold=None) as connection:
        measured = {
            "a look at one destination": cost(connection, deliveries.DUE, "stdout", "stdout;"),
            "a look at 500 that are down": cost(connection, deliveries.DUE, "webhook", "webhook;"),
            "a claim of 64": cost(connection, deliveries.CLAIM, ["stdout"], [64], [60.0], token),
            "a claim of what is not due": cost(
                connection, deliveries.CLAIM, ["webhook:2"], [64], [60.0], token
            ),
        }
    for what, (rows, pages, milliseconds) in measured.items():
        print(f"{what}: {rows} rows, {pages:,} pages, {milliseconds:.2f} ms")
    assert {what: pages for what, (_, pages, _) in measured.items() if pages > 5_000} == {}
