"""A group that a message made known, and what each message of it changes, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import ChatStatus, ChatType, ParticipantType
from ventros.kernel.errors import InvariantViolation

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PROJECT, ADA, EVE = uuid4(), uuid4(), uuid4()
ID = "120363000000000001@g.us"


def group(**arguments: Any) -> Chat:
    defaults = {"project_id": PROJECT, "tenant_id": "acme", "external_id": ID, "subject": "Rowing"}
    return Chat.create_group(**{**defaults, **arguments}, creator_id=None, now=NOW)


def told(chat: Chat, since: int = 0) -> list[str]:
    return [event.event_name for event in chat.domain_events[since:]]


def test_it_begins_without_participants() -> None:
    chat = group()
    assert (chat.chat_type, chat.external_id, chat.subject) == (ChatType.GROUP, ID, "Rowing")
    assert (chat.participants, chat.last_message_at, chat.version) == ((), None, 1)
    assert told(chat) == ["chat.created"]


def test_who_writes_takes_part_once_and_runs_nothing() -> None:
    chat = group().record_message(ADA, None, now=NOW)
    chat = chat.record_message(EVE, None, now=LATER).record_message(ADA, None, now=LATER)
    people = [(who.id, who.type, who.joined_at, who.is_admin) for who in chat.participants]
    contact = ParticipantType.CONTACT
    assert people == [(ADA, contact, NOW, False), (EVE, contact, LATER, False)]
    assert told(chat, since=1) == [
        "chat.updated",
        "chat.participant_added",
        "chat.updated",
        "chat.participant_added",
    ]


def test_the_latest_message_tells_time_and_subject() -> None:
    chat = group().record_message(ADA, "Sailing", now=LATER)
    assert (chat.subject, chat.last_message_at) == ("Sailing", LATER)
    late = chat.record_message(ADA, "Rowing", now=NOW)
    assert late is chat, "an older message changes nothing"
    assert chat.record_message(ADA, None, now=LATER) is chat
    assert chat.record_message(ADA, "Golf", now=LATER).subject == "Golf", "its time has seconds only"


def test_a_closed_chat_takes_the_time_alone() -> None:
    closed = group().record_message(ADA, None, now=NOW).close(now=NOW)
    chat = closed.record_message(EVE, "Sailing", now=LATER)
    assert (chat.status, chat.subject, chat.last_message_at) == (ChatStatus.CLOSED, "Rowing", LATER)
    assert chat.participants == closed.participants


def test_a_deleted_chat_takes_nothing() -> None:
    with pytest.raises(InvariantViolation):
        group().delete(now=NOW).record_message(ADA, None, now=LATER)
