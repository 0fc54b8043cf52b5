"""Histories of messages as a phone has them, drawn at random; and what a tenant holds, without our ids."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import NAMESPACE_OID, uuid5

import psycopg

from tests.support.constants import NOW
from ventros.application.messages.inbound import GroupChat, Party
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.crm.messages.values import ContentType, MessageSource

GROUPS = 2
OWN_SHARE, GROUP_SHARE, REPLY_SHARE, TWIN_SHARE = 0.3, 0.2, 0.1, 0.05


def history(seed: int, *, messages: int, people: int, parties: str = "phones") -> list[InboundMessage]:
    """In no order. ``parties`` are known by "phones", by "pairs" of phone and LID, or, "mixed", by either.

    Gaps between messages are at times longer than a session lasts; names change; some messages come twice.
    """
    rng = random.Random(seed)
    drawn: list[InboundMessage] = []
    at = NOW
    for number in range(messages):
        at += timedelta(seconds=rng.choice([0, 5, 60, 600, 7200]) / people)
        in_group = rng.random() < GROUP_SHARE
        drawn.append(
            InboundMessage(
                channel_message_id=f"H{seed}.{number}",
                contact=_party(rng, rng.randrange(people), parties),
                group=GroupChat(
                    external_id=f"12036300000000000{rng.randrange(GROUPS)}@g.us",
                    subject=rng.choice([None, "Rowing", "Chess"]),
                )
                if in_group
                else None,
                content_type=ContentType.TEXT,
                text=f"message {number}",
                received_at=at,
                from_me=not in_group and rng.random() < OWN_SHARE,
                reply_to=rng.choice(drawn).channel_message_id
                if drawn and rng.random() < REPLY_SHARE
                else rng.choice([None] * 20 + ["unknown"]),
                tracking=rng.choice([{}] * 10 + [{"ctwa_click_id": "c"}]),
                is_from_ad=rng.random() < 0.05,
                source=MessageSource.HISTORY_IMPORT,
                event_id=rng.choice([None, uuid5(NAMESPACE_OID, f"{seed}.{number}")]),
            )
        )
    drawn += [message for message in drawn if rng.random() < TWIN_SHARE]
    rng.shuffle(drawn)
    return drawn


def _party(rng: random.Random, person: int, parties: str) -> Party:
    phone, lid = f"+55119{90000000 + person}", f"{7000 + person}"
    name = rng.choice([None, f"Person {person}", f"P. {person}"])
    if parties == "phones":
        return Party(phone=phone, name=name)
    if parties == "pairs":
        return Party(phone=phone, lid=lid, name=name)
    known_by = rng.choice(["phone", "lid", "both"])
    return Party(
        phone=None if known_by == "lid" else phone, lid=None if known_by == "phone" else lid, name=name
    )


def in_order(messages: list[InboundMessage]) -> list[InboundMessage]:
    return sorted(messages, key=lambda message: message.received_at)


OURS = (
    *("id", "version", "tenant_id", "user_id", "project_id", "contact_id", "channel_id", "session_id"),
    *("chat_id", "reply_to_id", "merged_into"),
)
"""Columns with ids that were made here, and the version."""
WHO = """
    CREATE OR REPLACE TEMPORARY VIEW who AS
    SELECT k.tenant_id, k.id, coalesce(k.phone, min(i.lid), k.name) AS name
      FROM contacts k
      LEFT JOIN contact_identities i ON i.tenant_id = k.tenant_id AND i.contact_id = k.id
     GROUP BY k.tenant_id, k.id, k.phone, k.name
"""
HELD = {
    "contacts": """
        SELECT to_jsonb(t) - %(ours)s::text[], w.name
          FROM contacts t LEFT JOIN who w ON w.id = t.merged_into WHERE t.tenant_id = %(tenant)s
    """,
    "identities": """
        SELECT to_jsonb(t) - %(ours)s::text[], w.name
          FROM contact_identities t JOIN who w ON w.id = t.contact_id WHERE t.tenant_id = %(tenant)s
    """,
    "sessions": """
        SELECT to_jsonb(t) - %(ours)s::text[], w.name
          FROM sessions t JOIN who w ON w.id = t.contact_id WHERE t.tenant_id = %(tenant)s
    """,
    "messages": """
        SELECT to_jsonb(t) - %(ours)s::text[], w.name, s.started_at, c.external_id, r.channel_message_id
          FROM messages t
          JOIN who w ON w.id = t.contact_id
          LEFT JOIN sessions s ON s.id = t.session_id
          LEFT JOIN chats c ON c.id = t.chat_id
          LEFT JOIN messages r ON r.id = t.reply_to_id
         WHERE t.tenant_id = %(tenant)s
    """,
    "chats": "SELECT to_jsonb(t) - %(ours)s::text[] FROM chats t WHERE t.tenant_id = %(tenant)s",
    "participants": """
        SELECT c.external_id, w.name, t.joined_at
          FROM chat_participants t JOIN chats c ON c.id = t.chat_id JOIN who w ON w.id = t.participant_id
         WHERE t.tenant_id = %(tenant)s
    """,
    "deliveries": "SELECT t.consumer, t.event_id FROM processed_events t WHERE t.tenant_id = %(tenant)s",
    "counters": """
        SELECT sum(t.messages_received), sum(t.messages_sent), max(t.last_message_at)
          FROM channel_counters t WHERE t.tenant_id = %(tenant)s
    """,
}


def held(superuser: psycopg.Connection, tenant: str) -> dict[str, list[str]]:
    """What stands in the tenant's tables, sorted."""
    superuser.execute(WHO)
    values = {"tenant": tenant, "ours": list(OURS)}
    return {name: sorted(map(repr, superuser.execute(query, values))) for name, query in HELD.items()}
