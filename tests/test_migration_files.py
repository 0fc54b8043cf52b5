"""What is not installed is named, with the command that installs it."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from tests.support.migrations import refused
from ventros import migration_files as module
from ventros.kernel.errors import ConfigurationError


def test_the_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yoyo.migrations", None)
    spec = importlib.util.spec_from_file_location("ventros_migration_files_without_yoyo", module.__file__)
    assert spec is not None
    assert spec.loader is not None
    with refused("yoyo", "pip install 'ventros[migrate]'", error=ConfigurationError):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
