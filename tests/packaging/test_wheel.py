"""What is installed is whole: the SQL and the migrations are in the wheel that is built from the sdist."""

from __future__ import annotations

import shutil
import tarfile
import venv
import zipfile
from pathlib import Path

from tests.support.installed import ROOT, run

LOAD = """
import pathlib, sys
import ventros
from ventros import CRM
from ventros.kernel.resources import directory
place = pathlib.Path(ventros.__file__).parent
assert pathlib.Path(sys.prefix) in place.parents, place
assert directory("sql") == place / "_sql" and directory("migrations") == place / "_migrations"
places = {(statement.path, statement.line) for statement in CRM.all_statements().values()}
print(len(places), len(list(directory("migrations").rglob("*.sql"))))
"""


def test_a_clean_environment_loads_every_statement(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel)
    statements, migrations = run(python, "-c", LOAD, cwd=tmp_path).split()
    names = [
        line
        for path in (*(ROOT / "sql").glob("*.sql"), *(ROOT / "sql" / "kernel").glob("*.sql"))
        for line in path.read_text().splitlines()
    ]
    assert int(statements) == sum(line.startswith("-- name:") for line in names)
    assert int(migrations) == len(list((ROOT / "migrations").rglob("*.sql")))


def test_the_example_of_a_service_runs_on_it(wheel: Path, tmp_path: Path) -> None:
    """As a project elsewhere, with its own configuration."""
    project = shutil.copytree(ROOT / "examples" / "service", tmp_path / "service")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[testing]", f"{project}[test]")
    place = run(python, "-I", "-c", "import service, ventros; print(service.__file__, ventros.__file__)")
    assert place.count(str(tmp_path / "venv")) == 2
    assert " passed" in run(python, "-E", "-m", "pytest", "-q", cwd=project)


def test_the_wheel_holds_what_is_no_module(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "ventros/py.typed" in names
    assert {"ventros/_migrations/CHECKSUMS", "ventros/_migrations/kernel/CHECKSUMS"} <= set(names)
    assert {"ventros/_sql/kernel/grants.sql", "ventros/_sql/kernel/schema.sql"} <= set(names)
    assert {f"ventros/audit/page/{name}" for name in ("page.html", "style.css", "filter.js")} <= set(names)
    assert {f"ventros/_sql/ops/{path.name}" for path in (ROOT / "sql" / "ops").glob("*.sql")} <= set(names)
    assert {"ventros/_sql/plans/expected.txt", "ventros/_sql/plans/seed.sql"} <= set(names)
    (entry_points,) = [name for name in names if name.endswith(".dist-info/entry_points.txt")]
    assert (
        "[pytest11]\nventros.testing.plugin = ventros.testing.plugin"
        in zipfile.ZipFile(wheel).read(entry_points).decode()
    )
    assert not [name for name in names if name.startswith(("tests/", "bench/", "sql/", "migrations/"))]


def test_the_sdist_holds_what_an_auditor_reads(wheel: Path) -> None:
    (sdist,) = wheel.parent.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"sql/contacts.sql", "migrations/0015.create-contacts.sql", "README.md", "pyproject.toml"} <= names
