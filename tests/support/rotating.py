"""Writers who go on while keys are changed, and what became of their changes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from tests.support.constants import NOW, TENANT
from tests.support.keys import BOTH
from ventros import Database, UnitOfWork


class Work:
    """Writers who each count up a number of their own in every credential, and say how far they came."""

    def __init__(self, db: Database[UnitOfWork], ids: Sequence[UUID]) -> None:
        self.db, self.ids, self.stop = db, ids, asyncio.Event()
        self.acknowledged: dict[tuple[UUID, str], int] = {}
        self.conflicts = 0

    async def writer(self, name: str) -> None:
        chance = random.Random(name)
        while not self.stop.is_set():
            id_ = chance.choice(self.ids)

            async def count(uow: UnitOfWork, id_: UUID = id_) -> int:
                credential = await uow.credentials.get(id_)
                await asyncio.sleep(0.002)
                value = int(credential.metadata.get(name, 0)) + 1
                changed = credential.set_metadata(name, value, now=NOW)
                await uow.credentials.save(
                    changed.set_secret(credential.decrypt(BOTH), encryptor=BOTH, now=NOW)
                    if value % 3 == 0
                    else changed
                )
                return value

            def conflicted(*_: object) -> None:
                self.conflicts += 1

            self.acknowledged[id_, name] = await self.db.run(
                TENANT, count, on_conflict=conflicted, attempts=50
            )

    async def lost(self) -> int:
        lost = 0
        async with self.db.unit_of_work(TENANT) as uow:
            for id_ in self.ids:
                metadata = (await uow.credentials.get(id_)).metadata
                for (of, name), value in self.acknowledged.items():
                    lost += abs(value - int(metadata.get(name, 0))) if of == id_ else 0
        return lost


async def under_load(
    db: Database[UnitOfWork], ids: Sequence[UUID], rotation: Callable[[], Awaitable[None]]
) -> Work:
    work = Work(db, ids)
    async with asyncio.TaskGroup() as group:
        writers = [group.create_task(work.writer(f"writer{number}")) for number in range(4)]
        await asyncio.sleep(0.3)
        await rotation()
        await asyncio.sleep(0.3)
        work.stop.set()
        await asyncio.gather(*writers)
    return work
