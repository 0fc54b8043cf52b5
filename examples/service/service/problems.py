"""Which error is answered how: one table, and problem details (RFC 9457) made by it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Final

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

import ventros

logger = logging.getLogger("service")

SOON: Final = {"Retry-After": "1"}
LATER: Final = {"Retry-After": "5"}


class Unauthorized(ventros.DomainError):
    """It is not known who asks."""


class Malformed(ventros.DomainError):
    """The request cannot be read, or lacks what it must have."""


class PreconditionRequired(ventros.DomainError):
    """A change that does not say which version it is made to."""


class PreconditionFailed(ventros.DomainError):
    """The version that the change was made to is not the stored one."""


class KeyReused(ventros.DomainError):
    """Another request came with this Idempotency-Key before."""


class ShuttingDown(ventros.VentrosError):
    """Another instance will take it."""


@attrs.frozen
class Line:
    """``tells``: the error's own text is for the client, unless the server raised it; else the title is."""

    status: int
    title: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    tells: bool = False


TABLE: Final[Mapping[type[ventros.VentrosError], Line]] = {
    ventros.VentrosError: Line(500, "The service failed"),
    ventros.AlreadyProcessed: Line(409, "It was done before, and the answer is no longer kept"),
    ventros.DomainError: Line(422, "It cannot be done", tells=True),
    ventros.NotFound: Line(404, "There is no such thing", tells=True),
    ventros.IntegrityViolation: Line(409, "Other data stands against it", tells=True),
    ventros.ReferenceNotFound: Line(422, "It refers to nothing that is there", tells=True),
    ventros.InvariantViolation: Line(409, "It is in no state for that", tells=True),
    ventros.Conflict: Line(503, "Too many want to change it", SOON),
    ventros.OptimisticLockError: Line(409, "Somebody else changed it", SOON, tells=True),
    ventros.OptimisticLockErrors: Line(409, "Somebody else changed them", SOON, tells=True),
    ventros.OperationTimeout: Line(503, "It took too long", SOON),
    ventros.ConnectionLost: Line(503, "The database is away", LATER),
    ventros.CommitInDoubt: Line(503, "It is not known yet whether it was done: send it again", SOON),
    Unauthorized: Line(401, "Say who you are", {"WWW-Authenticate": "Bearer"}),
    Malformed: Line(400, "It cannot be read", tells=True),
    PreconditionRequired: Line(428, "Say which version you change", tells=True),
    PreconditionFailed: Line(412, "It is not the version that you change", tells=True),
    KeyReused: Line(422, "The key belongs to another request", tells=True),
    ShuttingDown: Line(503, "This instance is shutting down", {**SOON, "Connection": "close"}),
}
"""An error without a line has that of its parent."""


def line_of(error: ventros.VentrosError) -> Line:
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


def problem(error: ventros.VentrosError) -> Response:
    """Neither SQL nor what the driver said is in it: that is the error's ``__cause__``, which stays here."""
    line = line_of(error)
    about: dict[str, object] = {"status": line.status, "title": line.title, "code": error.code}
    if line.tells and error.sqlstate is None:
        about["detail"] = str(error)
    if field := getattr(error, "field", None):
        about["field"] = field
    return _response(about, line.headers)


async def on_error(_request: Request, error: Exception) -> Response:
    """For Starlette's ``exception_handlers``. No traceback is logged: its cause may quote rows."""
    assert isinstance(error, ventros.VentrosError)  # noqa: S101 - it is registered for no other
    if line_of(error).status >= 500:
        logger.error("%s: %s", error.code, error)
    return problem(error)


async def on_http_error(_request: Request, error: Exception) -> Response:
    """A path that is none, or a method that it does not have."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    about = {"status": error.status_code, "title": error.detail, "code": f"HTTP_{error.status_code}"}
    return _response(about, error.headers or {})


async def on_failure(_request: Request, _error: Exception) -> Response:
    """Anything else is a fault of ours. The server logs it."""
    return _response({"status": 500, "title": TABLE[ventros.VentrosError].title, "code": "FAILURE"}, {})


def _response(about: Mapping[str, object], headers: Mapping[str, str]) -> Response:
    status = int(str(about["status"]))
    return Response(json.dumps(about), status, dict(headers), "application/problem+json")
