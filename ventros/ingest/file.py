"""A file of WAHA events: what it holds goes to the database, what cannot goes to a file of rejects."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import IO

import attrs

from ventros.ingest.runner import Ingest, Tally
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.unit_of_work import UnitOfWork


@attrs.define
class Rejects:
    """``FILE.rejects.jsonl`` beside ``FILE.jsonl``: one object for each rejected line.

    It has ``line`` (its number, from 1), ``reason`` and ``text``.
    Written anew by each run, and absent after a run without any.
    """

    path: Path
    _file: IO[str] | None = None

    def add(self, number: int, reason: str, raw: bytes) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8")
        text = raw.decode("utf-8", "backslashreplace").rstrip("\n")
        self._file.write(json.dumps({"line": number, "reason": reason, "text": text}) + "\n")

    def close(self) -> Path | None:
        """Its path when there is any reject."""
        if self._file is None:
            self.path.unlink(missing_ok=True)
            return None
        self._file.close()
        return self.path


async def ingest_file(
    stream: IO[bytes], file: Path, dsn: str | None, workers: int, on_line: Callable[[bytes], None]
) -> tuple[Tally, Path | None]:
    """The tally, and the path of the rejects file when there is one.

    Raises ConfigurationError or ConnectionLost when the database cannot be used; nothing of a line is
    then half done, and lines that were acknowledged stay.
    """
    settings = Settings(max_size=workers + 1, application_name="ventros-ingest")
    async with await Database.open(UnitOfWork, dsn, settings) as db:
        rejects = Rejects(file.with_name(f"{file.name.removesuffix('.jsonl')}.rejects.jsonl"))
        try:
            tally = await Ingest(db, workers=workers, on_line=on_line, on_reject=rejects.add).run(stream)
        finally:
            rejects_path = rejects.close()
    return tally, rejects_path
