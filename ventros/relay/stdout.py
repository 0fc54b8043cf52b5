"""The publisher ``stdout``: one JSON object a line, for whatever stands behind the pipe."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import attrs
import msgspec

from ventros.kernel.database import Database
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import Destination, PublisherBroken, Single

_encode = msgspec.json.Encoder().encode


class Stdout:
    """Writes to a file descriptor, in a thread: a reader who is slow holds nobody else up."""

    name = "stdout"

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = sys.stdout.fileno() if descriptor is None else descriptor
        self._one_at_a_time = threading.Lock()

    async def publish(self, event: OutboxEvent) -> None:
        """Return when the operating system has the line. Raises PublisherBroken when nobody reads."""
        try:
            await asyncio.to_thread(self._write, line(event))
        except OSError as error:
            raise PublisherBroken(f"nothing can be written to standard output: {error.strerror}") from error

    def _write(self, data: bytes) -> None:
        with self._one_at_a_time:
            while data:
                data = data[os.write(self._descriptor, data) :]


def line(event: OutboxEvent) -> bytes:
    """The event with the names of its columns, and a newline."""
    fields = attrs.asdict(event, recurse=False)
    transaction_id, position = fields.pop("position")
    return _encode({"transaction_id": transaction_id, "position": position, **fields}) + b"\n"


@asynccontextmanager
async def opened(_database: Database[Any], _options: Mapping[str, Any]) -> AsyncIterator[Single]:
    """Its one destination, which wants every event."""
    yield Single(Destination(name="stdout", publisher=Stdout(), concurrency=64))
