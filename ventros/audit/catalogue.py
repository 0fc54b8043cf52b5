"""All that the library may send: the statements of sql/ and the shapes of lists, found by their names."""

from __future__ import annotations

from ventros.audit.shapes import listings, statements
from ventros.kernel.statements import Statement, catalogue, statement


def every() -> list[Statement]:
    """The statements of sql/ by name, then the committed shapes."""
    known = catalogue()
    shapes = (each for _, listing in sorted(listings().items()) for each in statements(listing))
    return [*(known[name] for name in sorted(known)), *shapes]


def find(name: str) -> Statement:
    """The statement of that name; a list's is rendered from it, committed or not. Raises UnknownStatement."""
    listing = listings().get(name.partition(".")[0])
    return listing.named(name) if listing and "(" in name else statement(name)
