"""Aggregates that hold tokens wherever they hold a secret, and all that is printed of them."""

from __future__ import annotations

import logging
from typing import Any

from tests.support.canary import KEY, TOKENS, VALUE, Seen
from tests.support.constants import NOW
from ventros import Settings
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import PlatformConfig, TelegramConfig, WahaConfig, WhatsAppConfig
from ventros.crm.channels.values import ChannelType
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import CredentialType
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.demo.seed import Seed
from ventros.kernel.encryption import KeyRing, Secret

RING = KeyRing(writer="canary", keys={"canary": Secret(KEY)})
OTHER = KeyRing(writer="canary", keys={"canary": bytes(32)})
T = {kind: Secret(token) for kind, token in TOKENS.items()}


def url(host: str = "hook.example") -> Secret[str]:
    return Secret(f"https://u:{TOKENS['userinfo']}@{host}/{TOKENS['path']}?key={TOKENS['query']}")


def made(seed: Seed) -> list[Any]:
    """An aggregate of each kind that holds secrets, with all that it can hold, and VALUE in open columns."""
    owner: dict[str, Any] = {"project_id": seed.project_id, "tenant_id": seed.tenant}
    owned = owner | {"user_id": seed.user_id}
    credential = Credential.create(
        tenant_id=seed.tenant,
        credential_type=CredentialType.META_ADS,
        name=VALUE,
        secret=T["credential"],
        encryptor=RING,
        now=NOW,
    ).set_oauth_token(T["access"], T["refresh"], expires_in=60, encryptor=RING, now=NOW)
    hook = WebhookSubscription.create(**owned, name=VALUE, url=url(), events=["*"], encryptor=RING, now=NOW)
    hook = hook.set_secret(T["signature"], encryptor=RING, now=NOW)
    hook = hook.set_headers({"X-Key": T["header"]}, encryptor=RING, now=NOW)
    configs: dict[ChannelType, PlatformConfig] = {
        ChannelType.WAHA: WahaConfig(
            base_url="https://w.example", api_key=T["waha"], token=T["token"], session_id="canary"
        ),
        ChannelType.WHATSAPP: WhatsAppConfig(
            access_token=T["cloud"], phone_number_id="1", verify_token=T["verify"]
        ),
        ChannelType.TELEGRAM: TelegramConfig(bot_token=T["bot"], bot_id="1"),
    }
    channels = [
        Channel.create(**owned, name=VALUE, type=kind, config=config, encryptor=RING, now=NOW)
        for kind, config in configs.items()
    ]
    contact = Contact.create(**owner, name=VALUE, now=NOW)
    return [credential, hook, *channels, contact]


def show(seen: Seen, aggregates: list[Any]) -> None:
    """What is printed of aggregates, of what they hold and give out, and of what gave it."""
    credential, hook, waha, cloud, bot, _ = aggregates
    given = [
        *(credential.decrypt(RING), credential.access_token(RING), credential.refresh_token(RING)),
        *(hook.plain_url(RING), hook.plain_secret(RING), hook.plain_headers(RING)),
        *(channel.platform_config(RING) for channel in (waha, cloud, bot)),
        *(RING, OTHER, Settings(password=Secret(TOKENS["credential"]).reveal)),
    ]
    logger = logging.getLogger("a.service")
    for one in given:
        seen.add("reprs", one, repr(one), f"{one}", [one], {"one": one})
        logger.debug("given %s %r", one, [one], extra={"given": one})
    for aggregate in aggregates[:-1]:
        seen.add("reprs of aggregates", aggregate, repr(aggregate))
        seen.add("events", *(event.payload() for event in aggregate.domain_events))
