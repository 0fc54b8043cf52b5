"""A directory that socket, programs or clients cannot do with is passed over."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from ventros.devserver.account import find_account
from ventros.devserver.directory import make_directory


@pytest.mark.parametrize("name", ["x" * 90, "comma,", "$(touch shell)"], ids=["long", "comma", "shell"])
def test_an_unfit_temporary_directory_is_passed_over(
    name: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Control: it is the name that counts, for the directory around it would have been taken.
    for base in (temporary / name, temporary):
        base.mkdir(exist_ok=True)
        monkeypatch.setattr(tempfile, "tempdir", str(base))
        made = make_directory(find_account())
        made.rmdir()
        assert (made.parent == base) is (base == temporary)
