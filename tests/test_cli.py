"""The program as its user runs it: output, errors and exit statuses."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from tests.support.program import ventros
from ventros import roles
from ventros.cli import main
from ventros.devserver import DevServer


def test_demo_keeps_every_update_and_the_control_does_not() -> None:
    done = ventros("demo", "--json", "--messages", "600", "--contacts", "5", "--seed", "7")
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert list(figures) == [
        "messages_offered",
        "messages_stored",
        "duplicates",
        "conflicts",
        "retries",
        "lost_updates",
        "control_lost_updates",
        "events",
        "events_delivered",
        "redelivered",
        "lag_events",
        "lag_seconds",
        "seconds",
        "messages_per_second",
        "p50_ms",
        "p99_ms",
        "day",
    ]
    assert figures["messages_stored"] == 600
    assert figures["messages_offered"] == 600 + figures["duplicates"] > 600
    assert figures["conflicts"] > 0
    assert figures["lost_updates"] == 0
    assert figures["control_lost_updates"] > 0
    assert figures["events_delivered"] == figures["events"] > 600
    assert figures["redelivered"] == 0
    assert figures["day"]["broadcast_messages"] > 0
    assert figures["day"]["findings"] == 0


def test_demo_prints_both_arms_side_by_side() -> None:
    done = ventros("demo", "--messages", "60", "--contacts", "3", "--workers", "4")
    assert (done.returncode, done.stderr) == (0, "")
    for label in ("ventros", "last write wins", "lost updates", "duplicates ignored", "p99 ms", "0 findings"):
        assert label in done.stdout


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("demo", "--workers", "0"), "0 is not in the range 1<=x<=64"),
        (("demo", "--messages", "many"), "'many' is not a valid integer"),
        (("ingest",), "Missing argument 'FILE.jsonl'"),
        (
            ("ingest", "no-such-file.jsonl", "--tenant", "acme"),
            "cannot open no-such-file.jsonl: No such file or directory",
        ),
        (("nonsense",), "No such command 'nonsense'"),
        (("migrate",), "no database is named"),
        (("migrate", "--dsn", "postgresql://x:secret@127.0.0.1:1/y"), "127.0.0.1"),
        (("migrate", "status", "--dsn", "mysql://x:secret@localhost/y"), ""),
    ],
)
def test_wrong_arguments_end_with_one_clear_line_and_status_2(args: tuple[str, ...], reason: str) -> None:
    done = ventros(*args)
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
    assert done.stdout == ""


def test_ingest_of_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("broken\n")
    done = ventros("ingest", file, "--tenant", "acme", "--dsn", "postgresql://x:secret@127.0.0.1:1/y")
    assert done.returncode == 2
    assert "cannot reach the database y at 127.0.0.1:1" in done.stderr
    assert "secret" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


REMOTE = "postgresql://u:sesame@no-such-host.invalid/x"


@pytest.mark.parametrize(
    "command",
    [
        *(("migrate",), ("migrate", "status"), ("migrate", "rollback"), ("migrate", "roles"), ("audit",)),
        *(("sql", "explain", "contacts.get"), ("sql", "plans", "--tenant", "acme"), ("sql", "stats")),
        *(
            ("sql", "reconcile"),
            ("history", "status"),
            ("locking-indexes", "status"),
            ("ingest", "-", "--tenant", "acme"),
        ),
        ("bench", "overhead", "--quick"),
    ],
    ids=" ".join,
)
def test_no_command_leaves_the_machine_unproven_unless_told_so(command: tuple[str, ...]) -> None:
    run = CliRunner()
    refused = run.invoke(main, [*command, "--dsn", REMOTE])
    assert "no-such-host.invalid:5432: what leaves this machine needs sslmode=verify-full" in refused.output
    told = run.invoke(main, [*command, "--dsn", REMOTE, "--insecure"])
    assert "verify-full" not in told.output
    assert "no-such-host.invalid" in told.output
    for done in (refused, told):
        assert done.exit_code != 0
        assert "sesame" not in done.output


def test_ingest_with_broken_lines_ends_with_status_1_and_names_them(dsn: str, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("\nbroken\n")
    done = ventros("ingest", file, "--tenant", "acme", database=dsn)
    assert done.returncode == 1
    assert "the line is not JSON" in done.stdout
    assert "in.rejects.jsonl" in done.stderr
    (reject,) = map(json.loads, (tmp_path / "in.rejects.jsonl").read_text().splitlines())
    assert (reject["line"], reject["text"]) == (2, "broken")


def test_ingest_of_a_database_without_the_schema_is_a_clear_error(server: DevServer, tmp_path: Path) -> None:
    dsn = server.create_database("empty_for_ingest")
    file = tmp_path / "in.jsonl"
    file.write_text(
        '{"id":"e1","timestamp":1767600000000,"event":"message","session":"s","payload":{"id":"m1",'
        '"timestamp":1767600000,"from":"5511999990000@c.us","body":"hi",'
        '"_data":{"Info":{"Type":"text"}}}}\n'
    )
    done = ventros("ingest", file, "--tenant", "acme", "--dsn", dsn)
    assert done.returncode == 2
    assert "ventros migrate" in done.stderr


def test_migrate_goes_up_tells_its_state_and_goes_down(server: DevServer) -> None:
    server.create_database("cli_migrate")
    dsn = server.owner_dsn("cli_migrate")
    assert "would apply kernel/0001." in ventros("migrate", "--dry-run", database=dsn).stdout
    up = ventros("migrate", database=dsn)
    assert (up.returncode, up.stderr) == (0, "")
    assert "applied crm/0060.drop-locking-indexes" in up.stdout
    assert ventros("migrate", database=dsn).stdout == "nothing to apply\n"
    down = ventros("migrate", "rollback", "--to", "0015", database=dsn)
    assert "rolled back crm/0016.create-sessions" in down.stdout
    states = ventros("migrate", "status", "--dsn", dsn).stdout
    assert "applied  crm/0015.create-contacts" in states
    assert "pending  crm/0016.create-sessions" in states
    pending = ventros("migrate", "status", "--check", "--dsn", dsn)
    assert (pending.returncode, pending.stdout) == (1, states)
    assert ventros("migrate", database=dsn).returncode == 0
    assert ventros("migrate", "status", "--check", "--dsn", dsn).returncode == 0


def test_roles_are_made_granted_and_named_with_their_passwords_only_when_asked(server: DevServer) -> None:
    server.create_database("cli_roles")
    kinds = {"--owner": "cli_owner", "--app-role": "cli_app", "--relay": "cli_relay"}
    kinds |= {"--scheduler": "cli_scheduler", "--auditor": "cli_auditor"}
    names = [part for option in kinds.items() for part in option]
    made = ventros("migrate", "roles", *names, "--passwords", database=server.superuser_dsn("cli_roles"))
    assert (made.returncode, made.stderr) == (0, "")
    owner_line, app_line, relay_line, _, auditor_line, *rest = made.stdout.splitlines()
    assert rest == [
        *(
            f"set for {role}: statement_timeout 9000 ms, lock_timeout 5000 ms, "
            "idle_in_transaction_session_timeout 30000 ms"
            for role in ("cli_app", "cli_relay", "cli_scheduler")
        ),
        *(
            f"nothing is granted yet for {name}: run this again after ventros migrate"
            for name in ("kernel", "crm")
        ),
    ]
    dsns = {}
    for line, name in (
        (owner_line, "cli_owner"),
        (app_line, "cli_app"),
        (relay_line, "cli_relay"),
        (auditor_line, "cli_auditor"),
    ):
        said, password = line.split(", with the password ")
        assert said == f"made the role {name}"
        dsns[name] = server.dsn("cli_roles").replace(
            f"ventros_app:{server.passwords[roles.APP]}", f"{name}:{password}"
        )
    assert ventros("migrate", database=dsns["cli_owner"]).returncode == 0
    with psycopg.connect(dsns["cli_app"], autocommit=True) as app:
        app.execute("SET app.tenant_id = 'acme'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT id FROM contacts")
        granted = ventros("migrate", "roles", *names, "--passwords", database=dsns["cli_owner"])
        of_kernel, of_crm, policies = granted.stdout.splitlines()
        assert re.fullmatch(r"granted cli_app, .*cli_auditor what grants\.sql of kernel says", of_kernel)
        assert re.fullmatch(r"granted cli_app, .*cli_auditor what grants\.sql of crm says", of_crm)
        assert re.fullmatch(r"made the policies relay_select \(\d+\), .*auditor_select \(\d+\)", policies)
        assert app.execute("SELECT id FROM contacts").fetchall() == []
    with psycopg.connect(dsns["cli_auditor"]) as auditor:
        assert auditor.execute("SELECT id FROM contacts").fetchall() == []
    refused = ventros("migrate", "roles", "--app-role", "cli_other", database=dsns["cli_owner"])
    assert refused.returncode == 2
    assert "permission denied to create role" in refused.stderr


def test_dev_prints_a_dsn_that_works_and_stops_on_sigterm() -> None:
    command = [sys.executable, "-W", "error", "-m", "ventros.cli", "dev", "--channel", "acme-phone"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        dsn = process.stdout.readline().strip()
        try:
            with psycopg.connect(dsn) as connection:
                connection.execute("SET app.tenant_id = 'dev'")
                routes = connection.execute("SELECT external_id, tenant_id FROM channel_routes").fetchall()
            assert routes == [("acme-phone", "dev")]
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "the webhook of acme-phone: " in errors
    assert "stopping" in errors
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn)
