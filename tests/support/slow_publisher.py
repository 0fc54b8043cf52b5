"""``ventros relay --publisher tests.support.slow_publisher:opened``: an event takes a third of a second."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.support.relaying import Recorder
from ventros import Database
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import Single


async def slowly(event: OutboxEvent) -> None:
    print(f"begun {event.aggregate_version}", flush=True)
    await asyncio.sleep(0.3)
    print(f"done {event.aggregate_version}", flush=True)
    sys.stdout.flush()


@asynccontextmanager
async def opened(_database: Database[Any], _options: Mapping[str, Any]) -> AsyncIterator[Single]:
    yield Recorder(name="slow", hook=slowly).source(concurrency=1)
