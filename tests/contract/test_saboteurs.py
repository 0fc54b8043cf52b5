"""The contract suite can fail: run against a spoiled repository, it names what was spoiled."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = Path(__file__).with_name("test_contract.py")


@pytest.mark.parametrize(
    ("sabotage", "test"),
    [
        ("version", "test_a_stale_save_and_a_stale_remove_are_told_what_is_stored"),
        ("version", "test_of_racing_savers_exactly_one_wins"),
        ("column", "test_every_column_is_stored_as_it_was"),
        ("tenant", "test_another_tenants_aggregate_is_not_found"),
    ],
)
def test_a_spoiled_repository_is_found_out(sabotage: str, test: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.contract.sabotage"]
    done = subprocess.run(
        [*command, f"{SUITE}::{test}[contact]"],
        env={**os.environ, "VENTROS_SABOTAGE": sabotage},
        cwd=SUITE.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"^1 failed in", done.stdout, re.MULTILINE), done.stdout + done.stderr
