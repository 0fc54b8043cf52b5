"""What forgetting a tenant takes: ``python -m bench.forget_cost``.

The rows of sql/plans/seed.sql, of which two tenants get many more messages and contacts, and every version is
recorded. One of the two is forgotten; the other one updates its contacts, before and meanwhile.
"""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from typing import LiteralString

import attrs
import psycopg

from ventros import CRM
from ventros.audit.expectations import TENANTS, seed
from ventros.audit.library import Library
from ventros.devserver import DATABASE, DevServer
from ventros.ops import history, tenants
from ventros.schema import create_database

FORGOTTEN, OTHER = TENANTS
CONTACTS, MESSAGES = 10, 100
_MULTIPLY: LiteralString = """
SET session_replication_role = replica;
CREATE TEMP TABLE more AS SELECT * FROM contacts WHERE tenant_id = ANY (%(tenants)s);
UPDATE more SET phone = NULL;
INSERT INTO contacts SELECT copy.*
  FROM more, generate_series(1, %(contacts)s) AS n,
       jsonb_populate_record(more, jsonb_build_object('id', gen_random_uuid(), 'n', n)) AS copy;
CREATE TEMP TABLE talk AS SELECT * FROM messages WHERE tenant_id = ANY (%(tenants)s);
UPDATE talk SET channel_message_id = NULL;
INSERT INTO messages SELECT copy.*
  FROM talk, generate_series(1, %(messages)s) AS n,
       jsonb_populate_record(talk, jsonb_build_object('id', gen_random_uuid(), 'n', n)) AS copy;
"""


@attrs.define
class Writer:
    """One connection of the other tenant; milliseconds of its updates, one transaction each."""

    dsn: str
    over: threading.Event = attrs.Factory(threading.Event)
    taken: list[float] = attrs.Factory(list)

    def work(self) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("SELECT set_config('app.tenant_id', %s, false)", [OTHER])
            ids = connection.execute("SELECT id FROM contacts WHERE tenant_id = %s", [OTHER]).fetchall()
            for id_ in itertools.cycle(ids):
                if self.over.is_set():
                    return
                started = time.perf_counter()
                connection.execute(
                    "UPDATE contacts SET updated_at = now(), version = version + 1"
                    " WHERE tenant_id = %s AND id = %s",
                    [OTHER, *id_],
                )
                self.taken.append((time.perf_counter() - started) * 1e3)

    def __str__(self) -> str:
        p99 = statistics.quantiles(self.taken, n=100)[98]
        return f"{len(self.taken):,} updates, p99 {p99:.1f} ms, longest {max(self.taken):.0f} ms"


def main() -> None:
    with DevServer() as server:
        create_database(server, CRM, DATABASE)
        superuser = server.superuser_dsn(DATABASE)
        seed(superuser, Library(CRM))
        with psycopg.connect(superuser, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
            sizes = {"tenants": list(TENANTS), "contacts": CONTACTS, "messages": MESSAGES}
            connection.execute(_MULTIPLY, sizes)
            connection.execute("VACUUM (ANALYZE)")
        dsn = server.owner_dsn()
        history.enable(dsn, CRM)
        alone, meanwhile = Writer(dsn), Writer(dsn)
        thread = threading.Thread(target=alone.work)
        thread.start()
        time.sleep(5)
        alone.over.set()
        thread.join()
        thread = threading.Thread(target=meanwhile.work)
        thread.start()
        started = time.perf_counter()
        done = tenants.forget(dsn, FORGOTTEN)
        seconds = time.perf_counter() - started
        meanwhile.over.set()
        thread.join()
        erased = sum(done.erased.values())
        print(f"PostgreSQL {server.version}: {erased:,} rows in {seconds:.1f} s; left: {dict(done.left)}")
        print(f"the other tenant alone: {alone}")
        print(f"meanwhile: {meanwhile}")


if __name__ == "__main__":
    main()
