"""The tests of repositories can fail: run against a spoiled one, they name what was spoiled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = "tests/contract/test_contract.py::{}[contact]"
CONCURRENCY = "tests/concurrency/{}"

SPOILED = {
    CONTRACT.format("test_a_stale_save_and_a_stale_remove_are_told_what_is_stored"): "version",
    CONTRACT.format("test_of_racing_savers_exactly_one_wins"): "version",
    CONTRACT.format("test_every_column_is_stored_as_it_was"): "column",
    CONTRACT.format("test_another_tenants_aggregate_is_not_found"): "tenant",
    CONTRACT.format("test_a_lock_leaves_to_others_what_its_name_says"): "key_share",
    CONTRACT.format("test_apply_applies_the_command_again_to_what_others_have_made"): "reload",
    CONTRACT.format("test_a_version_that_a_trigger_steps_once_more_is_noticed"): "returned",
    CONTRACT.format("test_save_all_saves_all_or_tells_of_all_that_are_stale"): "unlocked",
    CONCURRENCY.format("test_write_skew.py::test_verified_one_gives_way[verified_at_commit]"): "key_share",
    CONCURRENCY.format("test_many_at_once.py::test_no_deadlocks_when_saved_together"): "order",
}
"""Which test finds which sabotage; each is spoiled for that test alone."""


@pytest.fixture(scope="module")
def report() -> str:
    """What pytest says of them, all run once, on one server."""
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "tests.contract.sabotage", *SPOILED]
    done = subprocess.run(
        command,
        env={**os.environ, "VENTROS_SABOTAGE": json.dumps(SPOILED)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("test", SPOILED, ids=lambda test: f"{SPOILED[test]}-{test.rpartition('::')[2]}")
def test_a_spoiled_repository_is_found_out(report: str, test: str) -> None:
    verdicts = [line.split()[0] for line in report.splitlines() if test in line.split()]
    assert verdicts == ["FAILED"], report
