"""A database restored into another cluster goes on: the log's old ids go below all of that cluster's."""

from __future__ import annotations

from typing import LiteralString

import attrs
import psycopg

from ventros import administration
from ventros.kernel.errors import DatabaseError

_TABLES = (
    "public.outbox_events",
    "public.outbox_consumers",
    "public.outbox_deliveries",
    "public.outbox_queues",
)
_UNDER_POLICIES = ("outbox_events", "outbox_deliveries", "outbox_queues")

# Whoever writes or reads the log waits until it is done. For so long its policies do not hold the owner.
_OPEN: LiteralString = "ALTER TABLE public.{0} NO FORCE ROW LEVEL SECURITY"
_CLOSE: LiteralString = "ALTER TABLE public.{0} FORCE ROW LEVEL SECURITY"

# What no transaction of this cluster can have written, and all that was written before it: positions go on
# from where they were in the other cluster.
_FOREIGN: LiteralString = """
SELECT (SELECT count(*)
          FROM public.outbox_consumers AS c
         CROSS JOIN pg_control_system() AS cluster (version, catalog, identifier, at)
         WHERE c.system_identifier <> cluster.identifier),
       (SELECT max(position)
          FROM public.outbox_events
         WHERE transaction_id > pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
"""
_GREATEST: LiteralString = """
SELECT greatest(
    (SELECT max(transaction_id) FROM public.outbox_events WHERE position <= %(last)s),
    (SELECT max(transaction_id) FROM public.outbox_deliveries WHERE position <= %(last)s),
    (SELECT max(last_transaction_id) FROM public.outbox_queues WHERE last_position <= %(last)s),
    (SELECT max(c.transaction_id)
       FROM public.outbox_consumers AS c
      CROSS JOIN pg_control_system() AS cluster (version, catalog, identifier, at)
      WHERE c.system_identifier <> cluster.identifier),
    0)
"""
_LOWER: tuple[LiteralString, ...] = (
    "UPDATE public.outbox_events SET transaction_id = transaction_id - %(by)s WHERE position <= %(last)s",
    "UPDATE public.outbox_deliveries SET transaction_id = transaction_id - %(by)s WHERE position <= %(last)s",
    """
    UPDATE public.outbox_queues
       SET last_transaction_id = last_transaction_id - %(by)s
     WHERE last_position <= %(last)s
    """,
)
_ADOPT: LiteralString = """
UPDATE public.outbox_consumers AS c
   SET transaction_id = greatest(c.transaction_id, %(least)s + %(by)s) - %(by)s,
       system_identifier = cluster.identifier
  FROM pg_control_system() AS cluster (version, catalog, identifier, at)
 WHERE c.system_identifier <> cluster.identifier
"""
_LEAST = -(2**63)


@attrs.frozen
class Rebased:
    """How many events went below the ids of this cluster, and how many consumers were of another."""

    events: int
    consumers: int


def rebase(dsn: str) -> Rebased:
    """Let the log go on in the cluster that the database was restored into; nothing is lost or sent anew.

    Does nothing where the log is of this cluster, a promoted standby of it included. To be run by the owner,
    before the services are started: of what they wrote before, only what lies past all of the other cluster's
    events can be told from them. Everything happens, or nothing; readers and writers of the log wait. Raises
    ConfigurationError when the database is not migrated or the caller does not own the outbox, DatabaseError
    when the server refuses.
    """
    with administration.connect(administration.parameters(dsn, "ventros outbox")) as connection:
        administration.require_owner(connection, _TABLES)
        try:
            with connection.transaction():
                return _rebase(connection)
        except psycopg.Error as error:
            raise DatabaseError(
                f"the log is as it was: {administration.message(error)}", sqlstate=error.sqlstate
            ) from error


def _rebase(connection: psycopg.Connection) -> Rebased:
    connection.execute("SET LOCAL statement_timeout = 0")
    for table in _UNDER_POLICIES:
        connection.execute(_OPEN.format(table).encode())
    consumers, last = connection.execute(_FOREIGN).fetchone() or (0, None)
    events = 0
    if consumers or last is not None:
        at = {"last": last if last is not None else _LEAST}
        (greatest,) = connection.execute(_GREATEST, at).fetchone() or (0,)
        by = {"by": greatest if last is not None else 0, "least": _LEAST, **at}
        events, *_ = [connection.execute(text, by).rowcount for text in _LOWER]
        connection.execute(_ADOPT, by)
    for table in _UNDER_POLICIES:
        connection.execute(_CLOSE.format(table).encode())
    return Rebased(events, consumers)
