"""Writers under whom a server fails, and what they were told."""

from __future__ import annotations

import asyncio
from uuid import UUID

import attrs

from tests.support.constants import NOW
from ventros import CommitInDoubt, Database, UnitOfWork, VentrosError
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.outcome import Outcome


@attrs.define
class Tally:
    """What the writers were told, by the contact that each unit added."""

    acknowledged: set[UUID] = attrs.field(factory=set)
    refused: set[UUID] = attrs.field(factory=set)
    doubted: dict[UUID, Outcome] = attrs.field(factory=dict)


async def write(database: Database[UnitOfWork], seed: Seed, tally: Tally, stop: asyncio.Event) -> None:
    """Add contacts, one a unit, until told to stop; what is in doubt is resolved as soon as possible."""
    while not stop.is_set():
        contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
        unit = database.unit_of_work(seed.tenant)
        try:
            async with unit as uow:
                await uow.contacts.add(contact)
                await uow.commit()
        except CommitInDoubt as error:
            tally.doubted[contact.id] = await database.resolve(error.marker)
        except VentrosError:
            tally.refused.add(contact.id)
            await asyncio.sleep(0.02)
        else:
            tally.acknowledged.add(contact.id)
