"""Cases of channels."""

from __future__ import annotations

import attrs

from tests.support.constants import NOW
from tests.support.keys import OLD
from tests.support.use_cases import Work, World, case
from ventros.application.channels.create_channel import CreateChannel, create_channel
from ventros.application.channels.update_channel import UpdateChannel, update_channel
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.channels.values import ChannelType
from ventros.crm.pipelines.aggregate import Pipeline


async def _pipeline(world: World) -> Pipeline:
    pipeline = Pipeline.create(
        project_id=world.seed.project_id, tenant_id=world.tenant, name="Sales", now=NOW
    )
    (stored,) = await world.add(pipeline)
    assert isinstance(stored, Pipeline)
    return stored


@case("create_channel", "with a pipeline, a webhook and keys")
async def _create(world: World) -> Work:
    pipeline = await _pipeline(world)
    command = CreateChannel(
        project_id=world.seed.project_id,
        name="Back office",
        type=ChannelType.WAHA,
        config=WahaConfig(
            base_url="https://waha.example", api_key="some-key", session_id=f"second-{world.number}"
        ),
        encryptor=OLD,
        webhook_base="https://crm.example/webhook",
        pipeline_id=pipeline.id,
        created_at=NOW,
    )
    return lambda uow: create_channel(uow, command)


@case("create_channel", "of the project alone")
async def _create_plain(world: World) -> Work:
    command = CreateChannel(
        project_id=world.seed.project_id, name="Form", type=ChannelType.WEB_FORM, created_at=NOW
    )
    return lambda uow: create_channel(uow, command)


@case("update_channel", "of several settings")
async def _update(world: World) -> Work:
    command = UpdateChannel(
        project_id=world.seed.project_id,
        channel_id=world.seed.channel_id,
        name="Front office",
        ai_enabled=True,
        ai_agents_enabled=True,
        debounce_timeout_ms=5000,
        updated_at=NOW,
    )
    renamed = attrs.evolve(command, name="Reception")
    world.rival = lambda uow: update_channel(uow, renamed)
    return lambda uow: update_channel(uow, command)


@case("update_channel", "with its pipeline")
async def _update_pipeline(world: World) -> Work:
    pipeline = await _pipeline(world)
    command = UpdateChannel(
        project_id=world.seed.project_id,
        channel_id=world.seed.channel_id,
        pipeline_id=pipeline.id,
        updated_at=NOW,
    )
    world.rival = lambda uow: uow.pipelines.apply(pipeline.id, Pipeline.delete, now=NOW)
    return lambda uow: update_channel(uow, command)
