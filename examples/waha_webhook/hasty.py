"""The control: the same service, but it answers before the event is stored. Not to be copied."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from examples.waha_webhook.app import lifespan
from ventros import ingest


async def webhook(request: Request) -> PlainTextResponse:
    state, body = request.state, await request.body()
    webhook_id = request.path_params["webhook_id"]
    work = BackgroundTask(ingest.handle, state.db, webhook_id, request.headers, body, secret=state.secret)
    return PlainTextResponse("accepted", background=work)


async def health(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


app = Starlette(
    routes=[Route("/webhook/{webhook_id}", webhook, methods=["POST"]), Route("/health", health)],
    lifespan=lifespan,
)
