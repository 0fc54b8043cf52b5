"""Only who carries out the present request is heard, and each thing that he tells once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import attrs
import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from ventros import Database, NotFound, UnitOfWork
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.values import (
    ChannelStatus,
    ChannelType,
    HistoryImportStatus,
    HistoryImportStrategy,
)
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
Answer = Callable[[Channel, str], Channel]


def requested(id_: str = "first") -> Channel:
    channel = Channel.create(
        user_id=uuid4(), project_id=uuid4(), tenant_id="acme", name="A", type=ChannelType.WAHA, now=NOW
    )
    enabled = channel.activate(now=NOW).enable_history_import(uuid4(), now=NOW)
    return request(enabled, id_)


def request(channel: Channel, id_: str) -> Channel:
    return channel.request_history_import(id_, HistoryImportStrategy.FULL, now=NOW).clear_events()


def start(channel: Channel, id_: str) -> Channel:
    return channel.start_history_import(correlation_id=id_, now=LATER)


def complete(channel: Channel, id_: str) -> Channel:
    return channel.complete_history_import(total=3, processed=3, failed=0, correlation_id=id_, now=LATER)


def fail(channel: Channel, id_: str) -> Channel:
    return channel.fail_history_import("no answer", correlation_id=id_, now=LATER)


def status(channel: Channel) -> HistoryImportStatus:
    return channel.history_import_status


@pytest.mark.parametrize(
    ("end", "ended"), [(complete, HistoryImportStatus.COMPLETED), (fail, HistoryImportStatus.FAILED)]
)
def test_a_request_is_started_and_ends_and_each_is_told_once(end: Answer, ended: HistoryImportStatus) -> None:
    asked = requested()
    assert status(asked) is HistoryImportStatus.IDLE
    running = start(asked, "first")
    assert running.is_importing
    assert start(running, "first") is running
    done = end(running, "first")
    assert status(done) is ended
    for late in (start, complete, fail):
        assert late(done, "first") is done


def test_what_ends_before_it_started_is_not_heard() -> None:
    asked = requested()
    for early in (complete, fail):
        assert early(asked, "first") is asked


@pytest.mark.parametrize("answer", [start, complete, fail])
def test_what_is_told_of_another_request_changes_nothing(answer: Answer) -> None:
    asked, running = requested(), start(requested(), "first")
    for channel in (asked, running):
        assert answer(channel, "other") is channel


@pytest.mark.parametrize("end", [complete, fail])
def test_a_new_request_is_started_though_the_one_before_has_ended(end: Answer) -> None:
    done = end(start(requested(), "first"), "first")
    again = request(done, "second")
    for late in (start, complete, fail):
        assert late(again, "first") is again
    assert start(again, "second").is_importing


@pytest.mark.parametrize("end", [complete, fail])
def test_what_has_ended_is_not_started_by_enabling_imports_anew(end: Answer) -> None:
    done = end(start(requested(), "first"), "first")
    enabled = done.enable_history_import(uuid4(), max_days=7, now=LATER)
    assert start(enabled, "first") is enabled


def test_what_was_requested_is_still_awaited_when_imports_are_enabled_anew() -> None:
    enabled = requested().enable_history_import(uuid4(), max_days=7, now=LATER)
    assert start(enabled, "first").is_importing


def test_an_import_that_was_disabled_meanwhile_is_not_started() -> None:
    disabled = requested().disable_history_import(now=NOW)
    with pytest.raises(InvariantViolation, match="disabled"):
        start(disabled, "first")


@pytest.mark.parametrize("failure", [None, "no session"])
@pytest.mark.parametrize("channel_status", list(ChannelStatus))
def test_an_activation_is_answered_while_it_is_awaited(
    channel_status: ChannelStatus, failure: str | None
) -> None:
    suspended = channel_status is ChannelStatus.SUSPENDED
    channel = attrs.evolve(
        requested(),
        status=channel_status,
        suspended_from=ChannelStatus.ACTIVATING if suspended else None,
    )
    answered = channel.answer_activation(failure=failure, now=LATER)
    if channel_status is not ChannelStatus.ACTIVATING:
        assert answered is channel
        return
    expected = ChannelStatus.ACTIVE if failure is None else ChannelStatus.INACTIVE
    assert (answered.status, answered.last_error) == (expected, failure)
    assert answered.answer_activation(failure=failure, now=LATER) is answered


async def test_all_of_it_is_applied_to_what_is_stored(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    """By ``apply``, as there is no more to it; an answer that is not heard writes nothing."""

    async def apply(command: Callable[..., Channel], *args: Any, **options: Any) -> Channel:
        return await db.run(
            TENANT, lambda uow: uow.channels.apply(seed.channel_id, command, *args, **options, now=NOW)
        )

    channel = await apply(Channel.deactivate)
    channel = await apply(Channel.request_activation)
    channel = await apply(Channel.answer_activation, failure="no session")
    assert (channel.status, channel.version) == (ChannelStatus.INACTIVE, 4)
    assert (await apply(Channel.answer_activation)).version == 4
    assert (await apply(Channel.start_history_import, correlation_id="other")).version == 4
    with pytest.raises(NotFound):
        await db.run(
            OTHER_TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.answer_activation, now=NOW)
        )
