"""The same unit of work with the outbox and without it, with a relay at work, and with a NOTIFY in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import attrs

from bench.arms.arm import now
from bench.keys import Keys
from bench.server import TENANT
from ventros import Database, UnitOfWork
from ventros.kernel.connection.call import Call
from ventros.kernel.events import Envelope
from ventros.kernel.ids import new_id
from ventros.kernel.statements.checked import checked

CHANNEL = "ventros_bench"
NOTIFY = checked(
    "bench.notify",
    {"why": "wakes a reader with the commit", "rows": "one", "returns": "notified"},
    f"SELECT pg_notify('{CHANNEL}', '')::text AS notified",
    path=Path(__file__),
    line=1,
    in_catalogue=True,
)


class WithoutOutbox(UnitOfWork):
    """Its events are forgotten; its marker is written by itself."""

    def record(self, events: Iterable[Envelope]) -> None:
        """Keep none."""


@attrs.frozen(kw_only=True)
class OutboxArm:
    """``relayed``: in a database of its own, with a relay at work. ``notifies`` in the message of COMMIT."""

    name: str
    title: str
    unit: type[UnitOfWork] = UnitOfWork
    relayed: bool = False
    notifies: bool = False

    async def write(self, db: Database[UnitOfWork], keys: Keys) -> None:
        """Load a contact, change it, commit it with its event: two round trips."""
        async with db.unit_of_work(TENANT) as uow:
            contact = await uow.contacts.get(keys.draw())
            if self.notifies:
                uow.send_with_commit(Call(NOTIFY, ((),)))
            await uow.commit(contact.rename(f"Contact {new_id().hex[-12:]}", now=now()))


ARMS = (
    OutboxArm(name="off", title="no outbox", unit=WithoutOutbox),
    OutboxArm(name="on", title="outbox"),
    OutboxArm(name="relayed", title="outbox, a relay at work", relayed=True),
    OutboxArm(name="notify", title="outbox, NOTIFY in the transaction", notifies=True),
)
