"""10,000 drawn interleavings: the driver sees its own frames, each answer tells what was done."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.support.wire_model import SYNC, TOLD_AT_ONCE, Socket, connect, error, frame, ready, split
from ventros.kernel.connection import wire as module
from ventros.kernel.connection.answers import Answer, State, commands
from ventros.kernel.connection.wire import Wire

SEED = int(os.environ.get("VENTROS_SEED", "20260101"))
INTERLEAVINGS = 10_000
KINDS = ["rows:0", "rows:1", "rows:4", "count:0", "count:1", "returning:1", "suspended:1", "empty:0"]


@attrs.define
class Part:
    """A part of a message: the keys of its Executes, in their order, and what the wire says of it."""

    answer: Answer
    keys: list[str]


@attrs.define
class Interleaving:
    """Units of work as the kernel's connection sends them, drawn by ``rng``."""

    rng: random.Random
    socket: Socket = attrs.field(init=False)
    prepared: set[str] = attrs.field(factory=set)
    cancelled: bool = False
    _number: int = 0

    def __attrs_post_init__(self) -> None:
        self.socket = connect(self.rng, self.rng.choice(["random"] * 16 + ["block"] * 3 + ["bytes"]))

    async def run(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            await self.unit()
            if self.socket.driver.lost:
                break
        self.settle()
        server, driver = self.socket.server, self.socket.driver
        assert server.outside == [], "executed outside of a transaction"
        if server.spoiled:
            assert self.socket.aborted, "a wrong answer to what nobody waited for went unseen"
            assert server.for_driver.startswith(driver.fed)
        else:
            assert self.socket.aborted is server.ended
            assert [*split(driver.fed)] == [*split(server.for_driver)]

    def key(self) -> str:
        self._number += 1
        return str(self._number)

    def some_time(self) -> None:
        """Let a few things happen below the wire."""
        if self.rng.random() < 0.1:
            self.socket.server.remark(self.rng)
        while self.rng.random() < 0.7 and self.socket.step():
            pass

    def settle(self) -> None:
        """Until nothing can happen any more."""
        while self.socket.step():
            pass

    def until_answered(self) -> None:
        driver, server = self.socket.driver, self.socket.server
        gives_up = self.rng.random() < 0.04
        while driver.waiting:
            if gives_up and self.rng.random() < 0.2:
                gives_up = False
                self.cancelled = True
                driver.give_up()
                server.interrupt = bool(server.inbox)
            assert self.socket.step() or driver.lost, f"the driver waits for ever, {driver.waiting}"

    async def unit(self) -> None:
        rng, wire, server, driver = self.rng, self.socket.wire, self.socket.server, self.socket.driver
        begin = f"BEGIN {self.key()}"
        messages = rng.randint(1, 3)
        self.cancelled = False
        for number in range(messages):
            last = number == messages - 1
            if not await self.message(begin if number == 0 else None, commits=last and rng.random() < 0.5):
                if not driver.lost:
                    driver.query("ROLLBACK")
                    self.until_answered()
                return
            if driver.status == "I":
                return
            self.some_time()
        text = rng.choice(["COMMIT", "ROLLBACK"])
        if rng.random() < 0.7:
            if rng.random() < 0.1:
                server.unawaited = rng.choice(WRONG_ANSWERS)
            wire.send(text)
            self.some_time()
        else:
            driver.query(text)
            self.until_answered()

    async def message(self, begin: str | None, *, commits: bool) -> bool:
        """Whether all of it was answered, and without an error."""
        rng, wire = self.rng, self.socket.wire
        parts: list[Part] = []
        if begin is not None:
            texts = (begin, *(f"SET LOCAL {self.key()}" for _ in range(rng.randint(0, 2))))
            parts.append(Part(Answer(), list(texts)))
            wire.precede(texts, parts[0].answer)
        recorded: list[tuple[str, list[bytes], Part]] = []
        try:
            for _ in range(rng.choice([0, 0, 1, 2, 3])):
                name, arguments, keys = self.statement(recorded=True)
                parts.append(Part(Answer(), keys))
                wire.record(parts[-1].answer)
                recorded.append((name, arguments, parts[-1]))
                if not self.perform(name, arguments, told=True):
                    return False
            if not self.last(parts, commits=commits):
                return False
        finally:
            wire.forget()
            self.check(parts)
        for name, arguments, part in recorded:
            if part.answer.state is State.DONE and rng.random() < 0.5:
                await self.replay(name, arguments, part)
        return not self.cancelled

    def last(self, parts: list[Part], *, commits: bool) -> bool:
        """The one that the driver waits for."""
        rng, wire = self.rng, self.socket.wire
        name, arguments, keys = self.statement(recorded=False)
        if commits or rng.random() < 0.3:
            if name not in self.prepared and not self.prepare(name):
                return False
            own = Part(Answer(len(arguments)), keys)
            wire.watch(own.answer)
            parts.append(own)
            if commits:
                parts.append(Part(Answer(), [f"COMMIT {self.key()}"]))
                wire.follow(parts[-1].keys[0], parts[-1].answer)
                if rng.random() < 0.1:
                    self.socket.server.refused[parts[-1].keys[0]] = "23503"
            done = self.perform(name, arguments)
            if done and commits:
                assert parts[-1].answer.state is State.DONE
            return done
        return self.perform(name, arguments)

    def statement(self, *, recorded: bool) -> tuple[str, list[bytes], list[str]]:
        count = self.rng.choice([1, 1, 1, 1, 2, 4])
        keys = [self.key() for _ in range(count)]
        if recorded:
            self.socket.server.recorded.update(keys)
        kinds = [self.rng.choice(KINDS) for _ in keys]
        if self.rng.random() < 0.06:
            kinds[-1] = self.rng.choice(["error:0", "error:0", "error:0", "fatal:0"])
        return (
            f"s{self.rng.randrange(4)}",
            [f"{key}:{kind}".encode() for key, kind in zip(keys, kinds, strict=True)],
            keys,
        )

    def prepare(self, name: str) -> bool:
        driver = self.socket.driver
        driver.prepare(name)
        self.until_answered()
        if driver.failed or driver.lost or self.cancelled:
            return False
        self.prepared.add(name)
        return True

    def prepare_and_ask(self, name: str) -> bool:
        """As asyncpg prepares what it has forgotten; of types that it does not know it asks the server."""
        driver = self.socket.driver
        if not self.prepare(name):
            return False
        if self.rng.random() < 0.3:
            if not self.prepare("types"):
                return False
            driver.execute("types", f"{self.key()}:rows:2".encode())
            self.until_answered()
        return not (driver.failed or driver.lost or self.cancelled)

    def perform(self, name: str, arguments: list[bytes], *, told: bool = False) -> bool:
        """As asyncpg does it, which prepares first; ``told`` at once what is recorded."""
        driver, rng = self.socket.driver, self.rng
        if (name not in self.prepared or rng.random() < 0.05) and not self.prepare_and_ask(name):
            return False
        if told:
            driver.aside = bytearray()
        gives_up = False
        if len(arguments) == 1:
            driver.execute(name, arguments[0], parse_first=not told and rng.random() < 0.05)
        else:
            gives_up = rng.random() < 0.1
            for _ in driver.execute_many(name, list(arguments), self.pieces(arguments), give_up=gives_up):
                if not told:
                    self.some_time()
        if told:
            assert bytes(driver.aside or b"") in ([TOLD_AT_ONCE, b""] if gives_up else [TOLD_AT_ONCE])
            driver.aside = None
        self.until_answered()
        return not (driver.failed or driver.lost or gives_up)

    def pieces(self, arguments: list[bytes]) -> list[int]:
        sizes = [self.rng.randint(1, 3) for _ in range(self.rng.randint(1, 3))]
        while sum(sizes) > len(arguments):
            sizes.pop()
        return sizes

    async def replay(self, name: str, arguments: list[bytes], part: Part) -> None:
        """The kept answer is the server's, but for the BindComplete."""
        driver, server = self.socket.driver, self.socket.server
        self.socket.wire.replay(part.answer)
        driver.aside = bytearray()
        if len(arguments) == 1:
            driver.execute(name, arguments[0])
        else:
            for _ in driver.execute_many(name, list(arguments), self.pieces(arguments), give_up=False):
                pass
        await asyncio.sleep(0)
        assert driver.aside == b"".join(server.frames[key] for key in part.keys) + ready("T")
        driver.aside = None
        self.socket.wire.forget()

    def check(self, parts: list[Part]) -> None:
        """Against what the server has executed, or refused."""
        server = self.socket.server
        if server.spoiled:
            assert {part.answer.state for part in parts} <= {State.LOST, State.UNSENT}
            return
        ended = None
        for part in parts:
            answer = part.answer
            tags = [tag for key in part.keys for tag in server.outcomes.get(key, [])]
            failures = [server.failed[key] for key in part.keys if key in server.failed]
            if ended is not None:
                skipped = State.LOST if ended == "FATAL" else State.SKIPPED
                assert answer.state in {skipped, State.UNSENT}
                assert tags == []
            elif failures:
                (ended,) = failures
                assert answer.state is (State.LOST if ended == "FATAL" else State.FAILED)
                assert answer.sqlstate == (None if ended == "FATAL" else ended)
                assert answer.tags == tags
            elif answer.state is State.DONE:
                assert tags
                assert answer.tags == tags or (answer.tags == [] and part.keys[0].split(" ")[0] in COMMANDS)
                assert len(tags) == len(part.keys) or part.answer.executes == len(tags)
            else:
                assert answer.state is State.UNSENT or (answer.state is State.LOST and server.ended)
                assert tags == []


COMMANDS = {"BEGIN", "SET", "COMMIT", "ROLLBACK"}
OTHER = {b"C\0\0\0\x0bCOMMIT\0": frame("C", b"ROLLBACK\0"), b"C\0\0\0\x0dROLLBACK\0": frame("C", b"COMMIT\0")}


def without_tag(data: bytes) -> bytes:
    return b"".join(one for one in split(data) if one[:1] != b"C")


def other_tag(data: bytes) -> bytes:
    return b"".join(OTHER.get(one, one) for one in split(data))


def two_tags(data: bytes) -> bytes:
    return b"".join(one * 2 if one[:1] == b"C" else one for one in split(data))


def failed(data: bytes) -> bytes:
    return b"".join(error("23503") if one[:1] == b"C" else one for one in split(data))


def stranger(data: bytes) -> bytes:
    return frame("T", b"\0\0") + data


def cut_short(data: bytes) -> bytes:
    return frame("C", b"")[:1] + b"\0\0\0\1" + data


WRONG_ANSWERS = [without_tag, other_tag, two_tags, failed, stranger, cut_short]


async def interleave(numbers: range, seed: int = SEED) -> None:
    for number in numbers:
        try:
            await Interleaving(random.Random(f"{seed}:{number}")).run()
        except BaseException:
            print(f"VENTROS_SEED={seed}, interleaving {number}")
            raise


async def test_whatever_comes_in_between_each_sees_its_own() -> None:
    await interleave(range(INTERLEAVINGS))


def nothing(*_: object) -> None:
    """In the place of what a control leaves out."""


def all_at_once(_: Wire, data: bytes) -> bytes:
    return data


def not_required(self: Wire, text: str) -> None:
    part, exact = commands((text,))
    self._expect((Answer(exact=exact + ready("I")), False))
    self._socket.write(part + SYNC)


def one_too_early(self: Wire, answer: Answer, tag: bytes) -> None:
    answer.tags.append(tag.decode())
    self._expected.popleft()
    answer.become(State.DONE)


def only_the_first(self: Wire, answer: Answer, frame: bytes) -> None:
    self._expected.popleft()
    answer.frames.append(frame)
    answer.become(State.FAILED)


def anything_goes(take: Callable[..., bool]) -> Callable[..., bool]:
    def spoiled(self: Wire, frame: bytes, answer: Answer, own: bool, passed: list[bytes]) -> bool:
        if not take(self, frame, answer, own, passed):
            passed.append(frame)
        return True

    return spoiled


def to_asyncpg(take: Callable[..., bool]) -> Callable[..., bool]:
    def spoiled(self: Wire, frame: bytes, answer: Answer, own: bool, passed: list[bytes]) -> bool:
        return take(self, frame, answer, True, passed)

    return spoiled


SPOILED: dict[str, tuple[str, Any]] = {
    "a piece of a message is handed on": ("_whole", all_at_once),
    "a batch that ends early is waited for": ("_cut_short", nothing),
    "the tag of the unawaited COMMIT is not read": ("send", not_required),
    "a batch is done with its first answer": ("_complete", one_too_early),
    "what was skipped is waited for": ("_fail", only_the_first),
    "what was not sent is kept": ("forget", nothing),
    "an unexpected message is handed on": ("_take", anything_goes(Wire._take)),
    "the answer of a riding part is handed on": ("_take", to_asyncpg(Wire._take)),
}


@pytest.mark.parametrize("what", SPOILED)
async def test_control_an_interleaving_finds(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, spoiled = SPOILED[what]
    monkeypatch.setattr(Wire, name, spoiled)
    with pytest.raises(AssertionError):
        await interleave(range(INTERLEAVINGS))


async def test_control_what_is_asked_in_between_is_told_apart_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_name", lambda _: b"")
    with pytest.raises(AssertionError):
        await interleave(range(INTERLEAVINGS))


async def test_control_how_many_a_batch_has_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_executes", lambda _: 1)
    with pytest.raises(AssertionError):
        await interleave(range(INTERLEAVINGS))
