"""An application: what has statements, migrations, repositories and a unit of work."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import attrs

from ventros.kernel.errors import ConfigurationError
from ventros.kernel.repository import EntityRepository, Repository
from ventros.kernel.resources import directory
from ventros.kernel.statements import Catalogue, Statement, Table
from ventros.kernel.statements.kernel import statement
from ventros.kernel.transaction.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class Application:
    """All that the tools around the kernel have to know of it; what they need, they ask here.

    The folder of its ``statements`` also holds its ``schema.sql``, ``grants.sql`` and ``plans/``;
    ``migrations`` is the folder of its migrations. It stands on the applications whose tables its own refer
    to, and at the bottom on KERNEL. ``name`` marks its migrations in a database.
    """

    name: str
    statements: Catalogue
    migrations: Path = attrs.field(converter=Path)
    unit_of_work: type[UnitOfWork]
    stands_on: tuple[Application, ...]

    def stack(self) -> tuple[Application, ...]:
        """Each application once, those that others stand on first, this one last."""
        found: dict[str, Application] = {}
        for below in self.stands_on:
            found |= {application.name: application for application in below.stack()}
        return (*found.values(), self)

    def schemas(self) -> tuple[str, ...]:
        """Those of the whole stack and ``public``, where the kernel's tables are; by name."""
        return tuple(sorted({"public", *(one.statements.schema for one in self.stack())}))

    def all_statements(self) -> dict[str, Statement]:
        """By name, of the whole stack. Raises ConfigurationError for a name that two of them have."""
        found: dict[str, Statement] = {}
        for application in self.stack():
            for name, own in application.statements.items():
                if first := found.get(name):
                    raise ConfigurationError(
                        f"{own.path}:{own.line}: {name} is also in {first.path}:{first.line}: give one of "
                        "the applications a schema of its own"
                    )
                found[name] = own
        return found

    def repositories(self) -> tuple[type[EntityRepository[Any]], ...]:
        """Those that store the entities of the stack's units of work, by schema and table.

        Raises ConfigurationError when two tables are of one resource: the outbox could not tell them apart.
        """
        found: dict[tuple[str, str], type[EntityRepository[Any]]] = {}
        for application in self.stack():
            held = application.unit_of_work.held_repositories()
            found |= {
                repository.TABLE.path: repository for repository in held.values() if repository.STANDARD
            }
        by_resource: dict[str, type[EntityRepository[Any]]] = {}
        for repository in found.values():
            first = by_resource.setdefault(repository.resource, repository)
            if first is not repository:
                raise ConfigurationError(
                    f"{first.TABLE.qualified_name} and {repository.TABLE.qualified_name} both hold a "
                    f"{repository.resource}: name one otherwise, for the outbox could not tell them apart"
                )
        return tuple(found[path] for path in sorted(found))

    def secret_columns(self) -> dict[str, tuple[str, ...]]:
        """The columns whose values no history, log or page may show, by table (schema.table outside public).

        As the repositories of the stack declare them, ``SECRET_COLUMNS``: the one list that all tools ask.
        """
        return {
            repository.TABLE.qualified_name: repository.SECRET_COLUMNS
            for repository in self.repositories()
            if repository.SECRET_COLUMNS
        }

    def versioned(self) -> tuple[Table, ...]:
        """The tables of the stack's aggregates, which have a version."""
        return tuple(
            repository.TABLE for repository in self.repositories() if issubclass(repository, Repository)
        )


KERNEL: Final = Application(
    name="kernel",
    statements=statement,
    migrations=directory("migrations") / "kernel",
    unit_of_work=UnitOfWork,
    stands_on=(),
)
"""Outbox, commit markers, inbox, tenant function, version fence and history, without a table of the CRM."""
