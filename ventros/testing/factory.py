"""What the contract has to know of an aggregate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, get_type_hints
from uuid import UUID

import attrs
from hypothesis import strategies as st

from ventros.kernel.errors import ConfigurationError
from ventros.kernel.repository import Repository
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.testing.drawn_values import of_type

Refs = dict[str, UUID]
"""Ids of rows that the aggregate refers to, by the name of the field that refers to them."""

GIVEN_ELSEWHERE: Final = frozenset({"id", "version", "tenant_id", "created_at", "domain_events", "_origin"})
"""Fields of every aggregate that are set by its creation and by the repository."""


async def nothing(_unit: Any, _seed: Any) -> Refs:
    """The seed's own rows are all that the aggregate refers to."""
    return {}


@attrs.frozen(kw_only=True)
class Factory:
    """``resource`` names the aggregate, as its class does. ``new(seed, refs)`` makes one by its constructor,
    with the event of its creation; ``seed`` is what the fixture ``ventros_seed`` gives, by default the
    tenant's id. ``change(aggregate, now)`` is a command that changes the root, each time anew.

    ``prepare(unit, seed)`` stores what the aggregate refers to, and returns the ids for ``new``.
    ``change_child(aggregate, now)`` changes a child row and no column of the root but updated_at.
    ``several`` is False where a tenant may have but one.

    ``overrides(seed, refs)`` draws values for the stored fields of which the annotation does not tell what is
    valid: references, pairs, bounds, formats. With it, every column is tried with drawn values; ``fixed``
    names the fields that no UPDATE writes, because they never change after the creation.
    """

    resource: str
    new: Callable[[Any, Refs], Any]
    change: Callable[[Any, datetime], Any]
    prepare: Callable[[Any, Any], Awaitable[Refs]] = nothing
    change_child: Callable[[Any, datetime], Any] | None = None
    several: bool = True
    overrides: Callable[[Any, Refs], st.SearchStrategy[dict[str, Any]]] | None = None
    fixed: frozenset[str] = frozenset()

    def held_by(self, unit_of_work: type[UnitOfWork]) -> tuple[str, type[Repository[Any]]]:
        """The repository that stores the aggregate, and the name under which a unit of work holds it.

        Raises ConfigurationError when there is none.
        """
        for name, repository in unit_of_work.held_repositories().items():
            if repository.STANDARD and repository.resource == self.resource:
                if not issubclass(repository, Repository):
                    raise ConfigurationError(f"{repository.__name__} has no version, so no contract either")
                return name, repository
        raise ConfigurationError(
            f"{unit_of_work.__name__} holds no repository that stores a {self.resource}: check resource in "
            "the Factory, or the fixture ventros_application"
        )

    def repository(self, unit: UnitOfWork) -> Repository[Any]:
        """The unit's, that stores the aggregate."""
        repository: Repository[Any] = getattr(unit, self.held_by(type(unit))[0])
        return repository

    def fields(self, seed: Any, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
        """A value for every stored field but those GIVEN_ELSEWHERE, to be set by attrs.evolve.

        Raises ConfigurationError for a field that has none.
        """
        kind = type(self.new(seed, refs))
        annotations = get_type_hints(kind)
        stored = {field.name for field in attrs.fields(kind)} - GIVEN_ELSEWHERE
        drawn = {name: strategy for name in stored if (strategy := of_type(annotations[name])) is not None}
        if "deleted_at" in drawn:  # what is deleted is not found
            drawn["deleted_at"] = st.none()
        overrides = st.just({}) if self.overrides is None else self.overrides(seed, refs)

        def complete(fields: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
            if missing := stored - fields.keys() - overrides.keys():
                raise ConfigurationError(f"overrides of {self.resource} draw no {', '.join(sorted(missing))}")
            return fields | overrides

        return st.builds(complete, st.fixed_dictionaries(drawn), overrides)
