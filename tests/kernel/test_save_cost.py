"""What it costs that an update returns its version: measured by turns, against the bare row count."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import attrs
import pytest

from tests.conftest import NOW, TENANT
from ventros import Database, UnitOfWork
from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.seed import Seed

BLOCKS, SAVES = 40, 100


class Counting(ContactRepository):
    """Reads the row count alone."""

    UPDATE = attrs.evolve(
        ContactRepository.UPDATE,
        text=ContactRepository.UPDATE.text.replace("RETURNING id, version", ""),
        rows="affected",
    )

    async def _update(self, aggregates: Sequence[Contact]) -> list[Contact]:
        (contact,) = aggregates
        assert await self._connection.affected(self.UPDATE, *mapper.update_args(contact)) == 1
        return [attrs.evolve(contact.clear_events(), version=contact.version + 1)]


@pytest.mark.slow
async def test_to_return_the_version_costs_next_to_nothing(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        new = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        contact = await uow.contacts.add(new)
        await uow.commit()
    seconds: dict[type[ContactRepository], list[float]] = {ContactRepository: [], Counting: []}
    for block in range(BLOCKS):
        for kind, times in seconds.items():
            async with db.unit_of_work(TENANT) as uow:
                repository, saved = kind(uow), contact
                for number in range(SAVES):
                    changed = saved.rename(f"{block}.{number}", now=NOW)
                    start = time.perf_counter()
                    saved = await repository.save(changed)
                    times.append(time.perf_counter() - start)
                await uow.rollback()
    returning, counting = (statistics.median(times) * 1e6 for times in seconds.values())
    print(f"save: {returning:.0f} us, by the row count alone {counting:.0f} us")
    assert returning < 1.5 * counting
