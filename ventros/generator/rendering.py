"""Makes files of templates, formatted as the project formats its own, and writes none over another."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ventros.generator.columns import camel
from ventros.kernel.errors import ConfigurationError

WIDTH = 104
"""Of a line of SQL, as in the standard statements."""
KEPT = "\u00a0"
"""A space at which no line ends."""


def _wrapped(text: str, indent: str, rest: str = "") -> str:
    """``text`` in lines: the first begins with ``indent``, the others with ``rest`` or as many spaces."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=rest or " " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    ).replace(KEPT, " ")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - what is written is Python and SQL, of names that were checked
)
_TEMPLATES.filters |= {"camel": camel, "wrapped": _wrapped, "quoted": _quoted}


def render(template: str, path: Path, values: Mapping[str, Any]) -> str:
    """The text of the file ``path``, by ``<template>.jinja``; Python as ruff formats it in that place."""
    text = _TEMPLATES.get_template(f"{template}.jinja").render(values)
    return formatted(text, path, values["package"]) if path.suffix == ".py" else text


def formatted(text: str, path: Path, package: str) -> str:
    """With imports in order, and lines as long as the settings that hold for ``path`` let them be."""
    if find_spec("ruff") is None:
        raise ModuleNotFoundError("ruff formats what is written", name="ruff")
    own = f"lint.isort.known-first-party=['{package.partition('.')[0]}']"
    fixes = ["check", "--quiet", "--fix-only", "--select", "I,F401", "--config", own]
    for command in (fixes, ["format", "--quiet"]):
        done = subprocess.run(  # noqa: S603 - ruff, of this environment
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(path), "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ConfigurationError(f"ruff cannot format {path}: {done.stderr.strip()}")
        text = done.stdout
    return text


def write(files: Mapping[Path, str]) -> None:
    """All of them, or none: raises ConfigurationError, naming those that are there already."""
    if there := [str(path) for path in files if path.exists()]:
        raise ConfigurationError(f"nothing was written, because there is already: {', '.join(there)}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
