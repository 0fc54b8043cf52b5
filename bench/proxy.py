"""Stands between client and server: counts round trips at the protocol, and makes them as long as one asks.

A process of its own with a thread for each direction: within the client's process its work would count as the
client's, and asyncio's timers, which wait whole milliseconds, could not delay by half of one.

    python -m bench.proxy DIRECTORY HOST PORT ROUND_TRIP_MS

listens on the Unix socket in DIRECTORY; each line on standard input, which may hold another ROUND_TRIP_MS, is
answered with the count so far.
"""

from __future__ import annotations

import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.dsn import address, through
from bench.environment import ROOT

CHUNK = 1 << 16
WAITED_FOR = frozenset(b"SQH")
"""Sync, Query and Flush: what makes the server answer."""


class Proxy:
    """``with Proxy(dsn, round_trip_ms=1) as proxy:`` connect to ``proxy.dsn``."""

    def __init__(self, dsn: str, *, round_trip_ms: float = 0) -> None:
        self._target = dsn
        self._delay = round_trip_ms

    def __enter__(self) -> Self:
        self._directory = tempfile.mkdtemp(prefix="ventros-proxy-")
        host, port = address(self._target)
        self._process = subprocess.Popen(  # noqa: S603 - this module
            (sys.executable, "-m", "bench.proxy", self._directory, host, str(port), str(self._delay)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.round_trips()  # it listens before it answers
        self.dsn = through(self._target, self._directory)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()
        shutil.rmtree(self._directory)

    def round_trips(self) -> int:
        """So far, over all connections, those of connecting left out. Messages that leave before anything of
        the answer to an earlier one reached the client are one round trip with it; they are told apart only
        if the distance is longer than the client needs between two messages.
        """
        return self._ask("")

    def move(self, round_trip_ms: float) -> None:
        """So far away from now on."""
        self._ask(str(round_trip_ms))

    def _ask(self, line: str) -> int:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the proxy has no pipes")
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class Counter:
    """Takes a client's bytes apart into messages: a type and a length, the first message without a type."""

    def __init__(self) -> None:
        self.total = 0

    def of_connection(self) -> Frames:
        return Frames(self)


class Frames:
    """``answered`` is set when something is handed to the client."""

    def __init__(self, counter: Counter) -> None:
        self.answered = True
        self._counter = counter
        self._started = False
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 5:
            head = 1 if self._started else 0
            length = int.from_bytes(self._buffer[head : head + 4], "big") + head
            if len(self._buffer) < length:
                return
            if self._started and self.answered and self._buffer[0] in WAITED_FOR:
                self._counter.total += 1
                self.answered = False
            self._started = True
            del self._buffer[:length]


class Distance:
    """Seconds that each direction takes."""

    def __init__(self, round_trip_ms: float) -> None:
        self.one_way = round_trip_ms / 2000


def _connect(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        made = socket.create_connection((host, port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made
    made = socket.socket(socket.AF_UNIX)
    made.connect(f"{host}/.s.PGSQL.{port}")
    return made


def _relay(
    source: socket.socket, sink: socket.socket, distance: Distance, frames: Frames, *, sent: bool
) -> None:
    """Each chunk leaves ``distance`` after it came, however many are on their way.

    ``sent``: by the client, else by the server.
    """
    chunks: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
    answered = None if sent else frames
    threading.Thread(target=_deliver, args=(chunks, sink, answered), daemon=True).start()
    while True:
        try:
            data = source.recv(CHUNK)
        except OSError:
            data = b""
        if sent:
            frames.feed(data)
        chunks.put((time.monotonic() + distance.one_way, data))
        if not data:
            return


def _deliver(
    chunks: queue.SimpleQueue[tuple[float, bytes]], sink: socket.socket, answered: Frames | None
) -> None:
    while True:
        due, data = chunks.get()
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        if answered:
            answered.answered = True
        try:
            if data:
                sink.sendall(data)
                continue
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            sink.close()
        return


def serve(directory: str, host: str, port: int, round_trip_ms: float) -> None:
    counter, distance = Counter(), Distance(round_trip_ms)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(Path(directory) / ".s.PGSQL.5432"))
    listener.listen()

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            server = _connect(host, port)
            frames = counter.of_connection()
            for source, sink in ((client, server), (server, client)):
                arguments, sent = (source, sink, distance, frames), {"sent": source is client}
                threading.Thread(target=_relay, args=arguments, kwargs=sent, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    for line in sys.stdin:
        if line.strip():
            distance.one_way = float(line) / 2000
        print(counter.total, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
