"""What the contract suite has to know of an aggregate; one module beside this one for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, get_type_hints
from uuid import UUID

import attrs
from hypothesis import strategies as st

from tests.support.drawn_values import of_type
from ventros import UnitOfWork
from ventros.demo.seed import Seed
from ventros.kernel.repository import Repository

Refs = dict[str, UUID]
"""Ids of rows that the aggregate refers to, by the name of the field that refers to them."""


GIVEN_ELSEWHERE = frozenset({"id", "version", "tenant_id", "created_at", "domain_events", "_origin"})
"""Fields of every aggregate that are set by its creation and by the repository."""


async def nothing(_uow: UnitOfWork, _seed: Seed) -> Refs:
    """The seed's own rows are all that the aggregate refers to."""
    return {}


@attrs.frozen(kw_only=True)
class Factory:
    """``new`` goes through the aggregate's creation and has its events; ``overrides`` draws the fields of
    which the annotation does not tell what is valid: references, pairs, bounds, formats; ``change`` is a
    command that changes the root at the given time, each time anew; ``change_child`` one that changes a child
    row and no column of the root but updated_at.

    ``fixed`` names fields that no UPDATE writes, because they never change after the creation.
    """

    resource: str
    repository: Callable[[UnitOfWork], Repository[Any]]
    new: Callable[[Seed, Refs], Any]
    overrides: Callable[[Seed, Refs], st.SearchStrategy[dict[str, Any]]]
    change: Callable[[Any, datetime], Any]
    prepare: Callable[[UnitOfWork, Seed], Awaitable[Refs]] = nothing
    change_child: Callable[[Any, datetime], Any] | None = None
    fixed: frozenset[str] = frozenset()

    def fields(self, seed: Seed, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
        """A value for every stored field but those GIVEN_ELSEWHERE, to be set by attrs.evolve."""
        kind = type(self.new(seed, refs))
        annotations = get_type_hints(kind)
        drawn = {
            field.name: strategy
            for field in attrs.fields(kind)
            if field.name not in GIVEN_ELSEWHERE
            and (strategy := of_type(annotations[field.name])) is not None
        }
        if "deleted_at" in drawn:  # what is deleted is not found
            drawn["deleted_at"] = st.none()
        return st.builds(
            lambda fields, overrides: fields | overrides,
            st.fixed_dictionaries(drawn),
            self.overrides(seed, refs),
        )
