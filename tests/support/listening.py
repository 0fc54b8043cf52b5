"""Which statements a unit of work sends, by name; the driver tells."""

from __future__ import annotations

import asyncio
from typing import Any

from ventros import UnitOfWork


def listen(uow: UnitOfWork) -> list[str]:
    """The names of the statements that the unit sends from now on; see :func:`heard`.

    It has its connection, so has sent one before. What the driver asks by itself has no name.
    """
    sent: list[str] = []

    def note(record: Any) -> None:
        if record.query.endswith(" */"):
            sent.append(record.query.rsplit("/* ", 1)[-1].removesuffix(" */"))

    uow.connection.driver.add_query_logger(note)
    return sent


async def heard(sent: list[str]) -> list[str]:
    """asyncpg tells its loggers one turn of the loop later."""
    await asyncio.sleep(0)
    return sent
