"""A command takes effect in its channel's tenant, through conflicts and losses of the connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, Final

import attrs

from ventros.application.messages.edit_message import MessageEdit, edit_message
from ventros.application.messages.existing_messages import ChangeResult
from ventros.application.messages.process_inbound_message import (
    Duplicate,
    InboundMessage,
    StoredMessage,
    process_inbound_message,
)
from ventros.application.messages.react_to_message import MessageReaction, react_to_message
from ventros.application.messages.record_message_ack import AckResult, MessageAck, record_message_ack
from ventros.application.messages.record_poll_vote import PollVote, record_poll_vote
from ventros.application.messages.revoke_message import MessageRevocation, revoke_message
from ventros.ingest.delivery import Command, Delivery, RejectedLine
from ventros.ingest.routes import Routes
from ventros.ingest.tally import Tally
from ventros.kernel.database import Database
from ventros.kernel.errors import (
    CommitInDoubt,
    ConnectionLost,
    OperationTimeout,
    ServerReadOnly,
    VentrosError,
)
from ventros.kernel.outcome import CommitMarker, Outcome
from ventros.kernel.retry import Retry
from ventros.unit_of_work import UnitOfWork

RETRY: Final = Retry(attempts=50)
"""An event is given up, into the rejects, only when 50 runs of its use case met a conflict."""
LOSSES: Final = 5
"""An event that lost its connection so often, on a server that is there, is what the server cannot bear."""
PATIENCE: Final = 30.0
"""Seconds without an answer of the server after which it counts as lost, unless told otherwise."""
_PAUSE: Final = 0.2
_ASKING: Final = 2.0
"""Seconds for one look at what became of a commit."""

UseCase = Callable[[UnitOfWork, Any, Any], Awaitable[Any]]
_USE_CASES: Final[dict[type[Command], UseCase]] = {
    InboundMessage: process_inbound_message,
    MessageAck: record_message_ack,
    MessageEdit: edit_message,
    MessageRevocation: revoke_message,
    MessageReaction: react_to_message,
    PollVote: record_poll_vote,
}


class Effect(Enum):
    """What became of a command. UNKNOWN: it may have one later, when the message that it names is there."""

    MESSAGE = "a new message"
    CHANGE = "a change of a message"
    DUPLICATE = "duplicate"
    NONE = "none"
    UNKNOWN = "unknown"


_EFFECTS: Final = {
    AckResult.ADVANCED: Effect.CHANGE,
    AckResult.UNCHANGED: Effect.NONE,
    AckResult.UNKNOWN: Effect.UNKNOWN,
    AckResult.DUPLICATE: Effect.DUPLICATE,
    ChangeResult.APPLIED: Effect.CHANGE,
    ChangeResult.UNCHANGED: Effect.NONE,
    ChangeResult.UNKNOWN: Effect.UNKNOWN,
    ChangeResult.DUPLICATE: Effect.DUPLICATE,
}


class Interrupted(Exception):
    """The run was told to stop while the server was away."""


@attrs.define
class Applier:
    """``find_route`` finds the channel of an event; ``tally`` gets conflicts, retries and outbox events;
    ``is_stopping`` ends waiting for the server.
    """

    db: Database[UnitOfWork]
    find_route: Routes
    tally: Tally
    patience: float = PATIENCE
    is_stopping: Callable[[], bool] = lambda: False

    async def apply(self, delivery: Delivery) -> Effect:
        """Raises RejectedLine, or the error of the use case, for what cannot be done; and ConnectionLost,
        or another error of the way to the server, when that is lost. Interrupted where it was told to stop.
        """
        losses, deadline = 0, time.monotonic() + self.patience
        while True:
            try:
                return await self.apply_once(delivery)
            except ServerReadOnly as error:
                # It answers, as it will to the next event; until another one takes over, that is a loss.
                await self._pause(error, deadline)
            except (ConnectionLost, OperationTimeout) as error:
                await self._wait_for_server(error)
                losses, deadline = losses + 1, time.monotonic() + self.patience
                if losses == LOSSES:
                    reason = f"{type(error).__name__}, {LOSSES} times"
                    raise RejectedLine("the server does not answer it", reason) from error

    async def apply_once(self, delivery: Delivery) -> Effect:
        """The same without waiting for a server that is away."""
        route = await self.find_route(delivery.channel_external_id)
        command = delivery.command
        use_case, unit, result = _USE_CASES[type(command)], None, None

        async def run_in(uow: UnitOfWork) -> None:
            nonlocal unit, result
            unit, result = uow, None
            result = await use_case(uow, route.channel_id, command)

        def count_conflict(_error: VentrosError, attempt: int) -> None:
            self.tally.conflicts += 1
            self.tally.retries += attempt < RETRY.attempts

        try:
            await self.db.run(route.tenant_id, run_in, retry=RETRY, on_conflict=count_conflict)
        except CommitInDoubt as error:
            if await self._resolve(error.marker) is not Outcome.COMMITTED:
                raise ConnectionLost(str(error)) from error
        self.tally.outbox_events += unit.events_written if unit else 0
        return _effect(result)

    async def _resolve(self, marker: CommitMarker) -> Outcome:
        """Asked again and again, so that a run that is told to stop need not wait for the server."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return await self.db.resolve(marker, deadline=min(_ASKING, self.patience))
            except CommitInDoubt as error:
                await self._pause(error, deadline)

    async def _wait_for_server(self, error: VentrosError) -> None:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                await self.db.ping()
            except VentrosError:
                await self._pause(error, deadline)
            else:
                return

    async def _pause(self, error: VentrosError, deadline: float) -> None:
        """Raises ``error`` when the patience is at its end."""
        if self.is_stopping():
            raise Interrupted from error
        if time.monotonic() >= deadline:
            raise error
        await asyncio.sleep(min(_PAUSE, self.patience))


def _effect(result: object) -> Effect:
    """None of a use case whose own COMMIT was in doubt: only a new message is stored so."""
    if result is None or isinstance(result, StoredMessage):
        return Effect.MESSAGE
    if isinstance(result, Duplicate):
        return Effect.DUPLICATE
    return _EFFECTS[result]  # type: ignore[index]
