"""A slice stands on what the kernel offers by a public name, as an application's own slices have to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "ventros" / "kernel"
SLICES = [ROOT / "ventros" / name for name in ("core", "crm", "automation")]

FOR_COMMANDS = {"_created", "_updated", "_changed"}
"""What an aggregate's commands call on themselves: for nobody else, as the docstring of Entity says."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def trees(folders: Iterable[Path]) -> dict[Path, ast.Module]:
    paths = (path for folder in folders for path in folder.rglob("*.py"))
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def members(tree: ast.Module) -> Iterator[str]:
    """The private names that classes have: methods, and what is assigned in a class or to ``self``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, Definition) and is_private(part.name):
                    yield part.name
                elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    yield part.target.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


PRIVATE = {name for tree in trees([KERNEL]).values() for name in members(tree) if is_private(name)}
BASES = trees([KERNEL / "repository", KERNEL / "lists", KERNEL / "transaction"]).values()
INHERITED = {name for tree in BASES for name in members(tree) if is_private(name)}
"""Of classes that a slice or a unit of work is made from."""


def trespasses(tree: ast.Module) -> Iterator[str]:
    """Private names of the kernel that a module imports, overrides or asks for."""
    own = set(members(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ventros.kernel"):
            yield from (alias.name for alias in node.names if is_private(alias.name))
        elif isinstance(node, ast.Attribute) and node.attr in PRIVATE - FOR_COMMANDS - own:
            yield node.attr
        elif isinstance(node, ast.ClassDef) and node.bases:
            methods = {part.name for part in node.body if isinstance(part, Definition)}
            yield from sorted(methods & INHERITED)


def test_no_slice_and_no_example_uses_a_private_name_of_the_kernel() -> None:
    modules = trees([*SLICES, ROOT / "examples"])
    assert {path.name for path in modules} >= {"repository.py", "aggregate.py", "list_query.py", "app.py"}
    found = [(str(path.relative_to(ROOT)), name) for path in modules for name in trespasses(modules[path])]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from ventros.kernel.lists.query import _after_cursor",
        "class Things(Repository):\n    async def find(self):\n        return await self._get_one(1)",
        "class Things(Repository):\n    async def _get_one(self, id):\n        return self.load(id)",
        "def unit(uow):\n    return uow._transaction",
        "def origin(thing):\n    return thing._origin",
    ],
)
def test_control_a_private_name_is_seen(source: str) -> None:
    assert list(trespasses(ast.parse(source)))


def test_control_a_private_name_of_its_own_is_not() -> None:
    source = "class Things(Repository):\n    def _many(self):\n        return self._many()\n"
    command = "class Thing(AggregateRoot):\n    def rename(self):\n        return self.record_update(1)\n"
    assert not [*trespasses(ast.parse(source)), *trespasses(ast.parse(command))]
