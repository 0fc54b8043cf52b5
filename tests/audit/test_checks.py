"""The audit finds what was planted and nothing else, psql finds the same, and what mends it leaves it so."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import itertools
import json
import re
import threading
from collections.abc import Iterator

import attrs
import psycopg
import pytest

from tests.support.audit_faults import (
    CONTACT,
    COPIED,
    FALSIFIED,
    FAULTS,
    FORGOTTEN,
    SESSION,
    TABLE_FAULTS,
    UNGUARDED,
    table_fault,
)
from tests.support.dba_faults import FAULTS as DBA_FAULTS
from tests.support.findings import mend, psql, subjects_of
from tests.support.library import CATALOGUE
from tests.support.program import ventros
from ventros.audit.checks import Question, ask, audit, questions
from ventros.demo.run import TENANTS, Arm, run_both
from ventros.demo.stream import make_stream
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.resources import directory
from ventros.roles import DEFAULT
from ventros.unit_of_work import CRM

OPS = directory("sql") / "ops"
CHECKS = [question.name for question in questions(CRM) if question.finds]
ROWS = [name for name in CHECKS if name != "catalogue"]
NAMES = itertools.count(1)
HELD = (
    "chats.chats_time_bounds_check",
    *(f"chats_live_{name}" for name in ("created_idx", "external_id_key", "individual_key")),
)
REFERRING = ("chat_participants.chat_participants_chat_fkey", "messages.messages_chat_fkey")


@attrs.frozen
class World:
    """A durable server with the databases of the demonstration, and what its two arms counted."""

    server: DevServer
    arms: tuple[Arm, Arm]

    def database(self, template: str = "checked") -> str:
        """The superuser's DSN of a copy."""
        name = f"copy_{next(NAMES)}"
        self.server.create_database(name, template)
        return self.server.superuser_dsn(name)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    settings = {"max_prepared_transactions": "2", "wal_level": "logical"}
    stream = make_stream(tuple(TENANTS.values()), messages=300, contacts=8, seed=1)
    with DevServer(statistics=True, settings=settings) as server:
        arms = asyncio.run(run_both(server, stream, workers=4, on_record=lambda _record: None))
        yield World(server, arms)


@pytest.fixture
def database(world: World) -> str:
    return world.database()


@pytest.fixture(scope="module")
def mended(world: World) -> str:
    """One database for all faults: whoever plants one sees that mending it leaves it clean."""
    return world.database()


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


def test_a_database_in_use_is_clean(world: World, database: str) -> None:
    """As a superuser, and as a role that may do no more than an audit needs."""
    server = world.server
    with psycopg.connect(database, autocommit=True) as connection:
        assert audit(connection, CRM) == []
        connection.execute("CREATE ROLE auditor LOGIN BYPASSRLS PASSWORD 'open'")
        connection.execute("GRANT pg_read_all_data, pg_monitor TO auditor")
    as_auditor = database.replace(f"{server.superuser}:{server.superuser_password}", "auditor:open")
    with psycopg.connect(as_auditor, autocommit=True) as connection:
        assert audit(connection, CRM) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_seen_and_mended(mended: str, fault: str) -> None:
    plant, expected = FAULTS[fault]
    with psycopg.connect(mended, autocommit=True) as connection:
        connection.execute(plant.encode())
        findings = audit(connection, CRM)
        assert subjects_of(findings) == expected
        for finding in findings:
            seen = psql(mended, "-A", "-t", "-c", finding.see).strip()
            assert seen, finding.see
            psql(mended, text=finding.mend)
        assert audit(connection, CRM) == []


@pytest.mark.parametrize("fault", TABLE_FAULTS)
def test_a_fault_of_a_table_is_found_and_mended(world: World, fault: str) -> None:
    plant, expected = table_fault(fault, "chats", "chat_participants", "chat_id", REFERRING, HELD)
    with psycopg.connect(world.server.superuser_dsn("checked")) as connection:
        connection.execute(plant.encode())
        findings = audit(connection, CRM)
        assert subjects_of(findings) == expected
        mend(connection, findings)
        assert audit(connection, CRM) == []
        connection.rollback()


@pytest.mark.parametrize("left_off", [False, True])
def test_exactly_the_four_faults_of_a_bad_day_are_found(
    connection: psycopg.Connection, left_off: bool
) -> None:
    connection.execute(UNGUARDED.format(CONTACT).encode())
    if not left_off:
        connection.execute("ALTER TABLE contacts ENABLE TRIGGER version_guard")
    connection.execute("CREATE INDEX contacts_updated_at_idx ON contacts (updated_at)")
    connection.execute("DELETE FROM outbox_events WHERE aggregate_type = 'channel' AND tenant_id = 'bakery'")
    connection.execute(FALSIFIED.format(session=SESSION).encode())
    findings = audit(connection, CRM)
    assert subjects_of(findings) == [
        *([("catalogue", "contacts.version_guard")] if left_off else []),
        ("counters", "sessions"),
        ("outbox_versions", "channels"),
        ("outbox_versions", "contacts"),
        ("hot_indexes", "contacts_updated_at_idx"),
    ]
    assert findings[-3].text == "the channel is at version 1, and the outbox has no event of it"
    assert re.fullmatch(
        r"the contact is at version \d+, and the outbox ends at version \d+", findings[-2].text
    )
    assert [finding.weight for finding in findings[-4:]] == ["high", "high", "high", "low"]


def test_gaps_are_told_by_their_versions(connection: psycopg.Connection) -> None:
    gone = "aggregate_version IN (2, 4, 5) OR (aggregate_version, sequence) = (1, 3)"
    busiest = "(SELECT id FROM contacts WHERE tenant_id = 'garage' ORDER BY version DESC, id LIMIT 1)"
    connection.execute(FORGOTTEN.format(busiest, gone).encode())
    (finding,) = audit(connection, CRM)
    text = r"the contact is at version \d+; the outbox lacks an event of version 1 before its event 4; "
    assert re.fullmatch(text + "and it has 2 gaps more", finding.text)


def test_an_event_that_is_lost_at_the_end_of_a_version_is_missed(connection: psycopg.Connection) -> None:
    """By the numbers alone nobody would miss it: the next version follows."""
    busiest = "(SELECT id FROM contacts WHERE tenant_id = 'garage' ORDER BY version DESC, id LIMIT 1)"
    connection.execute(FORGOTTEN.format(busiest, "aggregate_version = 1 AND last_of_version").encode())
    findings = audit(connection, CRM)
    text = r"the contact is at version \d+; the outbox lacks an event of version 1 behind its event \d+"
    assert [bool(re.fullmatch(text, finding.text)) for finding in findings] == [True]
    mend(connection, findings)
    assert audit(connection, CRM) == []


def test_an_index_against_hot_comes_with_what_was_measured(world: World) -> None:
    with psycopg.connect(world.server.superuser_dsn("checked")) as connection:
        connection.execute("CREATE INDEX contacts_updated_at_idx ON contacts (updated_at)")
        (finding,) = audit(connection, CRM)
        connection.rollback()
    assert re.search(
        r": [\d.]+ % of \d+ updates were heap-only, and one wrote \d+ bytes of WAL$", finding.text
    )


def test_lost_updates_are_found_after_the_fact(world: World) -> None:
    """The last write of the demonstration's other arm wins: its sessions count fewer than they have."""
    with psycopg.connect(world.database("control"), autocommit=True) as connection:
        findings = audit(connection, CRM)
    assert world.arms[1].lost_updates > 0
    assert {finding.check for finding in findings} == {"counters", "outbox_versions"}


def test_many_at_fault_are_cut_short_unless_more_are_asked_for(connection: psycopg.Connection) -> None:
    for digit in range(1, 10):
        connection.execute(COPIED.format(digit, CONTACT).encode())
    connection.execute("SET ventros.most = '4'")
    findings = audit(connection, CRM)
    assert len(findings) == 5
    assert (findings[-1].subject, findings[-1].text[:16]) == ("contacts", "5 more of contac")
    connection.execute("SET ventros.most = '9'")
    assert len(audit(connection, CRM)) == 9


def test_an_index_that_no_query_used_is_found_once_there_was_use(connection: psycopg.Connection) -> None:
    connection.execute("CREATE INDEX contacts_email_idx ON contacts (email)")
    connection.execute("SET ventros.unused_after = '0 s'")
    connection.execute("SELECT pg_stat_reset_single_table_counters('contacts'::regclass)")
    (extra,) = audit(connection, CRM)
    assert (extra.check, extra.subject) == ("catalogue", "contacts_email_idx")
    connection.execute(
        "DO $$ BEGIN FOR n IN 1..1000 LOOP PERFORM FROM contacts WHERE tenant_id = 'bakery' AND id IS NULL; "
        "PERFORM count(*) FROM contacts; END LOOP; END $$"
    )
    connection.execute("SELECT pg_stat_force_next_flush()")
    unused = audit(connection, CRM)
    assert {finding.check for finding in unused} == {"unused_indexes"}
    assert "contacts_email_idx" in {finding.subject for finding in unused}
    assert not {finding.subject for finding in unused} & {"contacts_pkey", "contacts_live_phone_key"}
    connection.execute("RESET ventros.unused_after")
    assert audit(connection, CRM) == [extra]


def test_a_transaction_left_open_keeps_the_outbox_back(database: str, connection: psycopg.Connection) -> None:
    connection.execute("SET ventros.long_transaction = '0 s'")
    connect = psycopg.connect
    with connect(database) as reader, connect(database) as writer, connect(database) as idler:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT FROM contacts")
        writer.execute("CREATE TABLE pg_temp.mine ()")
        idler.execute("SELECT FROM contacts")
        by_subject = {finding.subject: finding for finding in audit(connection, CRM)}
        pids = [f"pid {session.info.backend_pid}" for session in (reader, writer, idler)]
        assert sorted(by_subject) == sorted(pids)
        kept_back = [by_subject[pid].text.partition(" keeps back ")[2] for pid in pids]
        assert kept_back == ["VACUUM", "the readers of the outbox, and VACUUM", "whoever waits for its locks"]
        for finding in by_subject.values():
            assert psql(database, "-A", "-t", "-c", finding.see).strip()
            psql(database, "-c", finding.mend)
        reader.close()
        writer.close()
        idler.close()
    connection.execute("CREATE SCHEMA others; CREATE TABLE others.two_phases ()")
    connection.execute("BEGIN; INSERT INTO others.two_phases DEFAULT VALUES; PREPARE TRANSACTION 'forgotten'")
    (prepared,) = audit(connection, CRM)
    assert (prepared.check, prepared.subject) == ("long_transactions", "prepared forgotten")
    psql(database, "-c", prepared.mend)
    assert audit(connection, CRM) == []


def test_a_server_for_tests_is_found_to_be_one(superuser: psycopg.Connection) -> None:
    assert subjects_of(audit(superuser, CRM)) == [
        ("durability", "fsync"),
        ("durability", "full_page_writes"),
        ("durability", "synchronous_commit"),
    ]


def test_who_may_not_see_all_is_told_so_and_never_that_it_is_clean(world: World) -> None:
    """Row-level security hides rows from the owner, and others' sessions are not shown to the app."""
    blind = {"conversations", "counters", "history", "outbox_versions", "references", "undelivered"}
    with psycopg.connect(world.server.owner_dsn("checked"), autocommit=True) as connection:
        connection.execute("SET app.tenant_id = 'bakery'")
        findings = audit(connection, CRM)
    assert {finding.check for finding in findings if finding.subject == "not checked"} == blind
    assert all("ventros_auditor" in finding.mend for finding in findings)
    with psycopg.connect(world.server.dsn("checked"), autocommit=True) as connection:
        findings = audit(connection, CRM)
    assert {finding.check for finding in findings if finding.subject == "not checked"} == {
        *blind,
        "long_transactions",
    }


def test_a_missing_table_is_named_and_an_empty_database_refused(connection: psycopg.Connection) -> None:
    connection.execute("DROP TABLE broadcasts CASCADE")
    findings = audit(connection, CRM)
    assert subjects_of(findings) == [
        ("catalogue", "broadcasts"),
        ("catalogue", "broadcast_counters.broadcast_counters_broadcast_fkey"),
        ("catalogue", "broadcast_executions.broadcast_executions_broadcast_fkey"),
        ("history", "not"),
        ("outbox_versions", "not"),
        ("references", "not"),
    ]
    assert 'relation "broadcasts" does not exist' in findings[3].text
    connection.execute("DROP SCHEMA public CASCADE")
    with pytest.raises(ConfigurationError, match="none of the tables: ventros migrate"):
        audit(connection, CRM)


def test_a_question_only_reads_waits_for_nobody_and_ends(
    database: str, connection: psycopg.Connection
) -> None:
    def asked(text: str) -> str:
        (finding,) = ask(connection, Question("x", True, {"role": "x"}, text, OPS), DEFAULT, 1)
        assert finding.subject == "not checked"
        return finding.text

    assert "read-only transaction" in asked("CREATE TABLE x ()")
    assert "statement timeout" in asked("SELECT pg_sleep(10)")
    with psycopg.connect(database) as other:
        other.execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
        blocked = audit(connection, CRM)
    assert [finding.check for finding in blocked] == [
        *("catalogue", "conversations", "counters", "references", "redundant_indexes")
    ]
    assert all("lock timeout" in finding.text and "no longer locked" in finding.mend for finding in blocked)


@pytest.mark.parametrize("name", [question.name for question in questions(CRM)])
def test_a_question_takes_no_lock_that_a_writer_would_wait_for(
    connection: psycopg.Connection, name: str
) -> None:
    with connection.transaction(force_rollback=True):
        connection.execute((OPS / f"{name}.sql").read_bytes())
        locks = connection.execute(
            "SELECT DISTINCT mode FROM pg_locks LEFT JOIN pg_class ON oid = relation "
            "WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relkind <> 'S'"
        ).fetchall()
    assert locks == [("AccessShareLock",)]


@pytest.fixture(scope="module")
def faulty(world: World) -> str:
    """A database with a fault for every check that looks at one database alone."""
    dsn = world.database()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for plant, expected in FAULTS.values():
            if expected[0][0] not in {"roles", "long_transactions", "durability", "replication_slots"}:
                with contextlib.suppress(psycopg.Error):  # some faults leave no room for others
                    connection.execute(plant.encode())
    return dsn


@pytest.mark.parametrize("name", ROWS)
def test_psql_shows_what_python_finds(faulty: str, name: str) -> None:
    shown = list(csv.DictReader(io.StringIO(psql(faulty, "--csv", "-f", OPS / f"{name}.sql"))))
    with psycopg.connect(faulty, autocommit=True) as connection:
        findings = [finding for finding in audit(connection, CRM) if finding.check == name]
    assert [tuple(row.values()) for row in shown] == [attrs.astuple(finding)[1:5] for finding in findings]
    elsewhere = {"roles", "durability", "history", "long_transactions", "unused_indexes"}
    elsewhere |= {fault.check for fault in DBA_FAULTS.values()} | {"references"}  # test_dba, test_references
    assert bool(findings) == (name not in elsewhere)


def looked(dsn: str, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(psql(dsn, "--csv", "-f", OPS / f"{name}.sql"))))


def test_a_look_at_the_outbox_tells_what_a_reader_must_not_see_yet(database: str) -> None:
    with psycopg.connect(database) as writer, psycopg.connect(database, autocommit=True) as other:
        before = looked(database, "outbox_lag")
        tenants = {row["tenant_id"] for row in before}
        assert {name for name in tenants if not name.startswith("user:")} == {"bakery", "garage"}
        assert {row["held_back"] for row in before} == {"0"}
        writer.execute("CREATE TABLE mine ()")
        other.execute(FALSIFIED.format(session=SESSION).encode())
        first, *others = looked(database, "outbox_lag")
        assert (first["tenant_id"], first["held_back"]) == ("garage", "1")
        assert {row["tenant_id"] for row in others} == tenants - {"garage"}
        assert {row["held_back"] for row in others} == {"0"}


def test_a_look_at_locks_tells_who_waits_for_whom(database: str) -> None:
    rename = "UPDATE contacts SET name = 'x', version = version + 1 /* contacts.update */"
    with psycopg.connect(database) as first, psycopg.connect(database) as second:
        pids = [str(session.info.backend_pid) for session in (second, first)]
        first.execute(rename)
        waiter = threading.Thread(target=second.execute, args=(rename,))
        waiter.start()
        for _ in range(200):
            if shown := looked(database, "lock_waits"):
                break
        first.rollback()
        waiter.join()
    assert [[row["pid"], row["blocked_by"]] for row in shown] == [pids]
    assert shown[0]["statement"] == shown[0]["their_last_statement"] == "contacts.update"


def test_a_look_at_costs_names_the_statements(world: World) -> None:
    names = {row["statement"] for row in looked(world.server.superuser_dsn("checked"), "statement_costs")}
    assert {"contacts.update_or_fail", "sessions.update_or_fail", "outbox_events.append"} <= names
    assert names - {""} <= set(CATALOGUE)


def test_the_command_prints_findings_and_ends_with_1(world: World, connection: psycopg.Connection) -> None:
    clean = ventros("audit", "--dsn", world.server.superuser_dsn("checked"))
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, "", f"0 findings by {len(CHECKS)} checks\n")
    connection.execute("ALTER TABLE chats DISABLE TRIGGER version_guard")
    dsn = world.server.superuser_dsn(connection.info.dbname)
    audited = ventros("audit", database=dsn)
    assert (audited.returncode, audited.stderr) == (
        *(1, f"1 findings by {len(CHECKS)} checks: 1 critical\n"),
    )
    assert audited.stdout.splitlines() == [
        "critical: catalogue",
        (
            "  chats.version_guard: the trigger version_guard of chats is not as it was made: expected"
            " ALTER TABLE chats ENABLE TRIGGER version_guard,"
            " found ALTER TABLE chats DISABLE TRIGGER version_guard"
        ),
        "    means: A write by hand goes past optimistic locking, and nobody's save notices.",
        (
            "    see:   SELECT coalesce((SELECT string_agg((format('state %s: %s', tgenabled,"
            " pg_get_triggerdef(oid)))::text, '; ') FROM pg_trigger"
            " WHERE tgrelid = to_regclass('public.chats') AND quote_ident(tgname) = 'version_guard'),"
            " 'nothing');"
        ),
        "    mend:  ALTER TABLE public.chats ENABLE TRIGGER version_guard;",
    ]
    printed = ventros("audit", "--json", "--dsn", dsn)
    assert printed.returncode == 1
    assert json.loads(printed.stdout) == [attrs.asdict(finding) for finding in audit(connection, CRM)]


def test_the_command_ends_with_2_and_one_line_where_it_cannot_ask(world: World) -> None:
    done = ventros("audit", "--dsn", world.server.superuser_dsn("postgres"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: this database has none of the tables: ventros migrate makes them\n"


def test_the_command_takes_the_role_and_the_time(world: World) -> None:
    dsn = world.server.superuser_dsn("checked")
    other = ventros("audit", "--json", "--app-role", "postgres", "--timeout", "5", "--dsn", dsn)
    assert "postgres" in {finding["subject"] for finding in json.loads(other.stdout)}
    nobody = ventros("audit", "--app-role", "crm", "--dsn", dsn)
    assert (nobody.returncode, nobody.stdout) == (2, "")
    assert "there is no role crm: --app-role names the one" in nobody.stderr
