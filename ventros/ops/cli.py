"""``ventros history`` and ``ventros locking-indexes``: what a database has or not, by its owner's choice."""

from __future__ import annotations

import click

from ventros.options import ELSE, dsn_option, resolve

database = dsn_option(f"The database, for the owner of its tables; {ELSE}")


@click.group()
def history() -> None:
    """Record who changed what in each version of each aggregate, or stop it; see docs/history.md."""


@history.command()
@database
def enable(dsn: str | None) -> None:
    """Record from now on.

    Writes a baseline of each aggregate whose present version the history does not know. All or nothing;
    writers wait meanwhile. May be run again.
    """
    from ventros.ops import history as recording

    written = recording.enable(resolve(dsn))
    click.echo(f"history is enabled; baselines written: {written:,}")


@history.command()
@database
def disable(dsn: str | None) -> None:
    """Record no more, and keep what is recorded."""
    from ventros.ops import history as recording

    recording.disable(resolve(dsn))
    click.echo("history is disabled; what was recorded is kept")


@history.command()
@database
def status(dsn: str | None) -> None:
    """Tell what is recorded, and how much that is."""
    from ventros.ops import history as recording

    state = recording.status(resolve(dsn))
    missing = state.not_recorded
    click.echo(
        f"history is {'disabled' if not state.recorded else 'enabled in part' if missing else 'enabled'}"
    )
    if state.recorded and missing:
        click.echo(f"not recorded: {', '.join(missing)}")
    click.echo(f"about {state.rows:,} rows in {state.bytes / 1e6:,.1f} MB")


@click.group("locking-indexes")
def locking_indexes() -> None:
    """Put the (id, version) indexes back, or drop them.

    Why they are not shipped: docs/architecture/decisions/002-locking-indexes.md.
    """


@locking_indexes.command()
@database
def create(dsn: str | None) -> None:
    """Make those that are missing or invalid. Writers go on; may be run again."""
    from ventros.ops import locking_indexes as indexes

    indexes.create(resolve(dsn), click.echo)
    click.echo(f"there are all {len(indexes.definitions())}")


@locking_indexes.command()
@database
def drop(dsn: str | None) -> None:
    """Drop those that are there. Writers go on; may be run again."""
    from ventros.ops import locking_indexes as indexes

    indexes.drop(resolve(dsn), click.echo)
    click.echo("there is none")


@locking_indexes.command("status")
@database
def indexes_status(dsn: str | None) -> None:
    """Tell which are there, and how large they are."""
    from ventros.ops import locking_indexes as indexes

    for index in indexes.status(resolve(dsn)):
        size = "" if index.state == "missing" else f"{index.bytes / 1e6:,.1f} MB"
        click.echo(f"{index.state:<8} {index.name:<40} {size}".rstrip())
