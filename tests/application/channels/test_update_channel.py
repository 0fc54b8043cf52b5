"""Several settings change in one version, and what is not named stays."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import OLD
from ventros import AlreadyExists, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.channels.update_channel import UpdateChannel, update_channel
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import TelegramConfig, WahaConfig
from ventros.crm.channels.values import ChannelType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id

CONFIG = WahaConfig(base_url="https://waha.example", api_key="some-key", session_id="moved")
ON: dict[str, Any] = {
    "ai_enabled": True,
    "ai_agents_enabled": True,
    "debounce_timeout_ms": 5000,
    "allow_groups": True,
    "tracking_enabled": True,
    "session_timeout_minutes": 60,
}


@pytest.fixture
async def pipeline(db: Database[UnitOfWork], seed: Seed) -> Pipeline:
    made = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name="Sales", now=NOW)
    stored: Pipeline = await db.run(TENANT, lambda uow: uow.pipelines.add(made))
    return stored


def command(seed: Seed, **changes: Any) -> UpdateChannel:
    return UpdateChannel(
        **{
            "project_id": seed.project_id,
            "channel_id": seed.channel_id,
            "updated_at": NOW,
            **changes,
        }
    )


async def run(db: Database[UnitOfWork], asked: UpdateChannel, tenant: str = TENANT) -> Channel:
    return await db.run(tenant, lambda uow: update_channel(uow, asked))


async def stored(db: Database[UnitOfWork], seed: Seed) -> Channel:
    async with db.unit_of_work(TENANT) as uow:
        return await uow.channels.get(seed.channel_id)


async def test_all_of_it_is_one_version(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline, superuser: psycopg.Connection
) -> None:
    asked = command(seed, name="Reception", config=CONFIG, encryptor=OLD, pipeline_id=pipeline.id, **ON)
    saved = await run(db, asked)
    assert saved == await stored(db, seed)
    assert (saved.version, saved.name, saved.external_id) == (2, "Reception", "moved")
    assert (saved.pipeline_id, saved.platform_config(OLD)) == (pipeline.id, CONFIG)
    assert {field: getattr(saved, field) for field in ON} == ON
    told = superuser.execute(
        "SELECT DISTINCT aggregate_version FROM outbox_events WHERE aggregate_id = %s ORDER BY 1",
        [seed.channel_id],
    ).fetchall()
    assert told == [(1,), (2,)]


async def test_false_zero_and_none_are_written(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline
) -> None:
    await run(db, command(seed, pipeline_id=pipeline.id, **ON))
    off: dict[str, Any] = {
        "ai_enabled": False,
        "ai_agents_enabled": False,
        "debounce_timeout_ms": 0,
        "allow_groups": False,
        "tracking_enabled": False,
        "session_timeout_minutes": None,
        "pipeline_id": None,
    }
    saved = await run(db, command(seed, **off))
    assert {field: getattr(saved, field) for field in off} == off
    assert saved == await stored(db, seed)


async def test_what_is_not_named_stays(db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline) -> None:
    before = await run(db, command(seed, pipeline_id=pipeline.id, **ON))
    saved = await run(db, command(seed, name="Reception"))
    assert saved == attrs.evolve(before, name="Reception", version=3)


async def test_what_it_has_already_is_not_written(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline
) -> None:
    before = await run(db, command(seed, pipeline_id=pipeline.id, **ON))
    assert await run(db, command(seed, pipeline_id=pipeline.id, **ON)) == before
    assert (await stored(db, seed)).version == 2


async def test_a_pipeline_that_it_keeps_may_be_deleted_meanwhile(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline
) -> None:
    """Saying again what is so asks for nothing new."""
    await run(db, command(seed, pipeline_id=pipeline.id))
    await db.run(TENANT, lambda uow: uow.pipelines.apply(pipeline.id, Pipeline.delete, now=NOW))
    saved = await run(db, command(seed, pipeline_id=pipeline.id, name="Reception"))
    assert (saved.pipeline_id, saved.name) == (pipeline.id, "Reception")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({}, "name"), ({"config": CONFIG}, "encryptor"), ({"channel_id": UUID(int=0)}, "channel_id")],
    ids=["nothing", "no encryptor", "nil"],
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
        ({"debounce_timeout_ms": 1}, "debounce_timeout_ms"),
        ({"debounce_timeout_ms": 1, "ai_enabled": True}, "debounce_timeout_ms"),
        ({"session_timeout_minutes": 1441}, "session_timeout_minutes"),
    ],
)
async def test_a_channel_that_cannot_be_stays_as_it_is(
    db: Database[UnitOfWork], seed: Seed, changes: dict[str, Any], field: str
) -> None:
    before = await stored(db, seed)
    with pytest.raises(ValidationError) as caught:
        await run(db, command(seed, allow_groups=True, **changes))
    assert caught.value.field == field
    assert await stored(db, seed) == before


async def test_the_config_of_another_type_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    telegram = TelegramConfig(bot_token="some-key", bot_id="bot-1")  # noqa: S106 - no secret
    with pytest.raises(InvariantViolation):
        await run(db, command(seed, config=telegram, encryptor=OLD))


async def test_an_id_that_another_channel_has_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    other = Channel.create(
        user_id=seed.user_id,
        project_id=seed.project_id,
        tenant_id=TENANT,
        name="Other",
        type=ChannelType.WAHA,
        external_id="moved",
        now=NOW,
    )
    await db.run(TENANT, lambda uow: uow.channels.add(other))
    with pytest.raises(AlreadyExists):
        await run(db, command(seed, config=CONFIG, encryptor=OLD))


async def test_what_is_not_there_is_named(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, pipeline: Pipeline
) -> None:
    for resource, asked, tenant in (
        ("channel", command(seed, name="X", channel_id=new_id()), TENANT),
        ("channel", command(seed, name="X", project_id=new_id()), TENANT),
        ("channel", command(seed, name="X"), OTHER_TENANT),
        ("pipeline", command(seed, pipeline_id=new_id()), TENANT),
        ("pipeline", command(other_seed, pipeline_id=pipeline.id), OTHER_TENANT),
    ):
        with pytest.raises(NotFound) as caught:
            await run(db, asked, tenant)
        assert caught.value.resource == resource


async def test_of_two_at_once_both_are_in(db: Database[UnitOfWork], seed: Seed) -> None:
    """The second one loaded the channel before the first one saved it; it is decided again."""
    conflicts = 0

    def conflict(_error: Exception, _attempt: int) -> None:
        nonlocal conflicts
        conflicts += 1

    async def slowly(uow: UnitOfWork) -> Channel:
        get = uow.channels.get

        async def get_then_come_between(*args: Any, **options: Any) -> Channel:
            channel = await get(*args, **options)
            if conflicts == 0:
                await run(db, command(seed, name="Reception"))
            return channel

        uow.channels.get = get_then_come_between  # type: ignore[method-assign]
        return await update_channel(uow, command(seed, allow_groups=True))

    saved = await db.run(TENANT, slowly, on_conflict=conflict)
    assert conflicts == 1
    assert (saved.name, saved.allow_groups, saved.version) == ("Reception", True, 3)


async def test_its_new_pipeline_is_held_until_it_is_stored(
    db: Database[UnitOfWork], seed: Seed, pipeline: Pipeline
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await update_channel(uow, command(seed, pipeline_id=pipeline.id))
        deletion = asyncio.create_task(
            db.run(TENANT, lambda other: other.pipelines.apply(pipeline.id, Pipeline.delete, now=NOW))
        )
        await asyncio.wait([deletion], timeout=0.3)
        assert not deletion.done(), "it does not wait"
        await uow.commit()
    await deletion
