"""``ventros scheduler`` does what is due."""

from __future__ import annotations

import asyncio
import sys

import click

from ventros.command_line import ELSE, FAILED, dsn_option, resolve
from ventros.kernel.errors import ConfigurationError


@click.command()
@dsn_option(f"The database, for the scheduler's role; {ELSE}")
@click.option(
    "--app-dsn",
    envvar="VENTROS_APP_DATABASE_URL",
    metavar="DSN",
    help="The database, for the app's role; else VENTROS_APP_DATABASE_URL.",
)
@click.option("--step", "names", multiple=True, metavar="NAME", help="Only this one. May be repeated.")
@click.option("--once", is_flag=True, help="Do what is due, and end.")
@click.option(
    "--every",
    type=click.FloatRange(0.001, 86_400.0),
    default=10.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 100_000),
    default=500,
    show_default=True,
    help="Items that are looked at in one statement, at most.",
)
def scheduler(
    dsn: str | None, app_dsn: str | None, names: tuple[str, ...], every: float, batch: int, *, once: bool
) -> None:
    """Do what is due for all tenants: end sessions that timed out, and more; see docs/scheduler.md.

    Any number may run at the same time. On SIGTERM or Ctrl-C it finishes what it has begun, and ends. What it
    did is told on standard error, in JSON lines. With --once, the exit status is 1 when an item failed.
    """
    from ventros.scheduler.program import chosen, serve
    from ventros.scheduler.scheduler import SchedulerOptions

    steps = chosen(names)
    if not app_dsn:
        raise ConfigurationError(
            "the work is done by the app's role, for one tenant at a time: give --app-dsn, or "
            "VENTROS_APP_DATABASE_URL"
        )
    options = SchedulerOptions(every=every, batch=batch)
    failed = asyncio.run(serve(resolve(dsn), app_dsn, steps, options, once=once))
    if once and failed:
        sys.exit(FAILED)
