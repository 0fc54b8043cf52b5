"""What a DBA looks for first, planted: what is done, by which bounds it is asked, what is found of it."""

from __future__ import annotations

from typing import LiteralString

import attrs


@attrs.frozen
class Fault:
    """``plant`` is executed statement by statement; ``bounds`` is what whoever asks sets before.

    ``command`` is what the finding says to enter in a shell, where no statement mends it.
    """

    check: str
    plant: tuple[LiteralString, ...]
    subjects: tuple[str, ...]
    text: str
    bounds: LiteralString = "SELECT"
    command: tuple[str, ...] = ()
    unplant: tuple[LiteralString, ...] = ()


LOST: LiteralString = """
    UPDATE messages SET session_id = NULL
     WHERE contact_id = (SELECT min(id::text)::uuid FROM contacts WHERE tenant_id = 'tenant-1')
"""
GONE: LiteralString = """
    SET session_replication_role = replica;
    DELETE FROM sessions
     WHERE contact_id = (SELECT min(id::text)::uuid FROM contacts WHERE tenant_id = 'tenant-1');
    RESET session_replication_role
"""
TWINS: LiteralString = """
    INSERT INTO sessions
    SELECT (jsonb_populate_record(sessions, jsonb_build_object(
               'id', gen_random_uuid(), 'status', 'active', 'ended_at', NULL, 'end_reason', NULL, 'version', 1
           ))).*
      FROM sessions, generate_series(1, 2)
     WHERE contact_id = (SELECT min(id::text)::uuid FROM contacts WHERE tenant_id = 'tenant-1')
"""
FAULTS: dict[str, Fault] = {
    "a contact has two active sessions": Fault(
        "conversations",
        ("DROP INDEX sessions_active_key", TWINS),
        ("sessions tenant-1",),
        "in tenant tenant-1, a contact has more than one active session on one type of channel",
    ),
    "messages have lost their session": Fault(
        "conversations",
        (LOST,),
        ("messages tenant-1",),
        "in tenant tenant-1, 10 messages have no session and are not of a group, such as ",
    ),
    "a session is gone": Fault(
        "conversations",
        (LOST, GONE),
        ("messages tenant-1",),
        "in tenant tenant-1, 10 messages have no session and are not of a group, such as ",
    ),
    "a consumer stands still": Fault(
        "undelivered",
        (
            (
                "INSERT INTO outbox_consumers (name, transaction_id, position, system_identifier, moved_at)"
                " SELECT 'relay:log', 1, 1, system_identifier, now() - interval '1 hour'"
                " FROM pg_control_system()"
            ),
        ),
        ("consumer relay:log",),
        "the consumer relay:log has not moved since ",
    ),
    "a consumer came with a dump of another cluster": Fault(
        "undelivered",
        (
            (
                "INSERT INTO outbox_consumers (name, transaction_id, position, system_identifier)"
                " VALUES ('relay:log', 9000000000000000000, 1, 7)"
            ),
        ),
        ("consumer relay:log",),
        "the place of the consumer relay:log in the log is one of another cluster",
        command=("outbox", "rebase"),
        unplant=("DELETE FROM outbox_consumers",),
    ),
    "deliveries were given up": Fault(
        "undelivered",
        (
            (
                "INSERT INTO outbox_queues (tenant_id, destination, aggregate_type, aggregate_id,"
                " last_transaction_id, last_position, attempts, dead_at, last_error)"
                " VALUES ('tenant-1', 'hook', 'contact', gen_random_uuid(), 1, 1, 9, now(), 'HTTP 410')"
            ),
        ),
        ("destination hook",),
        "HTTP 410",
        unplant=("DELETE FROM outbox_queues",),
    ),
    "a sequence is nearly used up": Fault(
        "number_ranges",
        ("SELECT setval('outbox_events_position_seq', 9000000000000000000)",),
        ("outbox_events_position_seq",),
        "which is what outbox_events.position holds: 97.6 % are used, and 223372036854775807 are left",
    ),
    "a column is too small for its sequence": Fault(
        "number_ranges",
        (
            "CREATE TABLE tickets (id integer GENERATED ALWAYS AS IDENTITY)",
            "ALTER SEQUENCE tickets_id_seq AS bigint NO MAXVALUE RESTART 2000000000",
            "INSERT INTO tickets DEFAULT VALUES",
        ),
        ("tickets_id_seq",),
        "at 2000000000 of 2147483647, which is what tickets.id holds: 93.1 % are used, and ",
        unplant=("DROP TABLE tickets",),
    ),
    "a sequence runs backwards to its end": Fault(
        "number_ranges",
        ("CREATE SEQUENCE down INCREMENT -1 MINVALUE -100", "SELECT setval('down', -90)"),
        ("down",),
        "the sequence down is at -90 of 100: 90.0 % are used, and 10 are left",
        unplant=("DROP SEQUENCE down",),
    ),
    "a sequence begins anew": Fault(
        "number_ranges",
        ("CREATE SEQUENCE round CYCLE",),
        ("round",),
        "the sequence round begins anew at its end",
        unplant=("DROP SEQUENCE round",),
    ),
    "a standby is gone and its slot stays": Fault(
        "replication_slots",
        ("SELECT pg_create_physical_replication_slot('gone', true)",),
        ("slot gone",),
        "the replication slot gone is read by nobody, and keeps back ",
    ),
    "a subscriber is gone and its slot stays": Fault(
        "replication_slots",
        ("SELECT pg_create_logical_replication_slot('forgotten', 'pgoutput')",),
        ("slot forgotten",),
        "the replication slot forgotten is read by nobody, and keeps back ",
    ),
    "transaction ids get old": Fault(
        "wraparound",
        ("CALL use_up(2000)",),
        ("database {database}",),
        "transactions old, its oldest multixact id ",
        bounds="SET ventros.wraparound_age = '1500'",
    ),
    "autovacuum is off": Fault(
        "vacuum",
        ("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()"),
        ("autovacuum",),
        "autovacuum is off: no table is vacuumed or analysed",
    ),
    "autovacuum is off for a table": Fault(
        "vacuum",
        ("ALTER TABLE contacts SET (autovacuum_enabled = off)",),
        ("contacts",),
        "autovacuum is off for the table contacts",
    ),
    "autovacuum is off for a table's long values": Fault(
        "vacuum",
        ("ALTER TABLE messages SET (toast.autovacuum_enabled = off)",),
        ("messages",),
        "autovacuum is off for the table messages, or for its long values",
    ),
    "dead rows are not cleared away": Fault(
        "vacuum",
        (
            (
                "INSERT INTO processed_events SELECT 'tenant-1', 'x', gen_random_uuid(), now()"
                " FROM generate_series(1, 2000)"
            ),
            "DELETE FROM processed_events",
            "SELECT pg_stat_force_next_flush()",
        ),
        ("processed_events",),
        "the table processed_events has 2000 dead rows and 0 live ones",
        bounds="SET ventros.dead_rows = '1000'",
    ),
    "a table is nearly empty": Fault(
        "vacuum",
        (
            "INSERT INTO commit_markers SELECT 'tenant-1', gen_random_uuid() FROM generate_series(1, 9500)",
            "DELETE FROM commit_markers WHERE ctid NOT IN (SELECT max(ctid) FROM commit_markers)",
            "VACUUM (ANALYZE) commit_markers",
        ),
        ("commit_markers",),
        "the table commit_markers is estimated to be ",
        bounds="SET ventros.waste = '300kB'",
        unplant=("DELETE FROM commit_markers", "VACUUM commit_markers"),
    ),
    "the system's order of texts has changed": Fault(
        "collations",
        (
            "CREATE TABLE names (name text COLLATE {collation}, PRIMARY KEY (name))",
            "UPDATE pg_collation SET collversion = '0' WHERE oid::regcollation::text = '{collation}'",
        ),
        ("collation {collation}",),
        "is of version 0 of its library, and the system has ",
        unplant=("DROP TABLE names",),
    ),
    "a role passes over damaged pages": Fault(
        "durability",
        ("ALTER ROLE ventros_app SET zero_damaged_pages = on",),
        ("zero_damaged_pages of ventros_app",),
        "zero_damaged_pages is on for the role ventros_app: ",
    ),
    "a database passes over checksums": Fault(
        "durability",
        ("ALTER DATABASE {database} SET ignore_checksum_failure = on",),
        ("ignore_checksum_failure of {database}",),
        "ignore_checksum_failure is on for the database {database}: ",
    ),
    "all roles do not wait for the disk": Fault(
        "durability",
        ("ALTER ROLE ALL SET synchronous_commit = off",),
        ("synchronous_commit of ",),
        "synchronous_commit is off for ",
    ),
    "the server passes over damaged pages": Fault(
        "durability",
        ("ALTER SYSTEM SET zero_damaged_pages = on", "SELECT pg_reload_conf()"),
        ("zero_damaged_pages",),
        "zero_damaged_pages is on: a page that the storage has damaged is emptied",
    ),
}
