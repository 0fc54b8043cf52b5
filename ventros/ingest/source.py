"""The bytes of a file, compressed or not, or of a pipe, as records; a silent pipe holds nobody up."""

from __future__ import annotations

import asyncio
import os
import stat
import zlib
from collections.abc import AsyncIterator

from ventros.ingest.records import MAX_RECORD, Record, Splitter
from ventros.kernel.errors import ConfigurationError

CHUNK = 64 * 1024
GZIP_MAGIC = b"\x1f\x8b"


async def read_records(descriptor: int, *, limit: int = MAX_RECORD) -> AsyncIterator[Record]:
    """Of what ``descriptor`` has from where it stands; ``limit`` is the greatest size of one, in bytes.

    Raises ConfigurationError when the compression is broken, after all that came before.
    """
    splitter = Splitter(limit=limit)
    async for chunk in _decompressed(_chunks(descriptor)):
        for record in splitter.feed(chunk):
            yield record
    for record in splitter.finish():
        yield record


async def _chunks(descriptor: int) -> AsyncIterator[bytes]:
    is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
    while True:
        # A file is always ready; others have their turn all the same.
        await (asyncio.sleep(0) if is_file else _until_readable(descriptor))
        chunk = os.read(descriptor, CHUNK)
        if not chunk:
            return
        yield chunk


async def _until_readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        loop.add_reader(descriptor, readable.set)
    except PermissionError:
        return  # a device that is always ready, such as /dev/null
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)


async def _decompressed(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """As they are unless the first ones say that they are gzip; what they swell to is handed on in pieces."""
    start = b""
    decompressor, is_complete = None, True
    async for chunk in chunks:
        if decompressor is None and len(start) < len(GZIP_MAGIC):
            start += chunk
            if len(start) < len(GZIP_MAGIC):
                continue
            chunk = start  # noqa: PLW2901 - with what was too short to tell by
            if start.startswith(GZIP_MAGIC):
                decompressor = _new_decompressor()
        if decompressor is None:
            yield chunk
            continue
        while chunk:
            is_complete = False
            try:
                yield decompressor.decompress(chunk, CHUNK)
            except zlib.error as error:
                raise ConfigurationError("the compression of the file is broken") from error
            chunk = decompressor.unconsumed_tail  # noqa: PLW2901 - the rest of it
            if decompressor.eof:
                # Files that were compressed one by one may be appended to each other.
                is_complete = True
                chunk = decompressor.unused_data.lstrip(b"\x00")  # noqa: PLW2901
                decompressor = _new_decompressor()
    if len(start) < len(GZIP_MAGIC):
        yield start
    if not is_complete:
        raise ConfigurationError("the compressed file ends too early")


def _new_decompressor() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)
