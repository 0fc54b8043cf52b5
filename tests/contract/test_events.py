"""Every event that is declared is told by somebody, under a name of its own."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import ventros
from ventros.kernel.events import DomainEvent

PACKAGE = Path(ventros.__file__).parent


def declared() -> list[type[DomainEvent]]:
    """But for those that others derive from, which say only what an aggregate's events share."""
    modules = [module.name for module in pkgutil.walk_packages(ventros.__path__, "ventros.")]
    slices = [importlib.import_module(name) for name in modules if name.endswith(".events")]
    classes = (value for module in slices for value in vars(module).values() if isinstance(value, type))
    return [cls for cls in classes if issubclass(cls, DomainEvent) and not cls.__subclasses__()]


def test_every_event_is_told_by_somebody() -> None:
    others = [path for path in PACKAGE.rglob("*.py") if path.name != "events.py"]
    source = "".join(path.read_text(encoding="utf-8") for path in others)
    use = r"\b{0}\(|\bupdated_event = {0}\b"
    assert [cls for cls in declared() if not re.search(use.format(cls.__name__), source)] == []


def test_no_two_events_have_one_name() -> None:
    names = [cls.event_name for cls in declared()]
    assert len(set(names)) == len(names) > 100
    assert [name for name in names if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", name)] == []
