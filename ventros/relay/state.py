"""What a relay has done since it started, and how it is: for metrics, health and progress."""

from __future__ import annotations

from time import monotonic

import attrs


@attrs.define
class Counts:
    """Since the start: ``read`` are events of the log, ``queued`` the deliveries made of them.

    ``claimed`` and ``dropped`` are queues; ``late`` those that another had claimed before they were settled.
    """

    read: int = 0
    queued: int = 0
    claimed: int = 0
    delivered: int = 0
    failed: int = 0
    dead: int = 0
    dropped: int = 0
    late: int = 0


@attrs.define
class State:
    """``counts``, what is held now, and the latest failure of the database, None once it answers again."""

    counts: Counts = attrs.field(factory=Counts)
    held: int = 0
    started: float = attrs.field(factory=monotonic)
    failing_since: float | None = None
    failure: str = ""

    def failed(self, error: BaseException) -> None:
        """The database did not do what was asked."""
        self.failing_since = self.failing_since or monotonic()
        self.failure = f"{type(error).__name__}: {error}"

    def answered(self) -> None:
        """It did."""
        self.failing_since, self.failure = None, ""

    @property
    def failing_for(self) -> float:
        """Seconds; 0 while the database answers."""
        return 0.0 if self.failing_since is None else monotonic() - self.failing_since
