"""The service.

SERVICE_CALLERS=… VENTROS_DATABASE_URL=postgresql://… uvicorn --factory service.app:main
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from service import contacts, lifetime
from service.application import UnitOfWork
from service.callers import Callers, read_callers
from service.lifetime import Gate, Gated, RequestIds, closed_by_sigterm
from service.logs import LOGGED
from service.problems import on_error, on_failure, on_http_error
from ventros import Database, Settings, Telemetry, VentrosError

SETTINGS: Final = Settings(max_size=10, acquire_timeout=2.0, lock_timeout=2.0, statement_timeout=5.0)
"""A request waits two seconds for a connection or a lock; then the client is told to come again."""

logger = logging.getLogger("service")


def create_app(
    callers: Callers,
    dsn: str | None = None,
    *,
    settings: Settings = SETTINGS,
    telemetry: Telemetry = LOGGED,
    announced: float = 0.0,
    patience: float = 20.0,
) -> Starlette:
    """``announced``: seconds from SIGTERM to the end of listening; ``patience``: for what is under way."""
    gate = Gate()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with await Database.open(UnitOfWork, dsn, settings, telemetry) as db:
            with closed_by_sigterm(gate, announced) if announced else nullcontext():
                yield {"db": db, "callers": callers, "gate": gate}
            if not await gate.drain(patience):
                logger.error("%d requests were not done in time", gate.inside)

    return Starlette(
        routes=[*contacts.ROUTES, *lifetime.ROUTES],
        lifespan=lifespan,
        middleware=[Middleware(RequestIds), Middleware(Gated, gate=gate)],
        exception_handlers={
            VentrosError: on_error,
            HTTPException: on_http_error,
            Exception: on_failure,
        },
    )


def main() -> Starlette:
    """By SERVICE_CALLERS, SERVICE_ANNOUNCED, and VENTROS_DATABASE_URL or as Ventros reads it."""
    announced = float(os.environ.get("SERVICE_ANNOUNCED", "5"))
    return create_app(read_callers(os.environ["SERVICE_CALLERS"]), announced=announced)
