"""What commands share: for which application they work, on which database; how they tell how far they are."""

from __future__ import annotations

import asyncio
import functools
import importlib
import json
import logging
import os
import signal
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ventros.kernel.errors import ConfigurationError

if TYPE_CHECKING:
    from ventros.kernel.application import Application
    from ventros.kernel.encryption import KeyRing

FAILED = 1
"""Exit status of a command that found, or left, something wrong."""
VARIABLE = "VENTROS_APP"
KEYS = "VENTROS_KEYS"
ELSE = "else VENTROS_DATABASE_URL, DATABASE_URL, or libpq's PG* variables."

app_option = click.option(
    "--app",
    metavar="MODULE:NAME",
    envvar=VARIABLE,
    help=f"The application; else {VARIABLE}, else app in [tool.ventros] of ./pyproject.toml, else the CRM.",
)


keys_option = click.option(
    "--keys",
    type=click.Path(path_type=Path),
    envvar=f"{KEYS}_FILE",
    help="Of a line <key id> <Base64> for each key, the one that encrypts first; else "
    f"{KEYS}_FILE, or the lines themselves in {KEYS}.",
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
    from ventros.kernel.application import Application  # noqa: PLC0415 - commands start fast without it

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


def key_ring(keys: Path | None) -> KeyRing:
    """Of the file, else of VENTROS_KEYS. Raises ConfigurationError when there is neither."""
    from ventros.kernel.encryption import KeyRing  # noqa: PLC0415 - commands start fast without it

    if keys is not None:
        return KeyRing.read(keys)
    if not os.environ.get(KEYS):
        raise ConfigurationError(f"there are no keys: give --keys FILE, {KEYS}_FILE or {KEYS}")
    return KeyRing.parse(os.environ[KEYS], KEYS)


def resolve(dsn: str | None, *, insecure: bool = False) -> str:
    """:func:`ventros.kernel.connection.dsn.resolve_dsn`, for commands that start fast without it."""
    from ventros.kernel.connection.dsn import resolve_dsn  # noqa: PLC0415

    return resolve_dsn(dsn, insecure=insecure)


def dsn_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--dsn`` with ``text`` as its help, and ``--insecure``, which becomes a part of what ``dsn`` is."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(*args: Any, dsn: str | None, insecure: bool, **options: Any) -> Any:
            return command(*args, dsn=resolve(dsn, insecure=True) if insecure else dsn, **options)

        run = click.option(
            "--insecure", is_flag=True, help="Let it leave this machine without sslmode=verify-full."
        )(run)
        return click.option("--dsn", metavar="DSN", help=text)(run)

    return decorate


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


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal's standard error; nothing where that is a file or a pipe."""
    console = Console(stderr=True)
    columns = (TextColumn(label), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda amount: bar.advance(task, amount)


def tell(what: str, **more: Any) -> None:
    """One JSON line on standard error, for what runs as a service."""
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "message": what, **more}
    print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 - a program's own words


@contextmanager
def on_signals(stop: Callable[[], object]) -> Iterator[None]:
    """On SIGTERM and Ctrl-C ``stop`` is called, as long as the block lasts; within a running event loop."""
    loop, numbers = asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


@contextmanager
def log_as_lines() -> Iterator[None]:
    """What the library logs is told so, too."""
    logger, handler = logging.getLogger("ventros"), _Lines()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        tell(record.getMessage(), level=record.levelname.lower())
