"""``ventros history``, ``locking-indexes``, ``tenant`` and ``secrets``: what is done to a whole database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ventros.command_line import ELSE, application, dsn_option, key_ring, keys_option, resolve

if TYPE_CHECKING:
    from ventros.kernel.encryption import KeyRing
    from ventros.ops.secret_rotation import Left
    from ventros.ops.tenants import Holdings

LEFT = 1
INTERRUPTED = 130

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

    written = recording.enable(resolve(dsn), application())
    click.echo(f"history is enabled; baselines written: {written:,}")


@history.command()
@database
def disable(dsn: str | None) -> None:
    """Record no more, and keep what is recorded."""
    from ventros.ops import history as recording

    recording.disable(resolve(dsn), application())
    click.echo("history is disabled; what was recorded is kept")


@history.command()
@database
def status(dsn: str | None) -> None:
    """Tell what is recorded, and how much that is."""
    from ventros.ops import history as recording

    state = recording.status(resolve(dsn), application())
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


@click.group()
def tenant() -> None:
    """Forget a tenant; see docs/tenants.md."""


@tenant.command()
@click.argument("id_", metavar="ID")
@database
@click.option("--dry-run", is_flag=True, help="Say what there is, and delete nothing.")
@click.option(
    "--batch",
    type=click.IntRange(1),
    default=2000,
    show_default=True,
    help="Rows that one transaction deletes.",
)
def forget(id_: str, dsn: str | None, batch: int, *, dry_run: bool) -> None:
    """Delete every row of a tenant, its history included, and prove that none is left.

    All tables with a tenant_id, in any schema. Users and billing accounts are a user's: those that the
    tenant refers to are listed, and kept. Stop what works for the tenant first. What is cut short may be
    run again. Exits with 1 when a row is left.
    """
    from ventros.ops import tenants

    try:
        if dry_run:
            held = tenants.holdings(resolve(dsn), id_)
            for table, rows in held.rows.items():
                click.echo(f"{rows:>12,}  {table}")
            _list_kept(held)
            click.echo(f"{held.total:,} rows of {id_} would be erased")
            return
        done = tenants.forget(
            resolve(dsn),
            id_,
            batch=batch,
            found=_list_kept,
            report=lambda table, rows: click.echo(f"{rows:>12,}  {table}"),
        )
    except KeyboardInterrupt:
        click.echo("interrupted: run it again for the rest", err=True)
        sys.exit(INTERRUPTED)
    for refusal in done.refusals:
        click.echo(f"FINDING: {refusal}", err=True)
    for table, rows in done.left.items():
        click.echo(f"FINDING: {table} still has rows of {id_}: {rows:,}", err=True)
    if done.left or done.refusals:
        sys.exit(LEFT)
    erased = f"{sum(done.erased.values()):,} rows were erased" if done.before.total else "there was none"
    click.echo(f"no row of {id_} is in any of {len(done.before.rows)} tables: {erased}")


def _list_kept(held: Holdings) -> None:
    for table, keys in held.kept.items():
        for key in keys:
            click.echo(f"kept, because it is of no tenant: {table} {key}")


@click.group("secrets")
def secret_commands() -> None:
    """Change the keys that encrypt; see docs/secrets.md."""


@secret_commands.command()
@click.argument("tenants", metavar="TENANT...", nargs=-1, required=True)
@dsn_option(f"The database, for the app; {ELSE}")
@keys_option
@click.option(
    "--batch",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Rows that one transaction writes.",
)
@click.option("--dry-run", is_flag=True, help="Say what other keys still have to read, and write nothing.")
def rotate(
    tenants: tuple[str, ...], dsn: str | None, keys: Path | None, batch: int, *, dry_run: bool
) -> None:
    """Encrypt anew what other keys wrote, for these tenants; - reads them from the standard input.

    Credentials, addresses, secrets and headers of webhooks, keys of channels, and the encrypted columns of
    your own tables. While everybody works, by version, with an event for each row. What is cut short may be
    run again. Exits with 1 when a value is left that another key has to read.
    """
    import asyncio

    if tenants == ("-",):
        tenants = tuple(sys.stdin.read().split())
    try:
        found = asyncio.run(_rotate(tenants, resolve(dsn), key_ring(keys), batch, dry_run=dry_run))
    except KeyboardInterrupt:
        click.echo("interrupted: run it again for the rest", err=True)
        sys.exit(INTERRUPTED)
    for (tenant_, table, key_id), values in found.items():
        click.echo(f"FINDING: {tenant_} {table}: {values:,} values of the key {key_id!r}", err=True)
    click.echo(f"values that other keys have to read: {sum(found.values()):,}")
    if found:
        sys.exit(LEFT)


async def _rotate(tenants: tuple[str, ...], dsn: str, ring: KeyRing, batch: int, *, dry_run: bool) -> Left:
    from ventros.kernel.database import Database
    from ventros.ops import secret_rotation

    app = application()
    async with await Database.open(app.unit_of_work, dsn) as db:
        if dry_run:
            return await secret_rotation.left(db, app, tenants, ring.writer)
        done = await secret_rotation.rotate(
            db,
            app,
            tenants,
            ring,
            batch=batch,
            report=lambda tenant_, table, rows: click.echo(f"{rows:>12,}  {tenant_} {table}"),
        )
    for error in done.unreadable:
        click.echo(f"FINDING: {error}", err=True)
    return done.left
