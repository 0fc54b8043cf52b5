"""A channel is whole in its first save: one version, one row in the directory."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import OLD
from tests.support.stored import count
from ventros import AlreadyExists, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.channels.create_channel import CreateChannel, create_channel
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import TelegramConfig, WahaConfig
from ventros.crm.channels.repository import find_route
from ventros.crm.channels.values import ChannelStatus, ChannelType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.pipelines.repository import PipelineRepository
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id

KEY = "some-key"
CONFIG = WahaConfig(base_url="https://waha.example", api_key=KEY, session_id="back-office")
TELEGRAM = TelegramConfig(bot_token=KEY, bot_id="bot-1")


@pytest.fixture
async def pipeline(db: Database[UnitOfWork], seed: Seed) -> Pipeline:
    made = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name="Sales", now=NOW)
    stored: Pipeline = await db.run(TENANT, lambda uow: uow.pipelines.add(made))
    return stored


def command(seed: Seed, **changes: Any) -> CreateChannel:
    base = CreateChannel(
        project_id=seed.project_id,
        name="Back office",
        type=ChannelType.WAHA,
        config=CONFIG,
        encryptor=OLD,
        created_at=NOW,
    )
    return attrs.evolve(base, **changes)


async def run(db: Database[UnitOfWork], asked: CreateChannel, tenant: str = TENANT) -> Channel:
    return await db.run(tenant, lambda uow: create_channel(uow, asked))


def channels(superuser: psycopg.Connection) -> int:
    return count(superuser, "SELECT count(*) FROM channels")


async def test_what_is_returned_is_what_is_stored_in_one_version(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline, superuser: psycopg.Connection
) -> None:
    asked = command(
        seed,
        webhook_base="https://crm.example/webhook/",
        pipeline_id=pipeline.id,
        session_timeout_minutes=60,
        ai_enabled=True,
        ai_agents_enabled=True,
        debounce_timeout_ms=300_000,
        allow_groups=True,
        tracking_enabled=True,
    )
    made = await run(db, asked)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.channels.get(made.id) == made
    assert (made.version, made.status, made.user_id) == (1, ChannelStatus.INACTIVE, seed.user_id)
    url = f"https://crm.example/webhook/{made.webhook_id}"
    assert (made.webhook_url, made.webhook_configured_at, made.webhook_active) == (url, NOW, True)
    assert (made.pipeline_id, made.session_timeout_minutes) == (pipeline.id, 60)
    assert (made.ai_enabled, made.ai_agents_enabled, made.debounce_timeout_ms) == (True, True, 300_000)
    assert (made.allow_groups, made.tracking_enabled) == (True, True)
    assert made.external_id == "back-office"
    assert made.platform_config(OLD) == attrs.evolve(CONFIG, webhook_url=url)
    route = await find_route(db, made.webhook_id, "waha", "back-office")
    assert route is not None
    assert route.channel_id == made.id
    events = superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events WHERE aggregate_id = %s ORDER BY position",
        [made.id],
    ).fetchall()
    assert events[0] == ("channel.created", 1)
    assert {version for _, version in events} == {1}
    assert ("channel.pipeline.associated", 1) in events


async def test_by_default_nothing_is_told_but_the_creation(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    made = await run(db, command(seed))
    assert (made.debounce_timeout_ms, made.ai_agents_enabled, made.webhook_url) == (15_000, False, None)
    told = superuser.execute(
        "SELECT event_name, payload ->> 'external_id' FROM outbox_events WHERE aggregate_id = %s", [made.id]
    ).fetchall()
    assert told == [("channel.created", "back-office")]


async def test_its_keys_are_stored_encrypted_alone(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    made = await run(db, command(seed))
    row = superuser.execute("SELECT to_jsonb(c)::text FROM channels c WHERE id = %s", [made.id]).fetchone()
    told = superuser.execute("SELECT string_agg(payload::text, '') FROM outbox_events").fetchone()
    assert row is not None
    assert told is not None
    assert KEY not in row[0] + told[0] + repr(command(seed))


async def test_a_channel_whose_session_the_service_makes_is_connecting(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    made = await run(db, command(seed, type=ChannelType.WHATSAPP_BUSINESS, config=None, encryptor=None))
    assert (made.status, made.external_id) == (ChannelStatus.CONNECTING, f"channel-{made.id}")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"debounce_timeout_ms": 1}, "debounce_timeout_ms"),
        ({"debounce_timeout_ms": 1, "ai_enabled": True}, "debounce_timeout_ms"),
        ({"type": "fax"}, "type"),
        ({"project_id": UUID(int=0)}, "project_id"),
    ],
)
async def test_a_command_that_cannot_be_is_refused(seed: Seed, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        command(seed, **changes)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"ai_agents_enabled": True}, "ai_agents_enabled"),
        ({"debounce_timeout_ms": 300_001, "ai_enabled": True, "ai_agents_enabled": True}, None),
        ({"session_timeout_minutes": 0}, "session_timeout_minutes"),
        ({"session_timeout_minutes": 1441}, "session_timeout_minutes"),
        ({"encryptor": None}, "config"),
        ({"webhook_base": "https://user:key@crm.example"}, "webhook_url"),
    ],
)
async def test_a_channel_that_cannot_be_leaves_nothing(
    db: Database[UnitOfWork],
    seed: Seed,
    superuser: psycopg.Connection,
    changes: dict[str, Any],
    field: str | None,
) -> None:
    with pytest.raises(ValidationError) as caught:
        await run(db, command(seed, **changes))
    assert field is None or caught.value.field == field
    assert channels(superuser) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"config": TELEGRAM},
        {"type": ChannelType.TELEGRAM, "config": TELEGRAM, "webhook_base": "https://crm.example"},
    ],
    ids=["config of another type", "webhook of a channel without"],
)
async def test_what_its_type_does_not_have_is_refused(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvariantViolation):
        await run(db, command(seed, **changes))
    assert channels(superuser) == 1


async def test_what_is_not_there_is_named(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline, superuser: psycopg.Connection
) -> None:
    gone = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name="Gone", now=NOW)
    stored = await db.run(TENANT, lambda uow: uow.pipelines.add(gone))
    await db.run(TENANT, lambda uow: uow.pipelines.save(stored.delete(now=NOW)))
    for resource, changes in (
        ("project", {"project_id": new_id()}),
        ("pipeline", {"pipeline_id": new_id()}),
        ("pipeline", {"pipeline_id": gone.id}),
    ):
        with pytest.raises(NotFound) as caught:
            await run(db, command(seed, **changes))
        assert caught.value.resource == resource
    assert channels(superuser) == 1


async def test_another_tenant_finds_neither_project_nor_pipeline(
    db: Database[UnitOfWork],
    seed: Seed,
    other_seed: Seed,
    pipeline: Pipeline,
    superuser: psycopg.Connection,
) -> None:
    for asked in (command(seed), command(other_seed, pipeline_id=pipeline.id)):
        with pytest.raises(NotFound):
            await run(db, asked, OTHER_TENANT)
    assert channels(superuser) == 2


async def test_an_id_on_the_platform_is_taken_once_in_a_tenant(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    await run(db, command(seed))
    with pytest.raises(AlreadyExists):
        await run(db, command(seed, name="Twin"))
    await run(db, command(other_seed), OTHER_TENANT)
    assert channels(superuser) == 4


async def _deleted_meanwhile(db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline) -> bool:
    """Whether the deletion of the pipeline waited for the channel that was given it."""
    async with db.unit_of_work(TENANT) as uow:
        await create_channel(uow, command(seed, pipeline_id=pipeline.id))
        deletion = asyncio.create_task(
            db.run(TENANT, lambda other: other.pipelines.apply(pipeline.id, Pipeline.delete, now=NOW))
        )
        await asyncio.wait([deletion], timeout=0.3)
        waited = not deletion.done()
        await uow.commit()
    await deletion
    return waited


async def test_its_pipeline_is_held_until_it_is_stored(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline
) -> None:
    assert await _deleted_meanwhile(db, seed, pipeline)


async def test_control_without_the_lock_it_is_deleted_in_between(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = PipelineRepository.get

    async def get_without_lock(self: Any, id_: UUID, **_options: Any) -> Any:
        return await get(self, id_)

    monkeypatch.setattr(PipelineRepository, "get", get_without_lock)
    assert not await _deleted_meanwhile(db, seed, pipeline)
