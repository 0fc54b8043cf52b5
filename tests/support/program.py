"""The program, started as its user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WITHOUT_DATABASE = {
    key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "VENTROS_DATABASE_URL"}
}


def ventros(*args: str | Path, database: str | None = None) -> subprocess.CompletedProcess[str]:
    """Every Python warning is an error, so that none reaches the user."""
    environment = WITHOUT_DATABASE | ({"VENTROS_DATABASE_URL": database} if database else {})
    command = [sys.executable, "-W", "error", "-m", "ventros.cli", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
