"""Brings a database to the schema that this version of the code expects, one deploy at a time.

``migrations/`` holds ``NNNN.verb-object.sql`` beside ``NNNN.verb-object.rollback.sql``, applied in the
order of their numbers. yoyo splits and runs them and keeps its record in ``_yoyo_migration``; the
rest is here, for yoyo hashes only names, asks for no rollback, and its lock outlives a crash.

A migration and its mark in ``_yoyo_migration`` commit together. One that begins with
``-- transactional: false`` (CREATE INDEX CONCURRENTLY) cannot: it is marked after its last statement,
so its statements must be re-runnable, and an index left INVALID stops the run before the mark.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import logging
import re
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import attrs

from ventros import administration
from ventros.kernel import resources
from ventros.kernel.errors import ConfigurationError, MigrationError

try:
    import psycopg
    from yoyo import default_migration_table
    from yoyo.backends import PostgresqlPsycopgBackend
    from yoyo.connections import DatabaseURI
    from yoyo.exceptions import BadMigration
    from yoyo.migrations import Migration, read_sql_migration
except ModuleNotFoundError as error:
    raise ConfigurationError(f"migrations need {error.name}: pip install 'ventros[migrate]'") from error

# The letters "ventros" as a number. PostgreSQL keeps advisory locks per database, so two databases of
# one server migrate independently. In pg_locks: classid 7759214, objid 1953656691, objsubid 1.
LOCK_KEY = int.from_bytes(b"ventros", "big")
LOCK_WAIT = 60.0  # seconds
CHECKSUMS = "CHECKSUMS"
_NAME = re.compile(r"(?P<id>\d{4}\.[a-z0-9]+(?:-[a-z0-9]+)*)(?P<rollback>\.rollback)?\.sql")
_CHECKSUM_LINE = re.compile(r"^([0-9a-f]{64}) [ *](\S+)$", re.MULTILINE)
_OWN_TRANSACTION = re.compile(r"(?i)(?:\s|--.*\n|/\*(?s:.*?)\*/)*(BEGIN|START|COMMIT|END|ROLLBACK|ABORT)\b")
# What yoyo logs as an error reaches the caller as a MigrationError.
logging.getLogger("yoyo.migrations").addFilter(lambda _record: False)


@attrs.frozen(kw_only=True)
class MigrationState:
    """``in_directory`` is False for one that only the database knows: it is newer than the code."""

    id: str
    applied: bool
    applied_at: datetime | None
    in_directory: bool


def migrate(
    dsn: str,
    *,
    to: str | None = None,
    dry_run: bool = False,
    directory: Path | None = None,
    report: Callable[[str], None] = lambda _id: None,
    lock_wait: float = LOCK_WAIT,
) -> list[str]:
    """Apply what is pending, up to and including ``to``, an id or its number; returns the ids in order.

    ``report`` gets each id once it is committed; ``dry_run`` only reads. ``dsn`` must lead to the server
    itself: a pooler in transaction mode loses the lock that keeps two deploys apart. ``lock_wait``: seconds.
    Raises MigrationError, and ConfigurationError when the database cannot be reached.
    """
    folder, ids = _verify(directory)
    last = _find_id(to, ids) if to is not None else max(ids, default="")
    parameters = administration.parameters(dsn)
    with administration.connect(parameters) if dry_run else _lock(parameters, lock_wait) as connection:
        applied = _applied(connection, ids=ids)
        pending = [_load(folder, id_) for id_ in ids if id_ not in applied and id_ <= last]
        for migration in () if dry_run else pending:
            _run(migration, "apply", parameters, connection)
            report(migration.id)
    return [migration.id for migration in pending]


def rollback(
    dsn: str,
    *,
    to: str | None = None,
    steps: int = 1,
    directory: Path | None = None,
    report: Callable[[str], None] = lambda _id: None,
    lock_wait: float = LOCK_WAIT,
) -> list[str]:
    """Undo the ``steps`` newest migrations, or all after ``to``, which itself stays; newest first.

    More ``steps`` than there are migrations undo them all. Everything else is as in migrate().
    """
    if steps < 1:
        raise MigrationError(f"steps is {steps}: a rollback undoes at least one migration")
    folder, ids = _verify(directory)
    last = _find_id(to, ids) if to is not None else None
    parameters = administration.parameters(dsn)
    with _lock(parameters, lock_wait) as lock:
        newest_first = sorted(_applied(lock, ids=ids), reverse=True)
        to_undo = newest_first[:steps] if last is None else [id_ for id_ in newest_first if id_ > last]
        for migration in [_load(folder, id_) for id_ in to_undo]:
            _run(migration, "rollback", parameters, lock)
            report(migration.id)
    return to_undo


def status(dsn: str, directory: Path | None = None) -> list[MigrationState]:
    """Every migration that the directory or the database knows, in order. The database is only read."""
    ids = _migration_ids(_folder(directory))
    with administration.connect(administration.parameters(dsn)) as connection:
        applied = _applied(connection)
    return [
        MigrationState(id=id_, applied=id_ in applied, applied_at=applied.get(id_), in_directory=id_ in ids)
        for id_ in sorted({*ids, *applied})
    ]


def write_checksums(directory: Path | None = None) -> Path:
    """Record what every .sql file holds now, as sha256sum would; returns the path of the record."""
    path = _folder(directory) / CHECKSUMS
    lines = [f"{digest}  {name}\n" for name, digest in sorted(_digests(path.parent).items())]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return path


def verify_checksums(directory: Path | None = None) -> None:
    """Raises MigrationError when a .sql file is not, to the byte, what CHECKSUMS says."""
    folder = _folder(directory)
    listed, present = _read_checksums(folder / CHECKSUMS), _digests(folder)
    for name in sorted({*listed, *present}):
        if listed.get(name) == present.get(name):
            continue
        fault = "is missing" if name not in present else "was changed" if name in listed else "is new"
        raise MigrationError(
            f"{folder / name} {fault}, says {CHECKSUMS}: if any database has applied it, restore it and add "
            "a new migration instead; if none has, run `ventros migrate checksums`"
        )


def _folder(directory: Path | None) -> Path:
    folder = directory if directory is not None else resources.directory("migrations")
    if not folder.is_dir():
        raise MigrationError(f"{folder} is not a directory: name the one that holds the migrations")
    return folder


def _verify(directory: Path | None) -> tuple[Path, list[str]]:
    folder = _folder(directory)
    ids = _migration_ids(folder)
    verify_checksums(folder)
    return folder, ids


def _migration_ids(folder: Path) -> list[str]:
    """The ids in order. Refuses what yoyo would take in silence: odd names, .py files, lone files."""
    forward: set[str] = set()
    backward: set[str] = set()
    for path in (path for path in sorted(folder.iterdir()) if path.suffix in {".sql", ".py"}):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path} is no migration: it must be called NNNN.verb-object[.rollback].sql")
        (backward if match["rollback"] else forward).add(match["id"])
    for id_ in sorted(forward ^ backward):
        missing = f"{id_}.rollback.sql" if id_ in forward else f"{id_}.sql"
        raise MigrationError(
            f"{folder / missing} is missing: a migration is two files, and the other is there"
        )
    ids = sorted(forward)
    for earlier, later in itertools.pairwise(ids):
        if earlier[:4] == later[:4]:
            raise MigrationError(f"{earlier} and {later} have the same number: renumber the newer one")
    return ids


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.sql")}


def _read_checksums(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8") if path.is_file() else "missing"
    lines = _CHECKSUM_LINE.findall(text)
    if len(lines) != len(text.splitlines()):
        raise MigrationError(f"{path} is missing or damaged: `ventros migrate checksums` writes it")
    return {name: digest for digest, name in lines}


def _find_id(to: str, ids: Iterable[str]) -> str:
    for id_ in ids:
        if to in {id_, id_[:4]}:
            return id_
    if to[:4].isdecimal():
        near = sorted(ids, key=lambda id_: abs(int(id_[:4]) - int(to[:4])))[:3]
    else:
        near = difflib.get_close_matches(to, ids, n=3, cutoff=0)
    raise MigrationError(f"there is no migration {to!r}; the nearest are {', '.join(near) or 'none at all'}")


def _load(folder: Path, id: str) -> Migration:  # noqa: A002 - the field's name everywhere
    """Read and split it. All that are to run are loaded first: a fault comes out before any has run."""
    path, back = folder / f"{id}.sql", folder / f"{id}.rollback.sql"
    migration = Migration(id, str(path), str(folder))
    try:
        migration.load()
        directives, _, statements = read_sql_migration(str(path))
        back_directives, _, back_statements = read_sql_migration(str(back))
    except (BadMigration, KeyError, UnicodeDecodeError) as error:
        raise MigrationError(f"{path} or its rollback file cannot be read: {error!r}") from error
    if "depends" in directives:
        raise MigrationError(f"{path} has a `-- depends:` line: the numbers are the order, take it out")
    if not migration.use_transactions:
        return migration
    if back_directives.get("transactional", "true").lower() != "true":
        raise MigrationError(f"{back} is `-- transactional: false`: {path.name} must be so, it decides")
    # Its own COMMIT would end our transaction, and what came before could not be taken back any more.
    if any(map(_OWN_TRANSACTION.match, [*statements, *back_statements])):
        raise MigrationError(f"{path} or its rollback begins or ends a transaction: it already runs in one")
    return migration


@contextmanager
def _lock(parameters: dict[str, Any], wait: float) -> Iterator[psycopg.Connection]:
    """Hold the advisory lock, in a session of its own for the whole run: it ends with the process.

    Polled for, for a waiting pg_advisory_lock() holds a snapshot: CREATE INDEX CONCURRENTLY of the run
    that has the lock waits for it, and PostgreSQL sees no deadlock, as the lock's holder waits for nothing.
    """
    with administration.connect(parameters) as connection:
        connection.execute("SET idle_session_timeout = 0")
        deadline = time.monotonic() + wait
        while not _fetch(connection, "SELECT pg_try_advisory_lock(%s)", LOCK_KEY)[0][0]:
            if time.monotonic() > deadline:
                raise MigrationError(f"another run goes on: {_holder(connection)}; waited {wait:g} s for it")
            time.sleep(0.1)
        try:
            yield connection
        finally:
            with suppress(psycopg.Error):
                connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])


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


def _applied(connection: psycopg.Connection, ids: Iterable[str] | None = None) -> dict[str, datetime]:
    """What was applied, and when. Looks where yoyo does, in the first schema of the search path."""
    table = "SELECT to_regclass(quote_ident(current_schema()) || '._yoyo_migration')"
    if _fetch(connection, table)[0][0] is None:
        return {}
    rows = _fetch(connection, "SELECT migration_id, applied_at_utc FROM _yoyo_migration")
    applied = {id_: applied_at.replace(tzinfo=UTC) for id_, applied_at in rows}
    if ids is not None and (unknown := sorted({*applied} - {*ids})):
        names = ", ".join(unknown)
        raise MigrationError(f"the database is newer than this code, which has no {names}: deploy newer code")
    return applied


def _run(migration: Migration, direction: str, parameters: dict[str, Any], lock: psycopg.Connection) -> None:
    """``direction`` is "apply" or "rollback". Each has a connection of its own: no SET outlives it."""
    handled = sys.exception()
    subject = migration.id if direction == "apply" else f"the rollback of {migration.id}"
    try:
        lock.execute("SELECT 1")
    except psycopg.Error as error:
        raise MigrationError(
            f"stopped before {subject}: the migration lock is lost, {administration.message(error)}"
        ) from error
    uri = DatabaseURI("postgresql+psycopg", None, None, None, None, None, parameters)
    try:
        with _Backend(uri, default_migration_table) as backend:
            backend.ensure_internal_schema_updated()
            _process(backend, migration, direction)
    except psycopg.Error as error:
        # On a lost connection yoyo's ROLLBACK fails too, and its error covers the one that tells why.
        while isinstance(first := error.__context__, psycopg.Error) and first is not handled:
            error = first
        raise MigrationError(
            f"{subject} failed: {administration.message(error)}; {_consequence(error, migration, lock)}"
        ) from error


def _process(backend: _Backend, migration: Migration, direction: str) -> None:
    if migration.use_transactions:
        # The mark goes first: a SET search_path or SET ROLE of the migration would divert it.
        with backend.transaction():
            backend.execute("SET LOCAL lock_timeout = '5s'")  # a queued DDL lock stops every query behind it
            _mark(backend, migration, direction)
            migration.process_steps(backend, direction)
        return
    with backend.copy() as own:
        migration.process_steps(own, direction)
    if direction == "apply" and (invalid := _invalid_indexes(backend.connection, migration)):
        raise MigrationError(  # IF NOT EXISTS takes what an earlier attempt left behind for an index
            f"{migration.id} ran, but {invalid} is INVALID: DROP INDEX CONCURRENTLY it and run again"
        )
    with backend.transaction():
        _mark(backend, migration, direction)


def _mark(backend: _Backend, migration: Migration, direction: str) -> None:
    backend.log_migration(migration, direction)
    (backend.mark_one if direction == "apply" else backend.unmark_one)(migration, log=False)


def _invalid_indexes(connection: psycopg.Connection, migration: Migration) -> str:
    """Those that the migration's text names. A partitioned index (relkind I) may well be INVALID."""
    sql: LiteralString = """
        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1"""
    source = str(migration.source).lower()
    return ", ".join(name for (name,) in _fetch(connection, sql) if name.lower() in source)


def _consequence(error: psycopg.Error, migration: Migration, lock: psycopg.Connection) -> str:
    if migration.use_transactions:  # without a code the connection was lost, perhaps during COMMIT
        return "nothing of it was kept" if error.sqlstate else "it is there as a whole or not at all"
    with suppress(MigrationError):
        if invalid := _invalid_indexes(lock, migration):
            return f"DROP INDEX CONCURRENTLY what it left INVALID ({invalid}), then run again"
    return "it has no transaction, and its other file undid what it could: look before you run again"


class _QuietCursor(psycopg.Cursor[Any]):
    """yoyo prints every result to stdout, and asks ``description`` whether there is one."""

    @property
    def description(self) -> None:
        return None


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]  # yoyo is untyped
    def init_connection(self, connection: psycopg.Connection) -> None:
        connection.cursor_factory = _QuietCursor

    def lock(self, timeout: float = 0) -> AbstractContextManager[None]:
        """yoyo's lock is a row in yoyo_lock: a killed run leaves it behind, and no later run gets past it."""
        return nullcontext()

    def get_log_data(self, migration: Migration, operation: str = "apply") -> dict[str, Any]:
        """yoyo's own asks for the uid's name, which containers may not have, and waits for DNS."""
        now = datetime.now(UTC).replace(tzinfo=None)
        record = {"migration_id": migration.id, "migration_hash": migration.hash, "operation": operation}
        author = {"username": self.connection.info.user, "hostname": socket.gethostname()}
        return {"id": str(uuid.uuid4()), "created_at_utc": now} | record | author
