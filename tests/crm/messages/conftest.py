"""What a message points to."""

from __future__ import annotations

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.stored_messages import Place
from ventros import Database, UnitOfWork
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.values import ChannelType
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import Session
from ventros.demo.seed import Seed


@pytest.fixture
async def place(db: Database[UnitOfWork], seed: Seed) -> Place:
    async with db.unit_of_work(TENANT) as uow:
        contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        session = Session.start(contact_id=contact.id, tenant_id=TENANT, now=NOW)
        channel = Channel.create(
            user_id=seed.user_id,
            project_id=seed.project_id,
            tenant_id=TENANT,
            name="other",
            type=ChannelType.WEB_FORM,
            now=NOW,
        )
        await uow.contacts.add(contact)
        await uow.sessions.add(session)
        await uow.channels.add(channel)
        await uow.commit()
    return Place(seed=seed, contact_id=contact.id, session_id=session.id, other_channel_id=channel.id)
