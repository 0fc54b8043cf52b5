"""docs/extending.md does what it says, in an empty folder with only the wheel: it is examples/invoicing."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from tests.support.installed import ROOT, Project
from ventros.devserver import DevServer

PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
EXECUTED = {"sh", "diff", "python"}
OF_ONE_VERSION = {"invoicing/sql/schema.sql", "invoicing/sql/plans/expected.txt"}
"""What pg_dump and the planner of another PostgreSQL write otherwise."""


def written_by_hand() -> list[str]:
    """The lines that the first part of the page adds to generated files, and the columns that it names."""
    first = PAGE.partition("## Add a column")[0]
    diffs = re.findall(r"```diff\n(.*?)```", first, re.DOTALL)
    added = [line for text in diffs for line in text.splitlines() if re.match(r"\+(?!\+\+ )", line)]
    (command,) = re.findall(r"^ventros new aggregate (?:.*\\\n)*.*$", first, re.MULTILINE)
    return [*(line for line in added if line.strip("+ ")), *str(command).splitlines()]


@pytest.fixture(scope="module")
def server(durable_server: DevServer) -> DevServer:
    durable_server.create_database("extending")
    return durable_server


def query(dsn: str, text: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(text.encode()).fetchall()


def assert_a_missing_guard_is_found(project: Project) -> None:
    """The control of the page's last audit, which found nothing."""
    with psycopg.connect(project.dsns["OWNER"]) as connection:
        connection.execute("DROP TRIGGER version_guard ON invoicing.invoices")
    printed = project.shell('ventros audit --dsn "$SUPERUSER"', status=1)
    assert "the trigger version_guard of invoicing.invoices is missing" in printed


def test_the_page_does_what_it_says(server: DevServer, binaries: Path, tmp_path: Path) -> None:
    superuser = server.superuser_dsn("extending")
    dsns = {"SUPERUSER": superuser, "OWNER": server.owner_dsn("extending"), "APP": server.dsn("extending")}
    project = Project(tmp_path, binaries, dsns)
    printed = ""
    for language, text in BLOCKS:
        if language == "sh":
            project.shell(text)
        elif language == "diff":
            project.shell(f"git apply --verbose - <<'END OF DIFF'\n{text}END OF DIFF\n")
        elif language == "python":
            printed = project.shell(f"python -W error - <<'END OF PROGRAM'\n{text}END OF PROGRAM\n")
        elif language == "text":
            assert printed == text
    history = "SELECT aggregate_table, kind FROM aggregate_history ORDER BY aggregate_version"
    assert query(superuser, history) == [("invoicing.invoices", "insert"), ("invoicing.invoices", "update")]
    assert query(superuser, "SELECT to_regclass('public.contacts')") == [(None,)], (
        "not one of the CRM's tables"
    )
    assert_a_missing_guard_is_found(project)
    made = project.files()
    if not server.version.startswith("18."):
        made = {name: text for name, text in made.items() if name not in OF_ONE_VERSION}
    committed = Project(ROOT / "examples" / "invoicing", binaries).files()
    assert sorted(made.keys() - committed.keys()) == []
    assert {name: committed.get(name) for name in made} == made, f"to be copied from {tmp_path}"


def test_there_is_something_to_execute() -> None:
    languages = [language for language, _ in BLOCKS]
    assert [languages.count(language) for language in sorted(EXECUTED)] == [9, 1, 5]


def test_an_invoice_with_lines_is_less_than_150_lines_and_no_protected_name() -> None:
    lines = written_by_hand()
    assert 40 < len(lines) < 150
    assert [line for line in lines if re.search(r"\._(?!_)", line)] == []
