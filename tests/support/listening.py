"""Which statements a unit of work sends, by name; the driver tells."""

from __future__ import annotations

import asyncio

from ventros import UnitOfWork


def listen(uow: UnitOfWork) -> list[str]:
    """The names of the statements that the unit sends from now on; see :func:`heard`."""
    sent: list[str] = []
    uow.connection.driver.add_query_logger(
        lambda record: sent.append(record.query.rsplit("/* ", 1)[-1].removesuffix(" */"))
    )
    return sent


async def heard(sent: list[str]) -> list[str]:
    """asyncpg tells its loggers one turn of the loop later."""
    await asyncio.sleep(0)
    return sent
