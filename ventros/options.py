"""The options by which every command is told its database."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

ELSE = "else VENTROS_DATABASE_URL, DATABASE_URL, or libpq's PG* variables."


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
