"""A file of WAHA events: what it holds goes to the database, what cannot goes to a file of rejects."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import attrs

from ventros.command_line import on_signals
from ventros.ingest.applying import PATIENCE
from ventros.ingest.records import MAX_RECORD, Record
from ventros.ingest.runner import Ingest
from ventros.ingest.source import read_records
from ventros.ingest.tally import Tally
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.unit_of_work import UnitOfWork

STDIN = "-"


@attrs.define
class Rejects:
    """``FILE.rejects.jsonl`` beside ``FILE.jsonl``: one object for each rejected event.

    It has ``line`` (its number, from 1), ``reason`` and ``text``, and is for its owner alone. It is written
    aside, and takes the place of an earlier run's when the run is complete: after a run without any there is
    none. What an interrupted run has rejected is in ``FILE.rejects.partial.jsonl``; the last complete one
    stays. A link that stands in one of the places is replaced, never followed.
    """

    path: Path
    _aside: Path | None = None
    _file: IO[str] | None = None

    @property
    def partial_path(self) -> Path:
        return self.path.with_suffix(".partial.jsonl")

    def add(self, line: int, reason: str, raw: bytes) -> None:
        if self._file is None:
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            self._file = os.fdopen(descriptor, "w", encoding="utf-8")
            self._aside = Path(name)
        text = raw.decode("utf-8", "backslashreplace").rstrip("\r\n")
        self._file.write(json.dumps({"line": line, "reason": reason, "text": text}) + "\n")

    def close(self, *, is_complete: bool) -> Path | None:
        """Its path when there is any reject."""
        if is_complete:
            self.partial_path.unlink(missing_ok=True)
        if self._file is None or self._aside is None:
            if is_complete:
                self.path.unlink(missing_ok=True)
            return None
        self._file.close()
        path = self.path if is_complete else self.partial_path
        return self._aside.replace(path)


@attrs.frozen(kw_only=True)
class Ingested:
    """``rejects`` is the file of them, when there is any."""

    tally: Tally
    rejects: Path | None
    is_interrupted: bool


async def ingest_file(
    file: Path,
    dsn: str | None,
    *,
    tenants: Sequence[str],
    workers: int = 4,
    max_line: int = MAX_RECORD,
    patience: float = PATIENCE,
    on_record: Callable[[Record], None] = lambda _record: None,
) -> Ingested:
    """The sessions that events name are those of channels of ``tenants``; other events are rejected.

    Of ``-`` the standard input is read, and ``stdin.rejects.jsonl`` is in the current directory.

    SIGINT and SIGTERM stop the run when the events that are at work are done; a second one cancels it.
    Raises OSError for a file that cannot be read or written, ConfigurationError or ConnectionLost when the
    database cannot be used; nothing of an event is then half done, and what was acknowledged stays.
    """
    settings = Settings(max_size=workers + 1, application_name="ventros-ingest")
    with _opened(file) as descriptor:
        async with await Database.open(UnitOfWork, dsn, settings) as db:
            rejects = Rejects(_rejects_path(file))
            ingest = Ingest(
                db,
                tenants,
                workers=workers,
                patience=patience,
                on_record=on_record,
                on_reject=rejects.add,
            )
            is_complete = False
            try:
                with _stopped_by_signals(ingest):
                    tally = await ingest.run(read_records(descriptor, limit=max_line))
                is_complete = not ingest.is_stopping
            finally:
                rejects_path = rejects.close(is_complete=is_complete)
    return Ingested(tally=tally, rejects=rejects_path, is_interrupted=not is_complete)


def _rejects_path(file: Path) -> Path:
    if str(file) == STDIN:
        return Path("stdin.rejects.jsonl")
    name = file.name.removesuffix(".gz")
    stem = name.removesuffix(".jsonl").removesuffix(".json")
    return file.with_name(f"{stem or name}.rejects.jsonl")


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    if str(file) == STDIN:
        yield 0
        return
    with file.open("rb") as stream:
        yield stream.fileno()


@contextmanager
def _stopped_by_signals(ingest: Ingest) -> Iterator[None]:
    run = asyncio.current_task()

    def stop() -> None:
        if ingest.is_stopping and run is not None:
            run.cancel()
        ingest.stop()

    with on_signals(stop):
        yield
