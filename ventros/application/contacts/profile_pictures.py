"""A contact's picture comes from its platform: asked for in no unit of work, and kept in one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.messages.gateway import Gateway
from ventros.application.messages.outbound import find_outbound, waha_access
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel import validators
from ventros.kernel.database import Database
from ventros.kernel.encryption import Encryptor
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class FetchProfilePicture:
    """``channel_id`` is the channel that is asked; ``encryptor`` reads its keys."""

    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID = attrs.field(validator=validators.not_nil)
    encryptor: Encryptor
    fetched_at: datetime = attrs.field(validator=validators.aware)


async def fetch_profile_picture(
    db: Database[UnitOfWork], gateway: Gateway, tenant: str, command: FetchProfilePicture
) -> Contact | None:
    """The contact as it is stored; None where the platform shows no picture, and nothing is changed.

    Raises NotFound for a contact or channel that is not there, InvariantViolation for a channel that is not
    active or not configured, and what ``gateway`` raises. It may be tried again at any time.
    """

    async def access(uow: UnitOfWork) -> tuple[WahaConfig, str, str]:
        found = await find_outbound(
            uow, command.channel_id, command.contact_id, reply_to_id=None, agent_id=None
        )
        channel = await uow.channels.get(command.channel_id)
        return *waha_access(channel, command.encryptor), found.chat_id

    url = await gateway.find_profile_picture(*await db.run(tenant, access))
    if url is None:
        return None
    return await db.run(
        tenant,
        lambda uow: uow.contacts.apply(
            command.contact_id, Contact.set_profile_picture, url, now=command.fetched_at
        ),
    )
