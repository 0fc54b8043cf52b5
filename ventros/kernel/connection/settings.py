"""How long anything may wait, and how many connections there are: in one place, so none is forgotten."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import attrs

from ventros.kernel.errors import ConnectionLost, ValidationError
from ventros.kernel.validators import MOST_CONNECTIONS, seconds, shown, whole

Password = str | Callable[[], str] | Callable[[], Awaitable[str]]

_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_REFUSED: Final = {
    "application_name": "say Settings(application_name=)",
    "statement_timeout": "say Settings(statement_timeout=)",
    "lock_timeout": "say Settings(lock_timeout=)",
    "idle_in_transaction_session_timeout": "say Settings(idle_in_transaction_timeout=)",
    "client_encoding": "the driver says it",
    "options": "name the settings themselves",
    "user": "say it in the DSN",
    "database": "say it in the DSN",
    "replication": "no statement could be sent",
}
"""What ``server_settings`` cannot hold, and what to do instead."""


def _text(value: object, field: str, pattern: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ValidationError(f"{field} must be a text of {pattern}, not {shown(value)}", field=field)


def _application_name(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """The server would cut off a longer one, and put ? for other characters."""
    _text(value, attribute.name, r"[ -~]{1,63}")


def _password(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and not isinstance(value, str) and not callable(value):
        raise ValidationError(  # which does not show the value
            "password must be a text, or a function that returns one", field=attribute.name
        )


def _server_settings(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, Mapping):
        raise ValidationError(
            f"server_settings must map names to texts, not {shown(value)}", field=attribute.name
        )
    for name, setting in value.items():
        _text(name, attribute.name, _SETTING.pattern)
        _text(setting, attribute.name, "[^\x00\ud800-\udfff]*")
        instead = _REFUSED.get(name.lower())
        if name.lower().startswith("app."):
            instead = "a tenant is set for a transaction, never for a session"
        if instead:
            raise ValidationError(f"server_settings cannot hold {name}: {instead}", field=attribute.name)


@attrs.frozen(kw_only=True)
class Settings:
    """Bounds in seconds, sizes in connections. The server gives up first, then the client.

    But for COMMIT: what the server does there, deferred constraints for one, its statement_timeout does not
    cover, so only the client gives up, and is in doubt.

    Every bound is more than 0 and finite: 0, which means no bound to PostgreSQL, is refused, and so is None.
    ``password`` replaces the DSN's; a function, async or not, is asked for each new connection, so that
    credentials can rotate. ``server_settings`` are sent with the connection request beside ours; one that
    would contradict ours, or set a tenant for the session, is refused. Raises ValidationError with ``field``.
    """

    min_size: int = attrs.field(default=1, validator=whole(0, MOST_CONNECTIONS))
    max_size: int = attrs.field(default=10, validator=whole(1, MOST_CONNECTIONS))
    connect_timeout: float = attrs.field(default=5.0, validator=seconds)
    acquire_timeout: float = attrs.field(default=5.0, validator=seconds)
    statement_timeout: float = attrs.field(default=10.0, validator=seconds)
    lock_timeout: float = attrs.field(default=5.0, validator=seconds)
    idle_in_transaction_timeout: float = attrs.field(default=30.0, validator=seconds)
    commit_timeout: float = attrs.field(default=10.0, validator=seconds)
    release_timeout: float = attrs.field(default=2.0, validator=seconds)
    application_name: str = attrs.field(default="ventros", validator=_application_name)
    password: Password | None = attrs.field(default=None, validator=_password, repr=False)
    server_settings: Mapping[str, str] = attrs.field(factory=dict, validator=_server_settings)

    def __attrs_post_init__(self) -> None:
        if self.min_size > self.max_size:
            raise ValidationError(
                f"min_size {self.min_size} is more than max_size {self.max_size}", field="min_size"
            )

    def startup_settings(self) -> dict[str, str]:
        """Sent with the connection request, so that they need no round trip and no SET."""
        return {
            **self.server_settings,
            "application_name": self.application_name,
            "statement_timeout": _milliseconds(self.statement_timeout * 0.9),
            "lock_timeout": _milliseconds(self.lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(self.idle_in_transaction_timeout),
        }

    async def current_password(self) -> str:
        """What ``password``, a function, returns now. Raises ConnectionLost when it fails."""
        try:
            password: Any = self.password() if callable(self.password) else self.password
            if inspect.isawaitable(password):
                password = await password
        except Exception as error:
            raise ConnectionLost(f"Settings(password=) raised {type(error).__name__}") from error
        if not isinstance(password, str):
            raise ConnectionLost(f"Settings(password=) returned no text, but a {type(password).__name__}")
        return password


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))
