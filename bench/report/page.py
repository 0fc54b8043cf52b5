"""The results as one self-contained page: no script, nothing fetched; plots are inline SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from bench.report import sections

STYLE = Path(__file__).parent / "style.css"
FEW = 8
"""Of so many verdicts all are shown; of more, the rest on demand."""


def page(results: Sequence[Mapping[str, Any]]) -> str:
    parts = [_section(result) for result in results]
    contents = "".join(f'<li><a href="#{r["scenario"]}">{r["scenario"]}</a></li>' for r in results)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Ventros benchmarks</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body>"
        "<h1>Ventros benchmarks</h1><p>Every figure was measured in the run that is "
        "named with it; brackets and "
        "whiskers are 95 % intervals over interleaved rounds. A ratio whose interval "
        "holds 1 shows no difference.</p>"
        f"<ul>{contents}</ul>{''.join(parts)}</body></html>\n"
    )


def _section(result: Mapping[str, Any]) -> str:
    plots, tables = sections.of(result)
    return (
        f'<section id="{result["scenario"]}"><h2>{escape(result["scenario"])}</h2>{_where(result)}'
        f"<h3>Answers</h3>{_verdicts(result['verdicts'])}"
        f'<h3>Figures</h3><div class="plots">{"".join(plots)}</div>'
        f"{''.join(_table(*table) for table in tables)}"
        f'<h3>To know when reading</h3><ul class="notes">{_items(result["notes"])}</ul></section>'
    )


def _where(result: Mapping[str, Any]) -> str:
    machine, versions, git = result["machine"], result["versions"], result["git"]
    command = f"ventros bench {result['scenario']} --{result['profile']}".replace(" --standard", "")
    volatile = result["durability"] == "volatile"
    warning = (
        '<p class="warning">Volatile profile: the server does not wait for the disk, so '
        "a crash would lose what "
        "it acknowledged. Not comparable with durable figures.</p>"
    )
    changed = " with uncommitted changes" if git["dirty"] else ""
    settings = ", ".join(f"{name} {value}" for name, value in result["server_settings"].items())
    return (
        f'<p class="soft"><code>{escape(command)}{" --volatile" if volatile else ""} '
        f"--seed {result['seed']}</code>, "
        f"{escape(result['started_at'])}, {result['seconds']:g} s. PostgreSQL "
        f"{escape(versions['postgresql'])}, "
        f"Python {escape(versions['python'])}, asyncpg {escape(versions['asyncpg'])}; commit "
        f"<code>{escape(str(git['commit'])[:12])}</code>{changed}. {escape(machine['processor'])}, "
        f"{machine['cores']} cores, {machine['memory_gib']:g} GiB, {escape(machine['system'])}, load before "
        f'{machine["load_before"][0]:g}.</p><details class="soft"><summary>Settings and versions</summary><p>'
        f"{escape(settings)}</p><p>{escape(', '.join(f'{k} {v}' for k, v in versions.items()))}</p><p>"
        f"{escape(', '.join(f'{k} {v}' for k, v in result['parameters'].items()))}</p></details>"
        f"{warning if volatile else ''}"
    )


def _verdicts(verdicts: Sequence[Mapping[str, Any]]) -> str:
    answers = [verdict["answer"] for verdict in verdicts]
    shown = f'<ul class="verdicts">{_items(answers[:FEW])}</ul>'
    if len(answers) <= FEW:
        return shown
    rest = f'<ul class="verdicts">{_items(answers[FEW:])}</ul>'
    return f"{shown}<details><summary>{len(answers) - FEW} more</summary>{rest}</details>"


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{escape(text)}</li>" for text in texts)


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    heading = "".join(f"<th>{escape(column)}</th>" for column in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<h3>{escape(title)}</h3><div class="scroll"><table><thead><tr>{heading}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
