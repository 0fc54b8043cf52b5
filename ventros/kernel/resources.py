"""Finds ``sql/`` and ``migrations/``: inside an installed wheel, else beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

from ventros.kernel.errors import ConfigurationError

PACKAGE = Path(__file__).resolve().parent.parent


def directory(name: str) -> Path:
    """The directory ``name`` ("sql" or "migrations"). Raises ConfigurationError when there is none."""
    for candidate in (PACKAGE / f"_{name}", PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise ConfigurationError(
        f"the directory {name}/ is missing: looked for {PACKAGE / f'_{name}'} and {PACKAGE.parent / name}; "
        "the installation is incomplete, install ventros again"
    )
