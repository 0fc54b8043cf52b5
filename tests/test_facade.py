"""The public names, and that importing them is quiet."""

from __future__ import annotations

import subprocess
import sys

import ventros


def test_every_public_name_exists_and_they_are_few() -> None:
    assert len(ventros.__all__) <= 15
    assert len(set(ventros.__all__)) == len(ventros.__all__)
    for name in ventros.__all__:
        assert hasattr(ventros, name), name


def test_the_core_needs_neither_the_migrations_nor_the_command_line() -> None:
    """Importing the library brings in none of what the extras bring, and warns of nothing."""
    code = "import sys, ventros; print(sorted({'yoyo', 'psycopg', 'click', 'rich'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
