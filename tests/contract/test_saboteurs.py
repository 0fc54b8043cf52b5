"""The tests of repositories can fail: run against a spoiled one, they name what was spoiled."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = "tests/contract/test_contract.py::{}[contact]"
CONCURRENCY = "tests/concurrency/{}"


@pytest.mark.parametrize(
    ("sabotage", "suite", "test"),
    [
        ("version", CONTRACT, "test_a_stale_save_and_a_stale_remove_are_told_what_is_stored"),
        ("version", CONTRACT, "test_of_racing_savers_exactly_one_wins"),
        ("column", CONTRACT, "test_every_column_is_stored_as_it_was"),
        ("tenant", CONTRACT, "test_another_tenants_aggregate_is_not_found"),
        ("key_share", CONTRACT, "test_a_lock_leaves_to_others_what_its_name_says"),
        ("key_share", CONCURRENCY, "test_write_skew.py::test_verified_one_gives_way[verified_at_commit]"),
        ("order", CONCURRENCY, "test_many_at_once.py::test_no_deadlocks_when_saved_together"),
        ("reload", CONTRACT, "test_apply_applies_the_command_again_to_what_others_have_made"),
        ("returned", CONTRACT, "test_a_version_that_a_trigger_steps_once_more_is_noticed"),
        ("unlocked", CONTRACT, "test_save_all_saves_all_or_tells_of_all_that_are_stale"),
    ],
)
def test_a_spoiled_repository_is_found_out(sabotage: str, suite: str, test: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.contract.sabotage"]
    done = subprocess.run(
        [*command, suite.format(test)],
        env={**os.environ, "VENTROS_SABOTAGE": sabotage},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"^1 failed in", done.stdout, re.MULTILINE), done.stdout + done.stderr
