"""All that the library may send: the statements of sql/ and the shapes of lists, found by their names."""

from __future__ import annotations

from ventros.audit.shapes import listings, statements
from ventros.kernel.errors import UnknownStatement
from ventros.kernel.statements import Statement, catalogue, statement


def every() -> list[Statement]:
    """The statements of sql/ by name, then the committed shapes."""
    known = catalogue()
    shapes = (each for _, listing in sorted(listings().items()) for each in statements(listing))
    return [*(known[name] for name in sorted(known)), *shapes]


def find(name: str) -> Statement:
    """The statement or shape of that name, the shape even if not committed. Raises UnknownStatement."""
    return shape_named(name) or statement(name)


def shape_named(name: str) -> Statement | None:
    """The shape of a list, rendered again from nothing but its name."""
    listing = listings().get(name.partition(".")[0])
    if listing is None or "(" not in name:
        return None
    try:
        return listing.named(name)
    except UnknownStatement:
        return None
