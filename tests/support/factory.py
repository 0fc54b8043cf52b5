"""What the contract suite has to know of an aggregate; one module beside this one for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from hypothesis.strategies import SearchStrategy

from ventros import UnitOfWork
from ventros.demo.seed import Seed
from ventros.kernel.repository import Repository

Refs = dict[str, UUID]
"""Ids of rows that the aggregate refers to, by the name of the field that refers to them."""


async def nothing(_uow: UnitOfWork, _seed: Seed) -> Refs:
    """The seed's own rows are all that the aggregate refers to."""
    return {}


@attrs.frozen(kw_only=True)
class Factory:
    """``new`` goes through the aggregate's creation and has its events; ``fields`` draws a value for every
    other field that is stored (neither id, version, tenant_id, created_at nor domain_events), to be set by
    attrs.evolve; ``change`` is a command that changes the root at the given time, each time anew;
    ``change_child`` one that changes a child row and no column of the root but updated_at.

    ``fixed`` names fields that no UPDATE writes, because they never change after the creation.
    """

    resource: str
    repository: Callable[[UnitOfWork], Repository[Any]]
    new: Callable[[Seed, Refs], Any]
    fields: Callable[[Seed, Refs], SearchStrategy[dict[str, Any]]]
    change: Callable[[Any, datetime], Any]
    prepare: Callable[[UnitOfWork, Seed], Awaitable[Refs]] = nothing
    change_child: Callable[[Any, datetime], Any] | None = None
    fixed: frozenset[str] = frozenset()
