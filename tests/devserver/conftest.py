"""Where the tests of the embedded server make theirs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A short directory in which servers are made: pytest's own is too deep for a Unix socket."""
    tmp_path_factory.getbasetemp()  # made on first use; it must not end up in here
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="vt-") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        monkeypatch.setenv("TMPDIR", name)
        Path(name).chmod(0o755)
        yield Path(name)
