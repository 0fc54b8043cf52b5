"""The command line of the benchmarks: ``ventros bench NAME``, and ``python -m bench NAME``."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from bench.report.page import page
from bench.result import PROFILES, Progress, Run, dump, record
from bench.server import Server
from ventros.command_line import dsn_option
from ventros.kernel.errors import VentrosError

SCENARIOS = {
    "locking-indexes": "What do the locking indexes cost, what do they give, is there a cheaper one?",
    "overhead": "How far is the layer from bare asyncpg, and from the limit?",
    "peers": "How far are the layer's rivals from it, at the same work?",
    "contention": "Optimistic, re-applied, locked or serializable: what when many write to few?",
    "latency": "What do round trips cost the farther away the server is?",
    "outbox": "What does the outbox cost a commit, and how fast and how soon does a relay deliver?",
    "micro": "What do mappers and the loader of statements take by themselves?",
}
ALL = "all"


class _Bar(Progress):
    """On a terminal's standard error; nothing where that is a file or a pipe."""

    def __init__(self, bar: Bar, name: str) -> None:
        self._bar = bar
        self._task = bar.add_task(f"{name}: preparing", total=None)
        self._name = name

    def expect(self, steps: int) -> None:
        self._bar.update(self._task, total=steps, completed=0)

    def step(self, what: str) -> None:
        self._bar.update(self._task, advance=1, description=f"{self._name}: {what}")


@contextmanager
def _progress(name: str) -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield _Bar(bar, name)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="NAME is one of:\n\n" + "\n\n".join(f"{name}: {text}" for name, text in SCENARIOS.items()),
)
@click.argument("name", type=click.Choice([*SCENARIOS, ALL, "report"]), metavar="NAME")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--quick", "profile", flag_value="quick", help="Under two minutes for each scenario.")
@click.option("--full", "profile", flag_value="full", help="A million rows where that matters; hours.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, allow_dash=True), help="- for standard output."
)
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="One self-contained page.")
@dsn_option("A server to measure instead of an embedded one; databases are made there and dropped.")
@click.option("--volatile", is_flag=True, help="The embedded server without fsync and synchronous_commit.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of every choice of rows.")
def main(  # noqa: PLR0917 - as click passes them
    name: str,
    files: tuple[Path, ...],
    profile: str | None,
    json_file: Path | None,
    html_file: Path | None,
    dsn: str | None,
    seed: int,
    *,
    volatile: bool,
) -> None:
    """Measure the scenario NAME, or all of them; ``report FILE.json...`` makes the page of earlier runs."""
    if (name == "report") != bool(files):
        raise click.UsageError("files are what report, and only report, is made of")
    if name == "report":
        results = [result for file in files for result in _read(file)]
    else:
        names = list(SCENARIOS) if name == ALL else [name]
        try:
            results = [
                _measure(scenario, profile or PROFILES[1], dsn, seed, volatile=volatile) for scenario in names
            ]
        except VentrosError as error:
            raise click.ClickException(str(error)) from error
    _write(results, json_file, html_file)


def _measure(name: str, profile: str, dsn: str | None, seed: int, *, volatile: bool) -> dict[str, Any]:
    scenario = importlib.import_module(f"bench.scenarios.{name.replace('-', '_')}")
    with _progress(name) as progress, Server(dsn, durable=not volatile) as server:
        run = Run(server=server, profile=profile, seed=seed, progress=progress)
        return record(name, run, scenario.measure)


def _read(file: Path) -> list[dict[str, Any]]:
    read = json.loads(file.read_text(encoding="utf-8"))
    return read if isinstance(read, list) else [read]


def _write(results: list[dict[str, Any]], json_file: Path | None, html_file: Path | None) -> None:
    to_stdout = json_file is not None and str(json_file) == "-"
    if to_stdout:
        click.echo(dump(results), nl=False)
    elif json_file is not None:
        json_file.write_text(dump(results), encoding="utf-8")
    if html_file is not None:
        html_file.write_text(page(results), encoding="utf-8")
    for result in results:
        click.echo(f"{result['scenario']}, {result['profile']}, {result['durability']}", err=to_stdout)
        for verdict in result["verdicts"]:
            click.echo(f"  {verdict['answer']}", err=to_stdout)


if __name__ == "__main__":
    sys.exit(main())
