"""What a connection asks of whoever gives it its driver."""

from __future__ import annotations

from typing import Any, Protocol


class Source(Protocol):
    """Where a connection gets its driver."""

    async def take(self) -> Any:
        """A connection of asyncpg's."""

    async def replace(self, driver: Any) -> bool:
        """Let go of one that was dead when it came; whether another may be tried."""

    async def leave(self) -> None:
        """The server takes no writes: let go of all connections to it."""
