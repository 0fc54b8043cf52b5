"""Broadcasts, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.demo.seed import Seed

NOON = NOW + timedelta(hours=2)
DRAFT, SCHEDULED, CANCELLED = BroadcastStatus.DRAFT, BroadcastStatus.SCHEDULED, BroadcastStatus.CANCELLED
MESSAGES = (
    # name, status, days until it is sent; two in a row are created at the same time
    ("News", SCHEDULED, 2),
    ("news of May", SCHEDULED, 1),
    ("100% off", DRAFT, None),
    ("Late_news", SCHEDULED, 1),
    ("Outage", CANCELLED, None),
    ("Outage", DRAFT, None),
    ("Zero", CANCELLED, 0),
)


async def store(uow: UnitOfWork, seed: Seed) -> list[Broadcast]:
    lists = [
        await uow.contact_lists.add(
            ContactList.create(project_id=seed.project_id, tenant_id=seed.tenant, name=name, now=NOW)
        )
        for name in ("Readers", "Others")
    ]
    stored = []
    for line, (name, status, sent_in) in enumerate(MESSAGES):
        broadcast = Broadcast.create(
            tenant_id=seed.tenant,
            name=name,
            list_id=lists[line % 3 // 2].id,
            channel_id=seed.channel_id,
            message_template=MessageTemplate(type=TemplateType.TEXT, content="Hello"),
            now=NOW + timedelta(hours=line // 2),
        )
        when = None if sent_in is None else NOW + timedelta(days=sent_in)
        stored.append(await uow.broadcasts.add(attrs.evolve(broadcast, status=status, scheduled_for=when)))
    return stored


def expected(stored: list[Broadcast]) -> Mapping[str, list[Filtered]]:
    list_id = stored[0].list_id
    return {
        "status": [
            Filtered(value="scheduled", passes=lambda b: b.status is SCHEDULED),
            Filtered(value=(DRAFT, CANCELLED), passes=lambda b: b.status is not SCHEDULED),
        ],
        "list_id": [Filtered(value=list_id, passes=lambda b: b.list_id == list_id)],
        "name": [
            Filtered(value=text, passes=lambda b, text=text: text.lower() in b.name.lower())  # type: ignore[misc]
            for text in ("NEWS", "%", "_")
        ],
        "created_from": [Filtered(value=NOON, passes=lambda b: b.created_at >= NOON)],
        "created_to": [Filtered(value=NOON, passes=lambda b: b.created_at <= NOON)],
    }


CASE: Any = Case(repository=lambda uow: uow.broadcasts, store=store, expected=expected)
