"""A step of the walk for sessions that timed out reads what it was told to, and no more."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from ventros.audit.plans import Tree, planning, trees
from ventros.devserver import DevServer
from ventros.statements import statement

FIND = statement("sessions.find_timed_out")


def nodes(tree: Tree) -> Iterator[Tree]:
    yield tree
    for child in tree.get("Plans", ()):
        yield from nodes(child)


def under_limit(tree: Tree) -> list[str]:
    """The nodes of the step itself, which its limit ends; the index if there is one."""
    (step,) = (node for node in nodes(tree) if node.get("Subplan Name") == "CTE step")
    return [f"{node['Node Type']} {node.get('Index Name', '')}".strip() for node in nodes(step)]


def test_it_goes_along_the_key_of_active_sessions_and_sorts_nothing(
    server: DevServer, ventros_seeded: str
) -> None:
    """Planned by who sees all rows, as the scheduler's policy lets it see them."""
    with psycopg.connect(server.superuser_dsn(ventros_seeded)) as connection, planning(connection):
        for mode, tree in trees(connection, FIND, as_its_role=False).items():
            assert under_limit(tree) == ["Limit", "Index Scan sessions_active_idx"], mode


def test_control_without_its_index_it_reads_more(server: DevServer, ventros_seeded: str) -> None:
    with psycopg.connect(server.superuser_dsn(ventros_seeded)) as connection, planning(connection):
        connection.execute("DROP INDEX sessions_active_idx")
        for tree in trees(connection, FIND, as_its_role=False).values():
            assert "Index Scan sessions_active_idx" not in under_limit(tree)
