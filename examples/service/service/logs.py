"""What the database is asked, in the log, with the id of the request that asked."""

from __future__ import annotations

import logging
from typing import Final

from service.lifetime import REQUEST_ID
from ventros import Conflict, Telemetry

SLOW: Final = 0.1
"""Seconds."""
logger = logging.getLogger("service.database")


def on_statement(name: str, seconds: float, rows: int | None, error: BaseException | None) -> None:
    if error is not None or seconds > SLOW:
        ended = f"{rows} rows" if error is None else type(error).__name__
        logger.warning("%s: %s, %.1f ms, request %s", name, ended, seconds * 1000, REQUEST_ID.get())


def on_conflict(error: Conflict) -> None:
    logger.info("%s, request %s", error.code, REQUEST_ID.get())


LOGGED: Final = Telemetry(statement=on_statement, conflict=on_conflict)
