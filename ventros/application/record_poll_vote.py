"""Somebody voted in a poll: the vote stands with the message, one for each who votes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.inbound import MessageRef, Party
from ventros.kernel import validators


@attrs.frozen(kw_only=True)
class PollVote:
    """``voter`` is None for us. ``options`` are all that stand now; none takes the vote back."""

    message: MessageRef
    voter: Party | None
    options: tuple[str, ...]
    voted_at: datetime = attrs.field(validator=validators.aware)
    event_id: UUID | None = None
