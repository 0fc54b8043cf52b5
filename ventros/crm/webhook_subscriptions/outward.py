"""By which names subscribers know the events, as the older system told them, and which are contact events."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OUTWARD_NAMES: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        "channel.pipeline.associated": "channel.pipeline_associated",
        "channel.pipeline.disassociated": "channel.pipeline_disassociated",
        "contact.pipeline_status_changed": "pipeline.status.changed",
        "credential.oauth_refreshed": "credential.oauth_token_refreshed",
        "message.created": "message.received",
        "message.send_requested": None,
        "session.ended": "session.closed",
        "session.message_recorded": None,
        "session.messages_recorded": None,
        "session.started": "session.created",
        "status.activated": "pipeline.status.activated",
        "status.created": "pipeline.status.created",
        "status.deactivated": "pipeline.status.deactivated",
        "status.updated": "pipeline.status.updated",
    }
)
"""Those that differ; None is never sent. Counted messages are not: each is told by its own event.
That a message is to be sent is our own business."""

CONTACT_EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "contact.created": "system",
        "contact.deleted": "system",
        "contact.email_set": "system",
        "contact.entered_pipeline": "pipeline",
        "contact.exited_pipeline": "pipeline",
        "contact.merged": "system",
        "contact.merged_into": "system",
        "contact.name_changed": "system",
        "contact.phone_set": "system",
        "contact.pipeline_status_changed": "status",
        "contact.tag_added": "system",
        "contact.tag_removed": "system",
        "contact.tags_cleared": "system",
        "contact.updated": "system",
        "session.agent_assigned": "session",
        "session.ended": "session",
        "session.escalated": "session",
        "session.resolved": "session",
        "session.started": "session",
    }
)
"""What happened to a contact, by the events' own names, with its category."""


def outward_name(event_name: str) -> str | None:
    """The name that patterns of subscriptions are compared with; None for an event that is never sent."""
    return OUTWARD_NAMES.get(event_name, event_name)


def contact_event(event_name: str) -> tuple[str, str] | None:
    """Type and category that the filters of contact events are compared with; None for any other event.

    ``contact.created`` has the type ``contact_created``.
    """
    category = CONTACT_EVENTS.get(event_name)
    return None if category is None else (event_name.replace(".", "_"), category)
