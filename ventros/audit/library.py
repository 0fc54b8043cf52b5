"""All that an application may send: its statements, shapes of lists, and the tables that these name."""

from __future__ import annotations

import functools
from typing import Any

import attrs

from ventros.audit import reading, shapes
from ventros.audit.reading import Reading
from ventros.audit.tables import Table, read_indexes, read_tables
from ventros.kernel.application import Application
from ventros.kernel.errors import UnknownStatement
from ventros.kernel.lists import ListQuery
from ventros.kernel.statements import Statement


@attrs.frozen(eq=False)
class Library:
    """What the whole stack of an application has."""

    application: Application

    @functools.cached_property
    def written(self) -> dict[str, Statement]:
        """The statements of the catalogues, by name. Raises ConfigurationError where two have one name."""
        return dict(sorted(self.application.all_statements().items()))

    @functools.cached_property
    def statements(self) -> list[Statement]:
        """Those of the catalogues by name, then the committed shapes of lists."""
        lists = (self.list_queries[table] for table in sorted(self.list_queries))
        return [*self.written.values(), *(shape for query in lists for shape in shapes.statements(query))]

    @functools.cached_property
    def own_statements(self) -> list[Statement]:
        """Those of the application itself, without what it stands on."""
        below = {
            statement.name
            for application in self.application.stack()[:-1]
            for statement in Library(application).statements
        }
        return [statement for statement in self.statements if statement.name not in below]

    @functools.cached_property
    def list_queries(self) -> dict[str, ListQuery[Any, Any]]:
        """By table: those that the repositories have."""
        found = (getattr(repository, "LIST_QUERY", None) for repository in self.application.repositories())
        return {query.table: query for query in found if query is not None}

    @functools.cached_property
    def secret_columns(self) -> dict[str, tuple[str, ...]]:
        """By table, those that no history, log, page or auditor may show."""
        return self.application.secret_columns()

    def open_columns(self, table: str) -> tuple[str, ...]:
        """Those that hold no secret, in the table's order; none of a table that there is not."""
        secret = self.secret_columns.get(table, ())
        columns = self.tables[table].columns if table in self.tables else ()
        return tuple(column for column in columns if column not in secret)

    @functools.cached_property
    def directories(self) -> frozenset[str]:
        """The tables that the app reads before the tenant is known: those of statements that say why."""
        return frozenset(
            source.table
            for statement in self.written.values()
            if statement.role == "app" and statement.tenant
            for source in self.read(statement).sources
        )

    @functools.cached_property
    def changing(self) -> dict[str, list[str]]:
        """By table, the columns that differ after most updates, beside ``version`` and ``updated_at``.

        Those that an UPDATE makes of their old value, a counter or the later of two times, and those that its
        header names.
        """
        found: dict[str, set[str]] = {}
        for statement in self.written.values():
            for write in self.read(statement).writes if statement.writes else ():
                if write.kind == "UPDATE":
                    stepped = {name for name in write.assigned if write.steps(name)}
                    own = stepped.union(statement.changes) - {"version", "updated_at"}
                    found.setdefault(write.target.table, set()).update(own)
        return {table: sorted(found[table]) for table in sorted(found) if found[table]}

    @functools.cached_property
    def tables(self) -> dict[str, Table]:
        """By name, with the schema in front outside of ``public``: what the files schema.sql make."""
        found: dict[str, Table] = {}
        for application in self.application.stack():
            found |= read_tables(application.statements.folder / "schema.sql")
        return found

    @functools.cached_property
    def indexes(self) -> frozenset[str]:
        """The names of those that the files schema.sql make by CREATE INDEX, with the schema as a table's."""
        paths = (one.statements.folder / "schema.sql" for one in self.application.stack())
        return frozenset(name for path in paths for name in read_indexes(path))

    def find(self, name: str) -> Statement:
        """The statement of that name; a list's is rendered from it, committed or not.

        Raises UnknownStatement.
        """
        list_query = self.list_queries.get(name.partition("(")[0].rpartition(".")[0])
        if list_query and "(" in name:
            return shapes.statement_named(list_query, name)
        for application in self.application.stack():
            if name in application.statements:
                return application.statements[name]
        try:
            return self.application.statements(name)
        except UnknownStatement as error:
            places = ", ".join(str(application.statements.folder) for application in self.application.stack())
            raise UnknownStatement(f"{error}; looked in {places}") from None

    def read(self, statement: Statement) -> Reading:
        """Raises ConfigurationError for a text that cannot be read or names a table that there is not."""
        return reading.read(statement, self.tables)
