"""Which sessions are one conversation that was cut apart, and what the one that they become is like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from ventros.crm.sessions.durations import response_times, whole_seconds
from ventros.kernel.errors import InvariantViolation

if TYPE_CHECKING:
    from ventros.crm.sessions.aggregate import Session

Counts: TypeAlias = tuple[int, int]
"""Messages of the contact, and of our side."""


def conversations(sessions: Iterable[Session], timeout: timedelta) -> list[list[Session]]:
    """A session goes on with those before it, if it began within ``timeout`` of the last activity of any.

    ``sessions`` are of one contact and one type of channel, in the order in which they began.
    """
    found: list[list[Session]] = []
    last_activity_at: datetime | None = None
    for session in sessions:
        if last_activity_at is None or session.started_at - last_activity_at > timeout:
            found.append([])
            last_activity_at = session.last_activity_at
        found[-1].append(session)
        last_activity_at = max(last_activity_at, session.last_activity_at)
    return found


def absorbed(sessions: Sequence[Session], moved: Sequence[Counts]) -> dict[str, Any]:
    """The fields of the first one, once it is all of them; ``moved`` are the messages of each other one.

    A summary of a part would be wrong of the whole, so there is none, and the whole is to be summarized.
    Raises InvariantViolation when one is active, or of another contact or type of channel.
    """
    first = sessions[0]
    for session in sessions:
        if session.is_active:
            raise InvariantViolation(f"cannot consolidate: session {session.id} is still active")
        if (session.contact_id, session.channel_type_id) != (first.contact_id, first.channel_type_id):
            raise InvariantViolation(
                f"cannot consolidate: {first.id} and {session.id} are not of one contact and channel type"
            )
    inbound, outbound = (
        own + sum(side)
        for own, *side in zip((first.messages_from_contact, first.messages_from_agent), *moved, strict=True)
    )
    last = max(
        sessions, key=lambda session: (session.ended_at or session.last_activity_at, session.started_at)
    )
    contact_at = min(filter(None, (one.first_contact_message_at for one in sessions)), default=None)
    agent_at = min(filter(None, (one.first_agent_response_at for one in sessions)), default=None)
    responded, waited = response_times(contact_at, agent_at)
    agent_ids, transfers = _agents(sessions)
    return {
        **_counted(inbound, outbound),
        "ended_at": last.ended_at,
        "end_reason": last.end_reason,
        "duration_seconds": whole_seconds(first.started_at, last.ended_at or last.last_activity_at),
        "last_activity_at": max(one.last_activity_at for one in sessions),
        "first_contact_message_at": contact_at,
        "first_agent_response_at": agent_at,
        "agent_response_time_seconds": responded,
        "contact_wait_time_seconds": waited,
        "agent_ids": agent_ids,
        "agent_transfers": transfers,
        "summary": None,
        "sentiment": None,
        "sentiment_score": None,
        "topics": (),
        "next_steps": (),
        "outcome_tags": tuple(dict.fromkeys(tag for one in sessions for tag in one.outcome_tags)),
        "key_entities": {name: entity for one in sessions for name, entity in one.key_entities.items()},
        "resolved": last.resolved,
        "escalated": any(one.escalated for one in sessions),
        "converted": any(one.converted for one in sessions),
    }


def left_behind(session: Session, moved: Counts) -> dict[str, Any]:
    """The counts of one whose messages are another's now; what was not moved, it still counts."""
    inbound, outbound = moved
    return _counted(
        max(0, session.messages_from_contact - inbound), max(0, session.messages_from_agent - outbound)
    )


def _counted(inbound: int, outbound: int) -> dict[str, Any]:
    return {
        "message_count": inbound + outbound,
        "messages_from_contact": inbound,
        "messages_from_agent": outbound,
    }


def _agents(sessions: Sequence[Session]) -> tuple[tuple[UUID, ...], int]:
    """In the order of their last assignment, each once; from one session to the next may lie a transfer."""
    agent_ids: list[UUID] = []
    transfers = 0
    for session in sessions:
        if agent_ids and session.agent_ids and session.agent_ids[0] != agent_ids[-1]:
            transfers += 1
        transfers += session.agent_transfers
        agent_ids = [one for one in agent_ids if one not in session.agent_ids] + list(session.agent_ids)
    return tuple(agent_ids), transfers
