"""What every use case is tried with: each case by its use case and its name.

A module here has the cases of one folder of ``ventros/application``. It is found by itself.
"""

from __future__ import annotations

import importlib
import itertools
import pkgutil
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import attrs

from tests.support.constants import NOW
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed, seed_tenant

Work = Callable[[UnitOfWork], Awaitable[object]]
UNIT: Final = "a unit of work"
"""Stands for the use case where there is none."""

_NUMBERS = itertools.count(100_000_001)


@attrs.define
class World:
    """A tenant of its own with one active channel, where ``db`` prepares what a case needs.

    ``number`` has nine digits, and is no other world's. What the case does is done in a unit of ``tenant``
    and ``user``; ``rival`` is what another unit does at the same time, if that is not the same again.
    """

    db: Database[UnitOfWork]
    number: int
    seed: Seed
    tenant: str
    user: UUID | None = None
    rival: Work | None = None

    async def run(self, work: Work) -> Any:
        """Something that was done before, in a unit of its own that is committed."""
        return await self.db.run(self.tenant, work, user=self.user)

    async def add(self, *aggregates: Any) -> Any:
        """Store them as they are; what is returned is as it is stored."""
        return await self.run(lambda uow: uow.add_all(*aggregates))


async def new_world(db: Database[UnitOfWork]) -> World:
    number = next(_NUMBERS)
    tenant = f"world-{number}"
    return World(db, number, await seed_tenant(db, tenant, f"phone-{number}", NOW), tenant)


Prepare = Callable[[World], Awaitable[Work]]


@attrs.frozen(kw_only=True)
class Case:
    """``names_nothing``: the command holds the id of nothing that is stored, so no tenant's.

    ``answers_others``: to another tenant, it does not raise, but answers that there is no such thing.
    """

    use_case: str
    name: str
    prepare: Prepare
    names_nothing: bool = False
    answers_others: bool = False

    def __str__(self) -> str:
        return f"{self.use_case}-{self.name}"


_CASES: dict[tuple[str, str], Case] = {}


def case(use_case: str, name: str, **properties: bool) -> Callable[[Prepare], Prepare]:
    """``async def prepare(world)`` stores what is needed and returns what is then done in a unit of work."""

    def keep(prepare: Prepare) -> Prepare:
        assert (use_case, name) not in _CASES, f"two cases {use_case}, {name}"
        _CASES[use_case, name] = Case(use_case=use_case, name=name, prepare=prepare, **properties)
        return prepare

    return keep


def all_cases() -> list[Case]:
    """Of every module of this package, by the names of the modules: a test may have imported one before."""
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return sorted(_CASES.values(), key=lambda one: one.prepare.__module__)
