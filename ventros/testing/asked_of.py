"""Of which aggregates a test can be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ventros.testing.factory import Factory

F = TypeVar("F", bound=Callable[..., Any])


def asked_of(which: Callable[[Factory], bool]) -> Callable[[F], F]:
    """Run a test of those aggregates alone that it can be asked of."""

    def mark(test: F) -> F:
        test.__dict__["asked_of"] = which
        return test

    return mark


def is_asked_of(test: Callable[..., Any], factory: Factory) -> bool:
    """Whether it was not restricted, or to such as this one."""
    which: Callable[[Factory], bool] = test.__dict__.get("asked_of", lambda _factory: True)
    return which(factory)
