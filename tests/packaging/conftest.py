"""The wheel, and an environment in which nothing of the project is but that."""

from __future__ import annotations

import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installed import ROOT, run
from ventros.devserver import DevServer


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``python -m build`` makes the sdist, unpacks it elsewhere, and makes the wheel of that."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", out, ROOT)
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def binaries(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel and what a project of one's own needs."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", f"{wheel}[new,testing]", "mypy")
    return folder / "bin"


@pytest.fixture(scope="session")
def durable_server() -> Iterator[DevServer]:
    """As one that an audit has nothing to say about."""
    with DevServer(statistics=True) as running:
        yield running
