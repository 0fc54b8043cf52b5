"""Broadcast, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.contract.aggregates.sequence import templates
from tests.support.constants import NOW
from ventros import UnitOfWork
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import maybe, texts, times
from ventros.testing.factory import Factory, Refs


async def prepare(uow: UnitOfWork, seed: Seed) -> Refs:
    made = ContactList.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Readers", now=NOW)
    return {"list_id": (await uow.contact_lists.add(made)).id, "channel_id": seed.channel_id}


def new(seed: Seed, refs: Refs) -> Broadcast:
    return Broadcast.create(
        tenant_id=seed.tenant,
        name="News",
        list_id=refs["list_id"],
        channel_id=refs["channel_id"],
        message_template=MessageTemplate(type=TemplateType.TEXT, content="Hello"),
        now=NOW,
    )


@st.composite
def phases(draw: st.DrawFn) -> dict[str, Any]:
    """A status, and the fields that are or are not given with it."""
    status = draw(st.sampled_from(BroadcastStatus))
    has_started = status in {BroadcastStatus.RUNNING, BroadcastStatus.COMPLETED, BroadcastStatus.FAILED}
    return {
        "status": status,
        "scheduled_for": draw(times if status is BroadcastStatus.SCHEDULED else maybe(times)),
        "started_at": draw(times if has_started else maybe(times)),
        "completed_at": draw(times if status is BroadcastStatus.COMPLETED else st.none()),
        "failure_reason": draw(texts if status is BroadcastStatus.FAILED else st.none()),
    }


def overrides(_seed: Seed, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda phase, **others: {**phase, **others},
        phase=phases(),
        list_id=st.just(refs["list_id"]),
        channel_id=st.just(refs["channel_id"]),
        message_template=templates,
    )


def change(broadcast: Broadcast, now: datetime) -> Broadcast:
    return broadcast.rename(f"News {new_id()}", now=now)


FACTORY = Factory(
    resource="broadcast",
    new=new,
    overrides=overrides,
    change=change,
    prepare=prepare,
    fixed=frozenset({"list_id"}),
)
