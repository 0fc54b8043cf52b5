"""``ventros new`` writes code to be edited; ``ventros sync`` makes anew what follows from it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ventros.command_line import application

STALE = 1
"""Exit status of a check that finds something."""


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


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file is stale.")
@click.option(
    "--also",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The programs of another PostgreSQL, to plan on as well; may be repeated.",
)
def sync(also: tuple[Path, ...], *, check: bool) -> None:
    """Make anew what follows from code, statements and migrations, in their order.

    CHECKSUMS of the migrations; schema.sql, which they make; grants.sql, which the statements need; shapes/
    of lists; plans/expected.txt, with 20,000 rows in each table, made up unless there is a plans/seed.sql.
    It takes an embedded server. What cannot be done is said, with the reason.
    """
    from ventros.generator.sync import sync as run_sync

    stale = run_sync(application(), lambda line: click.echo(line, err=True), check=check, also=also)
    if check:
        for path in stale:
            click.echo(f"stale: {_relative(path)}")
    else:
        _show(stale)
    if not stale:
        click.echo("nothing is stale")
    elif check:
        sys.exit(STALE)


def _show(paths: list[Path]) -> None:
    for path in paths:
        click.echo(f"wrote {_relative(path)}")


def _relative(path: Path) -> Path:
    full, here = path.absolute(), Path.cwd()
    return full.relative_to(here) if full.is_relative_to(here) else full
