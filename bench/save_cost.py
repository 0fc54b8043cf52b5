"""What it costs that an update returns its version: ``python -m bench.save_cost``.

4,000 saves each, by turns in blocks of a hundred, against an update of which the row count alone is read.
Prints medians in microseconds.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import attrs

from ventros import CRM, Database, UnitOfWork
from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.seed import seed_tenant
from ventros.devserver import DevServer
from ventros.migrate import migrate

BLOCKS, SAVES = 40, 100
TENANT = "acme"


class Counting(ContactRepository):
    """Reads the row count alone."""

    UPDATE = attrs.evolve(
        ContactRepository.UPDATE,
        text=ContactRepository.UPDATE.text.replace("RETURNING id, version", ""),
        rows="affected",
    )

    async def _update(self, aggregates: Sequence[Contact]) -> list[Contact]:
        (contact,) = aggregates
        assert await self.connection.affected(self.UPDATE, *mapper.update_args(contact)) == 1  # noqa: S101
        return [attrs.evolve(contact.clear_events(), version=contact.version + 1)]


async def measure(db: Database[UnitOfWork]) -> dict[type[ContactRepository], list[float]]:
    now = datetime.now(UTC)
    seed = await seed_tenant(db, TENANT, "acme-phone", now)
    async with db.unit_of_work(TENANT) as uow:
        new = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=now)
        contact = await uow.contacts.add(new)
        await uow.commit()
    seconds: dict[type[ContactRepository], list[float]] = {ContactRepository: [], Counting: []}
    for block in range(BLOCKS):
        for kind, times in seconds.items():
            async with db.unit_of_work(TENANT) as uow:
                repository, saved = kind(uow), contact
                for number in range(SAVES):
                    changed = saved.rename(f"{block}.{number}", now=now)
                    start = time.perf_counter()
                    saved = await repository.save(changed)
                    times.append(time.perf_counter() - start)
                await uow.rollback()
    return seconds


async def main() -> None:
    with DevServer(durable=False) as server:
        server.create_database("save_cost")
        migrate(server.owner_dsn("save_cost"), CRM)
        async with await Database.open(UnitOfWork, server.owner_dsn("save_cost")) as db:
            returning, counting = (statistics.median(times) * 1e6 for times in (await measure(db)).values())
    print(f"save: {returning:.0f} us, by the row count alone {counting:.0f} us")


if __name__ == "__main__":
    asyncio.run(main())
