"""``ventros relay`` delivers the outbox; ``ventros outbox`` looks at it, and decides about dead letters."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import click

from ventros.command_line import ELSE, dsn_option, keys_option, resolve

if TYPE_CHECKING:
    from ventros.kernel.connection.connection import Connection
    from ventros.kernel.outbox.retention import Retention

T = TypeVar("T")

database = dsn_option(f"The database, for the relay's role; {ELSE}")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


@click.command()
@database
@click.option(
    "--publisher",
    "publishers",
    multiple=True,
    default=("stdout",),
    metavar="NAME",
    show_default=True,
    help="Where to: stdout, webhook, nats, crm, or package.module:function. May be repeated.",
)
@click.option("--once", is_flag=True, help="Deliver what is due, and end.")
@click.option(
    "--batch",
    type=click.IntRange(1, 100_000),
    default=500,
    show_default=True,
    help="Events read at a time, and queues held at most.",
)
@click.option(
    "--poll",
    type=click.FloatRange(0.001, 1.0),
    default=0.25,
    show_default=True,
    help="Seconds between two looks at an idle database, at most.",
)
@click.option("--notify", is_flag=True, help="Look at once when a service says so; see docs/events.md.")
@click.option(
    "--metrics", metavar="HOST:PORT", help="Serve /metrics, /status and /health there; without TLS."
)
@click.option(
    "--app-dsn",
    envvar="VENTROS_APP_DATABASE_URL",
    metavar="DSN",
    help="webhook, crm: the database, for the app's role; else VENTROS_APP_DATABASE_URL.",
)
@keys_option
@click.option(
    "--allow-network",
    "allow_networks",
    multiple=True,
    metavar="CIDR",
    help="webhook, crm: inside, but reachable.",
)
@click.option("--allow-http", is_flag=True, help="webhook, crm: send without TLS, too.")
@click.option("--nats", multiple=True, metavar="URL", help="nats: a server. May be repeated.")
@click.option("--nats-credentials", metavar="FILE", help="nats: who logs in, a .creds file.")
@click.option("--nats-prefix", default="ventros", show_default=True, help="nats: the subjects' first part.")
@click.option("--source", default="/ventros", show_default=True, help="webhook, nats: CloudEvents' source.")
def relay(
    dsn: str | None,
    publishers: tuple[str, ...],
    batch: int,
    poll: float,
    metrics: str | None,
    *,
    notify: bool,
    once: bool,
    **options: Any,
) -> None:
    """Deliver the events of the outbox, each aggregate's in their order, at least once; see docs/events.md.

    Any number may run at the same time. On SIGTERM or Ctrl-C it finishes what it is handing over, gives back
    what it holds, and ends. How it goes is told on standard error: a line on a terminal, else JSON lines.
    """
    from ventros.relay.program import Arguments, deliver

    arguments = Arguments(
        resolve(dsn), publishers, options, batch=batch, poll=poll, metrics=metrics, notify=notify, once=once
    )
    asyncio.run(deliver(arguments))


@click.group()
def outbox() -> None:
    """Look at what is on its way, and decide about what is dead; see docs/events.md."""


@outbox.command()
@database
@as_json_option
def status(dsn: str | None, *, as_json: bool) -> None:
    """Tell how far each consumer is behind, and what waits for each destination."""
    from ventros.relay.metrics import read_lag

    lag = _ask(dsn, read_lag)
    _print(
        [
            {
                "consumer": one.name,
                "unread": one.unread,
                "seconds": round(lag.seconds(one), 1),
                "moved_at": f"{one.moved_at:%Y-%m-%d %H:%M:%S}",
            }
            for one in lag.consumers
        ],
        "no consumer is registered: nothing reads the log",
        as_json=as_json,
    )
    if as_json:
        return
    for holder in lag.holders:
        click.echo(f"what is written after it is not read before it ends: {holder}")
    _print(
        [
            {
                "destination": one.destination,
                "queues": one.queues,
                "due": one.due,
                "claimed": one.claimed,
                "failing": one.failing,
                "dead": one.dead,
            }
            for one in lag.waiting
        ],
        "nothing waits to be delivered",
    )


@outbox.command()
@database
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="At most.")
@as_json_option
def dead(dsn: str | None, limit: int, *, as_json: bool) -> None:
    """List the dead letters: events that were given up, each with what waits behind it."""
    from ventros.kernel.outbox import deliveries

    _print(
        [
            {
                "event_id": str(one.event_id),
                "event": one.event_name or "?",
                "destination": one.queue.destination,
                "tenant": one.queue.tenant_id,
                "aggregate": f"{one.queue.aggregate_type} {one.queue.aggregate_id}",
                "attempts": one.attempts,
                "waiting": one.waiting,
                "dead_at": f"{one.dead_at:%Y-%m-%d %H:%M:%S}",
                "error": one.last_error,
            }
            for one in _ask(dsn, lambda connection: deliveries.dead(connection, limit))
        ],
        "nothing is dead",
        as_json=as_json,
    )


@outbox.command()
@click.argument("event_id", type=click.UUID, required=False)
@click.option("--destination", metavar="NAME", help="Only there.")
@click.option("--all", "all_", is_flag=True, help="All that are dead.")
@database
def requeue(event_id: UUID | None, destination: str | None, dsn: str | None, *, all_: bool) -> None:
    """Try the dead event EVENT_ID again, or all of a destination, as if for the first time."""
    from ventros.kernel.outbox import deliveries

    if not (event_id or destination or all_):
        raise click.UsageError("name an EVENT_ID, a --destination, or say --all")
    count = _ask(dsn, lambda connection: deliveries.requeue(connection, destination, event_id))
    click.echo(f"{count} will be tried again")


@outbox.command()
@click.argument("event_id", type=click.UUID)
@click.option("--destination", metavar="NAME", help="Only there; else wherever it is dead.")
@database
def skip(event_id: UUID, destination: str | None, dsn: str | None) -> None:
    """Never deliver the dead event EVENT_ID, and let what waits behind it go on."""
    from ventros.kernel.outbox import deliveries

    count = _ask(dsn, lambda connection: deliveries.skip(connection, destination, event_id))
    click.echo(f"skipped at {count} destinations")


@outbox.command()
@database
@as_json_option
def consumers(dsn: str | None, *, as_json: bool) -> None:
    """List who reads the log, and how far."""
    from ventros.kernel.outbox import consumers as registered

    _print(
        [
            {
                "consumer": one.name,
                "transaction_id": one.position.transaction_id,
                "position": one.position.number,
                "unread": one.unread,
                "registered_at": f"{one.registered_at:%Y-%m-%d %H:%M:%S}",
                "moved_at": f"{one.moved_at:%Y-%m-%d %H:%M:%S}",
                "cluster": "another" if one.foreign_cluster else "this",
            }
            for one in _ask(dsn, registered.listed)
        ],
        "no consumer is registered: nothing reads the log",
        as_json=as_json,
    )


@outbox.command()
@click.argument("consumer")
@database
def forget(consumer: str, dsn: str | None) -> None:
    """Remove the dead CONSUMER: nothing is kept for it any more. What is queued already stays."""
    from ventros.kernel.outbox import consumers as registered

    _ask(dsn, lambda connection: registered.forget(connection, consumer))
    click.echo(f"{consumer} is forgotten")


@outbox.command()
@dsn_option(f"The database, for the owner of its tables; {ELSE}")
def rebase(dsn: str | None) -> None:
    """Let the log go on after the database was restored into another cluster.

    To be run before the services start. Nothing is lost, and nothing is sent that was sent already.
    """
    from ventros.ops.rebase import rebase as mend

    done = mend(resolve(dsn))
    if not (done.events or done.consumers):
        click.echo("the log is of this cluster: nothing to do")
    else:
        click.echo(f"taken over: {done.events:,} events, {done.consumers} consumers")


_days = click.FloatRange(0)


@click.command()
@dsn_option(f"The database, for the scheduler's role; {ELSE}")
@click.option("--events", type=_days, default=7, show_default=True, help="Days for delivered events.")
@click.option(
    "--inbox", type=_days, default=30, show_default=True, help="Days for the marks of commands and consumers."
)
@click.option("--markers", type=_days, default=7, show_default=True, help="Days for the marks of units.")
@click.option(
    "--batch", type=click.IntRange(1, 100_000), default=5_000, show_default=True, help="Events a transaction."
)
def prune(dsn: str | None, events: float, inbox: float, markers: float, batch: int) -> None:
    """Remove delivered events, and marks that nobody asks for any more; see docs/retention.md.

    May be run beside anything, and again after it was cut short.
    """
    from ventros.kernel.outbox.retention import Retention

    retention = Retention(
        events=timedelta(days=events),
        inbox=timedelta(days=inbox),
        markers=timedelta(days=markers),
        batch=batch,
    )
    removed = asyncio.run(_prune(resolve(dsn), retention))
    for table, rows in removed.items():
        click.echo(f"{table}: {rows:,} removed")


async def _prune(dsn: str, retention: Retention) -> Mapping[str, int]:
    from ventros.kernel.connection.settings import Settings
    from ventros.kernel.database import Database
    from ventros.kernel.outbox.retention import prune as steps
    from ventros.kernel.transaction.unit_of_work import UnitOfWork

    removed = dict.fromkeys(("outbox_events", "processed_events", "commit_markers"), 0)
    settings = Settings(min_size=0, max_size=1, statement_timeout=60.0, application_name="ventros prune")
    async with await Database.open(UnitOfWork, dsn, settings) as database:
        async for step in steps(database.across_tenants, retention, datetime.now(UTC)):
            removed[step.table] += step.removed
    return removed


def _ask(dsn: str | None, question: Callable[[Connection], Awaitable[T]]) -> T:
    from ventros.kernel.connection.settings import Settings
    from ventros.kernel.database import Database
    from ventros.kernel.transaction.unit_of_work import UnitOfWork

    async def ask() -> T:
        settings = Settings(min_size=0, max_size=1, statement_timeout=60.0, application_name="ventros outbox")
        async with (
            await Database.open(UnitOfWork, resolve(dsn), settings) as opened,
            opened.across_tenants() as connection,
        ):
            return await question(connection)

    return asyncio.run(ask())


def _print(rows: list[dict[str, Any]], nothing: str, *, as_json: bool = False) -> None:
    if as_json:
        click.echo(json.dumps(rows))
        return
    if not rows:
        click.echo(nothing, err=True)
        return
    lines = [list(rows[0]), *([str(cell) for cell in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
