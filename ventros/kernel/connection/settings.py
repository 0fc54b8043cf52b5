"""How long anything may wait, and how many connections there are: in one place, so none is forgotten."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Settings:
    """Bounds in seconds, sizes in connections. The server gives up first, then the client.

    But for COMMIT: what the server does there, deferred constraints for one, its statement_timeout does not
    cover, so only the client gives up, and is in doubt.
    """

    min_size: int = 1
    max_size: int = 10
    connect_timeout: float = 5.0
    acquire_timeout: float = 5.0
    statement_timeout: float = 10.0
    lock_timeout: float = 5.0
    idle_in_transaction_timeout: float = 30.0
    commit_timeout: float = 10.0
    release_timeout: float = 2.0
    application_name: str = "ventros"

    def server_settings(self) -> dict[str, str]:
        """Sent with the connection request, so that they need no round trip and no SET."""
        return {
            "application_name": self.application_name,
            "statement_timeout": _milliseconds(self.statement_timeout * 0.9),
            "lock_timeout": _milliseconds(self.lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(self.idle_in_transaction_timeout),
        }


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))
