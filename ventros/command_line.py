"""What every command is told: for which application it works, and on which database."""

from __future__ import annotations

import importlib
import os
import sys
import tomllib
from pathlib import Path

import click

from ventros.kernel.application import Application
from ventros.kernel.database import resolve_dsn
from ventros.kernel.errors import ConfigurationError

VARIABLE = "VENTROS_APP"

app_option = click.option(
    "--app",
    metavar="MODULE:NAME",
    envvar=VARIABLE,
    help=f"The application; else {VARIABLE}, else app in [tool.ventros] of ./pyproject.toml, else the CRM.",
)


def application() -> Application:
    """The one that ``--app`` of ``ventros``, VENTROS_APP or ./pyproject.toml names; else the CRM.

    Raises ConfigurationError when there is none of that name.
    """
    return named_application(click.get_current_context().find_root().params.get("app"), Path.cwd())


def named_application(named: str | None, folder: Path) -> Application:
    """``named``, else what VENTROS_APP or the pyproject.toml in ``folder`` names; else the CRM.

    Raises ConfigurationError when there is none of that name.
    """
    named = named or os.environ.get(VARIABLE) or _named_in(folder / "pyproject.toml")
    if named:
        return find_application(named, folder)
    from ventros.unit_of_work import CRM  # noqa: PLC0415 - who has another needs none of it

    return CRM


def find_application(named: str, folder: Path) -> Application:
    """By ``module:name``, as Python imports it from ``folder``. Raises ConfigurationError."""
    module, _, name = named.partition(":")
    if not module or not name:
        raise ConfigurationError(f"{named!r} names no application: write package.module:NAME")
    if (here := str(folder)) not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise ConfigurationError(f"{module} cannot be imported: {error}") from error
        raise ConfigurationError(
            f"there is no module {error.name} for the application {named}: looked in {folder} and in "
            "what is installed"
        ) from error
    if not isinstance(found, Application):
        what = "nothing" if found is None else f"a value of type {type(found).__name__}"
        raise ConfigurationError(f"{name} of {module} is {what}, not an Application: {named} names none")
    return found


def database(dsn: str | None) -> str:
    """``dsn``, or what the environment names, for psycopg. Raises ConfigurationError when nothing does."""
    return resolve_dsn(dsn) or "postgresql://"


def _named_in(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("ventros", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.resolve()} cannot be read: {error}") from error
    named = table.get("app")
    if named is not None and not isinstance(named, str):
        raise ConfigurationError(f"{path.resolve()}: app in [tool.ventros] is no text")
    return named
