"""The contract of every repository, asked of all aggregates, and what is asked of the CRM's alone."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from tests.support.repositories import REPOSITORIES
from tests.support.subjects import FACTORIES, only
from ventros.kernel.errors import DomainError, ReferenceNotFound
from ventros.kernel.ids import new_id
from ventros.kernel.repository import Repository
from ventros.testing import Factory, Subject, contract
from ventros.testing.subject import LATER

TestAggregates = contract(*FACTORIES)


def test_every_versioned_aggregate_has_a_factory() -> None:
    versioned = {name for name, repository in REPOSITORIES.items() if issubclass(repository, Repository)}
    assert {factory.resource for factory in FACTORIES} == versioned
    assert len(versioned) == 17


def refers_to_a_project(factory: Factory) -> bool:
    repository: Any = REPOSITORIES[factory.resource]
    return "project_id" in [param.name for param in repository.INSERT.params]


@only(refers_to_a_project)
async def test_a_project_that_is_not_there_is_the_callers_mistake(subject: Subject) -> None:
    astray = attrs.evolve(subject.new(), project_id=new_id())
    with pytest.raises(ReferenceNotFound) as caught:
        async with subject.unit() as uow:
            await subject.repository(uow).add(astray)
    error = caught.value
    assert (error.resource, error.id, error.field) == (subject.factory.resource, astray.id, "project_id")
    assert isinstance(error, DomainError)


async def test_a_command_cannot_change_anything_without_an_event(subject: Subject) -> None:
    with pytest.raises(TypeError):
        subject.new().record_change(LATER, updated_at=LATER)
