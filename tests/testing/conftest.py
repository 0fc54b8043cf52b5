"""A small application in a folder of its own, and a server for what other pytests do with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ventros.devserver import DevServer
from ventros.testing.plugin import VARIABLE

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "tests" / "support" / "notebook"
PROJECT = """
[tool.ventros]
app = "notes.application:NOTES"
[tool.pytest.ini_options]
asyncio_default_fixture_loop_scope = "function"
"""
Run = Callable[..., pytest.RunResult]


@pytest.fixture(scope="session")
def other_server() -> Iterator[DevServer]:
    """What is executed on it is not taken for the CRM's."""
    with DevServer(durable=False) as running:
        yield running


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the application, named in its pyproject.toml."""
    shutil.copytree(NOTEBOOK, pytester.path, dirs_exist_ok=True)
    pytester.makepyprojecttoml(PROJECT)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(pytester.path)]))
    monkeypatch.delenv(VARIABLE, raising=False)
    return pytester.path


@pytest.fixture
def run(pytester: pytest.Pytester, project: Path, other_server: DevServer) -> Run:
    """pytest on that server, as a program of its own; without the options that are the project's here."""

    def run(*arguments: str) -> pytest.RunResult:
        dsn = f"--ventros-dsn={other_server.superuser_dsn()}"
        return pytester.runpytest_subprocess("-p", "ventros.testing.plugin", dsn, "-W", "error", *arguments)

    return run
