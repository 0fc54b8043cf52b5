"""How fast do events come in? ``python -m bench.ingest_rate [--messages N] [--contacts N] [--rounds N]``.

Each way takes a history of its own into a database of its own, in a process of its own, so that its CPU time
and its memory are known; the ways take turns. ``ingest`` is a file of WAHA events, by so many workers. ``one
each`` is process_inbound_message for each message of a history, and ``import`` import_messages of the same.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import ventros
from bench.server import Server
from ventros.application.messages.import_messages import import_messages
from ventros.application.messages.inbound import Party
from ventros.application.messages.process_inbound_message import InboundMessage, process_inbound_message
from ventros.crm.messages.values import ContentType, MessageSource
from ventros.demo.seed import seed_tenant
from ventros.demo.stream import make_stream
from ventros.ingest.records import records_of_lines
from ventros.ingest.runner import Ingest

WAYS = ("ingest 1", "ingest 4", "ingest 8", "one each", "import")
TENANT, SESSION = "bench", "bench-phone"
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def history(messages: int, contacts: int) -> list[InboundMessage]:
    """Chat after chat, as a phone hands it over; half a minute between two messages of one."""
    return [
        InboundMessage(
            channel_message_id=f"H{number}",
            contact=Party(phone=f"+5511{900000000 + number % contacts}", name=f"Contact {number % contacts}"),
            content_type=ContentType.TEXT,
            text=f"message {number}",
            received_at=NOW + timedelta(seconds=number * 30 // contacts),
            from_me=number % 5 == 0,
            source=MessageSource.HISTORY_IMPORT,
        )
        for number in range(messages)
    ]


async def measure(way: str, dsn: str, messages: int, contacts: int) -> None:
    """Print what it took, as JSON."""
    name, _, workers = way.partition(" ")
    settings = ventros.Settings(max_size=9)
    lines = make_stream([SESSION], messages=messages, contacts=contacts, seed=1).lines
    drawn = history(messages, contacts)
    async with await ventros.Database.open(ventros.UnitOfWork, dsn, settings) as db:
        seed = await seed_tenant(db, TENANT, SESSION, NOW)
        started, cpu = time.perf_counter(), time.process_time()
        if name == "ingest":
            tally = await Ingest(db, [TENANT], workers=int(workers)).run(records_of_lines(lines))
            stored = tally.messages_stored
        elif name == "import":
            stored = (await import_messages(db, TENANT, seed.channel_id, drawn)).stored
        else:
            for message in drawn:
                await db.run(
                    TENANT, partial(process_inbound_message, channel_id=seed.channel_id, command=message)
                )
            stored = messages
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    assert stored == messages, f"{stored} of {messages} messages were stored"  # noqa: S101
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"rate": messages / seconds, "cpu": cpu / messages * 1000, "memory": memory / 1024}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--contacts", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("WAY", "DSN"))
    arguments = parser.parse_args()
    if arguments.one:
        way, dsn = arguments.one
        asyncio.run(measure(way, dsn, arguments.messages, arguments.contacts))
        return
    taken: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    sizes = ["--messages", str(arguments.messages), "--contacts", str(arguments.contacts)]
    with Server() as server:
        for number in range(arguments.rounds):
            for way in WAYS:
                database = f"{way}_{number}".replace(" ", "_")
                dsn = server.create(database)
                command = [sys.executable, "-m", "bench.ingest_rate", *sizes, "--one", way, dsn]
                done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
                taken[way].append(json.loads(done.stdout))
                server.drop(database)
    print(f"{arguments.messages} messages, {arguments.contacts} contacts; medians, {arguments.rounds} rounds")
    print(f"{'':10}{'messages/s':>12}{'client CPU ms/message':>24}{'memory MiB':>12}")
    for way, rounds in taken.items():
        rate, cpu, memory = (
            statistics.median(result[name] for result in rounds) for name in ("rate", "cpu", "memory")
        )
        print(f"{way:10}{rate:12.0f}{cpu:24.2f}{memory:12.0f}")


if __name__ == "__main__":
    main()
