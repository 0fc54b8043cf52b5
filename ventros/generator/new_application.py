"""Writes an application without an aggregate: statements, migrations, a unit of work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from ventros.generator.columns import parse_name
from ventros.generator.rendering import render, write
from ventros.kernel.errors import ConfigurationError
from ventros.migration_files import write_checksums

Below = Literal["crm", "kernel"]
_WORDS = {"crm": "the CRM", "kernel": "the kernel"}


def new_application(folder: Path, name: str, *, schema: str, on: Below) -> list[Path]:
    """Write the package ``name`` into ``folder``, and a pyproject.toml if there is none; the paths.

    Raises ConfigurationError, and writes nothing, when the package is there already.
    """
    package = parse_name(name, in_sql=True)
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", schema):
        raise ConfigurationError(f"{schema!r} is no schema: lower-case letters, digits, _")
    if package in {"ventros", "tests", "crm", "kernel"}:
        raise ConfigurationError(f"{package} is a name that is in use: take another")
    home = folder / package
    if home.exists():
        raise ConfigurationError(f"nothing was written, because there is already: {home}")
    values = {"package": package, "schema": schema, "below": on.upper(), "what_below": _WORDS[on]}
    files = {
        home / "__init__.py": f'"""The application {package}, on {_WORDS[on]} of Ventros."""\n',
        home / "py.typed": "",
    }
    for module in ("application", "statements", "unit_of_work"):
        path = home / f"{module}.py"
        files[path] = render(f"{module}.py", path, values)
    statements = folder / "tests" / "test_statements.py"
    files[statements] = render("test_statements.py", statements, values)
    project = folder / "pyproject.toml"
    if not project.exists():
        files[project] = render("pyproject.toml", project, values)
    write(files)
    (home / "sql").mkdir()
    (home / "migrations").mkdir()
    return [*files, write_checksums(home / "migrations")]
