"""How long anything may wait, and how many connections there are: in one place, so none is forgotten."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs

from ventros.kernel.errors import ServerUnreachable, ValidationError
from ventros.kernel.validators import (
    MOST_CONNECTIONS,
    attribute,
    boolean,
    instance_of,
    seconds,
    shown,
    whole_number,
)

SERVER_SHARE = 0.9
"""Of a statement's time is the server's; with the rest the client waits for its answer."""

ALL_STATEMENTS = 1000
"""More than there are."""

Password = str | Callable[[], str] | Callable[[], Awaitable[str]]

_NOT_FOR_A_SESSION = re.compile(
    r"application_name|statement_timeout|lock_timeout|idle_in_transaction_session_timeout|client_encoding|options"
    r"|user|database|replication|app\..*",
    re.IGNORECASE,
)
"""Fields of Settings, of the DSN or of the driver; and a tenant, which is set for a transaction."""


def _text(value: object, field: str, pattern: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ValidationError(f"{field} cannot hold {shown(value)}: it must be of {pattern}", field=field)


def _cache_size(value: int, field: str) -> None:
    whole_number(value, field, least=0)
    if 0 < value < ALL_STATEMENTS:
        raise ValidationError(
            f"{field} cannot hold {value}: 0 keeps no statement, {ALL_STATEMENTS} or more keep all; "
            "to let one go costs a round trip",
            field=field,
        )


def _password(value: object, field: str) -> None:
    if value is not None and not isinstance(value, str) and not callable(value):  # which is not shown
        raise ValidationError("password must be a text, or a function that returns one", field=field)


def _settings(value: Any, field: str) -> None:
    instance_of(Mapping, value, field)
    for name, setting in value.items():
        _text(name, field, r"[A-Za-z_][A-Za-z0-9_.]*")
        _text(setting, field, "[^\x00\ud800-\udfff]*")
        if _NOT_FOR_A_SESSION.fullmatch(name):
            raise ValidationError(
                f"{field} cannot hold {name}: say it in another field of Settings or in the DSN; a tenant is "
                "set for a transaction, never for a session",
                field=field,
            )


@attrs.frozen(kw_only=True)
class Settings:
    """Bounds in seconds, sizes in connections. The server gives up first, then the client.

    But for COMMIT: what the server does there, deferred constraints for one, its statement_timeout does not
    cover, so only the client gives up, and is in doubt.

    Every bound is more than 0 and finite: 0, which means no bound to PostgreSQL, is refused, and so is None.
    A connection is replaced when it is ``max_lifetime`` old, and closed when it was idle for
    ``max_idle_time``. ``statement_cache_size`` is 0 behind a pooler that cannot keep prepared statements:
    each statement is then parsed anew, and shares no round trip. ``pipelining`` lets statements share round
    trips; a pool that the caller made does not.
    ``connect_timeout`` is for each host. What the address says in application_name, connect_timeout and
    options goes before the fields here. ``insecure`` lets it leave the machine without sslmode=verify-full.
    ``password`` replaces the DSN's; a function, async or not, is asked for each new connection, so that
    credentials can rotate. ``server_settings`` are sent with the connection request beside ours; one that
    would contradict ours, or set a tenant for the session, is refused. Raises ValidationError with ``field``.
    """

    min_size: int = attrs.field(default=1, validator=attribute(whole_number, least=0, most=MOST_CONNECTIONS))
    max_size: int = attrs.field(default=10, validator=attribute(whole_number, least=1, most=MOST_CONNECTIONS))
    connect_timeout: float = attrs.field(default=5.0, validator=seconds)
    acquire_timeout: float = attrs.field(default=5.0, validator=seconds)
    statement_timeout: float = attrs.field(default=10.0, validator=seconds)
    lock_timeout: float = attrs.field(default=5.0, validator=seconds)
    idle_in_transaction_timeout: float = attrs.field(default=30.0, validator=seconds)
    commit_timeout: float = attrs.field(default=10.0, validator=seconds)
    release_timeout: float = attrs.field(default=2.0, validator=seconds)
    max_lifetime: float = attrs.field(default=3600.0, validator=seconds)
    max_idle_time: float = attrs.field(default=300.0, validator=seconds)
    statement_cache_size: int = attrs.field(default=ALL_STATEMENTS, validator=attribute(_cache_size))
    pipelining: bool = attrs.field(default=True, validator=boolean)
    insecure: bool = attrs.field(default=False, validator=boolean)
    application_name: str = attrs.field(default="ventros", validator=attribute(_text, pattern="[ -~]{1,63}"))
    password: Password | None = attrs.field(default=None, validator=attribute(_password), repr=False)
    server_settings: Mapping[str, str] = attrs.field(factory=dict, validator=attribute(_settings))

    def __attrs_post_init__(self) -> None:
        if self.min_size > self.max_size:
            raise ValidationError(
                f"min_size {self.min_size} is over max_size {self.max_size}", field="min_size"
            )

    def startup_settings(self, *, timeouts: bool = True) -> dict[str, str]:
        """Sent with the connection request, so that they need no round trip and no SET."""
        named = {**self.server_settings, "application_name": self.application_name}
        return named | self.server_timeouts() if timeouts else named

    def server_timeouts(self) -> dict[str, str]:
        """By the server's name of each, in milliseconds."""
        return {
            "statement_timeout": _milliseconds(self.statement_timeout * SERVER_SHARE),
            "lock_timeout": _milliseconds(self.lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(self.idle_in_transaction_timeout),
        }

    async def current_password(self) -> str:
        """What ``password``, a function, returns now. Raises ServerUnreachable when it fails."""
        try:
            password: Any = self.password() if callable(self.password) else self.password
            if inspect.isawaitable(password):
                password = await password
        except Exception as error:
            raise ServerUnreachable(f"Settings(password=) raised {type(error).__name__}") from error
        if not isinstance(password, str):
            raise ServerUnreachable(f"Settings(password=) returned no text, but a {type(password).__name__}")
        return password


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))
