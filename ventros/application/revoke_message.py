"""The author took a message back for everyone: it is marked, and what it said is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.inbound import MessageRef
from ventros.kernel import validators


@attrs.frozen(kw_only=True)
class MessageRevocation:
    """``message`` names the author by whom it was taken back."""

    message: MessageRef
    revoked_at: datetime = attrs.field(validator=validators.aware)
    event_id: UUID | None = None
