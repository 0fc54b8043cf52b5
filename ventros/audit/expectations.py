"""How each statement is expected to reach its rows, as committed, and where a server does otherwise."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
import psycopg

from ventros.audit.access import ROWS, Access, accesses, schema
from ventros.audit.filling import fill
from ventros.audit.library import Library
from ventros.audit.plans import MODES, planning, trees
from ventros.audit.shards import PARTITIONS, Shards, split
from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Statement

TENANTS = ("tenant-1", "tenant-20")
"""Of the seed: the largest, with a fifth of all rows, and one in the middle."""

LARGE = 18_000
"""Rows; a table with fewer than was planned on may be read otherwise, with all its indexes: of 743 statements
130 ways were not as expected where each table had 2,000 rows, and 18 where it had 6,000."""

HEAD = """\
# How each statement reaches the rows of each table. Not to be edited:
# ventros sql plans --also DIR > plans/expected.txt, DIR with the programs of the other PostgreSQL
#
# PostgreSQL: {versions}; 20,000 rows in each table (seed.sql); for two tenants, one with a fifth of them
#
# First the table, then
# rows: how many of its rows one probe of the index may read
{rows}
#     filtered: and keeps some of them
# partitions: how many of a table's {partitions} partitions by tenant_id the statement touches
#     one, all, how many, or none where no row can be meant; - where the table is not split
# plans: which ones do so: generic for any arguments, custom for given ones; always is both on each PostgreSQL
# index: with its columns as far as they are compared; "any" where several would do; - for none
#
{notes}
"""
_LINE = re.compile(r"    (\S+) +([a-z]+)(, filtered)? +(one|all|none|-|\d+) +(.+?)  +(\S+?)(?:\((.*)\))?")
_COUNTS = {"-": None, "none": 0, "one": 1, "all": PARTITIONS}

Plans = frozenset[tuple[int, str]]
"""Major versions of PostgreSQL, each with a mode."""


@attrs.frozen(order=True)
class Expectation:
    """One line: a way to a table's rows, how many partitions that touches, and the plans that go it."""

    statement: str
    access: Access
    partitions: int | None
    plans: Plans = attrs.field(order=False)


@attrs.frozen
class Deviation:
    """A way to a table's rows that is not among the expected."""

    statement: str
    access: Access
    expected: tuple[Access, ...]

    def __str__(self) -> str:
        expected = " or ".join(map(_format_access, self.expected)) or "not at all"
        actual = _format_access(self.access)
        return f"{self.statement}: reads {self.access.table} by {actual}, expected {expected}"


def seed(superuser_dsn: str, library: Library) -> None:
    """20,000 rows into every table, and statistics of all of them: a sample of them would not be steady.

    Of an application without ``plans/seed.sql`` they are made up, and left empty is what it stands on but for
    the kernel, where none of its statements reads it. Raises ConfigurationError when tables refuse such rows.
    """
    own = library.application
    wanted = {table for statement in library.own_statements for table in library.read(statement).tables}
    every = _seed(own).is_file()
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        for application in own.stack():
            path = _seed(application)
            if not path.is_file():
                if application is own:
                    fill(connection, application)
            elif every or not application.stands_on or not wanted.isdisjoint(_tables(application)):
                connection.execute(path.read_bytes())
        connection.execute("VACUUM (ANALYZE)")


def _seed(application: Application) -> Path:
    return application.statements.folder / "plans" / "seed.sql"


def _tables(application: Application) -> set[str]:
    statements = application.statements
    return {statements.table(table).qualified_name for table in statements.tables()}


def observe(
    connection: psycopg.Connection, statements: Iterable[Statement], tenants: Iterable[str] = TENANTS
) -> dict[tuple[str, Access], set[str]]:
    """By statement and access, the modes whose plan goes that way for one of the tenants.

    Planned under the row-level policies that hold for the connection's role. Raises DatabaseError.
    """
    modes: dict[tuple[str, Access], set[str]] = {}
    indexes = schema(connection)
    for tenant in tenants:
        with planning(connection, tenant):
            for statement in statements:
                for mode, tree in trees(connection, statement).items():
                    for access in accesses(tree, indexes):
                        modes.setdefault((statement.name, access), set()).add(mode)
    return modes


def deviations(
    connection: psycopg.Connection,
    statements: Iterable[Statement],
    expected: Iterable[Expectation],
    tenants: Iterable[str] = TENANTS,
) -> list[Deviation]:
    """What is not expected of tables that are LARGE, whatever the version and mode. Raises DatabaseError."""
    by_table: dict[tuple[str, str], list[Access]] = {}
    for expectation in expected:
        by_table.setdefault((expectation.statement, expectation.access.table), []).append(expectation.access)
    sizes = schema(connection).sizes
    deviating = []
    for name, access in observe(connection, statements, tenants):
        table_accesses = by_table.get((name, access.table), [])
        if access not in table_accesses and sizes[access.table] >= LARGE:
            deviating.append(Deviation(name, access, tuple(table_accesses)))
    return deviating


def expectations_text(library: Library, connections: Iterable[psycopg.Connection]) -> str:
    """The text of the application's ``plans/expected.txt``, from seeded databases on several versions."""
    plans: dict[tuple[str, Access], set[tuple[int, str]]] = {}
    partitions: dict[tuple[str, str], int | None] = {}
    versions = []
    for connection in connections:
        version = major(connection)
        versions.append(version)
        for key, modes in observe(connection, library.own_statements).items():
            plans.setdefault(key, set()).update((version, mode) for mode in modes)
        with planning(connection, TENANTS[0]), split(connection, library) as shards:
            notes = "\n".join(_notes(library, shards))
            for statement in library.own_statements:
                for table, count in shards.partitions_touched(connection, statement).items():
                    count_before = partitions.get((statement.name, table)) or 0
                    partitions[statement.name, table] = None if count is None else max(count, count_before)
    lines = [
        Expectation(name, access, partitions.get((name, access.table), 0), frozenset(pairs))
        for (name, access), pairs in plans.items()
    ]
    head = HEAD.format(
        versions=", ".join(map(str, sorted(versions))),
        rows="\n".join(f"#     {name}: {text}" for name, text in ROWS.items()),
        partitions=PARTITIONS,
        notes=notes,
    )
    return head + "\n".join(format_expectations(lines, versions))


def major(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10_000


def _notes(library: Library, shards: Shards) -> Iterator[str]:
    yield "# Not split:"
    for table, reason in shards.unsplit.items():
        yield from _wrap(f"{table}: {reason}")
    yield "# Foreign keys to a table that is split, which no shard can check by itself:"
    for text in shards.crossing_keys or ["none"]:
        yield from _wrap(text)
    yield "# Statements that do not compare the tenant:"
    for statement in library.own_statements:
        if statement.tenant:
            yield from _wrap(f"{statement.name}: {statement.tenant}")


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, 112, initial_indent="#     ", subsequent_indent="#         ")


def format_expectations(lines: Iterable[Expectation], versions: Iterable[int]) -> Iterator[str]:
    """A statement's name on a line, its expectations below; then the next."""
    current = ""
    for expectation in sorted(lines, key=lambda expectation: (expectation.statement, expectation.access)):
        if expectation.statement != current:
            yield expectation.statement
            current = expectation.statement
        access = expectation.access
        count = {number: word for word, number in _COUNTS.items()}.get(
            expectation.partitions, str(expectation.partitions)
        )
        rows = f"{access.rows}, filtered" if access.filtered else access.rows
        plans = _plans(expectation.plans, versions)
        yield f"    {access.table:<25}  {rows:<16}  {count:<4}  {plans:<7}  {_index(access)}"
    yield ""


def _index(access: Access) -> str:
    name = access.index or ("any" if access.rows == "tenant" else "-")
    return f"{name}({', '.join(access.columns)})" if name != "-" else name


def _format_access(access: Access) -> str:
    return f"{_index(access)}: {access.rows}" + (", filtered" if access.filtered else "")


def _plans(plans: Plans, versions: Iterable[int]) -> str:
    modes = {version: [mode for mode in MODES if (version, mode) in plans] for version in sorted(versions)}
    if len({tuple(names) for names in modes.values()}) == 1:
        return _mode(next(iter(modes.values()))) or "always"
    return ", ".join(f"{version} {_mode(names)}".rstrip() for version, names in modes.items() if names)


def _mode(modes: list[str]) -> str:
    return "" if len(modes) == len(MODES) else modes[0]


def read(text: str) -> tuple[list[Expectation], set[int]]:
    """The lines of such a text, and the versions that it was made on. Raises ConfigurationError."""
    versions: set[int] = set()
    lines: list[Expectation] = []
    statement = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# PostgreSQL: "):
            versions = {int(version) for version in re.findall(r"\d+", line.partition(";")[0])}
        elif match := _LINE.fullmatch(line):
            table, rows, filtered, count, plans, index, columns = match.groups()
            access = Access(
                table,
                rows,
                "" if index in {"any", "-"} else index,
                tuple(columns.split(", ")) if columns else (),
                bool(filtered),
            )
            partitions = _COUNTS[count] if count in _COUNTS else int(count)
            lines.append(Expectation(statement, access, partitions, _read_plans(plans, versions)))
        elif line.startswith(" "):
            raise ConfigurationError(f"plans/expected.txt:{number} cannot be read: {line.strip()}")
        elif not line.startswith("#"):
            statement = line
    return lines, versions


def _read_plans(text: str, versions: set[int]) -> Plans:
    if text == "always" or text in MODES:
        modes = [mode for mode in MODES if text in {mode, "always"}]
        return frozenset((version, mode) for version in versions for mode in modes)
    plans = set()
    for part in text.split(", "):
        version, _, mode = part.partition(" ")
        plans |= {(int(version), name) for name in MODES if mode in {name, ""}}
    return frozenset(plans)


def read_committed(library: Library) -> tuple[list[Expectation], set[int]]:
    """Those of each ``plans/expected.txt`` of the stack, and the versions of PostgreSQL of these.

    An application without the file expects nothing.
    """
    expectations: list[Expectation] = []
    versions: set[int] = set()
    for application in library.application.stack():
        path = application.statements.folder / "plans" / "expected.txt"
        if path.is_file():
            lines, made_on = read(path.read_text(encoding="utf-8"))
            expectations += lines
            versions |= made_on
    return expectations, versions
