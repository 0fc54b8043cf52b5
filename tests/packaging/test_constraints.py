"""CI installs the versions of .ci/constraints.txt, and they are those that pyproject.toml allows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def declared() -> Iterator[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for texts in [project["dependencies"], *project["optional-dependencies"].values()]:
        yield from (needed for needed in map(Requirement, texts) if needed.name != "ventros")


def constraints() -> dict[str, str]:
    lines = (ROOT / ".ci" / "constraints.txt").read_text().splitlines()
    pinned = [line.partition(" ;")[0].partition("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in pinned}


def stale(versions: Mapping[str, str]) -> set[str]:
    """Names of dependencies that have no version there, or one that is not allowed."""
    return {
        needed.name
        for needed in declared()
        if not needed.specifier.contains(versions.get(canonicalize_name(needed.name), "0"))
    }


def test_each_dependency_has_a_version_that_is_allowed() -> None:
    assert stale(constraints()) == set(), "the command at the head of .ci/constraints.txt makes it anew"


def test_each_dependency_has_a_lower_bound() -> None:
    bounds = {needed.name for needed in declared() if any(each.operator == ">=" for each in needed.specifier)}
    assert bounds == {needed.name for needed in declared()}


def test_control_a_version_that_is_too_old_or_missing_is_stale() -> None:
    versions = constraints()
    assert stale(versions | {"jinja2": "3.1.5"}) == {"jinja2"}
    del versions["attrs"]
    assert stale(versions) == {"attrs"}
