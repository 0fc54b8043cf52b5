"""All that a message to a contact has to know first, read in one round trip."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from ventros.application.messages.find_inbound import active_session
from ventros.crm.agents.values import RESERVED_IDS
from ventros.crm.channels import mapper as channel_mapper
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.channels.inbound import InboundChannel
from ventros.crm.channels.repository import ChannelRepository
from ventros.crm.channels.values import ChannelStatus
from ventros.crm.contacts import mapper as contact_mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import Session
from ventros.kernel.encryption import Encryptor
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.unit_of_work import UnitOfWork

# The parts of a row of channels.find_outbound.
_CHANNEL: Final = slice(len(attrs.fields(InboundChannel)))
_FOUND: Final = slice(_CHANNEL.stop, _CHANNEL.stop + 3)
_CONTACT: Final = slice(_FOUND.stop, _FOUND.stop + len(contact_mapper.COLUMNS))
_SESSION: Final = slice(_CONTACT.stop, None)


@attrs.frozen(kw_only=True)
class Outbound:
    """``session`` is the contact's active one, on the channel's type, ``lid`` what WhatsApp knows it by."""

    channel: InboundChannel
    contact: Contact
    lid: str | None
    session: Session | None

    @property
    def chat_id(self) -> str:
        """As WAHA names the one-to-one chat."""
        phone = self.contact.phone
        return f"{self.lid}@lid" if phone is None else f"{phone.value.lstrip('+')}@c.us"


async def find_outbound(
    uow: UnitOfWork, channel_id: UUID, contact_id: UUID, *, reply_to_id: UUID | None, agent_id: UUID | None
) -> Outbound:
    """Raises NotFound for what is not there, and for a message that is not in this conversation.

    InvariantViolation for a channel that does not send, and a contact that it has no address of.
    """
    args = (uow.tenant, channel_id, contact_id, reply_to_id, agent_id)
    rows = await uow.connection.many(ChannelRepository.FIND_OUTBOUND, *args)
    if not rows:
        raise NotFound("channel", channel_id)
    channel = channel_mapper.inbound_from_row(rows[0][_CHANNEL])
    require_sending(channel)
    quoted, has_agent, lid = rows[0][_FOUND]
    columns = rows[0][_CONTACT]
    if columns[0] is None:
        raise NotFound("contact", contact_id)
    contact = uow.contacts.read(columns)
    if contact.phone is None and lid is None:
        raise InvariantViolation(f"contact {contact_id} has neither phone nor LID: give it a phone first")
    if reply_to_id is not None and not quoted:
        raise NotFound("message", reply_to_id)
    if agent_id is not None and agent_id not in RESERVED_IDS and not has_agent:
        raise NotFound("agent", agent_id)
    session = active_session(uow, [row[_SESSION] for row in rows], contact, channel)
    return Outbound(channel=channel, contact=contact, lid=lid, session=session)


def require_sending(channel: InboundChannel) -> None:
    """Raises InvariantViolation."""
    if channel.status is not ChannelStatus.ACTIVE:
        raise InvariantViolation(f"channel {channel.id} is {channel.status}, not active: it sends nothing")
    if not channel.type.is_waha_based:
        raise InvariantViolation(f"channel {channel.id} is of type {channel.type}: only WAHA's send as yet")


def waha_access(channel: Channel, encryptor: Encryptor) -> tuple[WahaConfig, str]:
    """How its server is reached, and the name of its session there.

    Raises InvariantViolation where something of it is missing, and what ``encryptor`` raises.
    """
    try:
        config = channel.platform_config(encryptor)
    except ValidationError as error:
        raise InvariantViolation(f"channel {channel.id} has no way to its platform: {error}") from error
    session = channel.external_id
    if not isinstance(config, WahaConfig) or session is None:
        raise InvariantViolation(f"channel {channel.id} has no session on a WAHA server")
    return config, session
