"""The statements of one application, by their names."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from ventros.kernel.errors import ConfigurationError, UnknownStatement
from ventros.kernel.statements.definition import SCOPES, Statement
from ventros.kernel.statements.files import load


@attrs.frozen(eq=False)
class Catalogue(Mapping[str, Statement]):
    """``statement = Catalogue(Path(...))``, then ``statement("contacts.get")`` at import.

    ``folder`` holds one file for each table, ``schema`` is where those tables are; outside of public it is a
    part of the names: ``statement("invoicing.invoices.get")``. The files are read once, when the first
    statement is asked for.
    """

    folder: Path = attrs.field(converter=Path)
    schema: str = "public"

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", self.schema):
            raise ConfigurationError(f"{self.schema!r} is no schema: lower-case letters, digits, _")

    @functools.cached_property
    def _statements(self) -> dict[str, Statement]:
        return load(self.folder, self.schema)

    def table(self, name: str) -> Table:
        """The statements of that table. Raises UnknownStatement when there is no file of that name."""
        if name not in self.tables():
            near = difflib.get_close_matches(name, self.tables(), n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UnknownStatement(f"there is no {name}.sql in {self.folder}{hint}")
        return Table(name, self)

    def tables(self) -> tuple[str, ...]:
        """The names of the tables that have statements."""
        return tuple(sorted({statement.table for statement in self._statements.values()}))

    def __call__(self, name: str) -> Statement:
        """The statement of that name; to be called at import, so that a misspelt name fails there.

        Raises UnknownStatement, with the nearest names, and ConfigurationError for a file that is faulty.
        """
        if name not in self._statements:
            near = difflib.get_close_matches(name, self._statements, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UnknownStatement(f"no statement is named {name!r} in {self.folder}{hint}")
        return self._statements[name]

    def __getitem__(self, name: str) -> Statement:
        return self._statements[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)


@attrs.frozen
class Table:
    """One table with its statements, ``<table>.<verb>``; ``name`` is without the schema."""

    name: str
    catalogue: Catalogue = attrs.field(repr=False)

    @property
    def path(self) -> tuple[str, str]:
        """Its schema and its name."""
        return (self.catalogue.schema, self.name)

    @property
    def qualified_name(self) -> str:
        """With its schema, outside of public, as in the names of its statements."""
        schema, name = self.path
        return name if schema == "public" else f"{schema}.{name}"

    @property
    def scope(self) -> str:
        """The column that says whose its rows are: ``user_id`` where its INSERT takes one and no tenant.

        Else ``tenant_id``.
        """
        insert = self.find("insert")
        names = [param.name for param in insert.params] if insert else []
        return next((column for column in SCOPES if column in names), "tenant_id")

    def find(self, verb: str) -> Statement | None:
        """The statement of that verb, if the table has one."""
        return self.catalogue.get(f"{self.qualified_name}.{verb}")

    def __call__(self, verb: str) -> Statement:
        """The same; raises UnknownStatement when the table has none."""
        return self.catalogue(f"{self.qualified_name}.{verb}")
