"""PostgreSQL's protocol in memory: a server, asyncpg's part in it, and a socket that cuts where it likes.

The server executes what the bytes say, keeps the state of the transaction, and skips to the next Sync after
an error. It knows of each frame that it sends whether the driver asked for it: so the driver's own stream is
known without a look at the wire.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from ventros.kernel.connection.wire import Wire

SYNC, FLUSH = b"S\0\0\0\4", b"H\0\0\0\4"
PARSED, BOUND = b"1\0\0\0\4", b"2\0\0\0\4"
TOLD_AT_ONCE = BOUND + b"C\0\0\0\x0dUPDATE 0\0" + b"Z\0\0\0\5T"
"""What the driver is told of a statement that is recorded."""
LOOKS_LIKE_AN_END = b"\0Z\0\0\0\5I"


def frame(kind: str, body: bytes = b"") -> bytes:
    return kind.encode() + struct.pack("!I", len(body) + 4) + body


def parse(name: str, text: str) -> bytes:
    return frame("P", f"{name}\0{text}\0".encode() + b"\0\0")


def bind(name: str, argument: bytes) -> bytes:
    return frame(
        "B", b"\0" + name.encode() + b"\0" + struct.pack("!hhi", 0, 1, len(argument)) + argument + b"\0\0"
    )


BIND_NOTHING = frame("B", b"\0\0" + b"\0" * 6)
EXECUTE = frame("E", b"\0\0\0\0\0")


def error(sqlstate: str, severity: str = "ERROR") -> bytes:
    return frame("E", f"S{severity}\0V{severity}\0C{sqlstate}\0Mit went wrong\0\0".encode())


def ready(status: str) -> bytes:
    return frame("Z", status.encode())


def split(data: bytes | bytearray) -> Iterator[bytes]:
    """Its frames; the last may be a piece of one."""
    at = 0
    while at < len(data):
        end = at + 1 + int.from_bytes(data[at + 1 : at + 5], "big") if at + 5 <= len(data) else len(data)
        yield bytes(data[at:end])
        at = end


@attrs.define
class Server:
    """Executes what :meth:`write` is given, a message at a time, when :meth:`step` is called.

    An argument is ``key:kind:number``, and its kind says what becomes of the Execute. A command is without
    arguments, and its key is its whole text. ``recorded`` are the keys of what the driver is not to see;
    ``refused`` the keys, or texts of commands, that fail, with their SQLSTATE. ``outcomes`` has the tags of
    what was executed, and ``failed`` what was not.
    """

    status: str = "I"
    inbox: bytearray = attrs.field(factory=bytearray)
    out: bytearray = attrs.field(factory=bytearray)
    for_driver: bytearray = attrs.field(factory=bytearray)
    recorded: set[str] = attrs.field(factory=set)
    refused: dict[str, str] = attrs.field(factory=dict)
    outcomes: dict[str, list[str]] = attrs.field(factory=dict)
    frames: dict[str, bytes] = attrs.field(factory=dict)
    failed: dict[str, str] = attrs.field(factory=dict)
    outside: list[str] = attrs.field(factory=list)
    ended: bool = False
    interrupt: bool = False
    unawaited: Callable[[bytes], bytes] = bytes
    """What becomes of the answer to a command that nobody waits for."""
    spoiled: bool = False
    _texts: dict[str, str] = attrs.field(factory=dict)
    _skipping: bool = False
    _portal: tuple[str, str, int] = ("", "", 0)
    _alone: bytes | None = None

    def write(self, data: Any) -> None:
        if not self.ended:
            self.inbox += data

    def _send(self, data: bytes, *, driver: bool) -> None:
        if driver:
            self.for_driver += data
        if self._alone is None:
            self.out += data
        else:
            self._alone += data

    def step(self) -> None:
        """Take the next message of the client's."""
        size = 1 + int.from_bytes(self.inbox[1:5], "big")
        message = bytes(self.inbox[:size])
        del self.inbox[:size]
        kind, body = chr(message[0]), message[5:]
        if kind == "S":
            self._synchronize()
        elif self._skipping:
            self.interrupt = False
        elif kind == "P":
            name, text = (part.decode() for part in body.split(b"\0")[:2])
            self._texts[name] = text
            if text in {"COMMIT", "ROLLBACK"}:  # what nobody waits for is a message of its own
                self._alone = b""
            self._send(PARSED, driver=bool(name) or "driver" in text)
        elif kind == "D":
            self._send(frame("t", struct.pack("!hi", 1, 25)) + frame("T", b"\0\0"), driver=True)
        elif kind == "B":
            self._bind(body)
        elif kind == "E":
            self._execute()
        elif kind == "Q":
            self._command(body[:-1].decode(), driver=True)
            self._skipping = False
            self._send(ready(self.status), driver=True)

    def _synchronize(self) -> None:
        self._skipping = self.interrupt = False
        alone, self._alone = self._alone, None
        if alone is None:
            self._send(ready(self.status), driver=True)
        else:
            answer = alone + ready(self.status)
            self._send(self.unawaited(answer), driver=False)
            self.spoiled |= self.unawaited(answer) != answer

    def _bind(self, body: bytes) -> None:
        name = body[1 : body.index(b"\0", 1)].decode()
        text = self._texts[name]
        if not name:
            self._portal = text, "", 0
            self._send(BOUND, driver="driver" in text)
            return
        at = len(name) + 6
        size = int.from_bytes(body[at : at + 4], "big")
        key, kind, number = body[at + 4 : at + 4 + size].decode().split(":")
        self._portal = key, kind, int(number)
        self._send(BOUND, driver=key not in self.recorded)

    def _execute(self) -> None:
        key, kind, number = self._portal
        if not kind:
            self._command(key, driver="driver" in key)
            return
        if self.status == "I":
            self.outside.append(key)
        sqlstate = self._fault(key, kind)
        if sqlstate:
            self._fail(key, sqlstate, "FATAL" if kind == "fatal" else "ERROR")
            return
        rows = number if kind in {"rows", "returning", "suspended"} else 0
        data = b"".join(_row(key, row) for row in range(rows))
        tag = {
            "rows": f"SELECT {number}",
            "count": f"UPDATE {number}",
            "returning": f"INSERT 0 {number}",
        }.get(kind, "")
        end = {"suspended": frame("s"), "empty": frame("I")}.get(kind, frame("C", tag.encode() + b"\0"))
        self.outcomes.setdefault(key, []).append(tag)
        self.frames[key] = self.frames.get(key, b"") + data + end
        self._send(data + end, driver=key not in self.recorded)

    def _fault(self, key: str, kind: str) -> str | None:
        if self.interrupt:
            self.interrupt = False
            return "57014"
        if self.status == "E":
            return "25P02"
        return {"error": "23505", "fatal": "57P01"}.get(kind) or self.refused.get(key)

    def _command(self, text: str, *, driver: bool) -> None:
        word = tag = text.partition(" ")[0]
        if word in {"COMMIT", "ROLLBACK"}:
            tag = "ROLLBACK" if self.status == "E" else word
            refusal = self._fault(text, "") if self.status != "E" and word == "COMMIT" else None
            self.status = "I"
        else:
            refusal = self._fault(text, "")
            self.status = "T" if word == "BEGIN" and refusal is None else self.status
        if refusal:
            self._fail(text, refusal)
            return
        self.outcomes.setdefault(text, []).append(tag)
        self._send(frame("C", tag.encode() + b"\0"), driver=driver)

    def _fail(self, key: str, sqlstate: str, severity: str = "ERROR") -> None:
        self.failed[key] = severity if severity == "FATAL" else sqlstate
        self._skipping = True
        self.status = "E" if self.status == "T" else self.status
        self.spoiled |= self._alone is not None
        self._send(error(sqlstate, severity), driver=self._alone is None)
        if severity == "FATAL":
            self.ended = True
            self.inbox.clear()

    def remark(self, rng: random.Random) -> None:
        """Something that comes at any time: a notice, a setting, a notification."""
        if self.ended:
            return
        number = rng.randrange(10**6)
        notification = struct.pack("!i", 7) + b"channel\0" + b"x" * rng.randrange(30) + b"\0"
        kinds = (
            ("N", f"SNOTICE\0C00000\0M{number}\0\0".encode()),
            ("S", b"TimeZone\0UTC\0"),
            ("A", notification),
        )
        self._send(frame(*rng.choice(kinds)), driver=True)


def _row(key: str, number: int) -> bytes:
    value = f"{key}/{number}".encode() + LOOKS_LIKE_AN_END * (number % 3)
    return frame("D", struct.pack("!hi", 1, len(value)) + value)


@attrs.define
class Driver:
    """asyncpg's protocol object, as far as bytes go: one request at a time, and a Sync after a failed Parse.

    ``fed`` is all that it was given, but for what comes while ``aside`` is not None.
    """

    wire: Any = None
    fed: bytearray = attrs.field(factory=bytearray)
    aside: bytearray | None = None
    waiting: str = ""
    status: str = "I"
    failed: bool = False
    lost: list[BaseException | None] = attrs.field(factory=list)
    answer: bytearray = attrs.field(factory=bytearray)
    _unread: bytes = b""

    def connection_made(self, transport: Any) -> None:
        self.wire = transport

    def connection_lost(self, exc: BaseException | None) -> None:
        self.lost.append(exc)
        self.waiting = ""

    def data_received(self, data: bytes) -> None:
        assert not self.lost, "the driver was fed after the connection was lost"
        if self.aside is None:
            self.fed += data
        else:
            assert not self._unread, f"put into the middle of {self._unread!r}"
            self.aside += data
        data = self._unread + data if self._unread else data
        at, end = 0, len(data)
        while at + 5 <= end and (behind := at + 1 + int.from_bytes(data[at + 1 : at + 5], "big")) <= end:
            self._read(data[at:behind])
            at = behind
        self._unread = data[at:]

    def _read(self, one: bytes) -> None:
        kind = chr(one[0])
        if kind in "NSA" or (kind == "E" and b"FATAL" in one and not self.waiting):
            return
        assert self.waiting, f"nobody waits for {one!r}"
        self.answer += one
        if kind == "E":
            self.failed = True
            if self.waiting == "prepare":
                self.waiting = "end"
                self.wire.write(SYNC)
        elif kind == "Z":
            self.waiting, self.status = "", chr(one[5])
        elif kind == "T" and self.waiting == "prepare":
            self.waiting = ""

    def _ask(self, kind: str) -> None:
        assert not self.waiting
        self.answer.clear()
        self.failed = False
        self.waiting = kind

    def prepare(self, name: str) -> None:
        self._ask("prepare")
        self.wire.write(
            memoryview(parse(name, f"text of {name}") + frame("D", f"S{name}\0".encode()) + FLUSH)
        )

    def execute(self, name: str, argument: bytes, *, parse_first: bool = False) -> None:
        self._ask("end")
        if parse_first:
            self.wire.write(memoryview(parse(name, f"text of {name}")))
        self.wire.write(memoryview(bind(name, argument) + EXECUTE + SYNC))

    def execute_many(
        self, name: str, arguments: list[bytes], sizes: list[int], *, give_up: bool
    ) -> Iterator[None]:
        """Once for each of ``arguments``, so many of them at once; in between something else may happen.

        The Sync comes with the last, or alone if none is left for it; and early, after a ROLLBACK if no
        transaction is known of, if the arguments cannot be read to their end (``give_up``).
        """
        self._ask("end")
        for size in sizes:
            some, arguments = arguments[:size], arguments[size:]
            self.wire.writelines([bind(name, argument) + EXECUTE for argument in some])
            yield
            if self.failed or not self.waiting:
                break
        if self.lost:
            return
        if give_up and not self.failed:
            undo = parse("", "ROLLBACK of the driver") + BIND_NOTHING + EXECUTE
            self.wire.write(memoryview(undo + SYNC) if self.status == "I" else memoryview(SYNC))
            return
        rest = [] if self.failed else [bind(name, argument) + EXECUTE for argument in arguments]
        self.wire.writelines([*rest, SYNC])

    def query(self, text: str) -> None:
        self._ask("end")
        self.wire.write(memoryview(frame("Q", text.encode() + b"\0")))

    def give_up(self) -> None:
        """As when the task is cancelled: a Sync is due only where none was sent."""
        if self.waiting == "prepare":
            self.waiting = "end"
            self.wire.write(SYNC)


@attrs.define
class Socket:
    """The transport below the wire. ``step`` hands on some bytes; ``mode`` is how many at once."""

    server: Server
    driver: Driver
    wire: Wire
    rng: random.Random
    mode: str = "random"
    aborted: bool = False

    def write(self, data: Any) -> None:
        if not self.aborted:
            self.server.write(bytes(data))

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True

    def step(self) -> bool:
        """Do something that may happen now; whether there was anything."""
        server, rng = self.server, self.rng
        if self.aborted or (server.ended and not server.out):
            if not self.driver.lost:
                self.wire.connection_lost(None)
            return False
        if server.inbox and (not server.out or rng.random() < 0.75):
            server.step()
            if rng.random() < 0.05:
                server.remark(rng)
        elif server.out:
            size = len(server.out)
            if self.mode == "random":
                size = 1 + int(rng.random() ** 2 * min(size, 300))
            elif self.mode == "bytes":
                size = 1
            data = bytes(server.out[:size])
            del server.out[:size]
            self.wire.data_received(data)
        else:
            return False
        return True


def connect(rng: random.Random, mode: str = "random") -> Socket:
    driver = Driver()
    wire = Wire(driver)
    socket = Socket(Server(), driver, wire, rng, mode)
    wire.connection_made(socket)
    return socket
