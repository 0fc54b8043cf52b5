"""A file, compressed or not, and a pipe: the same records, and nobody is held up."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ventros.ingest.source import CHUNK, read_records
from ventros.kernel.errors import ConfigurationError

LINES = [b'{"n": %d, "x": "%s"}' % (number, b"x" * 50) for number in range(5_000)]
CONTENT = b"\n".join(LINES)


async def read(path: Path) -> list[bytes]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return [record.raw async for record in read_records(descriptor)]
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    "made", [bytes, gzip.compress, lambda content: gzip.compress(content[:9]) + gzip.compress(content[9:])]
)
async def test_file(tmp_path: Path, made: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "in"
    path.write_bytes(made(CONTENT))
    assert len(CONTENT) > 3 * CHUNK
    assert await read(path) == LINES


@pytest.mark.parametrize("content", [b"", b"5", b"\n\n"])
async def test_small_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "in"
    path.write_bytes(content)
    assert await read(path) == content.split()


@pytest.mark.parametrize(
    "damage", [lambda packed: packed[:-20], lambda packed: packed[:500] + b"x" * 20 + packed[520:]]
)
async def test_broken_compression_ends_it(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "in"
    path.write_bytes(damage(gzip.compress(CONTENT)))
    with pytest.raises(ConfigurationError, match="compress"):
        await read(path)


async def test_a_bomb_is_handed_on_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "in.gz"
    path.write_bytes(gzip.compress(b'{"x": "' + b"x" * 50_000_000 + b'"}\n{"n": 1}'))
    descriptor = os.open(path, os.O_RDONLY)
    records = [record async for record in read_records(descriptor)]
    os.close(descriptor)
    assert [record.fault is None for record in records] == [False, True]
    assert len(records[0].raw) <= 1_000


async def test_a_silent_pipe_holds_nobody_up() -> None:
    read_end, write_end = os.pipe()
    try:
        records = read_records(read_end)
        os.write(write_end, b"[1,\n2")
        assert (await anext(records)).raw == b"1"
        waiting = asyncio.ensure_future(anext(records))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        os.write(write_end, b"]\n")
        assert (await waiting).raw == b"2"
        left = asyncio.ensure_future(anext(records))
        await asyncio.sleep(0.05)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
    finally:
        os.close(read_end)
        os.close(write_end)
