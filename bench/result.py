"""What a scenario is given, and what it gives back: figures, a verdict to each question, notes."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from bench import environment
from bench.intervals import Interval
from bench.server import Server

PROFILES = ("quick", "standard", "full")


class Progress:
    """Told of how much there is to do and of what is done; this one keeps it to itself."""

    def expect(self, steps: int) -> None: ...

    def step(self, what: str) -> None: ...


@attrs.frozen(kw_only=True)
class Run:
    server: Server
    profile: str = "standard"
    seed: int = 1
    progress: Progress = attrs.field(factory=Progress)


@attrs.frozen
class Verdict:
    """A question, and its answer in one sentence that holds the figure and its interval."""

    question: str
    answer: str
    figure: Interval | None = None


@attrs.frozen(kw_only=True)
class Result:
    """``parameters`` are the sizes that were measured with; ``figures`` are the scenario's own."""

    parameters: Mapping[str, Any]
    figures: Mapping[str, Any]
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()


def record(name: str, run: Run, measure: Callable[[Run], Result]) -> dict[str, Any]:
    """Measure, and put beside the figures all that they hang on, ready for JSON."""
    started, clock = datetime.now(UTC), time.perf_counter()
    where = {
        "machine": environment.machine(),
        "versions": {"postgresql": run.server.version, **environment.versions()},
        "git": environment.git(),
        "server_settings": run.server.settings,
    }
    result = measure(run)
    whole: dict[str, Any] = plain(
        {
            "scenario": name,
            "profile": run.profile,
            "durability": "volatile" if run.server.volatile else "durable",
            "seed": run.seed,
            "started_at": started.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - clock, 1),
            **where,
            "parameters": result.parameters,
            **result.figures,
            "verdicts": result.verdicts,
            "notes": result.notes,
        }
    )
    return whole


def plain(value: Any) -> Any:
    """``value`` as JSON can say it: six significant digits, and null for what is no finite number."""
    if attrs.has(type(value)):
        return plain(attrs.asdict(value, recurse=False))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value


def dump(results: list[dict[str, Any]]) -> str:
    """One scenario as an object of its own, several as a list."""
    return json.dumps(results[0] if len(results) == 1 else results, indent=1, ensure_ascii=False) + "\n"
