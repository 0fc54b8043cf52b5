"""``ventros sql`` reads the statements and finds them on the server; ``ventros audit`` judges a database."""

from __future__ import annotations

import functools
import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from ventros.command_line import ELSE, application, dsn_option, resolve

if TYPE_CHECKING:
    import psycopg

    from ventros.audit.checks import Finding
    from ventros.audit.library import Library
    from ventros.roles import Roles

FOUND = 1
"""Exit status when a check finds something."""

as_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON array and nothing else."
)
database = dsn_option(
    "The database, for a role that may use its tables and has pg_read_all_stats, not the application's; "
    f"{ELSE}"
)

app_role_option = click.option(
    "--app-role", default="ventros_app", show_default=True, help="The role that services log in as."
)


def role_options(command: Callable[..., None]) -> Callable[..., None]:
    """The names of all five roles, as ``roles``."""

    @functools.wraps(command)
    def with_roles(
        *args: Any, owner: str, app_role: str, relay: str, scheduler: str, auditor: str, **options: Any
    ) -> None:
        from ventros.roles import Roles

        roles = Roles(owner=owner, app=app_role, relay=relay, scheduler=scheduler, auditor=auditor)
        command(*args, roles=roles, **options)

    for name, does in reversed(_FURTHER_ROLES.items()):
        option = click.option(f"--{name}", default=f"ventros_{name}", show_default=True, help=does)
        with_roles = option(with_roles)
    return app_role_option(with_roles)


_FURTHER_ROLES = {
    "owner": "The role that owns the tables and migrates.",
    "relay": "The role that the relay of the outbox logs in as.",
    "scheduler": "The role that the scheduler logs in as.",
    "auditor": "The role that reads everything but secrets.",
}


@click.group()
def sql() -> None:
    """Read the SQL that the library sends, and find it again on the server."""


@sql.command()
@as_json_option
def ls(*, as_json: bool) -> None:
    """List every statement and every committed shape of a list."""
    rows = []
    library = _library()
    for statement in library.statements:
        reading = library.read(statement)
        shape = statement.path.parent.name == "shapes"
        place = f"shapes/{statement.path.name}" if shape else f"{statement.path.name}:{statement.line}"
        rows.append(
            {
                "name": statement.name,
                "file": place,
                "kind": reading.kind,
                "tables": reading.tables,
                "rows": statement.rows,
                "why": statement.why,
            }
        )
    _print(rows, as_json=as_json)


@sql.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the statement NAME as it stands in its file; a shape of a list is rendered from its name."""
    from ventros.audit.shapes import with_header

    click.echo(with_header(_library().find(name)), nl=False)


@sql.command()
@click.argument("name")
@dsn_option("The database; else an embedded server, with empty tables.")
def explain(name: str, dsn: str | None) -> None:
    """Print the plan of the statement NAME for any arguments, the indexes that it uses, and the expected.

    Nothing is executed. Without the privilege to execute it there is no plan, which is said.
    """
    from ventros.audit.expectations import format_expectations, read_committed
    from ventros.audit.plans import FORBIDDEN, indexes, plan, planning
    from ventros.kernel.errors import DatabaseError

    library = _library()
    statement = library.find(name)
    with _connect(dsn) if dsn else _connect_to_embedded(library) as connection, planning(connection):
        try:
            click.echo(plan(connection, statement))
            click.echo(f"indexes: {', '.join(indexes(connection, statement)) or 'none'}")
        except DatabaseError as error:
            if error.sqlstate != FORBIDDEN:
                raise
            click.echo(f"no plan, for who may not execute it is shown none: {error}")
    expectations, versions = read_committed(library)
    expected = [line for line in expectations if line.statement == name]
    click.echo("expected, by plans/expected.txt:" if expected else "nothing is committed of its plan")
    click.echo("\n".join(format_expectations(expected, versions)), nl=False)


@sql.command()
@dsn_option("Print what the plans of this database do otherwise; for a role that may use its tables.")
@click.option("--tenant", "tenants", multiple=True, help="With --dsn: whose rows; may be repeated.")
@click.option(
    "--also",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The programs of another PostgreSQL, to be planned on as well; may be repeated.",
)
def plans(dsn: str | None, tenants: tuple[str, ...], also: tuple[Path, ...]) -> None:
    """Print how each statement reaches its rows, for the application's plans/expected.txt.

    That takes embedded servers, with 20,000 rows in each table. With --dsn a database is compared with that
    file instead, and the exit status is 1 when it does otherwise with a table of at least 18,000 rows.
    Nothing is executed there. Plans depend on how many rows a tenant has: name a large one and a usual one.
    """
    from ventros.audit.expectations import deviations, expectations_text, read_committed
    from ventros.audit.plans import plannable, planning

    if (dsn is None) != (not tenants):
        raise click.UsageError("--dsn and --tenant go together")
    library = _library()
    if dsn is None:
        with ExitStack() as stack:
            servers = [
                stack.enter_context(_connect_to_embedded(library, programs, filled=True))
                for programs in (None, *also)
            ]
            click.echo(expectations_text(library, servers), nl=False)
        return
    with _connect(dsn) as connection:
        with planning(connection):
            statements = plannable(connection, library.statements)
        deviating = deviations(connection, statements, read_committed(library)[0], tenants)
    for deviation in deviating:
        click.echo(str(deviation))
    click.echo(f"{len(statements)} statements, {len(deviating)} deviations", err=True)
    if others := len(library.statements) - len(statements):
        click.echo(f"{others} not compared: only who may execute them, or become who may, can", err=True)
    if deviating:
        sys.exit(FOUND)


@sql.command()
@click.argument("table", required=False)
def shapes(table: str | None) -> None:
    """Print the texts that the filters of TABLE's list put together; without TABLE, all of them."""
    from ventros.audit.shapes import page

    queries = _library().list_queries
    if table is not None and table not in queries:
        raise click.BadParameter(f"{table!r} has no list; there is {', '.join(sorted(queries)) or 'none'}")
    for name in [table] if table else sorted(queries):
        click.echo(page(queries[name]), nl=False)


@sql.command("lint")
def lint_() -> None:
    """Check the rules that every statement and every table keeps. Exits with 1 when one is broken.

    Of the tables it reads migrations and schema.sql: row-level security, version guard, keys, comments.
    """
    from ventros.audit.declared import lint_tables
    from ventros.audit.lint import lint

    library = _library()
    faults = lint(library, library.statements) + lint_tables(library)
    for fault in faults:
        click.echo(str(fault))
    counted = f"{len(library.statements)} statements, {len(library.tables)} tables, {len(faults)} faults"
    click.echo(counted, err=True)
    if faults:
        sys.exit(FOUND)


@sql.command()
@role_options
def grants(roles: Roles) -> None:
    """Print what each role must be granted, column by column, and nothing else."""
    from psycopg.sql import Identifier

    from ventros.audit.grants import grants_sql

    text = roles.named_in(grants_sql(_library()), lambda name: Identifier(name).as_string())
    click.echo(text, nl=False)


@sql.command()
@database
@click.option("--role", help="Only what this role executed.")
@as_json_option
def stats(dsn: str | None, role: str | None, *, as_json: bool) -> None:
    """Show what the server counted of each statement: the most time first, of this database.

    Calls, percent of all time that was counted on it, milliseconds of a call, their spread and the longest,
    rows, 8 KB pages found in memory, bytes of WAL. Since when, and how many texts were given up for others
    since then, is said on stderr.
    """
    from ventros.audit.statistics import entries, reconcile, since

    with _connect(dsn) as connection:
        counted = entries(connection, role)
        result = reconcile(connection, _library(), counted)
        start, evictions = since(connection)
    total = sum(entry.mean_ms * entry.calls for entry in counted)
    rows = [
        {
            "name": statement.name,
            "calls": entry.calls,
            "percent": round(100 * entry.mean_ms * entry.calls / total, 1),
            "mean_ms": round(entry.mean_ms, 3),
            "spread_ms": round(entry.spread_ms, 3),
            "max_ms": round(entry.max_ms, 1),
            "rows": entry.rows,
            "shared_hits": entry.shared_hits,
            "wal_bytes": entry.wal_bytes,
        }
        for statement, entry in result.known
    ]
    _print(rows, as_json=as_json)
    click.echo(f"counted since {start:%Y-%m-%d %H:%M:%S %Z}, {evictions} texts given up since then", err=True)


@sql.command()
@database
@app_role_option
def reconcile(dsn: str | None, app_role: str) -> None:
    """Show what the role executed that is no statement, no shape and no control of a transaction.

    Exits with 1 when there is any, with 2 when nothing was counted. Statements that never ran are listed too.
    What failed is not counted by the server, so not seen here.
    """
    from ventros.audit.statistics import entries, reconcile, since

    with _connect(dsn) as connection:
        result = reconcile(connection, _library(), entries(connection, app_role))
        start, evictions = since(connection)
    for statement in result.never_ran:
        click.echo(f"never ran: {statement.name}")
    for entry in result.unknown:
        click.echo(f"unknown, {entry.calls} calls: {' '.join(entry.text.split())}")
    click.echo(
        f"{len(result.known)} statements ran, {len(result.never_ran)} never, "
        f"{len(result.unknown)} unknown texts; counted since {start:%Y-%m-%d %H:%M:%S %Z}, "
        f"{evictions} texts given up since then",
        err=True,
    )
    if result.by_name:
        click.echo(
            f"{len(result.by_name)} statements known by name alone: who asks may not execute them", err=True
        )
    if result.unknown:
        sys.exit(FOUND)


@click.command()
@dsn_option(f"The database, for the auditor or a superuser; {ELSE}")
@role_options
@click.option(
    "--timeout",
    type=click.IntRange(1),
    default=60,
    show_default=True,
    help="Seconds that one check may take, or one step of it.",
)
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also write a page of it: the findings, all SQL with its plans and costs, and the tables.",
)
@as_json_option
def audit(dsn: str | None, roles: Roles, timeout: int, html: Path | None, *, as_json: bool) -> None:
    """Say what is wrong in a database, how to see it, and how to mend it.

    Asks the questions of sql/ops, which psql can ask as well: whether the schema is what the migrations made,
    versions without a gap in the outbox, counters, indexes, long transactions, durability, what the roles may
    do. What weighs most comes first. Reads only. What cannot be checked is a finding that says why. Exits
    with 1 when there is any.
    """
    from ventros.audit.checks import audit as run_checks

    with _connect(dsn, "ventros audit") as connection:
        tell = partial(click.echo, err=True)
        findings = run_checks(connection, application(), roles=roles, timeout=timeout, tell=tell)
        _print_findings(findings, as_json=as_json)
        if html:
            from ventros.audit.page import page, write

            write(html, page(connection, _library(), findings, roles.app))
    if findings:
        sys.exit(FOUND)


def _print_findings(findings: list[Finding], *, as_json: bool) -> None:
    from ventros.audit.checks import questions
    from ventros.audit.schema import WEIGHTS

    if as_json:
        click.echo(json.dumps([attrs.asdict(finding) for finding in findings]))
    else:
        for (weight, check), group in itertools.groupby(findings, key=lambda one: (one.weight, one.check)):
            click.echo(f"{weight}: {check}")
            for finding in group:
                click.echo(f"  {finding.subject}: {finding.text}")
                for word in ("means", "see", "mend"):
                    click.echo(f"    {f'{word}:':6} {getattr(finding, word)}")
    weights = Counter(finding.weight for finding in findings)
    counted = ", ".join(f"{weights[weight]} {weight}" for weight in WEIGHTS if weights[weight])
    checks = sum(question.finds for question in questions(application()))
    click.echo(f"{len(findings)} findings by {checks} checks{f': {counted}' if counted else ''}", err=True)


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows))
        return
    lines = [
        [", ".join(cell) if isinstance(cell, list) else str(cell) for cell in row.values()] for row in rows
    ]
    if rows:
        lines.insert(0, list(rows[0]))
    widths = [min(max(map(len, column)), 60) for column in zip(*lines, strict=True)]  # shapes have long names
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _library() -> Library:
    from ventros.audit.library import Library

    return Library(application())


@contextmanager
def _connect(dsn: str | None, name: str = "ventros sql") -> Iterator[psycopg.Connection]:
    from ventros import administration

    with administration.connect(administration.parameters(resolve(dsn), name)) as connection:
        connection.execute("SET search_path = public")  # names are compared as they are written so
        yield connection


@contextmanager
def _connect_to_embedded(
    library: Library, binaries: Path | None = None, *, filled: bool = False
) -> Iterator[psycopg.Connection]:
    from ventros.audit.expectations import seed
    from ventros.devserver import DATABASE, DevServer
    from ventros.schema import create_database

    with DevServer(durable=False, binaries=binaries) as server:
        create_database(server, library.application, DATABASE)
        if filled:
            seed(server.superuser_dsn(DATABASE), library)
        with _connect(server.superuser_dsn(DATABASE)) as connection:
            connection.execute("SET ROLE ventros_owner")  # and of relay and scheduler, for what they execute
            yield connection
