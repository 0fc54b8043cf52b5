"""A contact to write to, a relay that hands over, and a server that plays WAHA."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import attrs
import psycopg

from tests.support.constants import NOW, TENANT
from tests.support.keys import NEW
from tests.support.waha_server import Waha
from ventros import Database, UnitOfWork
from ventros.application.consumers import CONSUMERS, Means
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.messages.begin_send import BeginSend, BegunSend, begin_send
from ventros.application.messages.send_message import SendMessage, send_message
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.sends import Send
from ventros.demo.seed import Seed
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
from ventros.relay.addresses import AddressRules
from ventros.relay.crm import CrmConsumers
from ventros.relay.relay import Relay
from ventros.relay.waha import WahaGateway
from ventros.values import Phone

PHONE = Phone("+5511999990000")
CHAT = "5511999990000@c.us"
LATER = NOW + timedelta(minutes=1)
CONFIG = WahaConfig(base_url="https://waha.example", api_key="key", session_id="phone")
LOCAL = AddressRules(allow=["127.0.0.1"], http=True)
SENDER = next(one for one in CONSUMERS if one.name == "send_message")
DUE = "UPDATE outbox_queues SET due_at = now() WHERE due_at > now()"
STATES = """
SELECT m.text, m.status, m.metadata ? 'resent', m.channel_message_id,
       (SELECT count(*) FROM outbox_events e
         WHERE e.aggregate_id = m.id AND e.event_name = 'message.resent')
  FROM messages m WHERE m.from_me
"""


@attrs.frozen
class Sending:
    """``contact`` is one of the seed's project, whose channel leads to ``waha``."""

    db: Database[UnitOfWork]
    across: Database[KernelUnit]
    seed: Seed
    waha: Waha
    gateway: WahaGateway
    superuser: psycopg.Connection
    contact: Contact

    @property
    def means(self) -> Means:
        return Means(db=self.db, gateway=self.gateway, encryptor=NEW, clock=lambda: LATER)

    async def send(self, text: str | None = "hello", **changes: Any) -> Message:
        command = SendMessage(
            contact_id=self.contact.id, channel_id=self.seed.channel_id, text=text, sent_at=NOW, **changes
        )
        return await self.db.run(TENANT, lambda uow: send_message(uow, command))

    async def deliver(self, means: Means | None = None) -> Relay:
        """All that is due, and whatever waits for a lease or a pause."""
        self.superuser.execute(DUE)
        relay = Relay(self.across, [CrmConsumers(means or self.means, [SENDER])])
        await relay.drain()
        return relay

    async def stored(self, message: Message) -> Message:
        async with self.db.unit_of_work(TENANT) as uow:
            return await uow.messages.get(message.id)

    async def attempts(self, message: Message) -> list[Send]:
        async with self.db.unit_of_work(TENANT) as uow:
            return await uow.message_sends.find(message.id)

    def events(self, message: Message) -> list[str]:
        rows = self.superuser.execute(
            "SELECT event_name FROM outbox_events WHERE aggregate_id = %s ORDER BY position", [message.id]
        )
        return [name for (name,) in rows.fetchall()]

    def unsaid(self) -> list[str]:
        """Texts that went out more often than once, and the message does not say so."""
        out = Counter(body["text"] for body in self.waha.taken)
        said = {text: resent and told for text, _, resent, _, told in self.superuser.execute(STATES)}
        return [text for text, times in out.items() if times > 1 and not said[text]]


async def new_contact(db: Database[UnitOfWork], seed: Seed, phone: Phone = PHONE) -> Contact:
    return await db.run(
        TENANT,
        lambda uow: identify_contact(uow, seed.project_id, phone=phone, lid=None, name="Ada", now=NOW),
    )


async def queued(db: Database[UnitOfWork], seed: Seed, contact: Contact, **changes: Any) -> Message:
    command = SendMessage(
        contact_id=contact.id, channel_id=seed.channel_id, text="hello", sent_at=NOW, **changes
    )
    return await db.run(TENANT, lambda uow: send_message(uow, command))


async def begin(db: Database[UnitOfWork], message: Message, tenant: str = TENANT) -> BegunSend | None:
    command = BeginSend(message_id=message.id, encryptor=NEW, began_at=LATER)
    return await db.run(tenant, lambda uow: begin_send(uow, command))
