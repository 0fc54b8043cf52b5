"""Who asks: the tenant that a request belongs to, and the actor that the history will name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import attrs
import msgspec
from starlette.requests import Request

from service.problems import Unauthorized
from ventros import ConfigurationError, ValidationError
from ventros.kernel import validators


@attrs.frozen
class Caller:
    """A team without tenants has one: the same constant for everybody, here and nowhere else."""

    actor: str = attrs.field(validator=validators.attribute(validators.label))
    tenant: str = attrs.field(default="main", validator=validators.tenant)


Callers = Mapping[bytes, Caller]
"""By the SHA-256 of a token. In their place: what your identity provider says of it."""


def read_callers(text: str) -> Callers:
    """``{"token": {"actor": "user:ada", "tenant": "acme"}}`` in JSON. Raises ConfigurationError."""
    try:
        said = msgspec.json.decode(text, type=dict[str, dict[str, str]])
        return {_digest(token): Caller(**fields) for token, fields in said.items()}
    except (msgspec.DecodeError, ValidationError, TypeError):
        raise ConfigurationError(
            'callers are {"token": {"actor": "user:ada", "tenant": "acme"}} in JSON'
        ) from None  # who reads it sees no token


def authenticate(request: Request) -> Caller:
    """Raises Unauthorized."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    callers: Callers = request.state.callers
    caller = callers.get(_digest(token.strip()))
    if scheme.lower() != "bearer" or caller is None:
        raise Unauthorized
    return caller


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
