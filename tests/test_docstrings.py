"""What a docstring refers to is there, by the name that it says."""

from __future__ import annotations

import ast
import functools
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from ventros.kernel.resources import PACKAGE

REFERENCE = re.compile(r":(?:class|func|meth|mod|attr|data):`~?([\w.]+)`")
ROOT = PACKAGE.parent


def docstrings(tree: ast.Module) -> Iterator[tuple[list[str], str]]:
    """Each with the names of the classes around it."""

    def visit(node: ast.AST, classes: list[str]) -> Iterator[tuple[list[str], str]]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.Expr(value=ast.Constant(value=str() as text)):
                    yield classes, text
            inside = [*classes, child.name] if isinstance(child, ast.ClassDef) else classes
            yield from visit(child, inside)

    yield from visit(tree, [])


@functools.cache
def homes() -> dict[str, list[str]]:
    """The modules that have a class, by its name."""
    known: dict[str, list[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                known.setdefault(node.name, []).append(module_of(path))
    return known


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def found(name: str, module: str, classes: list[str]) -> bool:
    """From the class or module that the docstring is in, by its full name, or by a class of ours."""
    scopes = [".".join((module, *classes[:depth])) for depth in range(len(classes), -1, -1)]
    scopes += homes().get(name.partition(".")[0], [])
    return any(resolves(full) for full in (*(f"{scope}.{name}" for scope in scopes), name))


def resolves(full: str) -> bool:
    parts = full.split(".")
    for end in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            annotated = getattr(value, "__annotations__", {})
            if part in annotated and not hasattr(value, part):
                return part == parts[-1]
            if not hasattr(value, part):
                return False
            value = getattr(value, part)
        return True
    return False


def missing(path: Path) -> list[str]:
    module = module_of(path)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for classes, text in docstrings(tree)
        for name in REFERENCE.findall(text)
        if not found(name, module, classes)
    ]


def test_every_reference_of_a_docstring_is_there() -> None:
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "templates" not in path.parts]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    assert sum(len(REFERENCE.findall(text)) for text in texts) > 100
    assert [fault for path in paths for fault in missing(path)] == []


def test_control_a_name_that_is_gone_is_missed() -> None:
    assert resolves("ventros.kernel.database.Database.run")
    assert not resolves("ventros.kernel.database.Database.walk")
    assert not found("describe", "ventros.kernel.database", ["Database"])
