"""The repositories of all slices."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import ventros
from ventros.kernel.repository import EntityRepository


def repositories() -> list[type[EntityRepository[Any]]]:
    """Every slice's: found by importing each module that is called repository."""
    names = [module.name for module in pkgutil.walk_packages(ventros.__path__, "ventros.")]
    classes_: list[type[EntityRepository[Any]]] = []
    for name in names:
        if name.count(".") == 3 and name.endswith(".repository"):
            classes = vars(importlib.import_module(name)).values()
            classes_ += [cls for cls in classes if isinstance(cls, type) and cls.__module__ == name]
    return [cls for cls in classes_ if issubclass(cls, EntityRepository)]


REPOSITORIES = {repository.resource: repository for repository in repositories()}
