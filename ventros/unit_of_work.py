"""The unit of work of this application: the kernel's, with a repository for each aggregate."""

from __future__ import annotations

from functools import cached_property

from ventros.core.billing_accounts.repository import BillingAccountRepository
from ventros.core.projects.repository import ProjectRepository
from ventros.crm.channels.repository import ChannelRepository
from ventros.crm.contacts.repository import ContactRepository
from ventros.crm.messages.repository import MessageRepository
from ventros.crm.sessions.repository import SessionRepository
from ventros.kernel import unit_of_work


class UnitOfWork(unit_of_work.UnitOfWork):
    """``async with db.unit_of_work(tenant) as uow:`` load, decide, save, then ``await uow.commit()``."""

    @cached_property
    def billing_accounts(self) -> BillingAccountRepository:
        return BillingAccountRepository(self)

    @cached_property
    def projects(self) -> ProjectRepository:
        return ProjectRepository(self)

    @cached_property
    def channels(self) -> ChannelRepository:
        return ChannelRepository(self)

    @cached_property
    def contacts(self) -> ContactRepository:
        return ContactRepository(self)

    @cached_property
    def sessions(self) -> SessionRepository:
        return SessionRepository(self)

    @cached_property
    def messages(self) -> MessageRepository:
        return MessageRepository(self)
