"""The scheduler as a program: which steps, signals, pools of its own, and what it tells on standard error."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ventros.application.steps import STEPS
from ventros.command_line import log_as_lines, on_signals, tell
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.step import Step
from ventros.kernel.transaction import unit_of_work
from ventros.scheduler.scheduler import Counts, Scheduler, SchedulerOptions
from ventros.unit_of_work import UnitOfWork


def chosen(names: Sequence[str]) -> tuple[Step[UnitOfWork], ...]:
    """The steps of these names, by default all. Raises ConfigurationError for a name that none has."""
    known = {step.name: step for step in STEPS}
    if unknown := set(names) - known.keys():
        raise ConfigurationError(f"there is no step {min(unknown)!r}; there are {', '.join(sorted(known))}")
    return tuple(known[name] for name in dict.fromkeys(names)) or STEPS


async def serve(
    dsn: str, app_dsn: str, steps: Sequence[Step[UnitOfWork]], options: SchedulerOptions, *, once: bool
) -> int:
    """Until a signal says to stop, or, with ``once``, until nothing is due; how many items failed.

    Raises what Scheduler.run() does.
    """
    finding = Settings(min_size=0, max_size=len(steps), application_name="ventros scheduler")
    working = attrs.evolve(finding, max_size=len(steps) * options.concurrency)
    async with (
        await Database.open(unit_of_work.UnitOfWork, dsn, finding) as database,
        await Database.open(UnitOfWork, app_dsn, working) as app,
    ):
        scheduler = Scheduler(database, app, steps, options, walked=_tell_walk)

        def stop() -> None:
            scheduler.stop()
            tell("stopping")

        with log_as_lines(), on_signals(stop):
            tell("started", steps=[step.name for step in steps])
            try:
                await (scheduler.drain() if once else scheduler.run())
            finally:
                for name, counts in scheduler.counts.items():
                    tell("ended", step=name, **attrs.asdict(counts))
    return sum(counts.failed for counts in scheduler.counts.values())


def _tell_walk(step: str, counts: Counts) -> None:
    """Not where nothing was done: an idle service is quiet."""
    if counts.done or counts.failed:
        tell("walked", step=step, **attrs.asdict(counts))
