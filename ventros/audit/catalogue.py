"""All that the library may send: the statements of sql/ and the shapes of lists, found by their names."""

from __future__ import annotations

from ventros.audit.shapes import list_queries, statement_named, statements
from ventros.kernel.statements import Statement
from ventros.statements import statement
from ventros.unit_of_work import CRM


def all_statements() -> list[Statement]:
    """The statements of sql/ by name, then the committed shapes."""
    written = CRM.all_statements()
    shapes = (shape for _, list_query in sorted(list_queries().items()) for shape in statements(list_query))
    return [*(written[name] for name in sorted(written)), *shapes]


def find(name: str) -> Statement:
    """The statement of that name; a list's is rendered from it, committed or not. Raises UnknownStatement."""
    list_query = list_queries().get(name.partition(".")[0])
    return (
        statement_named(list_query, name)
        if list_query and "(" in name
        else CRM.all_statements().get(name) or statement(name)
    )
