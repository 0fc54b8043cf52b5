"""A test stands where the code stands that it tests, and takes nothing from another test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
NO_MIRROR = {"bench", "concurrency", "contract", "faults", "packaging", "sabotage", "support"}
"""What is asked of many slices at once, of benchmarks and of the package; and what tests share."""
NOT_IMPORTED = {
    "kernel/transaction/test_savepoints.py": "through ventros.UnitOfWork",
    "kernel/repository/test_optimistic_locking.py": "through a slice's repository",
    "kernel/repository/test_save_all.py": "through the unit of work",
    "application/test_use_cases.py": "through the cases of tests/support/use_cases",
    "ops/test_cli.py": "through the program",
    "ingest/waha/test_content.py": "through the builders of tests/support/waha.py",
    "ingest/waha/test_parties.py": "through the builders of tests/support/waha.py",
}
"""Tests that reach what they test by other means than an import."""
NO_MODULE = {
    "test_docstrings.py",
    "test_facade.py",
    "test_layout.py",
    "test_left_behind.py",
    "test_readme.py",
    "test_security.py",
}
"""Tests at the root of something that is no module: the package, the tests, the README."""

NO_TESTS: dict[str, str] = {}
"""Folders without tests of their own, and why."""

Sources = dict[PurePosixPath, str]
"""By path below tests/ or ventros/."""


def sources(folder: str) -> Sources:
    root = ROOT / folder
    return {PurePosixPath(path.relative_to(root)): path.read_text("utf-8") for path in root.rglob("*.py")}


@cache
def imported(source: str) -> set[str]:
    """Dotted names of modules, and of what is imported from them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def dotted(path: PurePosixPath) -> str:
    return ".".join(("ventros", *path.with_suffix("").parts))


def borrowed(tests: Sources) -> Iterator[str]:
    """Imports of a test file or of a conftest."""
    for path, source in tests.items():
        for name in imported(source):
            _, *parts = name.split(".")
            if name.startswith("tests.") and any(part.startswith(("test_", "conftest")) for part in parts):
                yield f"{path} imports {name}"


def misplaced(tests: Sources, code: Sources) -> Iterator[str]:
    """Files of the mirrored folders that are not beside what they test."""
    for path, source in tests.items():
        folder, subject = path.parent, path.stem.removeprefix("test_")
        if path.name == "conftest.py" or set(folder.parts[:1]) & NO_MIRROR:
            continue
        namesakes = [module for module in code if module.stem == subject]
        beside = [module for module in namesakes if folder.is_relative_to(module.parent)]
        names = imported(source)
        if not path.stem.startswith("test_"):
            yield f"{path} is no test: what tests share is in support/"
        elif namesakes and not beside:
            yield f"{path} has the name of a module elsewhere: {namesakes[0]}"
        elif not folder.parts and not beside and path.name not in NO_MODULE:
            yield f"{path} has the name of no module"
        elif folder.parts and str(path) not in NOT_IMPORTED:
            places = {dotted(folder), *map(dotted, beside)}
            if not any(name == place or name.startswith(f"{place}.") for place in places for name in names):
                yield f"{path} imports nothing of ventros/{folder}"


def without_tests(tests: Sources, code: Sources) -> Iterator[str]:
    """Folders of the code that some test imports from, and whose mirror has no test."""
    used = set().union(*map(imported, tests.values()))
    mirrored = {path.parent for path in tests if path.stem.startswith("test_")}
    for folder in (
        {path.parent for path in code if dotted(path) in used} - mirrored - set(map(PurePosixPath, NO_TESTS))
    ):
        yield f"ventros/{folder} is tested, but not in tests/{folder}"


def test_no_test_imports_a_test_or_a_conftest() -> None:
    assert list(borrowed(sources("tests"))) == []


def test_every_test_is_beside_what_it_tests() -> None:
    assert list(misplaced(sources("tests"), sources("ventros"))) == []


def test_every_folder_that_is_tested_has_its_mirror() -> None:
    assert list(without_tests(sources("tests"), sources("ventros"))) == []


def test_no_exception_is_left_over() -> None:
    tests = sources("tests")
    assert (NO_MODULE | set(NOT_IMPORTED)) - set(map(str, tests)) == set()
    assert NO_TESTS.keys() & {str(path.parent) for path in tests} == set()


CODE = {PurePosixPath(path): "" for path in ("roles.py", "crm/chats/aggregate.py", "kernel/ids.py")}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("crm/chats/test_aggregate.py", "from tests.test_roles import names"),
        ("crm/chats/test_aggregate.py", "from tests import conftest"),
        ("crm/chats/test_aggregate.py", "import ventros.kernel.ids"),
        ("crm/chats/test_ids.py", "import ventros.crm.chats.aggregate"),
        ("crm/test_ids.py", "import ventros.kernel.ids"),
        ("crm/chats/world.py", "import ventros.crm.chats.aggregate"),
        ("test_nothing.py", "import ventros.roles"),
        ("faults/test_ids.py", "import ventros.kernel.ids"),
    ],
)
def test_control_what_is_out_of_place_is_seen(path: str, source: str) -> None:
    tests = {PurePosixPath(path): source}
    assert [*borrowed(tests), *misplaced(tests, CODE), *without_tests(tests, CODE)]


def test_control_what_is_in_its_place_is_not() -> None:
    tests = {
        PurePosixPath("crm/chats/test_aggregate.py"): "from ventros.crm.chats.aggregate import Chat",
        PurePosixPath("kernel/test_ids.py"): "from ventros.kernel import ids",
    }
    assert [*borrowed(tests), *misplaced(tests, CODE), *without_tests(tests, CODE)] == []
