"""``ventros new`` writes code to be edited; ``ventros sync`` makes anew what follows from it."""

from __future__ import annotations

from pathlib import Path

import click

from ventros.command_line import application


@click.group()
def new() -> None:
    """Write an application, or an aggregate of one: plain code, yours from then on."""


@new.command("application")
@click.argument("name")
@click.option("--schema", help="Where its tables are to be; else a schema of its name.")
@click.option(
    "--on",
    type=click.Choice(["crm", "kernel"]),
    default="kernel",
    show_default=True,
    help="What it stands on: the CRM with its tables, or the kernel alone.",
)
def new_application_(name: str, schema: str | None, on: str) -> None:
    """Write the package NAME into this folder, and a pyproject.toml if there is none."""
    from ventros.generator.new_application import new_application

    had_project = Path("pyproject.toml").exists()
    _show(new_application(Path(), name, schema=schema or name, on="crm" if on == "crm" else "kernel"))
    app = f"{name}.application:{name.upper()}"
    if had_project:
        click.echo(f'add to pyproject.toml:\n\n[tool.ventros]\napp = "{app}"\n')
    click.echo('next: ventros new aggregate NAME --columns "…"')


@new.command("aggregate")
@click.argument("name")
@click.option(
    "--columns", required=True, help='As in SQL: "number text, total_cents bigint, note text null".'
)
@click.option(
    "--children",
    multiple=True,
    help='Rows beside the root\'s: "line: description text, quantity integer"; "entry/entries: …" with its '
    "plural. May be repeated.",
)
@click.option("--plural", help="Of NAME, for table and package; else as English mostly has it.")
def new_aggregate_(name: str, columns: str, children: tuple[str, ...], plural: str | None) -> None:
    """Write the aggregate NAME: its slice, its statements, its migration and its test.

    Every aggregate has tenant_id, id, version, created_at and updated_at besides. Nothing is overwritten.
    """
    from ventros.generator.new_aggregate import new_aggregate, parse, place_of

    aggregate = parse(name, columns, children, plural)
    _show(new_aggregate(aggregate, place_of(application()), Path("tests")))
    click.echo("next: read the migration, then: ventros sync && pytest")


def _show(paths: list[Path]) -> None:
    here = Path.cwd()
    for path in paths:
        full = path.absolute()
        click.echo(f"wrote {full.relative_to(here) if full.is_relative_to(here) else full}")
