"""Finds what is due for all tenants, and does each thing in a unit of work of its own tenant.

Any number of schedulers may work at the same time. Nothing is claimed beforehand: who locks an item first
does it, and the others leave it. So a scheduler that dies loses nothing: what it had begun is still due.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import attrs

from ventros.kernel.database import Database
from ventros.kernel.errors import (
    Conflict,
    DatabaseError,
    InsufficientPrivilege,
    NotFound,
    TenancyViolation,
    ValidationError,
    VentrosError,
)
from ventros.kernel.retry import Retry
from ventros.kernel.step import Step
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.kernel.validators import attribute, seconds, whole_number

U = TypeVar("U", bound=UnitOfWork)

_logger = logging.getLogger("ventros.scheduler")
_RECOVERY = Retry(base=0.05, cap=5.0)
"""While the database is away."""

Key = tuple[str, UUID]
FIRST: Final[Key] = ("", UUID(int=0))
"""Before every tenant and id."""


@attrs.frozen(kw_only=True)
class SchedulerOptions:
    """``batch`` is how many items a statement looks at, ``concurrency`` how many of a step are done at once.

    From the end of a walk to the next one ``every`` seconds go by. An item that is not done within
    ``longest`` seconds has failed.
    """

    batch: int = attrs.field(default=500, validator=attribute(whole_number, least=1, most=100_000))
    concurrency: int = attrs.field(default=4, validator=attribute(whole_number, least=1, most=100))
    every: float = attrs.field(default=10.0, validator=seconds)
    longest: float = attrs.field(default=60.0, validator=seconds)


@attrs.define
class Counts:
    """Items of one step. ``left`` were not due any more, or another scheduler had them."""

    done: int = 0
    left: int = 0
    failed: int = 0


class Scheduler(Generic[U]):
    """Does ``steps``: ``database`` is opened for the scheduler's role, ``app`` for the app's.

    :meth:`run` ends when :meth:`stop` was called and what had begun is done; :meth:`drain` when nothing is
    due any more. ``counts`` tells of each step what was done, and ``walked`` is told after each walk.
    """

    def __init__(
        self,
        database: Database[Any],
        app: Database[U],
        steps: Sequence[Step[U]],
        options: SchedulerOptions | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        walked: Callable[[str, Counts], None] = lambda _step, _counts: None,
    ) -> None:
        self.counts = {step.name: Counts() for step in steps}
        if len(self.counts) != len(steps) or not steps:
            raise ValidationError("each step once, and at least one", field="steps")
        self.steps = tuple(steps)
        self._database, self._app = database, app
        self._options = options or SchedulerOptions()
        self._clock, self._walked = clock, walked
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Begin nothing more; what has begun is finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped, whatever the database does meanwhile.

        Raises InsufficientPrivilege, and what else no waiting would mend.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for step in self.steps:
                    group.create_task(self._repeat(step))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    async def drain(self) -> None:
        """Walk until a walk finds nothing to do, as of the time when it was called."""
        now, done = self._clock(), 1
        while done and not self._stopping.is_set():
            done = sum([(await self.walk(step, now)).done for step in self.steps])

    async def walk(self, step: Step[U], now: datetime) -> Counts:
        """Once along the key, from its beginning to its end; what was done."""
        counts, key = Counts(), FIRST
        while not self._stopping.is_set():
            due = await self._find(step, now, key)
            if not due:
                break
            await self._do(step, due, now, counts)
            key = due[-1]
        total = self.counts[step.name]
        total.done, total.left = total.done + counts.done, total.left + counts.left
        total.failed += counts.failed
        self._walked(step.name, counts)
        return counts

    async def _repeat(self, step: Step[U]) -> None:
        failures = 0
        while not self._stopping.is_set():
            pause = self._options.every
            try:
                await self.walk(step, self._clock())
                failures = 0
            except (InsufficientPrivilege, TenancyViolation):
                raise
            except (DatabaseError, Conflict) as error:
                failures += 1
                _logger.warning("%s: the database failed, attempt %d: %s", step.name, failures, error)
                pause = _RECOVERY.pause(failures)
            await self._wait(pause)

    async def _find(self, step: Step[U], now: datetime, key: Key) -> list[Key]:
        async with self._database.across_tenants() as connection:
            rows = await connection.many(step.find_due, now, *key, self._options.batch)
        return [(row["tenant_id"], row["id"]) for row in rows]

    async def _do(self, step: Step[U], due: Sequence[Key], now: datetime, counts: Counts) -> None:
        turns = asyncio.Semaphore(self._options.concurrency)

        async def do(key: Key) -> None:
            async with turns:
                if not self._stopping.is_set():
                    await self._do_one(step, key, now, counts)

        async with asyncio.TaskGroup() as group:
            for key in due:
                group.create_task(do(key))

    async def _do_one(self, step: Step[U], key: Key, now: datetime, counts: Counts) -> None:
        tenant, id_ = key
        try:
            async with asyncio.timeout(self._options.longest):
                result = await self._app.run(tenant, lambda uow: step.work(uow, id_, now))
        except Exception as error:  # noqa: BLE001 - whatever the work raises, the others go on
            if isinstance(error, NotFound) and error.id == id_:
                counts.left += 1
                return
            counts.failed += 1
            _logger.warning("%s: %s of tenant %s failed: %s", step.name, id_, tenant, told(error))
        else:
            counts.done += result is not None
            counts.left += result is None

    async def _wait(self, longest: float) -> None:
        try:
            async with asyncio.timeout(longest):
                await self._stopping.wait()
        except TimeoutError:
            return


def told(error: Exception) -> str:
    """For the log. Of an error that is not ours only the type: its text may hold what is stored."""
    return f"{type(error).__name__}: {error}" if isinstance(error, VentrosError) else type(error).__name__
