"""Where a server is in its write-ahead log, so that a replica can be asked for what was committed before."""

from __future__ import annotations

import asyncio
from typing import Any

from ventros.kernel.errors import ReplicaBehind
from ventros.kernel.retry import Retry

POSITION_QUERY = (
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END"
    "::text AS position"
)
"""Asked for by UnitOfWork.lsn(); about no table. Not what is written: that may lag behind a commit."""
REACHED_QUERY = "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::text::pg_lsn AS reached"
"""Asked until it is so, for a unit that is to read after a position; about no table."""
_PAGE, _PAGE_HEADER = 8192, 24


async def current_position(driver: Any, timeout: float) -> str:  # noqa: ASYNC109 - the driver's own
    """Not before any commit that was answered; of a replica, what can be read there."""
    return end_of_last_record((await driver.fetchrow(POSITION_QUERY, timeout=timeout))["position"])


def end_of_last_record(position: str) -> str:
    """Of a position where the next record begins: behind the header of a page, which no replica has yet."""
    high, low = position.split("/")
    if int(low, 16) % _PAGE == _PAGE_HEADER:
        low = f"{int(low, 16) - _PAGE_HEADER:X}"
    return f"{high}/{low}"


async def wait_for_position(driver: Any, position: str, timeout: float) -> None:  # noqa: ASYNC109
    """Until the server has replayed its log up to ``position``; a primary has at once.

    Raises ReplicaBehind after ``timeout`` seconds.
    """
    pauses, attempt = Retry(base=0.001, cap=0.05), 0
    try:
        async with asyncio.timeout(timeout):
            while not (await driver.fetchrow(REACHED_QUERY, position))["reached"]:
                attempt += 1
                await asyncio.sleep(pauses.pause(attempt))
    except TimeoutError as error:
        raise ReplicaBehind(
            f"the replica has not reached {position} of the log within {timeout:g} s"
        ) from error
