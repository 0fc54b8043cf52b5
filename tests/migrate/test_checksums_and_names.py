"""Files that were changed, named or written wrongly are refused before a connection is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.migrations import (
    A,
    B,
    C,
    of,
    query,
    refused,
    tables,
    write,
)
from ventros.migrate import migrate, rollback
from ventros.migration_files import CHECKSUMS, verify_checksums, write_checksums

UNREACHABLE = "postgresql:///db?host=/nowhere"

# Checksums


def test_checksums_are_those_of_sha256sum(folder: Path) -> None:
    path = write_checksums(folder)
    assert path == folder / CHECKSUMS
    lines = path.read_bytes().decode().splitlines()
    assert lines == [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}"
        for path in sorted(folder.glob("*.sql"))
    ]
    assert len(lines) == 6
    verify_checksums(folder)


def _edit(folder: Path) -> str:
    (folder / f"{A}.sql").write_text("CREATE TABLE a (id bigint);")
    return f"{A}.sql was changed"


def _edit_rollback(folder: Path) -> str:
    (folder / f"{A}.rollback.sql").write_text("")
    return f"{A}.rollback.sql was changed"


def _remove(folder: Path) -> str:
    (folder / f"{B}.sql").unlink()
    (folder / f"{B}.rollback.sql").unlink()
    return f"{B}.rollback.sql is missing"


def _add(folder: Path) -> str:
    (folder / "0011.create-d.sql").touch()
    (folder / "0011.create-d.rollback.sql").touch()
    return "0011.create-d.rollback.sql is new"


def _drop_list(folder: Path) -> str:
    (folder / CHECKSUMS).unlink()
    return f"{CHECKSUMS} is missing"


def _damage_list(folder: Path) -> str:
    with (folder / CHECKSUMS).open("a") as file:
        file.write("<<<<<<< HEAD\n")
    return f"{CHECKSUMS} is missing or damaged"


@pytest.mark.parametrize("change", [_edit, _edit_rollback, _remove, _add, _drop_list, _damage_list])
def test_no_connection_is_made_when_a_file_is_not_what_was_recorded(
    folder: Path, change: Callable[[Path], str]
) -> None:
    expected = change(folder)
    for run in (migrate, rollback):
        with refused(expected, "ventros migrate checksums"):
            run(UNREACHABLE, of(folder))
    with refused(expected):
        verify_checksums(folder)
    write_checksums(folder)
    verify_checksums(folder)


# Files


def _without_rollback(folder: Path) -> str:
    (folder / f"{C}.rollback.sql").unlink()
    return f"{C}.rollback.sql is missing"


def _only_rollback(folder: Path) -> str:
    (folder / f"{C}.sql").unlink()
    return f"{C}.sql is missing"


def _same_number(folder: Path) -> str:
    write(folder, "0002.create-twin", "SELECT 1;")
    return "0002.create-b and 0002.create-twin have the same number"


def _odd_name(folder: Path) -> str:
    (folder / "12_Create.sql").touch()
    return "12_Create.sql is no migration"


def _python(folder: Path) -> str:
    (folder / "0011.run-me.py").write_text("raise SystemExit('ran')")
    return "0011.run-me.py is no migration"


@pytest.mark.parametrize("change", [_without_rollback, _only_rollback, _same_number, _odd_name, _python])
def test_no_connection_is_made_when_the_names_are_wrong(folder: Path, change: Callable[[Path], str]) -> None:
    expected = change(folder)
    write_checksums(folder)
    for run in (migrate, rollback):
        with refused(expected):
            run(UNREACHABLE, of(folder), to=A)


def _depends(folder: Path) -> str:
    write(folder, C, f"-- depends: {A}\nSELECT 1;")
    return "take it out"


def _depends_on_nothing(folder: Path) -> str:
    write(folder, C, "-- depends: nowhere\nSELECT 1;")
    return f"{C}.sql has a `-- depends:` line"


def _odd_header(folder: Path) -> str:
    write(folder, C, "-- transactional: perhaps\nSELECT 1;")
    return f"{C}.sql says `-- transactional: perhaps`"


def _rollback_alone_without_transaction(folder: Path) -> str:
    write(folder, C, "SELECT 1;", "-- transactional: false\nSELECT 1;")
    return f"{C}.rollback.sql is `-- transactional: false`"


def _not_utf8(folder: Path) -> str:
    (folder / f"{C}.sql").write_bytes("SELECT 'é';".encode("latin-1"))
    return f"{C}.sql or its rollback file cannot be read"


def _own_commit(folder: Path) -> str:
    write(folder, C, "CREATE TABLE c ();\n-- now\nCOMMIT;\nSELECT 1;")
    return f"{C}.sql or its rollback begins or ends a transaction"


def _own_end(folder: Path) -> str:
    write(folder, C, "SELECT 1;\n/* now;\n*/ end; SELECT 1;")
    return f"{C}.sql or its rollback begins or ends a transaction"


def _own_begin(folder: Path) -> str:
    write(folder, C, "SELECT 1;", "begin; DROP TABLE c; commit;")
    return f"{C}.sql or its rollback begins or ends a transaction"


@pytest.mark.parametrize(
    "change",
    [
        _depends,
        _depends_on_nothing,
        _odd_header,
        _rollback_alone_without_transaction,
        _not_utf8,
        _own_commit,
        _own_end,
        _own_begin,
    ],
)
def test_nothing_runs_when_a_later_file_is_wrong(
    dsn: str, folder: Path, change: Callable[[Path], str]
) -> None:
    migrate(dsn, of(folder), to=A)
    expected = change(folder)
    write_checksums(folder)
    for dry_run in (False, True):
        with refused(expected):
            migrate(dsn, of(folder), dry_run=dry_run)
    assert tables(dsn) == {"a"}
    query(dsn, "UPDATE ventros_migrations SET id = %s", C)
    with refused(expected):
        rollback(dsn, of(folder))


def test_other_files_are_nobodys_business(dsn: str, folder: Path) -> None:
    (folder / "README.md").write_text("Read me.")
    assert migrate(dsn, of(folder)) == [A, B, C]


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    with refused("nowhere is not a directory"):
        migrate(UNREACHABLE, of(tmp_path / "nowhere"))
