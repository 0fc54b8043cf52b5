"""Brings a database to the schema that this version of the code expects, one deploy at a time.

Applications live side by side in one database: each has migrations of its own, see
:mod:`ventros.migration_files`, and its marks in ``ventros_migrations``, with the digest of what ran.
``migrate`` brings up all that an application stands on, then the application; marks of others are left alone.

A migration and its mark commit together. One that begins with ``-- transactional: false`` (CREATE INDEX
CONCURRENTLY) cannot: it is marked after its last statement, so its statements must be re-runnable, and an
index left INVALID stops the run before the mark.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, LiteralString

import attrs
import psycopg

from ventros import administration
from ventros.kernel.application import Application
from ventros.kernel.errors import MigrationError
from ventros.migration_files import (
    Migration,
    MigrationFile,
    checksum_faults,
    files_of,
    read,
    verify_checksums,
)

# The letters "ventros" as a number. PostgreSQL keeps advisory locks per database, so two databases of
# one server migrate independently. In pg_locks: classid 7759214, objid 1953656691, objsubid 1.
LOCK_KEY = int.from_bytes(b"ventros", "big")
LOCK_WAIT = 60.0  # seconds
DEPENDENT_OBJECTS = "2BP01"
_TABLE: LiteralString = """
CREATE TABLE public.ventros_migrations (
    application text NOT NULL,
    id          text NOT NULL,
    digest      text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (application, id)
);
COMMENT ON TABLE public.ventros_migrations IS 'Which migrations this database has.';
COMMENT ON COLUMN public.ventros_migrations.application IS 'Whose migration it is.';
COMMENT ON COLUMN public.ventros_migrations.id IS 'The name of its file.';
COMMENT ON COLUMN public.ventros_migrations.digest IS 'SHA-256 of the file that ran.';
COMMENT ON COLUMN public.ventros_migrations.applied_at IS 'When its transaction began.';
"""


@attrs.frozen
class Mark:
    """What a database says of a migration that it has."""

    digest: str
    applied_at: datetime


@attrs.frozen(kw_only=True)
class MigrationState:
    """``in_directory`` is False for one that only the database knows: it is newer than the code.
    ``changed``: its file is not the one that ran. ``edited``: it or its rollback is not what CHECKSUMS says.
    """

    label: str
    application: str
    id: str
    applied: bool
    applied_at: datetime | None
    in_directory: bool
    changed: bool = False
    edited: bool = False

    @property
    def settled(self) -> bool:
        """Whether the database has it, and it is to the byte what is known of it."""
        return self.applied and self.in_directory and not self.changed and not self.edited


def migrate(
    dsn: str,
    application: Application,
    *,
    to: str | None = None,
    dry_run: bool = False,
    report: Callable[[str], None] = lambda _label: None,
    lock_wait: float = LOCK_WAIT,
) -> list[str]:
    """Apply what is pending, of what the application stands on first; returns the labels in order.

    ``to`` is the last one: an id of the application's or its number, or ``other/NNNN`` of another below it.
    ``report`` gets each label once it is committed; ``dry_run`` only reads. A label is the id, after
    ``application/`` if the application stands on others. ``lock_wait``: seconds. Through a pooler in
    transaction mode, it takes two of its connections. Raises MigrationError, and ConfigurationError when
    the database cannot be reached.
    """
    files = _files(application)
    if to is not None:
        files = files[: files.index(_find(to, files, application)) + 1]
    with _connect(dsn) if dry_run else _lock(dsn, lock_wait) as connection:
        applied = _applied(connection, application)
        _check_unchanged(files, applied)
        to_run = [read(file) for file in files if file.key not in applied]
        for migration in () if dry_run else to_run:
            _run(migration, dsn, connection, backward=False)
            report(migration.file.label)
    return [migration.file.label for migration in to_run]


def pending(dsn: str, application: Application) -> list[str]:
    """The labels of what :func:`migrate` would apply; empty when the database is up to date.

    The database is only read. Raises as :func:`migrate`.
    """
    return migrate(dsn, application, dry_run=True)


def rollback(
    dsn: str,
    application: Application,
    *,
    to: str | None = None,
    steps: int = 1,
    report: Callable[[str], None] = lambda _label: None,
    lock_wait: float = LOCK_WAIT,
) -> list[str]:
    """Undo the application's ``steps`` newest migrations, or all after ``to``, which stays; newest first.

    Others are left as they are: what it stands on, and what stands on it. Where that depends on what would
    be dropped (foreign keys, policies, triggers), the server refuses and the error names who it may be.
    More ``steps`` than there are migrations undo them all. Everything else is as in migrate().
    """
    if steps < 1:
        raise MigrationError(f"steps is {steps}: a rollback undoes at least one migration")
    files = _files(application, alone=True)
    last = _find(to, files, application).id if to is not None else None
    with _lock(dsn, lock_wait) as lock:
        applied = _applied(lock, application)
        newest_first = [file for file in reversed(files) if file.key in applied]
        to_undo = newest_first[:steps] if last is None else [file for file in newest_first if file.id > last]
        for migration in [read(file) for file in to_undo]:
            _run(migration, dsn, lock, backward=True, others=_others(applied, application))
            report(migration.file.label)
    return [file.label for file in to_undo]


def status(dsn: str, application: Application) -> list[MigrationState]:
    """Every migration of the application and of what it stands on, in order, that its directory,
    CHECKSUMS or the database knows. The database is only read. Raises MigrationError without CHECKSUMS.
    """
    with _connect(dsn) as connection:
        marks = _marks(connection)
    stack = application.stack()
    states = []
    for one in stack:
        files = {file.id: file for file in files_of(one, many=len(stack) > 1)}
        edited = {
            name.removesuffix(".sql").removesuffix(".rollback") for name in checksum_faults(one.migrations)
        }
        applied = {id_: mark for (name, id_), mark in marks.items() if name == one.name}
        for id_ in sorted({*files, *applied, *edited}):
            file, mark = files.get(id_), applied.get(id_)
            states.append(
                MigrationState(
                    label=f"{one.name}/{id_}" if len(stack) > 1 else id_,
                    application=one.name,
                    id=id_,
                    applied=mark is not None,
                    applied_at=mark.applied_at if mark else None,
                    in_directory=file is not None,
                    changed=file is not None and mark is not None and file.digest() != mark.digest,
                    edited=id_ in edited,
                )
            )
    return states


def _files(application: Application, *, alone: bool = False) -> list[MigrationFile]:
    """Of the stack in order, or of the application alone; they are what CHECKSUMS says."""
    stack = application.stack()
    found = []
    for one in (application,) if alone else stack:
        found += files_of(one, many=len(stack) > 1)
        verify_checksums(one.migrations)
    return found


def _find(to: str, files: Sequence[MigrationFile], application: Application) -> MigrationFile:
    name, _, id_ = to.rpartition("/")
    candidates = {file.id: file for file in files if file.application == (name or application.name)}
    for file in candidates.values():
        if id_ in {file.id, file.id[:4]}:
            return file
    if id_[:4].isdecimal():
        near = sorted(candidates, key=lambda known: abs(int(known[:4]) - int(id_[:4])))[:3]
    else:
        near = difflib.get_close_matches(id_, candidates, n=3, cutoff=0)
    labels = ", ".join(candidates[known].label for known in near)
    raise MigrationError(f"there is no migration {to!r}; the nearest are {labels or 'none at all'}")


@contextmanager
def _connect(dsn: str) -> Iterator[psycopg.Connection]:
    """One that sends nothing but simple messages: see :func:`_lock`."""
    with administration.connect(administration.parameters(dsn)) as connection:
        connection.cursor_factory = psycopg.ClientCursor
        connection.prepare_threshold = None
        yield connection


@contextmanager
def _lock(dsn: str, wait: float) -> Iterator[psycopg.Connection]:
    """Hold the advisory lock, in a transaction that lasts as long as the run, so that a pooler in transaction
    mode leaves its connection to it. It ends with the process.

    The transaction holds neither an xid nor a snapshot, else CREATE INDEX CONCURRENTLY would wait for it:
    READ COMMITTED, and simple messages, for the portal of an extended query keeps its snapshot until the
    next one. It is polled for, for a waiting pg_advisory_lock() holds a snapshot, too: the index of the run
    that has the lock waits for it, and PostgreSQL sees no deadlock, as the lock's holder waits for nothing.
    """
    with _connect(dsn) as connection:
        deadline = time.monotonic() + wait
        while not _try_lock(connection):
            connection.execute("ROLLBACK")
            if time.monotonic() > deadline:
                raise MigrationError(f"another run goes on: {_holder(connection)}; waited {wait:g} s for it")
            time.sleep(0.1)
        try:
            yield connection
        finally:
            with suppress(psycopg.Error):
                connection.execute("ROLLBACK")


def _try_lock(connection: psycopg.Connection) -> bool:
    connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
    timeouts: LiteralString = """
        SELECT set_config(name, '0', true) FROM pg_settings
         WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')"""
    _fetch(connection, timeouts)
    return bool(_fetch(connection, "SELECT pg_try_advisory_xact_lock(%s)", LOCK_KEY)[0][0])


def _holder(connection: psycopg.Connection) -> str:
    sql: LiteralString = """
        SELECT l.pid, a.application_name, a.usename, a.client_addr, a.backend_start
          FROM pg_locks l JOIN pg_database d ON d.oid = l.database LEFT JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
           AND (l.classid::bigint << 32) + l.objid::bigint = %s AND l.objsubid = 1"""
    for pid, application, role, address, since in _fetch(connection, sql, LOCK_KEY):
        return f"pid {pid} ({application}, role {role}, from {address or 'a socket'}, connected {since})"
    return "which has ended this moment"


def _fetch(connection: psycopg.Connection, sql: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    try:
        return connection.execute(sql, values).fetchall()
    except psycopg.Error as error:
        raise MigrationError(
            f"the state of the migrations cannot be read: {administration.message(error)}"
        ) from error


def _marks(connection: psycopg.Connection) -> dict[tuple[str, str], Mark]:
    """Of all applications, by application and id."""
    if _fetch(connection, "SELECT to_regclass('public.ventros_migrations')")[0][0] is None:
        return {}
    rows = _fetch(connection, "SELECT application, id, digest, applied_at FROM public.ventros_migrations")
    return {(application, id_): Mark(digest, applied_at) for application, id_, digest, applied_at in rows}


def _applied(connection: psycopg.Connection, application: Application) -> dict[tuple[str, str], Mark]:
    """All marks. Raises MigrationError when the stack has one that the code does not know."""
    marks = _marks(connection)
    stack = application.stack()
    known = {(one.name, file.id) for one in stack for file in files_of(one, many=False)}
    names = {one.name for one in stack}
    if unknown := sorted(key for key in marks if key[0] in names and key not in known):
        labels = ", ".join(f"{name}/{id_}" if len(stack) > 1 else id_ for name, id_ in unknown)
        raise MigrationError(
            f"the database is newer than this code, which has no {labels}: deploy newer code"
        )
    return marks


def _check_unchanged(files: Iterable[MigrationFile], applied: dict[tuple[str, str], Mark]) -> None:
    for file in files:
        mark = applied.get(file.key)
        if mark is not None and mark.digest != file.digest():
            raise MigrationError(
                f"{file.path} was changed after this database had applied it, on "
                f"{mark.applied_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: restore it and add a new migration; "
                "if no other database has it, roll it back here and apply it again"
            )


def _others(applied: Iterable[tuple[str, str]], application: Application) -> list[str]:
    """The names of applications that may stand on this one: all that are here and not below it."""
    below = {one.name for one in application.stack()}
    return sorted({name for name, _ in applied} - below)


def _run(
    migration: Migration, dsn: str, lock: psycopg.Connection, *, backward: bool, others: Sequence[str] = ()
) -> None:
    """In a connection of its own: no SET outlives it."""
    subject = f"the rollback of {migration.file.label}" if backward else migration.file.label
    try:
        lock.execute("SELECT 1")
    except psycopg.Error as error:
        raise MigrationError(
            f"stopped before {subject}: the migration lock is lost, {administration.message(error)}"
        ) from error
    try:
        (_run_whole if migration.transactional else _run_apart)(dsn, migration, backward=backward)
    except psycopg.Error as error:
        told = f"{administration.message(error)}; {_consequence(error, migration, lock)}"
        if others and error.sqlstate == DEPENDENT_OBJECTS:
            told += f"; {', '.join(others)} may stand on it: roll back there first"
        raise MigrationError(f"{subject} failed: {told}") from error


def _run_whole(dsn: str, migration: Migration, *, backward: bool) -> None:
    with _connect(dsn) as connection, connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '5s'")  # a queued DDL lock stops every query behind it
        _mark(connection, migration, backward=backward)  # first: a SET ROLE of the migration would forbid it
        _execute(connection, migration, backward=backward)


def _run_apart(dsn: str, migration: Migration, *, backward: bool) -> None:
    with _connect(dsn) as own:
        _execute(own, migration, backward=backward)
    with _connect(dsn) as connection:
        if not backward and (invalid := _invalid_indexes(connection, migration)):
            raise MigrationError(  # IF NOT EXISTS takes what an earlier attempt left behind for an index
                f"{migration.file.label} ran, but {invalid} is INVALID: "
                "DROP INDEX CONCURRENTLY it and run again"
            )
        with connection.transaction():
            _mark(connection, migration, backward=backward)


def _execute(connection: psycopg.Connection, migration: Migration, *, backward: bool) -> None:
    for statement in migration.backward if backward else migration.forward:
        connection.execute(statement.encode())


def _mark(connection: psycopg.Connection, migration: Migration, *, backward: bool) -> None:
    key = [migration.file.application, migration.file.id]
    if backward:
        connection.execute("DELETE FROM public.ventros_migrations WHERE application = %s AND id = %s", key)
        return
    if connection.execute("SELECT to_regclass('public.ventros_migrations')").fetchone() == (None,):
        connection.execute(_TABLE)
    connection.execute(
        "INSERT INTO public.ventros_migrations (application, id, digest) VALUES (%s, %s, %s)",
        [*key, migration.digest],
    )


def _invalid_indexes(connection: psycopg.Connection, migration: Migration) -> str:
    """Those that the migration's text names. A partitioned index (relkind I) may well be INVALID."""
    sql: LiteralString = """
        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1"""
    text = migration.text.lower()
    return ", ".join(name for (name,) in _fetch(connection, sql) if name.lower() in text)


def _consequence(error: psycopg.Error, migration: Migration, lock: psycopg.Connection) -> str:
    if migration.transactional:  # without a code the connection was lost, perhaps during COMMIT
        return "nothing of it was kept" if error.sqlstate else "it is there as a whole or not at all"
    with suppress(MigrationError):
        if invalid := _invalid_indexes(lock, migration):
            return f"DROP INDEX CONCURRENTLY what it left INVALID ({invalid}), then run again"
    return "it has no transaction, so what its earlier statements did stays: look before you run again"
