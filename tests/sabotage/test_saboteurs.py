"""The tests can fail: of a spoiled slice or kernel each says what was spoiled."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.saboteurs import SABOTEURS, Saboteur

UNSPOILED = "tests/kernel/outbox/test_inbox.py::test_a_command_that_failed_can_be_sent_again"


@pytest.fixture(scope="module")
def verdicts() -> dict[str, str]:
    """What pytest says of each test, all run once, on one server: FAILED and why, or PASSED.

    ERROR and why of one that came no farther than to its fixtures.
    """
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rA",
        "--tb=no",
        "-p",
        "tests.support.saboteurs",
    ]
    done = subprocess.run(
        [*command, UNSPOILED, *(saboteur.test for saboteur in SABOTEURS)],
        env={**os.environ, "COLUMNS": "500"},  # so much of a line is shown
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,  # should a saboteur make its test wait for ever
    )
    outcomes = re.findall(r"^(FAILED|PASSED|ERROR) (\S+::[^\n]*?)(?: - (.*))?$", done.stdout, re.MULTILINE)
    verdicts = {test: f"{verdict} {reason}" for verdict, test, reason in outcomes}
    assert verdicts.keys() == {UNSPOILED, *(saboteur.test for saboteur in SABOTEURS)}, (
        done.stdout + done.stderr
    )
    return verdicts


def killed(saboteur: Saboteur, verdicts: dict[str, str]) -> bool:
    return re.match(f"(?:FAILED|ERROR) .*{saboteur.reason}", verdicts[saboteur.test]) is not None


@pytest.mark.parametrize("saboteur", SABOTEURS, ids=str)
def test_a_saboteur_is_found_out(verdicts: dict[str, str], saboteur: Saboteur) -> None:
    assert killed(saboteur, verdicts), verdicts[saboteur.test]


def test_control_what_is_not_spoiled_passes(verdicts: dict[str, str]) -> None:
    assert verdicts[UNSPOILED].startswith("PASSED")


def test_how_many_are_found_out(verdicts: dict[str, str]) -> None:
    spoiled = {saboteur.spoil: saboteur for saboteur in SABOTEURS}
    alive = {saboteur.spoil.__name__ for saboteur in SABOTEURS if not killed(saboteur, verdicts)}
    print(f"saboteurs killed: {len(spoiled) - len(alive)} / {len(spoiled)}, by {len(SABOTEURS)} tests")
    assert alive == set()
