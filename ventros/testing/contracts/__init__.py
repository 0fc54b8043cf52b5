"""One contract for every versioned repository: ``TestInvoices = contract(Factory(…))``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio

from ventros.kernel.application import Application
from ventros.testing.asked_of import is_asked_of
from ventros.testing.contracts import locks, storing, undone, versions
from ventros.testing.factory import Factory
from ventros.testing.subject import Subject, under_contract

_MODULES: Final[tuple[ModuleType, ...]] = (storing, versions, undone, locks)


def contract(*factories: Factory) -> type:
    """A class of tests, to be given a name that pytest collects; each is run for each of the factories.

    What cannot be asked of an aggregate is left out: of its children where it has none, say.
    """
    tests = {
        name: staticmethod(test)
        for module in _MODULES
        for name, test in vars(module).items()
        if name.startswith("test_") and any(is_asked_of(test, factory) for factory in factories)
    }

    @pytest_asyncio.fixture
    async def subject(
        _self: Any,
        request: pytest.FixtureRequest,
        *,
        ventros_application: Application,
        ventros_dsn: str,
        ventros_tenant: str,
        ventros_user: UUID,
        ventros_seed: Any,
    ) -> AsyncIterator[Subject]:
        opened = under_contract(
            request.param,
            ventros_application,
            ventros_dsn,
            tenant=ventros_tenant,
            user=ventros_user,
            seed=ventros_seed,
        )
        async with opened as subject:
            yield subject

    def pytest_generate_tests(_self: Any, metafunc: pytest.Metafunc) -> None:
        chosen = [factory for factory in factories if is_asked_of(metafunc.function, factory)]
        metafunc.parametrize("subject", chosen, indirect=True, ids=lambda factory: factory.resource)

    members: dict[str, Any] = {
        "subject": subject,
        "pytest_generate_tests": pytest_generate_tests,
        "pytestmark": [pytest.mark.asyncio],
    }
    return type("Contract", (), members | tests)
