"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(language: str, containing: str, document: str = README) -> str:
    """The only block in that language that contains the text."""
    blocks = re.findall(rf"```{language}\n(.*?)```", document, re.DOTALL)
    (found,) = [each for each in blocks if containing in each]
    return str(found)


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
