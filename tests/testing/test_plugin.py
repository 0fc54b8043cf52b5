"""What the plugin gives to the tests of a small application, run by a pytest of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.support.documents import blocks
from ventros.devserver import DevServer
from ventros.testing.plugin import VARIABLE

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
Run = Callable[..., pytest.RunResult]


def write_page(folder: Path) -> None:
    """The files of docs/testing.md, each named in its first line."""
    for text in blocks("python", PAGE):
        name = text.splitlines()[0].removeprefix("# ")
        (folder / name).write_text(text, encoding="utf-8")


def test_what_the_page_shows_passes_and_leaves_no_database(
    project: Path, run: Run, other_server: DevServer
) -> None:
    write_page(project)
    result = run("-q")
    outcomes = result.parseoutcomes()
    assert outcomes.keys() == {"passed"}, result.stdout.str()
    assert outcomes["passed"] > 35
    with psycopg.connect(other_server.superuser_dsn()) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'ventros_test%'")
        assert left.fetchall() == []


SPOILED = {
    "an update without the version": (
        "notes/sql/notes.sql",
        "updated_at = $6, version = version + 1\n WHERE tenant_id = $1 AND id = $2 AND version = $3\n",
        "updated_at = $6, version = version + 1\n WHERE tenant_id = $1 AND id = $2 AND $3 > 0\n",
        {"test_a_stale_save_and_a_stale_remove_are_told_what_is_stored", "test_no_rule_is_broken"},
    ),
    "a column that is not written": (
        "notes/note.py",
        "note.version, note.title, note.body",
        "note.version, note.title, ''",
        {"test_every_column_is_stored_as_it_was"},
    ),
    "a mapper of another order": (
        "notes/note.py",
        '"title", "body"',
        '"body", "title"',
        {"test_what_add_returns_is_what_get_returns", "test_each_is_what_its_header_says"},
    ),
    "a header of another type": (
        "notes/sql/notes.sql",
        "title text, body text, created_at timestamptz, updated_at timestamptz",
        "title uuid, body text, created_at timestamptz, updated_at timestamptz",
        {"test_what_add_returns_is_what_get_returns", "test_each_is_what_its_header_says"},
    ),
    "a privilege that no statement needs": (
        "notes/sql/grants.sql",
        "    DELETE\n",
        "    DELETE,\n    TRUNCATE\n",
        {"test_the_roles_are_granted_what_they_need"},
    ),
}
ALL = """
from datetime import UTC, datetime
import hypothesis.strategies as st
from notes.application import NOTES
from notes.note import Note
from ventros import new_id
from ventros.testing import Factory, check_statements, contract

NOTE = Factory(
    resource="note",
    new=lambda tenant, _refs: Note.write(tenant, "Milk", now=datetime(2026, 1, 2, tzinfo=UTC)),
    change=lambda note, now: note.rename(f"Milk {new_id()}", now=now),
    overrides=lambda _seed, _refs: st.just({}),
)
TestNotes = contract(NOTE)
TestStatements = check_statements(NOTES)
"""


@pytest.mark.parametrize("fault", SPOILED)
def test_control_what_is_wrong_with_an_application_fails(project: Path, run: Run, fault: str) -> None:
    path, old, new, expected = SPOILED[fault]
    file = project / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    (project / "test_all.py").write_text(ALL, encoding="utf-8")
    chosen = " or ".join(sorted(expected))
    result = run("-q", "-k", f"{chosen} or test_what_add_returns", "-rf")
    failed = {
        line.split("::")[-1].split("[")[0].split(" ")[0] for line in result.outlines if "FAILED" in line
    }
    assert failed == expected, result.stdout.str()


def test_control_without_a_fault_all_of_it_passes(project: Path, run: Run) -> None:
    (project / "test_all.py").write_text(ALL, encoding="utf-8")
    assert run("-q").parseoutcomes().keys() == {"passed"}


def test_on_a_server_of_its_own_what_is_no_statement_is_told_at_the_end(
    project: Path, pytester: pytest.Pytester
) -> None:
    (project / "test_all.py").write_text(
        """
import psycopg
import pytest

def test_clean(ventros_closed_world, ventros_dsn):
    assert "ventros_app" in ventros_dsn

@pytest.mark.usefixtures("ventros_closed_world")
def test_by_the_owner(ventros_owner_dsn):
    with psycopg.connect(ventros_owner_dsn) as connection:
        connection.execute("SELECT 1 AS one")
""",
        encoding="utf-8",
    )
    plugin = ("-p", "ventros.testing.plugin", "-q")
    assert pytester.runpytest_subprocess(*plugin).parseoutcomes() == {"passed": 2}
    with (project / "test_all.py").open("a", encoding="utf-8") as file:
        file.write("""
def test_by_the_app(ventros_dsn):
    with psycopg.connect(ventros_dsn) as connection:
        connection.execute("SELECT set_config('app.tenant_id', 'a', true)")
        connection.execute("SELECT id FROM notes.notes WHERE title = 'by hand'")
""")
    result = pytester.runpytest_subprocess(*plugin)
    assert result.parseoutcomes() == {"passed": 3, "errors": 1}
    result.stdout.fnmatch_lines(["*the app executed what is no statement*"])


def test_who_asks_for_nothing_pays_nothing(project: Path, pytester: pytest.Pytester) -> None:
    """No driver, no application and no tool is imported; there need be no server."""
    (project / "test_all.py").write_text(
        """
import sys

def test_nothing():
    heavy = {"asyncpg", "psycopg", "pglast", "hypothesis", "click", "attrs", "ventros.kernel"}
    assert heavy & set(sys.modules) == set()
    assert "ventros.testing.plugin" in sys.modules
""",
        encoding="utf-8",
    )
    others = ("no:pytest_postgresql", "no:hypothesispytest", "no:_hypothesis_pytestplugin", "no:anyio")
    plugins = [argument for name in ("ventros.testing.plugin", *others) for argument in ("-p", name)]
    result = pytester.runpytest_subprocess(*plugins, "-q")
    assert result.parseoutcomes() == {"passed": 1}, result.stdout.str()


def test_a_server_is_given_by_the_environment_too_and_by_a_superuser_alone(
    project: Path, pytester: pytest.Pytester, other_server: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "test_all.py").write_text("def test_one(ventros_superuser): pass\n", encoding="utf-8")
    plugin = ("-p", "ventros.testing.plugin", "-q")
    monkeypatch.setenv(VARIABLE, other_server.superuser_dsn())
    assert pytester.runpytest_subprocess(*plugin).parseoutcomes() == {"passed": 1}
    result = pytester.runpytest_subprocess(*plugin, f"--ventros-dsn={other_server.owner_dsn()}")
    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines(["*ventros_owner is no superuser*"])
