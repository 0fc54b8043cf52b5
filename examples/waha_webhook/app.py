"""WAHA's webhook in a Starlette app: what is answered with 200 is stored.

    WAHA_HMAC_KEY=… VENTROS_DATABASE_URL=postgresql://… uvicorn examples.waha_webhook.app:app

WAHA's configuration of a session names the same key, the path of its channel, and is to have ``retries``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import ventros
from ventros import ingest

SETTINGS = ventros.Settings(max_size=10, acquire_timeout=2.0)
"""A request waits two seconds for a connection; then WAHA is told to come again."""

logger = logging.getLogger("waha_webhook")


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
    async with ventros.connect(settings=SETTINGS) as db:
        yield {"db": db, "secret": os.environ["WAHA_HMAC_KEY"]}


async def webhook(request: Request) -> PlainTextResponse:
    state = request.state
    webhook_id = request.path_params["webhook_id"]
    answer = await ingest.handle(state.db, webhook_id, request.headers, request.stream(), secret=state.secret)
    if answer.error is not None:
        logger.warning("%s: %s", answer.status, answer.reason)
    return PlainTextResponse(answer.reason, answer.status, answer.headers)


async def health(request: Request) -> PlainTextResponse:
    try:
        await request.state.db.ping()
    except ventros.VentrosError as error:
        return PlainTextResponse(error.code, 503)
    return PlainTextResponse("ok")


app = Starlette(
    routes=[Route("/webhook/{webhook_id}", webhook, methods=["POST"]), Route("/health", health)],
    lifespan=lifespan,
)
