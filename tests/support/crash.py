"""A server that can be killed as a power cut would, and started again on the same data."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from ventros.devserver import DevServer, find_binaries
from ventros.devserver.account import find_account


class Crashing(DevServer):
    """``kill()`` is kill -9 of the postmaster and all its children, in whatever they are doing."""

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _pg_ctl(self, *arguments: str | Path) -> str:
        copied = next(self.directory.glob("installation/*/*/bin"), None)
        return find_account().run((copied or find_binaries()) / "pg_ctl", *arguments, "-D", self._data)

    def _send(self, number: signal.Signals) -> tuple[int, list[int]]:
        postmaster = int((self._data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        children = [pid for pid, parent in _processes() if parent == postmaster]
        for pid in (postmaster, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return postmaster, children

    @property
    def is_killed(self) -> bool:
        return not (self._data / "postmaster.pid").exists()

    def freeze(self) -> None:
        """As a machine that hangs: connections stay, and nothing is answered. To be killed afterwards."""
        self._send(signal.SIGSTOP)

    def kill(self) -> None:
        postmaster, children = self._send(signal.SIGKILL)
        while any(pid in {postmaster, *children} for pid, _ in _processes()):
            time.sleep(0.005)
        # As after a power cut, when no process has that number; here a zombie may still bear it.
        for lock in (self._data / "postmaster.pid", self.directory / f".s.PGSQL.{self.port}.lock"):
            lock.unlink()

    def start_again(self, *, wait: bool = True) -> None:
        """After :meth:`kill`, or :meth:`halt`; blocks until recovery is over unless told not to ``wait``."""
        self._pg_ctl("start", "-l", self.directory / "server.log", *(("-w", "-t", "60") if wait else ("-W",)))

    def halt(self) -> None:
        """An orderly stop, with the data kept."""
        self._pg_ctl("stop", "-m", "fast", "-w")


def _processes() -> list[tuple[int, int]]:
    """Process ids with their parents'; of those that are not yet gone."""
    processes = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = path.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[:2]
            if state != "Z":
                processes.append((int(path.parent.name), int(parent)))
    return processes
