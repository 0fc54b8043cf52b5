"""The embedded server goes with whoever started it, however that ends."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.support.devservers import (
    alive,
    modes,
    postmaster,
    python,
)
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError


def test_stop_ends_the_process_and_removes_the_directory(temporary: Path) -> None:
    before = modes(temporary)
    server = DevServer(durable=False)
    server.stop()  # never started
    with pytest.raises(ConfigurationError, match="not running"):
        server.dsn()
    server.start()
    pid, directory, dsn = postmaster(server), server.directory, server.dsn()
    server.start()  # runs already
    assert (server.directory, server.dsn()) == (directory, dsn)
    assert directory.parent == temporary
    assert alive(pid)
    assert modes(temporary) == before
    server.stop()
    assert not alive(pid)
    assert list(temporary.iterdir()) == []
    assert modes(temporary) == before
    server.stop()
    with pytest.raises(ConfigurationError, match="not running"):
        server.dsn()


KILLED = """
import os, signal
from ventros.devserver import DevServer
server = DevServer(durable=False)
server.start()
print(server.directory, (server.directory / "data/postmaster.pid").read_text().split()[0], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_interpreter_that_is_killed_leaves_nothing() -> None:
    done = python(KILLED)
    assert done.returncode == -signal.SIGKILL
    directory, pid = done.stdout.split()
    deadline = time.monotonic() + 15  # nobody waits for the server any more
    while (alive(int(pid)) or Path(directory).exists()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(int(pid))
    assert not Path(directory).exists()


FORGOTTEN = """
import os, sys, time
import psycopg
from ventros.devserver import DevServer
server = DevServer(durable=False)
server.start()
pid = (server.directory / "data/postmaster.pid").read_text().split()[0]
if not (child := os.fork()):
    server.stop()
    sys.exit()  # runs the atexit hooks, in the child
os.waitpid(child, 0)
psycopg.connect(server.dsn()).close()
if not (child := os.fork()):
    os.close(1), os.close(2)
    time.sleep(60)
print(server.directory, pid, child)
"""


def test_an_interpreter_that_forgets_to_stop_leaves_nothing() -> None:
    """Of its forked children, one that ends does not stop the server, one that lives does not keep it."""
    began = time.monotonic()
    done = python(FORGOTTEN)
    assert done.stderr == ""
    directory, pid, child = done.stdout.split()
    assert not alive(int(pid))
    assert not Path(directory).exists()
    assert alive(int(child))
    os.kill(int(child), signal.SIGKILL)
    assert time.monotonic() - began < 30
