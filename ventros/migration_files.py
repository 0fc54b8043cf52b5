"""The files of an application's migrations: named by one rule, split by yoyo, known by their digests.

``NNNN.verb-object.sql`` stands beside ``NNNN.verb-object.rollback.sql``; their numbers are their order, and
``CHECKSUMS`` says, as sha256sum would, what each of them holds.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from pathlib import Path

import attrs

from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError, MigrationError

try:
    from yoyo.migrations import read_sql_migration
except ModuleNotFoundError as error:
    raise ConfigurationError(f"migrations need {error.name}: pip install 'ventros[migrate]'") from error

CHECKSUMS = "CHECKSUMS"
_NAME = re.compile(r"(?P<id>\d{4}\.[a-z0-9]+(?:-[a-z0-9]+)*)(?P<rollback>\.rollback)?\.sql")
_CHECKSUM_LINE = re.compile(r"^([0-9a-f]{64}) [ *](\S+)$", re.MULTILINE)
_OWN_TRANSACTION = re.compile(r"(?i)(?:\s|--.*\n|/\*(?s:.*?)\*/)*(BEGIN|START|COMMIT|END|ROLLBACK|ABORT)\b")


@attrs.frozen(kw_only=True)
class MigrationFile:
    """``label`` names it in output: its id, after ``application/`` where several are migrated at once."""

    application: str
    id: str
    label: str
    path: Path

    @property
    def key(self) -> tuple[str, str]:
        """By which a database marks it."""
        return (self.application, self.id)

    @property
    def rollback_path(self) -> Path:
        return self.path.with_suffix(".rollback.sql")

    def digest(self) -> str:
        """SHA-256 of the forward file, in hexadecimal digits."""
        return _digest(self.path)


@attrs.frozen(kw_only=True)
class Migration:
    """One that is read and split, so that a fault in it comes out before any has run."""

    file: MigrationFile
    digest: str
    text: str
    transactional: bool
    forward: tuple[str, ...]
    backward: tuple[str, ...]


def files_of(application: Application, *, many: bool) -> list[MigrationFile]:
    """Its migrations in order; ``many`` puts its name before their ids. Raises MigrationError."""
    folder = application.migrations
    return [
        MigrationFile(
            application=application.name,
            id=id_,
            label=f"{application.name}/{id_}" if many else id_,
            path=folder / f"{id_}.sql",
        )
        for id_ in _ids(folder)
    ]


def read(file: MigrationFile) -> Migration:
    """Read and split it. Raises MigrationError for what cannot be read or would not run as it says."""
    path, back = file.path, file.rollback_path
    try:
        text, digest = path.read_text(encoding="utf-8"), file.digest()
        directives, _, forward = read_sql_migration(str(path))
        back_directives, _, backward = read_sql_migration(str(back))
    except UnicodeDecodeError as error:
        raise MigrationError(f"{path} or its rollback file cannot be read: {error}") from error
    if "depends" in directives:
        raise MigrationError(f"{path} has a `-- depends:` line: the numbers are the order, take it out")
    transactional = _is_transactional(path, directives)
    if transactional and not _is_transactional(back, back_directives):
        raise MigrationError(f"{back} is `-- transactional: false`: {path.name} must be so, it decides")
    # Its own COMMIT would end our transaction, and what came before could not be taken back any more.
    if transactional and any(map(_OWN_TRANSACTION.match, [*forward, *backward])):
        raise MigrationError(f"{path} or its rollback begins or ends a transaction: it already runs in one")
    return Migration(
        file=file,
        digest=digest,
        text=text,
        transactional=transactional,
        forward=tuple(forward),
        backward=tuple(backward),
    )


def write_checksums(folder: Path) -> Path:
    """Record what every .sql file holds now, as sha256sum would; returns the path of the record."""
    _check_folder(folder)
    path = folder / CHECKSUMS
    lines = [f"{digest}  {name}\n" for name, digest in sorted(_digests(folder).items())]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return path


def verify_checksums(folder: Path) -> None:
    """Raises MigrationError when a .sql file is not, to the byte, what CHECKSUMS says."""
    for name, fault in checksum_faults(folder).items():
        raise MigrationError(
            f"{folder / name} {fault}, says {CHECKSUMS}: if any database has applied it, restore it and add "
            "a new migration instead; if none has, run `ventros migrate checksums`"
        )


def checksum_faults(folder: Path) -> dict[str, str]:
    """By the name of each .sql file that is not what CHECKSUMS says: "is missing", "was changed", "is new".

    Raises MigrationError when there is no such folder, or no CHECKSUMS.
    """
    _check_folder(folder)
    listed, present = _read_checksums(folder / CHECKSUMS), _digests(folder)
    return {
        name: "is missing" if name not in present else "was changed" if name in listed else "is new"
        for name in sorted({*listed, *present})
        if listed.get(name) != present.get(name)
    }


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise MigrationError(f"{folder} is not a directory: name the one that holds the migrations")


def _ids(folder: Path) -> list[str]:
    """Refuses what yoyo would take in silence: odd names, .py files, lone files."""
    _check_folder(folder)
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


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: _digest(path) for path in folder.glob("*.sql")}


def _read_checksums(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8") if path.is_file() else "missing"
    lines = _CHECKSUM_LINE.findall(text)
    if len(lines) != len(text.splitlines()):
        raise MigrationError(f"{path} is missing or damaged: `ventros migrate checksums` writes it")
    return {name: digest for digest, name in lines}


def _is_transactional(path: Path, directives: dict[str, str]) -> bool:
    value = directives.get("transactional", "true").lower()
    if value not in {"true", "false"}:
        raise MigrationError(f"{path} says `-- transactional: {value}`: it must be true or false")
    return value == "true"
