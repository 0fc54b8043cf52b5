"""What do mappers and the loader of statements take by themselves?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pyperf

from bench.environment import ROOT
from bench.intervals import Interval
from bench.result import Result, Run, Verdict

OPTIONS = {
    "quick": ("--processes=3", "--values=3"),
    "standard": (),
    "full": ("--rigorous",),
}
LOAD = "statements: load all"
EACH_UNIT = (
    *("contact: from_row", "contact: rename", "contact: update_args", "contact: check arguments"),
    *("contact: envelopes", "contact: clear_events"),
)
NOTES = (
    "pyperf starts a process for each handful of values; standard deviations are over all values.",
    "The server is not part of it.",
)


def measure(run: Run, options: tuple[str, ...] | None = None) -> Result:
    run.progress.expect(1)
    run.progress.step("pyperf")
    suite = _run(OPTIONS[run.profile] if options is None else options)
    benchmarks = {
        bench.get_name(): {
            "mean_us": 1e6 * bench.mean(),
            "stdev_us": 1e6 * bench.stdev() if bench.get_nvalue() > 1 else None,
            "values": bench.get_nvalue(),
        }
        for bench in suite
    }
    total = sum(benchmarks[name]["mean_us"] for name in EACH_UNIT)
    spread = sum((benchmarks[name]["stdev_us"] or 0) ** 2 for name in EACH_UNIT) ** 0.5
    figure = Interval(total, total - 1.96 * spread, total + 1.96 * spread)
    return Result(
        parameters={"options": " ".join(options or ())},
        figures={"benchmarks": benchmarks},
        verdicts=(
            Verdict(
                "What does one unit of work spend on mapping, command and events?",
                "Mapping a contact in and out, renaming it, checking arguments and wrapping its event take "
                f"{figure} µs together (95 % of single runs).",
                figure,
            ),
            Verdict(
                "What does loading all statements cost at import?",
                f"Reading and checking all of sql/ takes {benchmarks[LOAD]['mean_us'] / 1000:.1f} ms, "
                "once a process.",
            ),
        ),
        notes=NOTES,
    )


def _run(options: tuple[str, ...]) -> pyperf.BenchmarkSuite:
    with tempfile.TemporaryDirectory(prefix="ventros-micro-") as directory:
        file = Path(directory) / "micro.json"
        subprocess.run(  # noqa: S603 - this checkout's own module
            (
                sys.executable,
                "-m",
                "bench.micro",
                "--quiet",
                *options,
                "-o",
                str(file),
                "--inherit-environ=PYTHONPATH",
            ),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return pyperf.BenchmarkSuite.load(str(file))
