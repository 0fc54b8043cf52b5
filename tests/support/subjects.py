"""All versioned aggregates, each on a database that has what it refers to."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest

from tests.contract import aggregates
from tests.support.constants import TENANT
from ventros import CRM
from ventros.demo.seed import Seed
from ventros.testing import Factory, Subject
from ventros.testing.subject import under_contract

FACTORIES: list[Factory] = [
    importlib.import_module(f"tests.contract.aggregates.{module.name}").FACTORY
    for module in pkgutil.iter_modules(aggregates.__path__)
]


@pytest.fixture
def ventros_seed(seed: Seed) -> Seed:
    """What the factories are given."""
    return seed


@pytest.fixture
def ventros_user(seed: Seed) -> UUID:
    """The owner."""
    return seed.user_id


@pytest.fixture(params=FACTORIES, ids=lambda factory: factory.resource)
async def subject(request: pytest.FixtureRequest, dsn: str, seed: Seed) -> AsyncIterator[Subject]:
    async with under_contract(
        request.param, CRM, dsn, tenant=TENANT, user=seed.user_id, seed=seed
    ) as subject:
        yield subject


def only(which: Callable[[Factory], bool]) -> pytest.MarkDecorator:
    """Run a test of those aggregates alone that it can be asked of."""
    chosen = [factory for factory in FACTORIES if which(factory)]
    return pytest.mark.parametrize("subject", chosen, indirect=True, ids=lambda factory: factory.resource)
