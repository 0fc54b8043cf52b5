"""Tokens that are secrets, and everything that a reader may come to see: is one of them in it?"""

from __future__ import annotations

import base64
import io
import logging
import pickle
import traceback
import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

KINDS = (
    *("credential", "access", "refresh", "signature", "header", "path", "query", "userinfo"),
    *("waha", "token", "cloud", "verify", "bot"),
)
TOKENS = {kind: f"canary{kind}7f3a9c51" for kind in KINDS}
"""Of what is stored encrypted, by what it is."""
VALUE = "canaryvalue7f3a9c51"
"""In ordinary columns, which are not encrypted."""
KEY = b"canarykey7f3a9c5100000000000000x"
"""A key of the ring, of 32 bytes."""


def forms(token: str | bytes) -> Iterator[str]:
    """How it may be spelled: as it is, in Base64 at any place of a text, in hex, in an address."""
    raw = token.encode() if isinstance(token, str) else token
    yield raw.decode()
    yield raw.hex()
    yield urllib.parse.quote(raw)
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw)
        yield encoded[4 if offset else 0 : len(encoded) // 4 * 4 - 4].decode()


class Seen:
    """What came to be seen, by where; see :meth:`found`."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}

    def add(self, where: str, *texts: object) -> None:
        self.texts.setdefault(where, []).extend(str(text) for text in texts)

    def error(self, error: BaseException) -> None:
        """All that is told of it: texts, attributes, tracebacks with causes, and how it is pickled."""
        self.add("errors", error, repr(error), error.args, vars(error))
        self.add("tracebacks", "".join(traceback.format_exception(error)))
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        self.add("tracebacks with locals", "".join(shown.format()))
        with suppress(TypeError, AttributeError, pickle.PicklingError):
            self.add("pickles", pickle.dumps(error, 0).decode("latin-1"))

    def found(self, tokens: Iterable[str | bytes], but: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Where, and which; of all places ``but`` those."""
        return [
            (where, str(token))
            for where, texts in self.texts.items()
            if where not in but
            for token in tokens
            if any(form in text for form in forms(token) for text in texts)
        ]

    @property
    def size(self) -> int:
        return sum(len(text) for texts in self.texts.values() for text in texts)


class _Collecting(logging.StreamHandler[io.StringIO]):
    """With what a formatter leaves out: the arguments and attributes of each record."""

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        self.stream.write(f"{vars(record)}\n")


@contextmanager
def all_logs(seen: Seen) -> Iterator[None]:
    """Every logger there is, from DEBUG on."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = _Collecting(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        seen.add("logs", stream.getvalue())
