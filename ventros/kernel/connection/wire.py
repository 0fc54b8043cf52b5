"""Several messages in one round trip: a relay between the socket and asyncpg's own protocol object.

asyncpg waits for each answer, but it writes to an asyncio transport and is fed by ``data_received``. The wire
stands between the two: it is the protocol that the socket's transport feeds, and the transport that asyncpg
writes to. It adds parts to a message of asyncpg's, and takes their answers out again::

    asked for              to the server                       from the server         to asyncpg
    precede(BEGIN)         Parse Bind Execute  -+              1 2 C  kept: the tag     -
    record, then fetch()   Bind Execute         | one write    2 D C  kept: row, tag    -
    fetch()                Bind Execute         | one Sync     2 D C  --------------->  2 D C
    follow(COMMIT)         Parse Bind Execute   |              1 2 C  kept: the tag     -
                           Sync                -+              Z      --------------->  Z

One Sync ends it all, so after an error the server skips whatever comes behind, COMMIT included: no part is
executed after one that failed, and none outside of the transaction whose BEGIN was refused or cancelled. The
error itself reaches asyncpg, which raises it from the call that is being awaited; the :class:`Answer` that
failed tells which part it belongs to.

A recorded statement is encoded by asyncpg: its bytes are kept, and asyncpg is told at once that it is done.
So asyncpg must have prepared it before, see ``prepared`` of :class:`Wire`. To read the rows of its answer, it
is fetched once more, and :meth:`Wire.replay` gives asyncpg the answer that was kept. :meth:`Wire.send` sends
what nobody waits for; no later answer is handed out before its own was right.

Formats: PostgreSQL documentation, "Frontend/Backend Protocol".
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Iterable
from typing import Any

from ventros.kernel.connection.answers import Answer, State, commands, is_unconfirmed

_SYNC, _FLUSH = b"S\0\0\0\4", b"H\0\0\0\4"
_READY, _ERROR, _BOUND = b"ZE2"
_BIND, _PARSE, _EXECUTE = _OF_A_STATEMENT = b"BPE"
_AT_ANY_TIME = frozenset(b"NSA")  # NoticeResponse, ParameterStatus, NotificationResponse
_ENDS_EXECUTE = frozenset(b"CIs")
_OF_A_PORTAL = frozenset(b"2DCIs")  # BindComplete first, then rows, and one end
_OF_AN_ANSWER = frozenset(b"12nDCIs")  # ParseComplete, BindComplete, NoData, rows, ends of an Execute
_SSL_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"
_READY_IDLE = b"Z\0\0\0\5I"
_READY_IN_TRANSACTION = b"Z\0\0\0\5T"
_NO_ROWS = b"2\0\0\0\4" + b"C\0\0\0\x0dUPDATE 0\0" + _READY_IN_TRANSACTION
_LARGEST_FRAME = 2**30
_ENDS_THE_SESSION = re.compile(rb"(?:\0V|^E....S)(?:FATAL|PANIC)\0", re.DOTALL)


class Wire(asyncio.Protocol):
    """See the module. One message of asyncpg's is under way at a time, for asyncpg itself sees to that."""

    def __init__(self, driver: Any) -> None:
        self.prepared: set[str] = set()
        """Texts that asyncpg has prepared on this connection, so that they can be recorded at once."""
        self._driver = driver  # asyncpg's protocol
        self._socket: Any = None  # the transport
        self._ahead: list[tuple[bytes, Answer]] = []
        self._behind: tuple[bytes, Answer] | None = None
        self._own: Answer | None = None
        self._unwritten = 0  # Executes of that one
        self._name: bytes | None = None  # of what asyncpg prepares before it does what is asked for
        self._asked = False  # the last that asyncpg wrote is watched, recorded or replayed
        self._unended = False  # the last that asyncpg wrote was a piece, with more to come
        self._recording: list[bytes] | None = None
        self._replay: Answer | None = None
        self._expected: deque[tuple[Answer, bool]] = deque()  # whether it is asyncpg's own
        self._partial = b""  # the beginning of a frame that asyncpg has seen nothing of
        self._owed = 0  # bytes that are yet to come of a frame whose beginning it has seen
        self._skimmed: list[bytes] = []  # what it has seen and we have not gone through
        self._session_ended = False  # asyncpg has seen the server say so
        self.fault: ConnectionError | None = None

    # what the unit of work asks for

    def precede(self, texts: tuple[str, ...], answer: Answer) -> None:
        """Put commands in front of asyncpg's next statement."""
        part, answer.exact = commands(texts)
        answer.executes = len(texts)
        self._ahead.append((part, answer))

    def follow(self, text: str, answer: Answer) -> None:
        """Put a command behind asyncpg's next statement, which :meth:`watch` was told of."""
        part, answer.exact = commands((text,))
        self._behind = part, answer

    def watch(self, answer: Answer) -> None:
        """Keep the command tags of asyncpg's next statement, which has ``answer.executes`` Executes."""
        self._own, self._name = answer, None
        self._unwritten = answer.executes

    def record(self, answer: Answer) -> None:
        """Keep what asyncpg writes until its next Sync, as if by :meth:`precede`."""
        self._recording, self._name = [], None
        self._ahead.append((b"", answer))

    def replay(self, answer: Answer) -> None:
        """Let asyncpg's next Bind and Execute be answered by what ``answer`` kept."""
        self._replay, self._name = answer, None

    def send(self, text: str) -> None:
        """Send a command now; the connection is ended if the tag of the answer is not ``text``."""
        part, exact = commands((text,))
        self._read_all()
        self._expect((Answer(exact=exact + _READY_IDLE, required=text), False))
        self._socket.write(part + _SYNC)

    @property
    def loaded(self) -> bool:
        """Whether something is to go in front of asyncpg's next statement."""
        return bool(self._ahead)

    def forget(self) -> None:
        """Drop what is not sent."""
        self._ahead, self._behind, self._own, self._recording, self._replay = [], None, None, None, None

    # as the transport that asyncpg writes to

    def write(self, data: Any) -> None:
        """Send or keep ``data``, which is one whole request of asyncpg's, or a piece of a large one."""
        end = data[-5:]
        # A batch's Sync comes alone when its last piece was full.
        statement = data[0] in _OF_A_STATEMENT or (self._unended and end == _SYNC)
        if not self._unended:
            self._asked = statement and self._is_asked_for(data, end)
            if data[0] != _SYNC[0]:
                self._read_all()
        self._unended = statement and end not in (_SYNC, _FLUSH)
        asked = statement and self._asked
        if self._replay is not None and asked:
            if end == _SYNC:
                # Later: asyncpg sets what it reads the rows by only after it has written.
                asyncio.get_running_loop().call_soon(self._feed, self._replay.frames)
                self._replay = None
        elif self._recording is not None and asked:
            self._keep(self._recording, bytes(data))
        elif statement and (self._ahead or (self._own is not None and asked)):
            self._write_around(bytes(data), asked)
        else:
            if data[:8] == _SSL_REQUEST:
                self._owed = 1  # it is answered by a single byte
            self._socket.write(data)

    def _feed(self, kept: list[bytes]) -> None:
        if not self._socket.is_closing():
            self._driver.data_received(b"".join((*kept, _READY_IN_TRANSACTION)))

    def _is_asked_for(self, data: Any, end: Any) -> bool:
        """Whether ``data`` executes what is watched, recorded or replayed, and does not prepare it.

        What was not prepared yet asyncpg prepares first; then it may ask the server about types, too.
        """
        if end == _FLUSH:
            if self._name is None:
                self._name = _name(data)
            return False
        return self._name is None or _name(data) == self._name

    def writelines(self, buffers: Iterable[Any]) -> None:
        """As :meth:`write`, of one piece."""
        self.write(b"".join(buffers))

    def _read_all(self) -> None:
        """When asyncpg asks for something: it has read what it asked for before to its end."""
        self._owed = 0
        self._skimmed.clear()

    def _keep(self, recording: list[bytes], data: bytes) -> None:
        recording.append(data)
        if data[-5:] == _SYNC:
            part = b"".join(recording)[:-5]
            self._recording = None
            answer = self._ahead[-1][1]
            answer.executes = _executes(part)
            self._ahead[-1] = part, answer
            self._driver.data_received(_NO_ROWS)

    def _write_around(self, data: bytes, asked: bool) -> None:
        ahead = self._ahead
        if self._recording is not None:  # this one is being prepared first, and goes with the next message
            self._ahead, ahead = ahead[-1:], ahead[:-1]
        else:
            self._ahead = []
        parts = [part for part, _ in ahead]
        self._expect(*((answer, False) for _, answer in ahead))
        own, ends = self._own if asked else None, data[-5:] == _SYNC
        if own is not None and data[0] == _BIND:
            if own.state is State.UNSENT:
                self._expect((own, True))
            self._unwritten -= _executes(data)
        if own is not None and ends:
            self._own = None
            if self._unwritten or data[0] == _PARSE:  # of asyncpg's ROLLBACK
                self._cut_short(own)
            elif self._behind is not None:
                part, answer = self._behind
                self._expect((answer, False))
                data = b"".join((data[:-5], part, _SYNC))
            self._behind = None
        self._socket.write(b"".join((*parts, data)))

    def _cut_short(self, own: Answer) -> None:
        """When asyncpg ends a batch early, because its time is over, or an argument cannot be encoded."""
        own.executes -= self._unwritten
        if own.state is State.SENT and len(own.tags) == own.executes:
            self._expected.popleft()
            own.become(State.DONE)

    def _expect(self, *answers: tuple[Answer, bool]) -> None:
        for answer, _ in answers:
            answer.become(State.SENT)
        self._expected.extend(answers)

    # By name, not by __getattr__: uvloop asks a protocol for get_buffer before it has a transport.

    def set_protocol(self, protocol: Any) -> None:
        """Who is fed from now on; asyncpg says so after a TLS handshake."""
        self._driver = protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """The socket's."""
        return self._socket.get_extra_info(name, default)

    def abort(self) -> None:
        """At once."""
        self._socket.abort()

    async def encrypt(self, loop: Any, context: Any, **options: Any) -> None:
        """Go on over TLS."""
        self._socket = await loop.start_tls(self._socket, self, context, **options)

    def close(self) -> None:
        """After what was written."""
        self._socket.close()

    def is_closing(self) -> bool:
        """Whether either was asked for."""
        return bool(self._socket.is_closing())

    def pause_reading(self) -> None:
        """Until :meth:`resume_reading`."""
        self._socket.pause_reading()

    def resume_reading(self) -> None:
        """After :meth:`pause_reading`."""
        self._socket.resume_reading()

    # as the protocol that the socket's transport feeds

    def connection_made(self, transport: Any) -> None:
        """The socket is open."""
        self._socket = transport
        self._driver.connection_made(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """No answer will come any more."""
        for answer, _ in self._expected:
            answer.become(State.LOST)
        self._expected.clear()
        self._driver.connection_lost(exc or self.fault)

    def pause_writing(self) -> None:
        """The socket's buffer is full."""
        self._driver.pause_writing()

    def resume_writing(self) -> None:
        """The socket's buffer has room again."""
        self._driver.resume_writing()

    def eof_received(self) -> Any:
        """The server will send no more."""
        return self._driver.eof_received()

    def data_received(self, data: bytes) -> None:
        """Keep what answers a part of ours, pass on all else."""
        expected = self._expected
        if self.fault is not None:
            return
        if self._partial:
            data = self._partial + data
        at, end = 0, len(data)
        passed: list[bytes] = []
        while expected and at + 5 <= end:
            answer, own = expected[0]
            if answer.exact and data.startswith(answer.exact, at):
                at += len(answer.exact)
                expected.popleft()
                answer.become(State.DONE)
                continue
            size = int.from_bytes(data[at + 1 : at + 5], "big") + 1
            if at + size > end and 5 <= size <= _LARGEST_FRAME:
                break
            frame = data[at : at + size]
            if not 5 <= size <= _LARGEST_FRAME or not self._take(frame, answer, own, passed):
                self._end(frame)
                return
            at += size
        self._partial = data[at:] if expected else b""
        if not expected and at < end:
            passed.append(self._whole(data[at:] if at else data))
        if passed:
            self._driver.data_received(b"".join(passed))
        if self._session_ended:
            self._socket.abort()  # or asyncpg would take a kept answer for what comes behind this error

    def _whole(self, data: bytes) -> bytes:
        """Of what is all asyncpg's, all but a frame at its end that is incomplete and may come unasked.

        For something of ours may be asked for, or put into the stream, before the rest of it arrives. Data
        that ends as an answer does is not gone through, unless more comes before asyncpg asks again.
        """
        if data[-6:-1] == _READY_IDLE[:5]:
            self._skimmed.append(data)
            return data
        for skimmed in self._skimmed:
            self._owed = max(0, self._frames_end(skimmed) - len(skimmed))
        self._skimmed.clear()
        at, end = self._frames_end(data), len(data)
        self._owed = max(0, at - end)
        if at < end:
            self._partial = data[at:]
            data = data[:at]
        return data

    def _frames_end(self, data: bytes) -> int:
        """Where the last frame ends that asyncpg may see: maybe behind the end of ``data``."""
        at, end = self._owed, len(data)
        while at + 5 <= end:
            behind = at + 1 + int.from_bytes(data[at + 1 : at + 5], "big")
            if behind > end and data[at] in b"NSAE":
                break
            if data[at] == _ERROR:
                self._session_ended |= bool(_ENDS_THE_SESSION.search(data[at:behind]))
            at = behind
        return at

    def _take(self, frame: bytes, answer: Answer, own: bool, passed: list[bytes]) -> bool:
        """Whether ``frame`` is one that may come now; what asyncpg is to see goes to ``passed``."""
        kind = frame[0]
        answer.exact = b""  # from here on frame by frame
        if kind in _AT_ANY_TIME:
            passed.append(frame)
            if not own and is_unconfirmed(frame):
                answer.frames.append(frame)
        elif kind in _OF_AN_ANSWER:
            if kind in _OF_A_PORTAL and answer.bound is (kind == _BOUND):
                return False
            if own:
                passed.append(frame)
            elif kind != _BOUND:
                answer.frames.append(frame)
            answer.bound = kind == _BOUND or (answer.bound and kind not in _ENDS_EXECUTE)
            if kind in _ENDS_EXECUTE:
                self._complete(answer, frame[5:-1])
        elif kind == _ERROR and answer.required is None:
            passed.append(frame)
            self._fail(answer, frame)
        else:
            if kind != _READY or answer.tags != [answer.required]:
                return False
            self._expected.popleft()
        return True

    def _complete(self, answer: Answer, tag: bytes) -> None:
        answer.tags.append(tag.decode())
        if len(answer.tags) == answer.executes and answer.required is None:
            self._expected.popleft()
            answer.become(State.DONE)

    def _fail(self, answer: Answer, frame: bytes) -> None:
        """What comes behind is not executed, so nothing more is expected of this message."""
        ends = self._session_ended = bool(_ENDS_THE_SESSION.search(frame))
        answer.frames.append(frame)
        self._expected.popleft()
        answer.become(State.LOST if ends else State.FAILED)
        for skipped, _ in self._expected:
            skipped.become(State.LOST if ends else State.SKIPPED)
        self._expected.clear()
        self.forget()

    def _end(self, frame: bytes) -> None:
        self.fault = ConnectionError(f"the server sent {chr(frame[0])!r}, which answers nothing asked for")
        self._socket.abort()


def _name(data: Any) -> bytes:
    """The statement's, in a Parse, or in a Bind of the unnamed portal."""
    start = 5 if data[0] == _PARSE else 6
    return bytes(data[start : start + 64]).partition(b"\0")[0]


def _executes(part: bytes) -> int:
    """How many Execute messages there are in ``part``."""
    at = count = 0
    while at < len(part):
        count += part[at] == _EXECUTE
        at += int.from_bytes(part[at + 1 : at + 5], "big") + 1
    return count
