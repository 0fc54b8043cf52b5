"""What the suite of lists must know of a slice: rows to list, and each filter said once more in Python."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs

from ventros import UnitOfWork
from ventros.demo.seed import Seed
from ventros.kernel.lists import ListRepository


@attrs.frozen(kw_only=True)
class Filtered:
    """A value for one field of the filter, and what it means; some rows pass and some do not."""

    value: Any
    passes: Callable[[Any], bool]


@attrs.frozen(kw_only=True)
class Case:
    """``store`` puts the rows of one tenant into the database, deleted ones among them, and returns the
    live ones as they are stored; ``expected`` has every field of the filter, some of them perhaps twice.

    ``expected`` may name what was stored: it is a function of the stored rows.
    """

    repository: Callable[[UnitOfWork], ListRepository[Any, Any, Any]]
    store: Callable[[UnitOfWork, Seed], Awaitable[list[Any]]]
    expected: Callable[[list[Any]], Mapping[str, list[Filtered]]]
