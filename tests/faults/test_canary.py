"""Secrets are put where secrets are, everything is tried and everything is looked through: none is seen."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import click
import psycopg
import pytest
from click.testing import CliRunner

from tests.support.canary import KEY, TOKENS, VALUE, Seen, all_logs
from tests.support.constants import NOW, TENANT
from ventros import Database, Settings, Telemetry, UnitOfWork
from ventros.cli import main
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import TelegramConfig, WahaConfig, WhatsAppConfig
from ventros.crm.channels.values import ChannelType
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import CredentialType
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.encryption import KeyRing, Secret
from ventros.kernel.errors import VentrosError
from ventros.kernel.statements.checked import one_off
from ventros.statements import statement

RING = KeyRing(writer="canary", keys={"canary": Secret(KEY)})
OTHER = KeyRing(writer="canary", keys={"canary": bytes(32)})
FEW = KeyRing(writer="other", keys={"other": bytes(32)})
SECRETS = [*TOKENS.values(), KEY]
T = {kind: Secret(token) for kind, token in TOKENS.items()}
SLEEP = one_off("SELECT pg_sleep(5)::text AS said, $1 AS value", params="value text", rows="one",
                returns="said text, value text")
CAST = one_off("SELECT $1::text::integer AS value", params="value text", rows="one", returns="value")
APART = {
    *("demo", "dev", "bench", "sync", "sql plans", "migrate schema"),  # on servers of their own
    *("migrate checksums", "new application", "new aggregate", "sql ls", "sql show", "sql shapes", "sql lint"),
    *("sql grants", "migrate rollback"),  # of code and files, or gone with all that was stored
}
"""Commands that come by none of these secrets. The rest is run."""


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
    hook = WebhookSubscription.create(
        **owned, name=VALUE, url=url(), events=["*"], encryptor=RING, now=NOW
    )
    hook = hook.set_secret(T["signature"], encryptor=RING, now=NOW)
    hook = hook.set_headers({"X-Key": T["header"]}, encryptor=RING, now=NOW)
    configs = {
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
        seen.add("reprs", one, repr(one), f"{one}", "%s %r" % (one, one), [one], {"one": one})
        logger.debug("given %s %r", one, [one], extra={"given": one})
    for aggregate in aggregates[:-1]:
        seen.add("reprs of aggregates", aggregate, repr(aggregate))
        seen.add("events", *(event.payload() for event in aggregate.domain_events))
        logger.info("%r", aggregate)


async def provoke(seen: Seen, work: Callable[[], Awaitable[object]]) -> type[BaseException] | None:
    try:
        await work()
    except VentrosError as error:
        logging.getLogger("a.service").exception("it failed")
        seen.error(error)
        return type(error)
    return None


async def every_error(
    db: Database[UnitOfWork], superuser: psycopg.Connection, seed: Seed, seen: Seen, stored: list[Any]
) -> set[str]:
    credential, hook, waha, *_ = stored

    async def in_unit(work: Callable[[UnitOfWork], Awaitable[object]]) -> None:
        async with db.unit_of_work(TENANT) as uow:
            await work(uow)
            await uow.commit()

    async def twice(uow: UnitOfWork) -> object:
        return await uow.credentials.add(made(seed)[0])

    async def unchecked(uow: UnitOfWork) -> object:
        spoiled = attrs.evolve(made(seed)[1], origin=VALUE)
        return await uow.webhook_subscriptions.add(spoiled)

    async def mistyped(uow: UnitOfWork) -> object:
        return await uow.connection.maybe(statement("credentials.get"), TENANT, TOKENS["credential"])

    async def uncast(uow: UnitOfWork) -> object:
        return await uow.connection.one(CAST, TOKENS["credential"])

    async def slow(uow: UnitOfWork) -> object:
        return await uow.connection.one(SLEEP, VALUE)

    async def ended(uow: UnitOfWork) -> object:
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ventros_app'")
        return await uow.credentials.get(credential.id)

    async def stale(uow: UnitOfWork) -> object:
        await uow.credentials.save(credential.set_secret(T["access"], encryptor=RING, now=NOW))
        return await uow.credentials.save(credential.set_secret(T["access"], encryptor=RING, now=NOW))

    async def load(uow: UnitOfWork) -> object:
        return await uow.credentials.get(credential.id)

    met = {await provoke(seen, lambda work=work: in_unit(work)) for work in  # type: ignore[misc]
           (twice, unchecked, mistyped, uncast, slow, ended, stale)}
    async def call(work: Callable[[], object]) -> None:
        work()

    faulty: list[Callable[[], object]] = [
        lambda: credential.decrypt(OTHER),
        lambda: credential.decrypt(FEW),
        lambda: hook.plain_headers(OTHER),
        lambda: waha.platform_config(FEW),
        lambda: attrs.evolve(credential, secret=credential.oauth.access).decrypt(RING),
        lambda: hook.set_url(Secret(f"ftp://{TOKENS['path']}"), encryptor=RING, now=NOW),
        lambda: hook.set_url(Secret(f"https://h:{TOKENS['path']}"), encryptor=RING, now=NOW),
        lambda: hook.set_headers({"X": Secret(f"{TOKENS['header']}\n")}, encryptor=RING, now=NOW),
        lambda: credential.set_secret(Secret(f"{TOKENS['credential']}\ud83d"), encryptor=RING, now=NOW),
    ]
    met |= {await provoke(seen, lambda work=work: call(work)) for work in faulty}  # type: ignore[misc]
    for table, column, check, token in (
        ("credentials", "secret", "credentials_encrypted_check", TOKENS["credential"]),
        ("credentials", "credential_type", "credentials_type_check", VALUE),
    ):
        superuser.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")  # noqa: S608  # type: ignore[arg-type]
        (kept,) = superuser.execute(f"SELECT {column} FROM {table}").fetchone()  # type: ignore  # noqa: S608
        spoil = f"UPDATE {table} SET {column} = %s, version = version + 1"  # noqa: S608
        superuser.execute(spoil, [token])  # type: ignore[arg-type]
        met.add(await provoke(seen, lambda: in_unit(load)))
        superuser.execute(spoil, [kept])  # type: ignore[arg-type]
    print(f"errors met: {sorted(kind.__name__ for kind in met if kind)}")
    return {kind.__name__ for kind in met if kind}
