"""The control: the same work, saved without the version check. It is no part of the library."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

import attrs

from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.crm.sessions.aggregate import Session
from ventros.crm.sessions.repository import SessionRepository
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import NotFound
from ventros.kernel.repository import Repository
from ventros.kernel.statements import Statement
from ventros.kernel.transaction.held import Held
from ventros.unit_of_work import UnitOfWork

A = TypeVar("A", bound=AggregateRoot)

VERSION_PREDICATE = "AND version = $3"


def without_version_check(statement: Statement) -> Statement:
    """The same UPDATE without its version predicate; the parameter stays, so that it has a type."""
    if statement.text.count(VERSION_PREDICATE) != 1:
        raise ValueError(f"{statement.name} is not guarded by {VERSION_PREDICATE}")
    text = statement.text.replace(VERSION_PREDICATE, "AND $3::integer IS NOT NULL")
    return attrs.evolve(statement, text=text)


class UncheckedRepository(Repository[A]):
    """Saves whatever is stored by now. Its events carry no version: two writers would claim the same."""

    async def save(self, aggregate: A) -> A:
        if not aggregate.domain_events:
            return aggregate
        args = self.mapper.update_args(aggregate)
        if await self.connection.maybe(self.UPDATE, *args) is None:
            raise NotFound(self.resource, aggregate.id)
        self.record_events(aggregate, None)
        return attrs.evolve(aggregate.clear_events(), version=aggregate.version + 1)

    def update_or_fail(self, aggregate: A) -> list[Call]:
        """Does not fail when it is stale."""
        update = Call(self.UPDATE, (self.mapper.update_args(aggregate),))
        return [update, *self.calls_after_update(aggregate)]

    def saved(self, aggregate: A) -> A:
        """As it is stored then, whatever was there."""
        self.record_events(aggregate, None)
        return self.as_written(aggregate, version=aggregate.version + 1)


class UncheckedContactRepository(UncheckedRepository[Contact], ContactRepository):
    UPDATE = without_version_check(ContactRepository.UPDATE)

    async def get(self, id: UUID, **_options: Any) -> Contact:  # noqa: A002 - its name in every repository
        """Whatever is stored by now, and held by nobody."""
        return await super().get(id)


class UncheckedSessionRepository(UncheckedRepository[Session], SessionRepository):
    UPDATE = without_version_check(SessionRepository.UPDATE)


class LastWriteWins(UnitOfWork):
    """Contacts and sessions are saved without the check; all else is the library's."""

    contacts = Held(UncheckedContactRepository)
    sessions = Held(UncheckedSessionRepository)
