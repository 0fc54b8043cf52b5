"""Applications side by side in one database: what is undone of one leaves the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.migrations import A, B, C, of, query, refused, relations, tables, write
from ventros import CRM, KERNEL, Application
from ventros.migrate import migrate, pending, rollback, status

INVOICES = """
CREATE SCHEMA invoicing;
CREATE TABLE invoicing.invoices (tenant_id text, id uuid, PRIMARY KEY (tenant_id, id));
CREATE POLICY tenant ON invoicing.invoices USING (tenant_id = ventros_tenant());
"""


def marks(dsn: str, application: Application | str) -> list[str]:
    name = application if isinstance(application, str) else application.name
    rows = query(dsn, "SELECT id FROM ventros_migrations WHERE application = %s ORDER BY id", name)
    return [id_ for (id_,) in rows]


@pytest.fixture
def invoicing(tmp_path: Path) -> Application:
    """On the kernel, in a schema of its own."""
    folder = tmp_path / "invoicing"
    folder.mkdir()
    write(folder, A, INVOICES, "DROP SCHEMA invoicing CASCADE;")
    write(
        folder,
        B,
        "ALTER TABLE invoicing.invoices ADD note text;",
        "ALTER TABLE invoicing.invoices DROP note;",
    )
    return of(folder, KERNEL, name="invoicing", schema="invoicing")


@pytest.fixture
def upper(folder: Path, tmp_path: Path) -> Application:
    """Stands on the application of ``folder``, whose table a it refers to."""
    own = tmp_path / "upper"
    own.mkdir()
    write(folder, A, "CREATE TABLE a (id int PRIMARY KEY);", "DROP TABLE a;")
    write(own, A, "CREATE TABLE x (a int REFERENCES a);", "DROP TABLE x;")
    return of(own, of(folder), name="upper")


def test_what_an_application_stands_on_comes_first(dsn: str, upper: Application) -> None:
    labels = [f"own/{A}", f"own/{B}", f"own/{C}", f"upper/{A}"]
    seen: list[str] = []
    assert pending(dsn, upper) == labels
    assert relations(dsn) == set()
    assert migrate(dsn, upper, report=seen.append) == labels
    assert seen == labels
    assert pending(dsn, upper) == []
    assert [state.label for state in status(dsn, upper) if state.applied] == labels


@pytest.mark.parametrize(
    ("to", "done"),
    [
        ("own/0002", [f"own/{A}", f"own/{B}"]),
        (f"upper/{A}", [f"own/{A}", f"own/{B}", f"own/{C}", f"upper/{A}"]),
        ("0001", [f"own/{A}", f"own/{B}", f"own/{C}", f"upper/{A}"]),
    ],
)
def test_to_may_name_another_applications_migration(
    dsn: str, upper: Application, to: str, done: list[str]
) -> None:
    assert migrate(dsn, upper, to=to) == done
    with refused("'own/0003'", f"own/{B}"):
        migrate(dsn, upper, to="own/0003")
    with refused("'other/0001'", "none at all"):
        migrate(dsn, upper, to="other/0001")


def test_the_kernel_the_crm_and_a_third_are_migrated_and_undone_apart(
    dsn: str, invoicing: Application
) -> None:
    migrate(dsn, KERNEL)
    assert tables(dsn) >= {"outbox_events", "aggregate_history"}
    assert "contacts" not in tables(dsn)
    kernel = marks(dsn, KERNEL)
    assert all(label.startswith("crm/") for label in migrate(dsn, CRM))
    assert migrate(dsn, invoicing) == [f"invoicing/{A}", f"invoicing/{B}"]
    crm = marks(dsn, CRM)
    assert len(crm) > 30
    assert rollback(dsn, invoicing, steps=99) == [f"invoicing/{B}", f"invoicing/{A}"]
    assert (marks(dsn, KERNEL), marks(dsn, CRM), marks(dsn, invoicing)) == (kernel, crm, [])
    assert migrate(dsn, invoicing) == [f"invoicing/{A}", f"invoicing/{B}"]
    assert rollback(dsn, CRM, steps=2) == [f"crm/{id_}" for id_ in crm[:-3:-1]]
    assert (marks(dsn, KERNEL), marks(dsn, invoicing)) == (kernel, [A, B])
    assert migrate(dsn, invoicing) == []
    assert query(dsn, "SELECT count(*) FROM invoicing.invoices") == [(0,)]


def test_marks_of_others_are_left_alone_and_are_no_newer_code(dsn: str, folder: Path) -> None:
    migrate(dsn, of(folder), to=A)
    query(dsn, "INSERT INTO ventros_migrations VALUES ('other', %s, 'of no file of ours')", "0099.create-z")
    assert migrate(dsn, of(folder)) == [B, C]
    assert [state.id for state in status(dsn, of(folder))] == [A, B, C]
    assert rollback(dsn, of(folder), steps=99) == [C, B, A]
    assert marks(dsn, "other") == ["0099.create-z"]
    # The control: were it this application's, the database would be newer than the code.
    query(dsn, "UPDATE ventros_migrations SET application = 'own'")
    with refused("newer than this code, which has no 0099.create-z"):
        migrate(dsn, of(folder))


def test_the_server_refuses_to_undo_what_another_stands_on(
    dsn: str, upper: Application, folder: Path
) -> None:
    migrate(dsn, upper)
    below = of(folder)
    with refused(
        f"the rollback of {A} failed: cannot drop table a", "[SQLSTATE 2BP01]", "upper may stand on it"
    ):
        rollback(dsn, below, steps=99)
    assert marks(dsn, below) == [A]
    rollback(dsn, upper)
    assert rollback(dsn, below) == [A]


@pytest.mark.parametrize("id_", [A, B])
def test_an_edit_after_the_fact_is_found_though_its_checksum_was_renewed(
    dsn: str, folder: Path, id_: str
) -> None:
    own = of(folder)
    migrate(dsn, own, to=B)
    before = (folder / f"{id_}.sql").read_text()
    write(folder, id_, "CREATE TABLE otherwise ();", f"DROP TABLE {id_[-1]};")
    for run in (migrate, pending):
        with refused(f"{id_}.sql was changed after this database had applied it", "restore it"):
            run(dsn, own)
    assert [state.id for state in status(dsn, own) if state.changed] == [id_]
    write(folder, id_, before, f"DROP TABLE {id_[-1]};")
    assert pending(dsn, own) == [C]
    write(folder, id_, "CREATE TABLE otherwise ();", f"DROP TABLE {id_[-1]};")
    rollback(dsn, own, steps=2)
    write(folder, id_, "CREATE TABLE otherwise ();", "DROP TABLE otherwise;")
    assert migrate(dsn, own) == [A, B, C]
    assert "otherwise" in tables(dsn)


def test_an_edited_rollback_is_none_of_it(dsn: str, folder: Path) -> None:
    migrate(dsn, of(folder))
    write(folder, C, (folder / f"{C}.sql").read_text(), "DROP TABLE IF EXISTS c;")
    assert pending(dsn, of(folder)) == []
    assert rollback(dsn, of(folder)) == [C]
