"""Makes anew, in their order, the files that follow from an application's code, statements and migrations.

Each step reads what the one before it wrote: the snapshot of the schema is made by the migrations that
CHECKSUMS vouches for, the grants and plans are of the tables in the snapshot.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import psycopg

from ventros.audit import checks, schema, shapes
from ventros.audit.expectations import expectations_text, major, read, seed
from ventros.audit.grants import grants_sql
from ventros.audit.library import Library
from ventros.devserver import DATABASE, DevServer
from ventros.generator.catalogue import catalogue
from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Catalogue
from ventros.migration_files import write_checksums
from ventros.schema import create_database, snapshot

_DUMPED_BY = re.compile(r"PostgreSQL (\d+)")
Report = Callable[[str], None]


def sync(
    application: Application, report: Report, *, check: bool = False, also: Sequence[Path] = ()
) -> list[Path]:
    """Write what is stale, or with ``check`` only find it; the paths.

    All is made in a copy first, so an error leaves every file as it was. ``also`` are folders with the
    programs of further PostgreSQL, to plan on. ``report`` is told what cannot be done, and why. Raises
    VentrosError for a migration or a statement that is at fault.
    """
    with TemporaryDirectory(prefix="ventros-sync-") as folder:
        copy = _copied(application, Path(folder))
        with DevServer(durable=False) as server:
            _make(copy, server, report, also)
        stale = [
            (made, path)
            for made, path in _pairs(copy, application)
            if not path.is_file() or made.read_bytes() != path.read_bytes()
        ]
        for made, path in () if check else stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, path)
    return [path for _, path in stale]


def _copied(application: Application, folder: Path) -> Application:
    statements = application.statements
    shutil.copytree(statements.folder, folder / "sql")
    shutil.copytree(application.migrations, folder / "migrations")
    return attrs.evolve(
        application,
        statements=Catalogue(folder / "sql", schema=statements.schema),
        migrations=folder / "migrations",
    )


def _pairs(copy: Application, application: Application) -> Iterator[tuple[Path, Path]]:
    for made, own in (
        (copy.migrations, application.migrations),
        (copy.statements.folder, application.statements.folder),
    ):
        files = (path for path in sorted(made.rglob("*")) if path.is_file())
        yield from ((path, own / path.relative_to(made)) for path in files)


def _make(application: Application, server: DevServer, report: Report, also: Sequence[Path]) -> None:
    folder = application.statements.folder
    write_checksums(application.migrations)
    _write_schema(application, server, report)
    _write(folder / "grants.sql", grants_sql(Library(application)))
    _write(folder / schema.FILE, catalogue(server, application))
    library = Library(application)
    for table in application.statements.tables():
        if query := library.list_queries.get(application.statements.table(table).qualified_name):
            _write(folder / "shapes" / f"{table}.sql", shapes.page(query))
    _write_plans(library, server, report, also)
    for path in sorted((folder / "ops").glob("*.sql")):
        question = checks.read_question(path)
        _write(path, checks.render(question.text, application) or question.text)


def _write_schema(application: Application, server: DevServer, report: Report) -> None:
    path = application.statements.folder / "schema.sql"
    before = _DUMPED_BY.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    if before and before[1] != server.version.partition(".")[0]:
        report(
            f"schema.sql is left as it is: pg_dump of PostgreSQL {before[1]} wrote it, the embedded one is "
            f"{server.version}; remove it to have it made anew"
        )
        return
    _write(path, snapshot(server, application))


def _write_plans(library: Library, server: DevServer, report: Report, also: Sequence[Path]) -> None:
    path = library.application.statements.folder / "plans" / "expected.txt"
    with ExitStack() as stack:
        try:
            connections = [stack.enter_context(_filled(library, server))]
            for binaries in also:
                other = stack.enter_context(DevServer(durable=False, binaries=binaries))
                connections.append(stack.enter_context(_filled(library, other)))
        except ConfigurationError as error:
            report(f"plans/expected.txt is left as it is: {error}")
            return
        committed = read(path.read_text(encoding="utf-8"))[1] if path.is_file() else set()
        if missing := committed - {major(connection) for connection in connections}:
            report(
                f"plans/expected.txt is left as it is: it is made on PostgreSQL "
                f"{', '.join(map(str, sorted(missing)))} too; name the programs by --also"
            )
            return
        _write(path, expectations_text(library, connections))


@contextmanager
def _filled(library: Library, server: DevServer) -> Iterator[psycopg.Connection]:
    create_database(server, library.application, DATABASE)
    seed(server.superuser_dsn(DATABASE), library)
    with psycopg.connect(server.superuser_dsn(DATABASE), autocommit=True) as connection:
        connection.execute("SET ROLE ventros_owner")  # and of relay and scheduler, for what they execute
        yield connection


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
