"""Cuts a stream into records, each the JSON of one event, with the line on which it begins.

A stream is JSON lines, or documents over several lines, or arrays of either, in any mixture. Of an array each
element is a record, so that a file may be one array of any size. What is no JSON costs its own line or its
own document, and not what follows. No more than one record is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import attrs

MAX_RECORD: Final = 1024 * 1024
"""Bytes of a record unless told otherwise: fifty times what the largest events have."""
SHOWN: Final = 1_000
"""Bytes that are kept of a record that cannot be read."""
MAX_DEPTH: Final = 500
"""Brackets open at the same time, several times what an event in an export has."""

BOM: Final = b"\xef\xbb\xbf"
_BLANK: Final = b" \t\r\n"
_CLOSING: Final = {ord("{"): ord("}"), ord("["): ord("]")}
_QUOTE, _ESCAPE, _START_OF_ARRAY, _END_OF_ARRAY = map(ord, '"\\[]')
_TEXT: Final = re.compile(rb'[^"\\\n]*(?:\\[^\n][^"\\\n]*)*')
_TOKEN: Final = re.compile(rb'["{}\[\]]')
_END_OF_SCALAR: Final = re.compile(rb"[,\]]")


@attrs.frozen(kw_only=True)
class Record:
    """``line`` is counted from 1; ``end`` is how many bytes of the stream were read with it.

    ``fault`` says why ``raw`` is not the whole of it, or cannot be JSON.
    """

    line: int
    raw: bytes
    end: int
    fault: str | None = None


def records_of_lines(lines: Iterable[bytes]) -> Iterator[Record]:
    """Of lines that are whole."""
    end = 0
    for number, raw in enumerate(lines, start=1):
        end += len(raw)
        yield Record(line=number, raw=raw, end=end)


@attrs.define
class _Open:
    """A record that has begun, ``column`` bytes from the start of ``line``.

    ``closing`` are the brackets that it needs; a scalar needs none. ``held`` is what was read of it, of one
    that is ``too_long`` its beginning.
    """

    line: int
    column: int
    is_scalar: bool
    closing: bytearray = attrs.field(factory=bytearray)
    held: bytearray = attrs.field(factory=bytearray)
    in_text: bool = False
    escaped: bool = False
    bare_opening: bool = False
    indented: bool = False
    too_long: bool = False
    fault: str | None = None

    @property
    def is_over(self) -> bool:
        return not (self.is_scalar or self.closing)


@attrs.define
class Splitter:
    """To be fed with the stream, in pieces of any size."""

    limit: int = MAX_RECORD
    _line: int = 1
    _end: int = 0
    _pending: bytearray = attrs.field(factory=bytearray)
    _at_start: bool = True
    _record: _Open | None = None
    _array_line: int | None = None
    _skips_line: bool = False
    _skips_beyond: int | None = None
    _is_last_broken: bool = False

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """The records that end in it."""
        start = 0
        while (newline := chunk.find(b"\n", start)) >= 0:
            self._pending += chunk[start : newline + 1]
            start = newline + 1
            yield from self._piece(whole=True)
        self._pending += chunk[start:]
        # A line is handed on in one piece unless it is longer than a record may be.
        if len(self._pending) > self.limit:
            yield from self._piece(whole=False)

    def finish(self) -> Iterator[Record]:
        """The stream has ended: what is left, and what it cut off."""
        if self._pending:
            yield from self._piece(whole=True)
        if self._record is not None:
            yield self._failed(self._record, "the end of the stream cuts it off")
        elif self._array_line is not None and not self._is_last_broken:
            yield Record(line=self._array_line, raw=b"[", end=self._end, fault="the array is not closed")

    def _piece(self, *, whole: bool) -> Iterator[Record]:
        """Of a line, its last one when ``whole``."""
        piece = bytes(self._pending)
        self._pending.clear()
        self._end += len(piece)
        if self._at_start and piece.startswith(BOM):
            piece = piece.removeprefix(BOM)
        if self._at_start:
            yield from self._begin_line(piece)
        stripped = piece.strip(_BLANK)
        plain = self._at_start and self._record is None and self._array_line is None and whole
        if self._skips_line:
            pass
        elif plain and stripped[:1] == b"{" and stripped[-1:] == b"}":
            yield self._new(self._line, stripped, too_long=len(stripped) > self.limit)
        elif stripped or self._record is not None:
            yield from self._scan(piece)
        if whole:
            yield from self._end_line()
        self._at_start = whole

    def _begin_line(self, piece: bytes) -> Iterator[Record]:
        """Give up an unfinished record where another begins, and stop skipping there."""
        self._skips_line = False
        column = len(piece) - len(piece.lstrip(_BLANK))
        if column == len(piece):
            return
        opens = piece[column] in _CLOSING
        if (record := self._record) is not None:
            is_first = not record.bare_opening or record.held.rstrip(_BLANK).endswith(b"{")
            if opens and column <= record.column and (record.indented or is_first):
                yield self._failed(record, "another one begins before its end")
                self._skips_beyond = None
            elif column > record.column:
                record.indented = True
        elif self._skips_beyond is not None:
            is_beyond = column > self._skips_beyond or not (opens or piece[column] == _END_OF_ARRAY)
            self._skips_line = is_beyond
            self._skips_beyond = self._skips_beyond if is_beyond else None

    def _end_line(self) -> Iterator[Record]:
        if (record := self._record) is not None:
            if record.in_text:
                yield self._failed(record, "a text in it is not closed")
            elif record.is_scalar:
                yield self._finished(record)
            elif record.line == self._line:
                record.bare_opening = len(record.held.strip(_BLANK)) == 1
        self._line += 1

    def _scan(self, piece: bytes) -> Iterator[Record]:
        position = 0
        while position < len(piece) and not self._skips_line:
            record = self._record
            if record is None:
                position = self._skip_between(piece, position)
                if position == len(piece) or self._is_bracket_of_array(piece[position]):
                    position += 1
                    continue
                column = position if self._at_start else 0
                is_scalar = piece[position] not in _CLOSING
                record = self._record = _Open(line=self._line, column=column, is_scalar=is_scalar)
            end = self._advance(record, piece, position)
            yield from self._hold(record, piece[position:end])
            position = end

    def _skip_between(self, piece: bytes, position: int) -> int:
        between = _BLANK + b"," if self._array_line is not None else _BLANK
        while position < len(piece) and piece[position] in between:
            position += 1
        return position

    def _is_bracket_of_array(self, byte: int) -> bool:
        """Of an array that is no record itself; it is open from there on, or closed."""
        if byte == _START_OF_ARRAY and self._array_line is None:
            self._array_line = self._line
            return True
        if byte == _END_OF_ARRAY and self._array_line is not None:
            self._array_line = None
            return True
        return False

    def _advance(self, record: _Open, piece: bytes, position: int) -> int:
        """Where the record ends, or the piece; brackets are counted up to there."""
        if record.is_scalar:
            end = _END_OF_SCALAR.search(piece, position) if self._array_line is not None else None
            record.is_scalar = end is None
            return end.start() if end else len(piece)
        if record.escaped:
            record.escaped = False
            position += 1
        while position < len(piece):
            if record.in_text:
                position = _end_of_text(piece, position)
                if position == len(piece) or piece[position] != _QUOTE:
                    record.escaped = position == len(piece) - 1 and piece[position] == _ESCAPE
                    return len(piece)
                record.in_text = False
                position += 1
            else:
                token = _TOKEN.search(piece, position)
                if token is None:
                    return len(piece)
                position = token.end()
                _count(record, piece[token.start()])
                if record.is_over or record.fault:
                    return position
        return position

    def _hold(self, record: _Open, part: bytes) -> Iterator[Record]:
        """Keep ``part`` of the record, and hand the record on when that is its end."""
        record.too_long = record.too_long or len(record.held) + len(part) > self.limit
        if record.too_long:
            record.held = (record.held + part[:SHOWN])[:SHOWN]
        else:
            record.held += part
        if record.fault or (record.too_long and self._array_line is None):
            # Nothing tells where it ends: not on this line.
            self._skips_line = True
            if self._array_line == self._line:
                self._array_line = None
            yield self._failed(record, record.fault or "")
        elif record.is_over:
            yield self._finished(record)

    def _finished(self, record: _Open) -> Record:
        self._record = None
        return self._new(record.line, bytes(record.held), too_long=record.too_long)

    def _failed(self, record: _Open, fault: str) -> Record:
        """Where the record had several lines, those of it that are left are skipped."""
        self._record = None
        if record.bare_opening or record.indented:
            self._skips_beyond = record.column
        return self._new(record.line, bytes(record.held[:SHOWN]), fault, too_long=record.too_long)

    def _new(self, line: int, raw: bytes, fault: str | None = None, *, too_long: bool) -> Record:
        if too_long:
            raw, fault = raw[:SHOWN], f"longer than {self.limit:,} bytes"
        self._is_last_broken = fault is not None
        return Record(line=line, raw=raw, end=self._end, fault=fault)


def _end_of_text(piece: bytes, position: int) -> int:
    """Where the quote is, or what should not be there; the length of the piece when it has no end."""
    rest = _TEXT.match(piece, position)
    return rest.end() if rest else position


def _count(record: _Open, token: int) -> None:
    """One of ``"{}[]``."""
    if token == _QUOTE:
        record.in_text = True
    elif token in _CLOSING:
        record.closing.append(_CLOSING[token])
        if len(record.closing) > MAX_DEPTH:
            record.fault = "nested too deeply to be an event"
    elif record.closing.pop() != token:
        record.fault = "a bracket in it closes what another one opened"
