"""How long the parts of a conversation took, in whole seconds."""

from __future__ import annotations

from datetime import datetime


def whole_seconds(earlier: datetime | None, later: datetime) -> int | None:
    """From ``earlier`` to ``later``, never below 0; None when nothing came earlier."""
    return None if earlier is None else max(0, int((later - earlier).total_seconds()))


def response_times(contact_at: datetime | None, agent_at: datetime | None) -> tuple[int | None, int | None]:
    """How long the contact waited for our answer, and we for the contact's; of the two at most one is set.

    Given are the first messages of each side.
    """
    if contact_at is None or agent_at is None:
        return None, None
    if contact_at <= agent_at:
        return whole_seconds(contact_at, agent_at), None
    return None, whole_seconds(agent_at, contact_at)
