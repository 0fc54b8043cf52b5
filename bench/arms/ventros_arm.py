"""(a) Ventros, in each of the forms that ``OURS`` lists: the one place where they are defined."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from bench.arms.arm import ALL, PAGE, TEXT, Arm, now, phone
from bench.server import TENANT
from ventros import Database, Settings, UnitOfWork
from ventros.application.messages.inbound import Party
from ventros.application.messages.process_inbound_message import (
    InboundMessage,
    StoredMessage,
    process_inbound_message,
)
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.values import ContentType
from ventros.kernel.ids import new_id

Write = Callable[..., Awaitable[Sequence[Contact]]]
"""Of a unit of work and its changed contacts: writes and commits them, returns them as stored."""


async def save_and_commit(uow: UnitOfWork, *changed: Contact) -> Sequence[Contact]:
    """As the README shows it."""
    saved = await uow.save_all(*changed) if len(changed) > 1 else [await uow.contacts.save(*changed)]
    await uow.commit()
    return saved


async def commit_at_once(uow: UnitOfWork, *changed: Contact) -> Sequence[Contact]:
    """The writes in the message of COMMIT."""
    return await uow.commit(*changed)


class Ventros(Arm):
    """``settings`` are those that differ from a form without."""

    operations = ALL
    write: ClassVar[Write]
    settings: ClassVar[Mapping[str, Any]]

    async def open(self) -> None:
        settings = Settings(min_size=self.size, max_size=self.size, **self.settings)
        self.db = await Database.open(UnitOfWork, self.dsn, settings)

    async def close(self) -> None:
        await self.db.close()

    async def load(self, id: UUID) -> Contact:  # noqa: A002
        async with self.db.unit_of_work(TENANT) as uow:
            return await uow.contacts.get(id)

    async def get(self, worker: int) -> None:
        async with self.db.unit_of_work(TENANT) as uow:
            await uow.contacts.get(self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        contact: Contact = self.held[self.keys[worker].next_held()]
        async with self.db.unit_of_work(TENANT) as uow:
            (saved,) = await self.write(uow, contact.rename(self.new_name(), now=now()))
        self.held[saved.id] = saved

    async def unit_of_work(self, worker: int) -> None:
        async with self.db.unit_of_work(TENANT) as uow:
            contact = await uow.contacts.get(self.keys[worker].draw())
            await self.write(uow, contact.rename(self.new_name(), now=now()))

    async def process_inbound_message(self, worker: int) -> None:
        message = InboundMessage(
            channel_message_id=str(new_id()),
            contact=Party(phone=phone(self.keys[worker].number())),
            content_type=ContentType.TEXT,
            text=TEXT,
            received_at=now(),
        )
        stored = await self.db.run(TENANT, lambda uow: process_inbound_message(uow, self.channel_id, message))
        if not isinstance(stored, StoredMessage):
            raise RuntimeError("the message was taken for a duplicate")  # noqa: TRY004 - no caller's fault

    async def save_all(self, worker: int) -> None:
        """A hundred contacts in one unit of work."""
        renamed = [self.held[id_].rename(self.new_name(), now=now()) for id_ in self.keys[worker].batch]
        async with self.db.unit_of_work(TENANT) as uow:
            saved = await self.write(uow, *renamed)
        self.held.update((contact.id, contact) for contact in saved)

    async def list_page(self, worker: int) -> None:
        async with self.db.unit_of_work(TENANT) as uow:
            page = await uow.contacts.page(limit=PAGE)
        if len(page.items) != PAGE:
            raise RuntimeError("the page is not full")


def form(name: str, title: str, write: Write = commit_at_once, **settings: Any) -> type[Ventros]:
    """An arm: ``write`` is how a change is stored, ``settings`` go to :class:`ventros.Settings`."""
    return type(
        title, (Ventros,), {"name": name, "title": title, "write": staticmethod(write), "settings": settings}
    )


OURS: tuple[type[Ventros], ...] = (
    form("ventros", "Ventros"),
    form("ventros-save", "Ventros, save then commit", save_and_commit),
    form("ventros-apart", "Ventros without pipelining", save_and_commit, pipelining=False),
)
"""A form a line. Each is an arm of overhead, peers and latency; the first is what peers are compared with."""
