"""``ventros demo``: a stream with and without the version check, and a day of one company."""

from __future__ import annotations

import asyncio
import json
import sys

import click
from rich.console import Console
from rich.table import Table

from ventros.command_line import FAILED, progress


@click.command()
@click.option(
    "--messages", type=click.IntRange(1), default=2000, show_default=True, help="Distinct messages."
)
@click.option("--contacts", type=click.IntRange(1), default=40, show_default=True, help="Phones per tenant.")
@click.option("--workers", type=click.IntRange(1, 64), default=8, show_default=True, help="At the same time.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the stream.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def demo(messages: int, contacts: int, workers: int, seed: int, *, as_json: bool) -> None:
    """Show what optimistic locking saves, and that every event leaves.

    Starts an embedded PostgreSQL, ingests a stream of WhatsApp messages with many workers, then the
    same stream with a last-write-wins save. Meanwhile a relay delivers the events to a consumer that counts
    them. Then a company has its day: messages, a pipeline, a campaign, a broadcast, a suspended account; and
    the audit looks at what is left. Exits with 1 unless Ventros lost nothing, each event took effect once,
    and the audit found nothing.
    """
    from ventros.demo.day import play_day
    from ventros.demo.run import TENANTS, find_faults, report, run_both
    from ventros.demo.stream import make_stream
    from ventros.devserver import DevServer

    stream = make_stream(tuple(TENANTS.values()), messages=messages, contacts=contacts, seed=seed)
    with progress("ingesting", 2 * len(stream.lines)) as advance, DevServer() as server:
        ventros_arm, control_arm = asyncio.run(
            run_both(server, stream, workers=workers, on_record=lambda _record: advance(1))
        )
        day = asyncio.run(play_day(server))
        version = server.version
    figures = report(ventros_arm, control_arm)
    faults = find_faults(ventros_arm, stream) + day.faults()
    if as_json:
        click.echo(json.dumps({**figures, "day": day.report()}))
    else:
        control_figures = report(control_arm, control_arm)
        _print_demo(figures, control_figures, f"PostgreSQL {version}, {workers} workers, seed {seed}")
        lost = (
            f"{control_arm.lost_updates} updates lost without the version check, "
            f"{ventros_arm.lost_updates} with it"
        )
        click.echo(f"\n{lost}.")
        click.echo(
            f"{ventros_arm.mark_rows:,} of {ventros_arm.event_rows:,} events took effect at the consumer, "
            f"{ventros_arm.redelivered} were delivered again. The relay was {ventros_arm.lag_events:,} "
            f"events behind when the stream ended, and done {ventros_arm.lag_seconds:.2f} s later."
        )
        click.echo(f"\n{day}")
    for fault in faults:
        click.echo(f"FAILED: {fault}", err=True)
    if faults:
        sys.exit(FAILED)


ROWS = {
    "messages_offered": "messages offered",
    "messages_stored": "messages stored",
    "duplicates": "duplicates ignored",
    "conflicts": "conflicts met",
    "retries": "retries",
    "lost_updates": "lost updates",
    "events": "events in the outbox",
    "events_delivered": "events delivered once",
    "redelivered": "events delivered again",
    "lag_events": "undelivered at the end",
    "lag_seconds": "seconds until delivered",
    "seconds": "seconds",
    "messages_per_second": "messages/s",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
}


def _print_demo(checked: dict[str, int | float], control: dict[str, int | float], title: str) -> None:
    table = Table(title=title)
    table.add_column("")
    table.add_column("ventros", justify="right")
    table.add_column("last write wins", justify="right")
    for key, label in ROWS.items():
        style = "bold" if key == "lost_updates" else None
        table.add_row(label, f"{checked[key]:,}", f"{control[key]:,}", style=style)
    Console().print(table)
