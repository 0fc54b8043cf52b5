"""What the README shows is what happens."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.documents import block


def test_the_five_minute_program_prints_what_stands_beside_it(dsn: str, tmp_path: Path) -> None:
    program = tmp_path / "rename.py"
    program.write_text(block("python", "OptimisticLockError"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", program],
        env={**os.environ, "VENTROS_DATABASE_URL": dsn},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (block("text", "saved Alice"), "")
