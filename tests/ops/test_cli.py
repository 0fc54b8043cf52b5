"""``ventros history``, ``ventros locking-indexes`` and ``ventros tenant`` as their user runs them."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg

from tests.support.documents import block
from tests.support.program import ventros
from ventros.demo.seed import Seed
from ventros.devserver import DevServer

PAGE = (Path(__file__).parents[2] / "docs" / "tenants.md").read_text(encoding="utf-8")


def test_history_is_switched_on_and_off(server: DevServer, owner_dsn: str, seed: Seed) -> None:
    def said(*args: str) -> list[str]:
        done = ventros("history", *args, "--dsn", owner_dsn)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    assert said("status")[0] == "history is disabled"
    assert said("enable") == ["history is enabled; baselines written: 3"]
    assert said("status")[0] == "history is enabled"
    with psycopg.connect(owner_dsn) as owner:
        owner.execute("ALTER TABLE chats DISABLE TRIGGER history")
    assert said("status")[:2] == ["history is enabled in part", "not recorded: chats"]
    assert said("disable") == ["history is disabled; what was recorded is kept"]
    assert said("status")[0] == "history is disabled"


def test_locking_indexes_are_made_listed_and_dropped(owner_dsn: str) -> None:
    made = ventros("locking-indexes", "create", "--dsn", owner_dsn)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.splitlines()[::15] == ["created agents_id_version_idx", "there are all 15"]
    listed = ventros("locking-indexes", "status", "--dsn", owner_dsn).stdout.splitlines()
    assert {line.split()[0] for line in listed} == {"valid"}
    dropped = ventros("locking-indexes", "drop", "--dsn", owner_dsn)
    assert dropped.stdout.splitlines()[-1] == "there is none"
    listed = ventros("locking-indexes", "status", "--dsn", owner_dsn).stdout.splitlines()
    assert {line.split()[0] for line in listed} == {"missing"}


def test_a_tenant_is_forgotten_as_the_page_says(
    owner_dsn: str, seed: Seed, superuser: psycopg.Connection
) -> None:
    def said(*args: str) -> str:
        done = ventros("tenant", "forget", "acme", *args, "--dsn", owner_dsn)
        assert (done.returncode, done.stderr) == (0, "")
        shown = [line for line in done.stdout.splitlines() if not line.startswith("           0  ")]
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "0190…", "\n".join(shown)) + "\n"

    assert said("--dry-run") == block("text", "would be erased", PAGE)
    assert said() == block("text", "rows were erased", PAGE)
    assert said() == "no row of acme is in any of 41 tables: there was none\n"
    superuser.execute("CREATE MATERIALIZED VIEW copied AS SELECT text 'acme' AS tenant_id, 1 AS secret")
    superuser.execute("ALTER MATERIALIZED VIEW copied OWNER TO ventros_owner")
    done = ventros("tenant", "forget", "acme", "--dsn", owner_dsn)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "FINDING: public.copied still has rows of acme: 1\n"


def test_what_cannot_be_done_is_one_line_and_status_2(server: DevServer, stranger_dsn: str) -> None:
    for dsn, reason in (
        (stranger_dsn, "does not own"),
        (server.superuser_dsn("postgres"), "run ventros migrate first"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
    ):
        for command in (
            ("history", "enable"),
            ("locking-indexes", "create"),
            ("tenant", "forget", "acme"),
        ):
            done = ventros(*command, "--dsn", dsn)
            assert (done.returncode, done.stdout) == (2, "")
            assert reason in done.stderr
            assert len(done.stderr.splitlines()) == 1
