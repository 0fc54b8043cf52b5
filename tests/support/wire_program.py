"""A program for another interpreter: units of all forms over a wire, with the asyncpg that it has.

``python -m tests.support.wire_program DSN``; a line with the version when all is right.
"""

from __future__ import annotations

import asyncio
import sys

import asyncpg

from tests.support.constants import NOW, TENANT
from tests.support.wire_load import all_forms, the_wire
from ventros import Database, UnitOfWork
from ventros.demo.seed import seed_tenant


async def main(dsn: str) -> None:
    async with await Database.open(UnitOfWork, dsn) as db:
        await the_wire(db)
        seed = await seed_tenant(db, TENANT, "acme-phone", NOW)
        await all_forms(db, seed, tasks=4, count=9)
    print(f"asyncpg {asyncpg.__version__}: all is right")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
