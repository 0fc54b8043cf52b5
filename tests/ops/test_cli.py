"""``ventros history`` and ``ventros locking-indexes`` as their user runs them."""

from __future__ import annotations

import psycopg

from tests.support.program import ventros
from ventros.demo.seed import Seed
from ventros.devserver import DevServer


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


def test_what_cannot_be_done_is_one_line_and_status_2(server: DevServer, stranger_dsn: str) -> None:
    for dsn, reason in (
        (stranger_dsn, "does not own"),
        (server.superuser_dsn("postgres"), "run ventros migrate first"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
    ):
        for command in (("history", "enable"), ("locking-indexes", "create")):
            done = ventros(*command, "--dsn", dsn)
            assert (done.returncode, done.stdout) == (2, "")
            assert reason in done.stderr
            assert len(done.stderr.splitlines()) == 1
