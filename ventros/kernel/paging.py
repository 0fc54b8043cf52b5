"""Keyset paging: a page starts after the last row of the page before, so it costs the same wherever it is."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

import attrs
import msgspec

from ventros.kernel.aggregate import Entity
from ventros.kernel.errors import ValidationError
from ventros.kernel.finder import Direction, Key, Listing, Shape, Sort
from ventros.kernel.repository import EntityRepository
from ventros.kernel.statements import Statement

E = TypeVar("E", bound=Entity)
F = TypeVar("F")
S = TypeVar("S", bound=Sort)
T = TypeVar("T")

MAX_LIMIT = 1000
"""Rows of one page at most: what is held in memory at once."""


@attrs.frozen
class Page(Generic[T]):
    """``next`` is the cursor to pass on as ``after``, None at the end; ``total`` counts all pages' items."""

    items: tuple[T, ...]
    next: str | None = None
    total: int | None = None


class PagedRepository(EntityRepository[E], Generic[E, F, S]):
    """Gives a repository its list, as ``LISTING`` describes it."""

    LISTING: ClassVar[Listing[Any, Any]]

    async def page(
        self,
        filter: F | None = None,  # noqa: A002 - what it is
        *,
        sort: S | None = None,
        direction: Direction | None = None,
        limit: int = 20,
        after: str | None = None,
        with_total: bool = False,
    ) -> Page[E]:
        """One page of those that pass the filter, deleted ones never among them.

        A page costs the same wherever it is: it starts from the cursor of the page before, so rows that
        come and go meanwhile neither repeat nor hide others. ``with_total`` costs a second statement, which
        counts them all. Raises ValidationError for a limit that is not 1 to 1,000, and for a cursor that is
        damaged, or of another filter or order.
        """
        listing = self.LISTING
        check_limit(limit)
        chosen = listing.chosen(listing.filter() if filter is None else filter)
        by = listing.default if sort is None else type(listing.default)(sort)
        key = listing.sorts[by]
        way = key.direction if direction is None else Direction(direction)
        # The values of an array may come in any order, as those of a set do in each process.
        given = {name: sorted(value) if isinstance(value, list) else value for name, value in chosen.items()}
        mark = Mark.of(listing.table, self._tenant, by, way, given)
        arguments = {**chosen, "tenant_id": self._tenant, "limit": limit + 1}
        position = ""
        if after is not None:
            value, id_ = mark.read(after, key)
            position = "after null" if value is None else "after"
            arguments |= {"after_value": value, "after_id": id_}
        shape = Shape(tuple(chosen), by, way, position)
        rows = await self._connection.many(*call(listing.statement(shape), arguments))
        total = None
        if with_total:
            count = listing.statement(Shape(tuple(chosen)))
            total = (await self._connection.one(*call(count, arguments)))["total"]
        here = rows[:limit]
        more = mark.write(here[-1][by], here[-1]["id"]) if len(rows) > limit else None
        return Page(tuple(await self._load_all(here)), more, total)


def check_limit(limit: int) -> None:
    """Raises ValidationError for a limit that no page has."""
    if not 1 <= limit <= MAX_LIMIT:
        raise ValidationError(f"a page has 1 to {MAX_LIMIT} rows, not {limit}", field="limit")


def call(statement: Statement, arguments: Mapping[str, object]) -> Iterable[Any]:
    """The statement and, in the order of its parameters, its arguments."""
    return (statement, *(arguments[param.name] for param in statement.params))


@attrs.frozen
class Mark:
    """Writes and reads cursors of one list: opaque, but no secret; they hold the last row's sort value."""

    fingerprint: str

    @classmethod
    def of(cls, *what: object) -> Self:
        """All that makes it this list and no other."""
        return cls(hashlib.sha256(msgspec.json.encode(what)).hexdigest()[:12])

    def write(self, value: object, id: UUID) -> str:  # noqa: A002
        return base64.urlsafe_b64encode(msgspec.json.encode((self.fingerprint, value, id))).decode()

    def read(self, cursor: str, key: Key) -> tuple[Any, UUID]:
        value_type = key.python | None if key.nullable else key.python
        kind = tuple[str, value_type, UUID]  # type: ignore[valid-type]
        try:
            fingerprint, value, id_ = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=kind)
        except (ValueError, TypeError) as error:
            raise self._refused("is damaged") from error
        if fingerprint != self.fingerprint:
            raise self._refused("belongs to another list, filter or order")
        return value, id_

    @staticmethod
    def _refused(fault: str) -> ValidationError:
        return ValidationError(
            f"the cursor {fault}; pass on Page.next as it came, with the same filter and order, or none to "
            "start again",
            field="after",
        )
