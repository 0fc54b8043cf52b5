"""The committed lines are those of the migrations, on any server, and psql shows the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.findings import psql
from ventros.audit.schema import FILE, Line, listed, read, written
from ventros.devserver import DevServer
from ventros.generator.catalogue import catalogue
from ventros.kernel.application import KERNEL, Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.resources import directory
from ventros.roles import Roles
from ventros.schema import create_database
from ventros.unit_of_work import CRM


@pytest.mark.parametrize("application", [KERNEL, CRM], ids=lambda one: one.name)
def test_the_committed_list_is_what_the_migrations_make(server: DevServer, application: Application) -> None:
    text = (application.statements.folder / FILE).read_text(encoding="utf-8")
    assert catalogue(server, application) == text


def test_psql_and_diff_find_nothing_but_what_is_not_switched_on(server: DevServer) -> None:
    create_database(server, CRM, "listed_by_psql")
    file = directory("sql") / "ops" / "catalogue.sql"
    live = set(psql(server.superuser_dsn("listed_by_psql"), "-A", "-t", "-f", file).splitlines())
    texts = [(one.statements.folder / FILE).read_text(encoding="utf-8") for one in CRM.stack()]
    committed = {line for text in texts for line in text.splitlines() if not line.startswith("#")}
    assert live - {line.removeprefix("? ") for line in committed} == set()
    missing = {line for line in committed if line.removeprefix("? ") not in live}
    assert {line.partition("|")[0] for line in missing} == {"? index", "? trigger"}
    assert len(live) > 900


def test_a_line_is_one_line_whatever_it_holds() -> None:
    line = Line("function", "", "f()", "a\nb \\n c|d\\")
    assert "\n" not in str(line)
    kind, relation, name, definition = str(line).split("|", 3)
    assert Line.of(kind, relation, name, definition) == line


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    whole = listed(KERNEL)
    path = tmp_path / FILE
    path.write_text(written(KERNEL, whole), encoding="utf-8")
    assert read(path) == whole
    path.write_text("column|contacts\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"catalogue\.txt:1: is not kind\|table\|name"):
        read(path)
    path.unlink()
    with pytest.raises(ConfigurationError, match="is missing: ventros sync writes it"):
        read(path)


@pytest.mark.parametrize(("name", "shown"), [("eve", "eve"), ("Eve; --", '"Eve; --"')])
def test_policies_are_for_the_roles_of_the_database(name: str, shown: str) -> None:
    key = ("policy", "public.outbox_events", "auditor_select")
    line = listed(KERNEL).named(Roles(auditor=name)).optional[key]
    assert line.definition == f"AS PERMISSIVE FOR SELECT TO {shown} USING (true)"
    assert listed(KERNEL).optional[key].definition.startswith("AS PERMISSIVE FOR SELECT TO ventros_auditor ")
