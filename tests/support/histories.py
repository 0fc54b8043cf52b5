"""Histories of messages as a phone has them, drawn at random; and what a tenant holds, without ids of ours."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import psycopg

from tests.support.constants import NOW
from ventros.application.inbound import GroupChat, Party
from ventros.application.process_inbound_message import InboundMessage
from ventros.crm.messages.aggregate import ContentType, MessageSource

GROUPS = 2
OWN_SHARE, GROUP_SHARE, REPLY_SHARE, TWIN_SHARE = 0.3, 0.2, 0.1, 0.05


def history(seed: int, *, messages: int, people: int, parties: str = "phones") -> list[InboundMessage]:
    """In no order. ``parties`` are known by "phones", by "pairs" of phone and LID, or by either or both, "mixed".

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


WHO = """(SELECT coalesce(k.phone, i.lid, k.name) FROM contacts k
          LEFT JOIN contact_identities i ON i.tenant_id = k.tenant_id AND i.contact_id = k.id
         WHERE k.tenant_id = t.tenant_id AND k.id = t.{} LIMIT 1)"""
OURS = "'{id,version,tenant_id,user_id,project_id,contact_id,channel_id,session_id,chat_id,reply_to_id,merged_into}'"
HELD = {
    "contacts": f"SELECT to_jsonb(t) - {OURS}::text[], {WHO.format('merged_into')} FROM contacts t",
    "identities": f"SELECT to_jsonb(t) - {OURS}::text[], {WHO.format('contact_id')} FROM contact_identities t",
    "sessions": f"SELECT to_jsonb(t) - {OURS}::text[], {WHO.format('contact_id')} FROM sessions t",
    "messages": f"""
        SELECT to_jsonb(t) - {OURS}::text[], {WHO.format("contact_id")}, s.started_at, c.external_id,
               r.channel_message_id
          FROM messages t
          LEFT JOIN sessions s ON s.tenant_id = t.tenant_id AND s.id = t.session_id
          LEFT JOIN chats c ON c.tenant_id = t.tenant_id AND c.id = t.chat_id
          LEFT JOIN messages r ON r.tenant_id = t.tenant_id AND r.id = t.reply_to_id
    """,
    "chats": f"SELECT to_jsonb(t) - {OURS}::text[] FROM chats t",
    "participants": f"""
        SELECT c.external_id, {WHO.format("participant_id")}, t.joined_at
          FROM chat_participants t JOIN chats c ON c.tenant_id = t.tenant_id AND c.id = t.chat_id
    """,
    "deliveries": "SELECT t.consumer, t.event_id FROM processed_events t",
    "counters": """
        SELECT sum(t.messages_received), sum(t.messages_sent), max(t.last_message_at) FROM channel_counters t
    """,
}


def held(superuser: psycopg.Connection, tenant: str) -> dict[str, list[Any]]:
    """What stands in the tenant's tables, sorted."""
    return {
        name: sorted(map(repr, superuser.execute(f"{query} WHERE t.tenant_id = %s".encode(), (tenant,))))
        for name, query in HELD.items()
    }
