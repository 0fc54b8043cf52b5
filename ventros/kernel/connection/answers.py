"""What the wire is asked for, and what the server answers to each part of a message."""

from __future__ import annotations

import asyncio
import re
import struct
from enum import Enum
from functools import lru_cache

UNCONFIRMED = "SyncRepWaitForLSN"
"""The server's function that warns when a commit no longer waits for its synchronous standby. The warning
has no SQLSTATE of its own, and its text is in the server's language.
"""
_SQLSTATE = re.compile(rb"\0C([0-9A-Z]{5})\0")
_WARNED_BY = b"\0R" + UNCONFIRMED.encode() + b"\0"
_NOTICE = b"N"[0]
_BIND_EXECUTE = b"B\0\0\0\x0c\0\0\0\0\0\0\0\0" + b"E\0\0\0\x09\0\0\0\0\0"


class State(Enum):
    """How far a part of a message has come. SKIPPED: one before it failed.

    LOST: no answer will come, for the connection is gone, or the server ends the session; who says so may be
    a pooler that has lost the server's own answer.
    """

    UNSENT = "unsent"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    LOST = "lost"


class Answer:
    """To one part of a message: the command tag of each Execute in it, and all frames, for a replay."""

    __slots__ = ("_waiter", "bound", "exact", "executes", "frames", "required", "state", "tags")

    def __init__(self, executes: int = 1, *, exact: bytes = b"", required: str | None = None) -> None:
        self.executes = executes
        self.exact = exact
        self.required = required
        self.frames: list[bytes] = []
        self.tags: list[str] = []
        self.bound = False  # a BindComplete came, and not yet the end of its Execute
        self.state = State.UNSENT
        self._waiter: asyncio.Future[None] | None = None

    @property
    def counted(self) -> int:
        """The rows, returned or touched, that the command tags count."""
        return sum(int(last) for tag in self.tags if (last := tag.rpartition(" ")[2]).isdigit())

    @property
    def sqlstate(self) -> str | None:
        """Of the error that it ended by."""
        match = _SQLSTATE.search(self.frames[-1]) if self.state is State.FAILED else None
        return match[1].decode() if match else None

    @property
    def unconfirmed(self) -> bool:
        """Whether the server warned that no synchronous standby has confirmed it."""
        return any(map(is_unconfirmed, self.frames))

    async def settled(self) -> None:
        """Wait until it is neither UNSENT nor SENT."""
        if self.state is State.SENT:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def become(self, state: State) -> None:
        """Reach ``state``, and wake who waits for the end."""
        self.state = state
        if self._waiter is not None and state is not State.SENT and not self._waiter.done():
            self._waiter.set_result(None)


def is_unconfirmed(frame: bytes) -> bool:
    """Whether it is the warning of :data:`UNCONFIRMED`."""
    return frame[0] == _NOTICE and _WARNED_BY in frame


@lru_cache(maxsize=2048)
def commands(texts: tuple[str, ...]) -> tuple[bytes, bytes]:
    """Parse, Bind and Execute of commands without parameters, unnamed; and what the server answers to all.

    The tag of a command is its first word.
    """
    request, answer = b"", b""
    for text in texts:
        parse = b"\0" + text.encode() + b"\0\0\0"
        request += b"P" + struct.pack("!I", len(parse) + 4) + parse + _BIND_EXECUTE
        tag = text.split(" ", 1)[0].encode() + b"\0"
        answer += b"1\0\0\0\4" + b"2\0\0\0\4" + b"C" + struct.pack("!I", len(tag) + 4) + tag
    return request, answer
