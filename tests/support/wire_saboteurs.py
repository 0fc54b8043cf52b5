"""What spoils the wire, COMMIT and the truth about it, for the plugin of saboteurs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import attrs
import pytest

from ventros.kernel.connection import connect
from ventros.kernel.connection.answers import Answer, commands
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.wire import Wire
from ventros.kernel.errors import CommitInDoubt
from ventros.kernel.outcome import CommitMarker
from ventros.kernel.transaction import commit_markers, pooled
from ventros.kernel.transaction.deferral import DeferCancellation
from ventros.kernel.transaction.pooled import PooledTransaction


def answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to COMMIT is taken for a COMMIT: its tag is not read."""
    original = PooledTransaction._read_tag
    monkeypatch.setattr(
        PooledTransaction, "_read_tag", lambda self, _, *rest: original(self, "COMMIT", *rest)
    )


def doubtless(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer to COMMIT is taken for a rollback."""
    original = PooledTransaction._judge
    monkeypatch.setattr(
        PooledTransaction, "_judge", lambda self, answer, failure, _: original(self, answer, failure, None)
    )


def cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancellation during COMMIT is swallowed."""
    original = PooledTransaction._commit_together

    async def deaf(self: PooledTransaction, *args: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await original(self, *args)

    monkeypatch.setattr(PooledTransaction, "_commit_together", deaf)


def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancellation does not wait for the answer to COMMIT."""

    async def at_once(answer: Answer, _: float) -> str:
        return answer.state.value

    monkeypatch.setattr(pooled, "_settled", at_once)


def exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait for the answer to COMMIT is not shielded from a second cancellation."""

    class Bare(DeferCancellation):
        def __await__(self) -> Generator[Any, None, str]:
            return self._work.__await__()

    monkeypatch.setattr(pooled, "DeferCancellation", Bare)


def unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release has no bound: five seconds here, for the test has to end."""
    long = property(lambda _: 5.0, lambda *_: None)
    monkeypatch.setattr(PooledTransaction, "release_timeout", long, raising=False)


def looked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver looks for the marker, instead of inserting it: the probe insert waits for nobody."""
    looking = "SELECT NOT EXISTS (SELECT FROM commit_markers WHERE tenant_id = $1 AND id = $2) AS tombstone"
    monkeypatch.setattr(commit_markers, "PROBE", attrs.evolve(commit_markers.PROBE, text=looking))


def fleeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver's tombstone is not kept."""
    original = commit_markers.probe

    async def undone(connection: Connection, marker: CommitMarker) -> bool:
        await connection.control("SAVEPOINT ventros")
        committed = await original(connection, marker)
        assert await connection.roll_back_to("ROLLBACK TO SAVEPOINT ventros", 1)
        return committed

    monkeypatch.setattr(commit_markers, "probe", undone)


def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver takes a server that does not answer at once for a rollback."""
    original = commit_markers.resolve

    async def at_once(ask: Callable[[], Awaitable[bool]], marker: CommitMarker, _: float) -> bool:
        try:
            return await original(ask, marker, 0.1)
        except CommitInDoubt:
            return False

    monkeypatch.setattr(commit_markers, "resolve", at_once)


def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the answer to what rides along the rows are dropped."""
    original = Wire._feed

    def rowless(self: Wire, kept: list[bytes]) -> None:
        original(self, [frame for frame in kept if frame[:1] != b"D"])

    monkeypatch.setattr(Wire, "_feed", rowless)
    monkeypatch.setattr(connect, "_fault", no_fault)


def uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tags of what rides along are not read: each is taken to have touched its row."""
    monkeypatch.setattr(Answer, "counted", property(lambda answer: answer.executes))


def overheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends the answer to an unawaited COMMIT gets through to the driver, as if it were its own."""
    original = Wire._take

    def leaky(self: Wire, frame: bytes, answer: Answer, own: bool, passed: list[bytes]) -> bool:
        taken = original(self, frame, answer, own, passed)
        if frame[:1] == b"Z":
            passed.append(frame)
        return taken

    def send(self: Wire, text: str) -> None:
        part, _ = commands((text,))
        self._expect((Answer(required=text), False))
        self._socket.write(part + b"S\0\0\0\4")

    monkeypatch.setattr(Wire, "_take", leaky)
    monkeypatch.setattr(Wire, "send", send)
    monkeypatch.setattr(connect, "_fault", no_fault)


def unawaited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for BEGIN's answer, so the driver takes it for that of its own statement."""
    original = Wire._expect

    def forgetful(self: Wire, *answers: Any) -> None:
        original(self, *(pair for pair in answers if pair[0].executes == 1))

    monkeypatch.setattr(Wire, "_expect", forgetful)
    monkeypatch.setattr(connect, "_fault", no_fault)


def unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for BEGIN's answer; but the first connection is tried."""
    monkeypatch.setattr(Wire, "_expect", lambda *_: None)


async def no_fault(_: object) -> None:
    """So that the connection that is spoiled is used."""
