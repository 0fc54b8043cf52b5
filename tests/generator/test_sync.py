"""What follows from code and migrations is made anew, of the shipped applications too."""

from __future__ import annotations

import shutil
from pathlib import Path

import attrs
import pytest

from ventros.command_line import find_application
from ventros.generator.new_aggregate import new_aggregate, parse, place_of
from ventros.generator.sync import sync
from ventros.kernel.application import KERNEL, Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Catalogue


@pytest.fixture
def copy(tmp_path: Path) -> Application:
    """The kernel's files, to be spoiled."""
    shutil.copytree(KERNEL.statements.folder, tmp_path / "sql")
    shutil.copytree(KERNEL.migrations, tmp_path / "migrations")
    return attrs.evolve(KERNEL, statements=Catalogue(tmp_path / "sql"), migrations=tmp_path / "migrations")


def test_what_is_stale_is_found_and_then_written_in_one_go(copy: Application) -> None:
    folder = copy.statements.folder
    told: list[str] = []
    sync(copy, told.append)
    whole = {name: (folder / name).read_bytes() for name in ("schema.sql", "grants.sql")}
    checksums = copy.migrations / "CHECKSUMS"
    listed = checksums.read_bytes()
    (folder / "schema.sql").write_text("-- stale\n", encoding="utf-8")
    (folder / "grants.sql").unlink()
    checksums.write_text("", encoding="utf-8")
    stale = {checksums, folder / "schema.sql", folder / "grants.sql"}
    assert set(sync(copy, told.append, check=True)) == stale
    assert not (folder / "grants.sql").exists()
    assert set(sync(copy, told.append)) == stale
    assert {name: (folder / name).read_bytes() for name in whole} == whole
    assert checksums.read_bytes() == listed
    assert sync(copy, told.append, check=True) == []


def test_a_statement_at_fault_leaves_every_file_as_it_was(copy: Application) -> None:
    path = copy.statements.folder / "processed_events.sql"
    path.write_text(path.read_text(encoding="utf-8").replace("INTO processed_events", "INTO processed"))
    (copy.statements.folder / "grants.sql").write_text("-- stale\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="`ventros sync` writes it anew"):
        sync(copy, print)
    assert (copy.statements.folder / "grants.sql").read_text(encoding="utf-8") == "-- stale\n"


def test_a_snapshot_of_another_postgresql_is_left_as_it_is(copy: Application) -> None:
    path = copy.statements.folder / "schema.sql"
    text = path.read_text(encoding="utf-8").replace("PostgreSQL 18", "PostgreSQL 14", 1)
    path.write_text(text, encoding="utf-8")
    told: list[str] = []
    sync(copy, told.append)
    assert path.read_text(encoding="utf-8") == text
    assert any("pg_dump of PostgreSQL 14" in line for line in told)


SEED = """
INSERT INTO shop.orders (tenant_id, id, number, created_at, updated_at)
SELECT tenant_id, pg_temp.id('order', n), 'A' || n, at, at FROM seat;
"""


def test_tables_that_refuse_what_is_made_up_want_a_seed(shop: Path) -> None:
    application = find_application("shop.application:SHOP", shop)
    new_aggregate(parse("order", "number text", [], None), place_of(application), shop / "tests")
    migration = application.migrations / "0001.create-orders.sql"
    strict = "number text NOT NULL CHECK (number LIKE 'A%'),"
    text = migration.read_text(encoding="utf-8").replace("number text NOT NULL,", strict)
    migration.write_text(text, encoding="utf-8")
    sql, told = application.statements.folder, list[str]()
    assert {path.name for path in sync(application, told.append)} == {
        *("CHECKSUMS", "catalogue.txt", "grants.sql", "schema.sql"),
    }
    (line,) = told
    assert line.startswith("plans/expected.txt is left as it is: shop.orders cannot be filled")
    assert line.endswith("write a plans/seed.sql beside schema.sql, which puts 20,000 rows into each table")
    (sql / "plans").mkdir()
    (sql / "plans" / "seed.sql").write_text(SEED, encoding="utf-8")
    assert {path.name for path in sync(application, told.append)} == {"expected.txt"}
    assert "one   always   orders_pkey(tenant_id, id)" in (sql / "plans" / "expected.txt").read_text("utf-8")
