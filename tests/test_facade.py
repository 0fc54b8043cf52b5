"""The public names, where they come from, and that importing them is quiet and loads what is asked for."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import ventros
from ventros.kernel import errors

ROOT = Path(__file__).parents[1]
APPLICATION = ("ventros.core", "ventros.crm", "ventros.automation", "ventros.application", "ventros.ingest")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "sql").glob("*.md"))]


def run(code: str) -> str:
    """What a fresh interpreter prints; a warning is an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


def test_every_public_name_exists_and_they_are_few() -> None:
    assert len(set(ventros.__all__)) == len(ventros.__all__)
    for name in ventros.__all__:
        assert hasattr(ventros, name), name
    assert set(ventros.__all__) <= set(dir(ventros))
    assert len([name for name in ventros.__all__ if not hasattr(errors, name)]) <= 17
    with pytest.raises(AttributeError, match="Contacts"):
        _ = ventros.Contacts  # type: ignore[attr-defined]


def test_every_error_can_be_caught_by_a_public_name() -> None:
    tree = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.VentrosError)
    }
    assert tree - set(ventros.__all__) == set()


def test_the_version_is_the_distributions() -> None:
    assert ventros.__version__ == version("ventros")


def test_the_core_needs_neither_the_migrations_nor_the_command_line() -> None:
    """Importing the library brings in none of what the extras bring, and warns of nothing."""
    code = (
        "import sys, ventros; ventros.UnitOfWork;"
        "print(sorted({'yoyo', 'psycopg', 'click', 'rich'} & set(sys.modules)))"
    )
    assert run(code) == "[]\n"


def loaded(statement: str) -> list[str]:
    """The modules of ventros that a fresh interpreter has after the statement."""
    code = f"import sys\n{statement}\nprint(*(name for name in sys.modules if name.startswith('ventros')))"
    return run(code).split()


@pytest.mark.parametrize("statement", ["import ventros", "import ventros.kernel"])
def test_importing_loads_nothing_else(statement: str) -> None:
    assert loaded(statement) in (["ventros"], ["ventros", "ventros.kernel"])


@pytest.mark.parametrize(
    "statement",
    [
        "import ventros.kernel.database, ventros.kernel.lists",
        "from ventros import Database, NotFound, Outcome, Retry, Settings, Telemetry, prepare_driver",
    ],
)
def test_the_kernel_loads_no_module_of_the_application(statement: str) -> None:
    assert [name for name in loaded(statement) if name.startswith(APPLICATION)] == []
    assert len([name for name in loaded(statement) if name.startswith("ventros.kernel")]) > 20


def test_control_the_unit_of_work_of_the_application_loads_it() -> None:
    names = loaded("from ventros import UnitOfWork")
    assert len([name for name in names if name.startswith(APPLICATION)]) > 100


def test_the_program_can_be_run_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ventros", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"python -m ventros, version {version('ventros')}\n"


def test_the_programs_version_loads_neither_driver_nor_application() -> None:
    code = "from ventros.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass"
    names = loaded(
        f"sys.stdout, out = sys.stderr, sys.stdout\n{code}\nsys.stdout = out".replace("stderr", "__stdout__")
    )
    assert [name for name in names if name.startswith((*APPLICATION, "ventros.kernel.connection"))] == []


def imports(document: str) -> set[str]:
    """Each import statement of ours in the document's blocks of Python, and each name of the front door."""
    blocks = "\n".join(re.findall(r"^```python\n(.*?)^```", document, re.DOTALL | re.MULTILINE))
    found = set(re.findall(r"^\s*((?:from ventros[\w.]* import|import ventros) ?.*)$", blocks, re.MULTILINE))
    found = {statement for statement in found if not statement.endswith("(")}
    prose = set(re.findall(r"`(?:from )?(ventros\.[A-Z]\w+)", document)) | set(
        re.findall(r"\b(ventros\.[A-Z]\w+)", blocks)
    )
    return found | {f"import ventros; {name}" for name in prose}


def test_every_import_of_the_documents_works() -> None:
    statements = set().union(*(imports(path.read_text("utf-8")) for path in DOCUMENTS))
    assert len(statements) >= 10
    faulty = []
    for statement in sorted(statements):
        try:
            exec(statement, {})  # noqa: S102 - our own documentation
        except (ImportError, AttributeError) as error:
            faulty.append(f"{statement}: {error}")
    assert faulty == []


def test_control_a_name_that_moved_is_found() -> None:
    (statement,) = imports("```python\nfrom ventros.kernel.transaction import Outcome\n```\n")
    with pytest.raises(ImportError):
        exec(statement, {})  # noqa: S102 - as above
    (name,) = imports("see `ventros.Kontakt`")
    with pytest.raises(AttributeError):
        exec(name, {})  # noqa: S102 - as above
