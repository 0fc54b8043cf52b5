"""Lists: typed filters, an order, page after page; the only door to PyPika."""

from ventros.kernel.lists.list_repository import ListRepository, Page
from ventros.kernel.lists.query import Direction, ListQuery, Shape, Sort, SortKey

__all__ = ["Direction", "ListQuery", "ListRepository", "Page", "Shape", "Sort", "SortKey"]
