"""The licences of everything that an installation brings along, as its packages tell them.

python -m tests.support.licences [EXTRA ...]      # all extras, unless some are named
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution, metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PERMISSIVE = {
    "Apache 2.0",
    "Apache License Version 2.0",
    "Apache Software License",
    "Apache-2.0",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT License",
    "MIT-0",
    "PSF-2.0",
    "The Unlicense (Unlicense)",
}
"""As packages spell them, in an expression of SPDX, a classifier or the old field."""


def extras() -> list[str]:
    return metadata("ventros").get_all("Provides-Extra") or []


def brought_by(extras: Iterable[str]) -> dict[str, Distribution]:
    """All that ventros with ``extras`` needs here, by name; what is not installed is left out."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [("ventros", frozenset(extras))]
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        for text in found[name].requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in wanted | {""}):
                waiting.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    del found["ventros"]
    return found


def licence_of(package: Distribution) -> str:
    """An expression of SPDX, else the classifiers, else the first line of the old field; or nothing."""
    told: Mapping[str, str] = package.metadata  # type: ignore[assignment]
    if expression := told.get("License-Expression"):
        return expression
    classifiers = package.metadata.get_all("Classifier") or []
    names = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: ")]
    return " AND ".join(names) or (told.get("License") or "").partition("\n")[0]


def is_permissive(licence: str) -> bool:
    """Whether each part of it is, or of parts to choose from one."""
    chosen = (any(part in PERMISSIVE for part in re.split(r" OR ", both)) for both in licence.split(" AND "))
    return bool(licence) and all(chosen)


if __name__ == "__main__":
    for name, package in sorted(brought_by(sys.argv[1:] or extras()).items()):
        licence = licence_of(package) or "unknown"
        print(f"{name:24} {package.version:12} {licence}{'' if is_permissive(licence) else '  *'}")
