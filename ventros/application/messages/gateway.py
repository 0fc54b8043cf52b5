"""What the CRM asks of a platform that messages are handed to, and what may come of it."""

from __future__ import annotations

from typing import Protocol

import attrs

from ventros.crm.channels.configs import WahaConfig
from ventros.crm.messages.values import ContentType
from ventros.kernel.errors import VentrosError


class PlatformUnavailable(VentrosError):
    """The platform surely did not take it, and may do so later."""

    retryable = True


class PlatformRefused(VentrosError):
    """The platform will never take it as it is."""


class PlatformUnanswered(VentrosError):
    """Whether the platform took it is not known: no answer came, or one that does not say."""

    retryable = True


@attrs.frozen(kw_only=True)
class Outgoing:
    """A message as the platform is to send it.

    ``session`` and ``chat_id`` are WAHA's names; ``reply_to`` is the whole id of the message that it answers.
    """

    config: WahaConfig
    session: str
    chat_id: str
    content_type: ContentType
    text: str | None
    media_url: str | None
    media_mimetype: str | None
    reply_to: str | None


class Gateway(Protocol):
    """The way to WAHA. Each call is bounded; it is made outside of any unit of work."""

    async def send(self, outgoing: Outgoing) -> str | None:
        """The bare id that the platform gave the message; None where it took it and told no id.

        Raises PlatformUnavailable, PlatformRefused, and PlatformUnanswered when it may have been sent.
        """

    async def find_profile_picture(self, config: WahaConfig, session: str, chat_id: str) -> str | None:
        """The address of the picture, if the contact shows one. Raises as :meth:`send`."""
