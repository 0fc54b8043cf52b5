"""A relay in a process of its own, which notes when it was handed which event.

``python -m bench.relaying DSN FILE [--batch N]`` writes a :data:`RECORD` for each to FILE, until SIGTERM, and
then what it took as JSON to standard output.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Final, Self
from uuid import UUID

import attrs

from ventros import Database, Settings, UnitOfWork
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import Destination, Single
from ventros.relay.relay import Relay, RelayOptions

NAME: Final = "bench"
CONCURRENCY: Final = 64
"""Aggregates whose events are handed over at a time, as of the publisher ``stdout``."""
BATCH: Final = 500
RECORD: Final = struct.Struct("16sd")
"""An event's id, and when it was handed over, by the monotonic clock that a machine's processes share."""


@attrs.frozen
class Recorder:
    """A publisher that costs next to nothing."""

    descriptor: int
    name: str = NAME

    async def publish(self, event: OutboxEvent) -> None:
        """One record, so that the file's size tells how many were delivered."""
        os.write(self.descriptor, RECORD.pack(event.event_id.bytes, time.monotonic()))


async def relay(dsn: str, file: Path, batch: int) -> None:
    """Until SIGTERM."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    source = Single(Destination(name=NAME, publisher=Recorder(descriptor), concurrency=CONCURRENCY))
    settings = Settings(max_size=4, application_name="ventros relay")
    async with await Database.open(UnitOfWork, dsn, settings) as database:
        serving = Relay(database, [source], RelayOptions(batch=batch))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.stop)
        began = time.monotonic()
        await serving.run()
    print(json.dumps({"began": began, "cpu": time.process_time()}))


class RelayProcess:
    """The process, as its parent sees it; an async context manager, which ends it.

    Then ``began`` is when it first looked, by the monotonic clock, and ``cpu`` its seconds of processor time.
    """

    def __init__(self, dsn: str, file: Path, *, batch: int = BATCH) -> None:
        self._command = [sys.executable, "-m", "bench.relaying", dsn, str(file), "--batch", str(batch)]
        self._file = file
        self.began = self.cpu = 0.0

    async def __aenter__(self) -> Self:
        self._file.touch()
        self._process = await asyncio.create_subprocess_exec(*self._command, stdout=asyncio.subprocess.PIPE)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        output, _ = await self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"the relay ended with status {self._process.returncode}")
        took = json.loads(output)
        self.began, self.cpu = took["began"], took["cpu"]

    @property
    def delivered(self) -> int:
        """How many events so far."""
        return self._file.stat().st_size // RECORD.size

    async def until(self, delivered: int, patience: float = 300.0) -> None:
        """Return when so many events were delivered. Raises TimeoutError after ``patience`` seconds."""
        async with asyncio.timeout(patience):
            while self.delivered < delivered:
                if self._process.returncode is not None:
                    raise RuntimeError(f"the relay ended after {self.delivered} of {delivered} events")
                await asyncio.sleep(0.005)

    def deliveries(self) -> dict[UUID, float]:
        """When each event was handed over the first time, by the monotonic clock, in seconds."""
        records = list(RECORD.iter_unpack(self._file.read_bytes()))
        return {UUID(bytes=id_): at for id_, at in reversed(records)}

    def memory(self) -> float | None:
        """MiB that it holds now; None where there is no /proc."""
        try:
            text = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        kib = next((line.split()[1] for line in text.splitlines() if line.startswith("VmRSS")), None)
        return None if kib is None else int(kib) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dsn")
    parser.add_argument("file", type=Path)
    parser.add_argument("--batch", type=int, default=BATCH)
    arguments = parser.parse_args()
    asyncio.run(relay(arguments.dsn, arguments.file, arguments.batch))


if __name__ == "__main__":
    main()
