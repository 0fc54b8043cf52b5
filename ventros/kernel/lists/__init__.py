"""Lists: typed filters, an order, page after page; the only door to PyPika."""

from ventros.kernel.lists.conditions import (
    Condition,
    among,
    at_least,
    at_most,
    contains,
    equal,
    overlaps,
    present,
    related,
)
from ventros.kernel.lists.list_repository import ListRepository, Page
from ventros.kernel.lists.query import ListQuery, Shape
from ventros.kernel.lists.sort import Direction, Sort, SortKey

__all__ = [
    "Condition",
    "Direction",
    "ListQuery",
    "ListRepository",
    "Page",
    "Shape",
    "Sort",
    "SortKey",
    "among",
    "at_least",
    "at_most",
    "contains",
    "equal",
    "overlaps",
    "present",
    "related",
]
