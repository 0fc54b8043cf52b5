"""The publisher ``stdout``: a CloudEvent a line, as JSON, for whatever stands behind the pipe."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from ventros.kernel.database import Database
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay import cloudevents
from ventros.relay.publisher import Destination, PublisherBroken, Single


class Stdout:
    """Writes to standard output in a thread: a reader who is slow holds nobody else up."""

    name = "stdout"

    def __init__(self, source: str = cloudevents.SOURCE) -> None:
        self._source = source
        self._descriptor = sys.stdout.fileno()
        self._one_at_a_time = threading.Lock()

    async def publish(self, event: OutboxEvent) -> None:
        """Return when the operating system has the line. Raises PublisherBroken when nobody reads."""
        line = cloudevents.encoded(event, source=self._source) + b"\n"
        try:
            await asyncio.to_thread(self._write, line)
        except OSError as error:
            raise PublisherBroken(f"nothing can be written to standard output: {error.strerror}") from error

    def _write(self, data: bytes) -> None:
        with self._one_at_a_time:
            while data:
                data = data[os.write(self._descriptor, data) :]


@asynccontextmanager
async def opened(_database: Database[Any], options: Mapping[str, Any]) -> AsyncIterator[Single]:
    """Its one destination, which wants every event."""
    publisher = Stdout(options.get("source", cloudevents.SOURCE))
    yield Single(Destination(name=publisher.name, publisher=publisher, concurrency=64))
