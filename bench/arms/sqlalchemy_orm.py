"""SQLAlchemy's asynchronous ORM with ``version_id_col``, one AsyncSession for each unit of work."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bench.arms.arm import Arm, event_row, now, renamed
from bench.arms.sqlalchemy_models import SET_TENANT, Contact, OutboxEvent, engine
from bench.server import TENANT


class SqlalchemyOrm(Arm):
    name = "sqlalchemy-orm"
    title = "SQLAlchemy ORM"
    notes = (
        (
            "SQLAlchemy ORM: versions by version_id_col; the tenant is set by a statement of its own; "
            "StaleDataError does not say which version is stored."
        ),
    )

    async def open(self) -> None:
        self.engine = engine(self.dsn, self.size)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    async def close(self) -> None:
        await self.engine.dispose()

    async def fetch(self, session: AsyncSession, id_: UUID) -> Contact:
        await session.execute(SET_TENANT, {"tenant": TENANT})
        return await session.get_one(Contact, (TENANT, id_))

    async def load(self, id: UUID) -> Contact:  # noqa: A002 - the field's name everywhere
        async with self.sessions() as session:
            return await self.fetch(session, id)

    async def get(self, worker: int) -> None:
        async with self.sessions() as session:
            await self.fetch(session, self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        contact = self.held[self.keys[worker].next_held()]
        async with self.sessions.begin() as session:
            await session.execute(SET_TENANT, {"tenant": TENANT})
            session.add(contact)
            self.rename(session, contact)

    async def unit_of_work(self, worker: int) -> None:
        async with self.sessions.begin() as session:
            contact = await self.fetch(session, self.keys[worker].draw())
            self.rename(session, contact)

    def rename(self, session: AsyncSession, contact: Contact) -> None:
        name, at = self.new_name(), now()
        payload = renamed(contact.id, TENANT, contact.name, name)
        contact.name, contact.updated_at = name, at
        session.add(OutboxEvent(**event_row(contact.id, contact.version + 1, payload, at, TENANT)))
