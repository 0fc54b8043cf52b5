"""Lint finds without a server what a table lacks, at the migration that makes the table."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import attrs
import pytest

from tests.support.library import LIBRARY
from tests.support.schema_faults import SCHEMA_FAULTS, spoiled
from ventros.audit.declared import OPEN_POLICIES, lint_tables
from ventros.audit.library import Library
from ventros.kernel.application import KERNEL
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Catalogue
from ventros.unit_of_work import CRM


def test_the_shipped_tables_have_what_they_should() -> None:
    for library in (LIBRARY, Library(KERNEL)):
        assert [str(fault) for fault in lint_tables(library)] == []
    assert len(LIBRARY.tables) > 30


@pytest.mark.parametrize("fault", SCHEMA_FAULTS)
def test_what_a_table_lacks_is_named_where_it_is_made(tmp_path: Path, fault: str) -> None:
    application = spoiled(CRM, tmp_path / "sql", fault, "public.pipelines")
    faults = lint_tables(Library(application))
    rule = SCHEMA_FAULTS[fault][2]
    assert {found.rule for found in faults} >= {rule}
    named = [found for found in faults if found.rule == rule]
    if rule != "foreign key":
        assert {(found.path.name, found.name) for found in named} == {
            ("0013.create-pipelines.sql", "pipelines")
        }
        line = (
            (CRM.migrations / named[0].path.name).read_text(encoding="utf-8").splitlines()[named[0].line - 1]
        )
        assert line.startswith("CREATE TABLE")
    else:
        assert "pipelines" not in {found.name for found in named}


def test_a_table_with_a_version_and_no_repository_is_named(tmp_path: Path) -> None:
    shutil.copytree(CRM.statements.folder, tmp_path / "sql")
    schema = tmp_path / "sql" / "schema.sql"
    head = "CREATE TABLE public.placements ("
    text = schema.read_text(encoding="utf-8")
    assert text.count(head) == 1
    schema.write_text(text.replace(head, f"{head}version integer DEFAULT 1 NOT NULL,"), encoding="utf-8")
    faults = lint_tables(Library(attrs.evolve(CRM, statements=Catalogue(tmp_path / "sql"))))
    assert {fault.rule for fault in faults} == {"declared", "version guard", "comment"}
    assert {fault.name for fault in faults} == {"placements"}


def test_a_directory_is_one_for_its_statement_s_sake(tmp_path: Path) -> None:
    """Who reads it before the tenant is known says so; else its wide policy and its key are faults."""
    shutil.copytree(CRM.statements.folder, tmp_path / "sql")
    routes = tmp_path / "sql" / "channel_routes.sql"
    lines = routes.read_text(encoding="utf-8").splitlines()
    routes.write_text(
        "\n".join(line for line in lines if not line.startswith("-- tenant:")), encoding="utf-8"
    )
    faults = lint_tables(Library(attrs.evolve(CRM, statements=Catalogue(tmp_path / "sql"))))
    assert {fault.name for fault in faults} == {"channel_routes"}
    assert sorted(fault.rule for fault in faults) == ["policy", "policy"]


def test_a_directory_that_can_be_listed_is_named(tmp_path: Path) -> None:
    shutil.copytree(CRM.statements.folder, tmp_path / "sql")
    schema = tmp_path / "sql" / "schema.sql"
    text = schema.read_text(encoding="utf-8")
    listed, found = re.subn(
        r"CREATE POLICY asked ON public.channel_routes [^;]*;",
        "CREATE POLICY asked ON public.channel_routes FOR SELECT USING (true);",
        text,
    )
    assert found == 1
    schema.write_text(listed, encoding="utf-8")
    faults = lint_tables(Library(attrs.evolve(CRM, statements=Catalogue(tmp_path / "sql"))))
    assert [(fault.name, fault.rule) for fault in faults] == [("channel_routes", "policy")]


def test_the_kernel_s_open_policies_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventros.audit.declared.OPEN_POLICIES", set())
    assert {fault.name for fault in lint_tables(LIBRARY)} == {table for table, _ in OPEN_POLICIES}


def test_a_missing_standard_statement_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (table,) = (table for table in CRM.versioned() if table.name == "chats")
    (tmp_path / "chats.sql").write_text(
        (CRM.statements.folder / "chats.sql")
        .read_text(encoding="utf-8")
        .replace("-- name: chats.touch", "-- name: chats.bump"),
        encoding="utf-8",
    )
    lesser = attrs.evolve(table, catalogue=Catalogue(tmp_path))
    monkeypatch.setattr(type(CRM), "versioned", lambda _self: (lesser,))
    faults = [fault for fault in lint_tables(LIBRARY) if fault.rule == "standard"]
    assert [fault.text for fault in faults] == ["has no statement chats.touch, which its repository sends"]


def test_a_migration_that_is_no_sql_is_told(tmp_path: Path) -> None:
    (tmp_path / "0001.create-nothing.sql").write_text("CREATE TABEL x ();", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"0001\.create-nothing\.sql: "):
        lint_tables(Library(attrs.evolve(CRM, migrations=tmp_path)))
