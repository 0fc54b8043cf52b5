"""A unit of work finds an aggregate's repository by what its repositories store, an application's own too."""

from __future__ import annotations

from typing import assert_type

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.invoicing import SCHEMA, Invoice, InvoiceRepository, Invoicing, Line
from tests.support.repositories import REPOSITORIES
from ventros import (
    ConfigurationError,
    Database,
    NotFound,
    OptimisticLockError,
    OptimisticLockErrors,
    UnitOfWork,
    UnitOfWorkError,
    UnknownStatement,
)
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.seed import Seed
from ventros.kernel.repository import EntityRepository
from ventros.kernel.transaction import unit_of_work
from ventros.kernel.transaction.held import Held


def contact_of(seed: Seed) -> Contact:
    return Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)


def invoice_of(contact: Contact, *lines: Line) -> Invoice:
    return Invoice.create(tenant_id=TENANT, contact_id=contact.id, title="May", lines=lines, now=NOW)


@pytest.fixture
def invoicing(owner_dsn: str, superuser: psycopg.Connection) -> str:
    """The owner's address of a database that has the tables."""
    owner_role = psycopg.sql.Identifier(str(psycopg.conninfo.conninfo_to_dict(owner_dsn)["user"]))
    superuser.execute(psycopg.sql.SQL("CREATE SCHEMA invoicing AUTHORIZATION {}").format(owner_role))
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        owner.execute(SCHEMA)
    return owner_dsn


def test_each_aggregate_has_one_repository() -> None:
    held = UnitOfWork.held_repositories()
    assert held["contacts"] is ContactRepository
    stores = {name: repository for name, repository in held.items() if repository.STANDARD}
    assert sorted(repository.resource for repository in stores.values()) == sorted(REPOSITORIES)
    assert set(held) - set(stores) == {"contact_custom_fields", "contact_identities", "message_sends"}


def test_an_application_holds_what_it_stands_on_and_its_own() -> None:
    assert Invoicing.held_repositories() == {
        **UnitOfWork.held_repositories(),
        "invoices": InvoiceRepository,
    }
    assert unit_of_work.UnitOfWork.held_repositories() == {}


def test_two_repositories_for_one_aggregate_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="two repositories for contact, contacts and people"):
        type("Twice", (UnitOfWork,), {"people": Held(ContactRepository)})
    type("Other", (UnitOfWork,), {"contacts": Held(ContactRepository)})


async def test_aggregates_of_both_applications_are_written_together(seed: Seed, invoicing: str) -> None:
    database = await Database.open(Invoicing, invoicing)
    first, second = Line(text="Work", cents=1200), Line(text="Travel", cents=300)
    async with database.unit_of_work(TENANT) as uow:
        contact = contact_of(seed)
        added = await uow.add_all(contact, invoice_of(contact, first, second))
        assert_type(added, tuple[Contact, Invoice])
        await uow.commit()
    async with database.unit_of_work(TENANT) as uow:
        invoice, contact = await uow.invoices.get(added[1].id), await uow.contacts.get(added[0].id)
        assert set(invoice.lines) == {first, second}
        dearer, new = Line(id=first.id, text="Work", cents=1300), Line(text="Tax", cents=1)
        saved = await uow.save_all(invoice.with_lines(dearer, new, now=NOW), contact.rename("Grace", now=NOW))
        assert_type(saved, tuple[Invoice, Contact])
        await uow.commit()
    async with database.unit_of_work(TENANT) as uow:
        stored = await uow.invoices.get(invoice.id)
        assert (stored.version, set(stored.lines)) == (2, {dearer, new})
        (committed,) = await uow.commit(stored.retitle("June", now=NOW))
        assert_type(committed, Invoice)
        assert (committed.version, committed.title) == (3, "June")
    await database.close()


async def test_a_stale_one_is_refused_and_one_that_is_verified(seed: Seed, invoicing: str) -> None:
    database = await Database.open(Invoicing, invoicing)
    async with database.unit_of_work(TENANT) as uow:
        contact = contact_of(seed)
        _, invoice = await uow.commit(contact, invoice_of(contact))
    async with database.unit_of_work(TENANT) as uow:
        await uow.commit(invoice.retitle("June", now=NOW))
    with pytest.raises(OptimisticLockError):
        async with database.unit_of_work(TENANT) as uow:
            await uow.invoices.save(invoice.retitle("July", now=NOW))
    with pytest.raises(OptimisticLockErrors) as caught:
        async with database.unit_of_work(TENANT) as uow:
            uow.invoices.verify(invoice)
            contact = await uow.contacts.get(contact.id)
            await uow.commit(contact.rename("Grace", now=NOW))
    assert [(stale.resource, stale.actual) for stale in caught.value.conflicts] == [("invoice", 2)]
    with pytest.raises(NotFound):
        async with database.unit_of_work(TENANT) as uow:
            await uow.invoices.get(contact.id)
    await database.close()


async def test_what_no_repository_stores_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(UnitOfWorkError, match="UnitOfWork has no repository for invoice"):
            await uow.add_all(invoice_of(contact_of(seed)))


async def test_a_standard_statement_that_the_table_lacks_is_named(seed: Seed, invoicing: str) -> None:
    database = await Database.open(Invoicing, invoicing)
    async with database.unit_of_work(TENANT) as uow:
        contact = contact_of(seed)
        await uow.contacts.add(contact)
        invoice = await uow.invoices.add(invoice_of(contact))
        with pytest.raises(UnknownStatement, match=r"no statement is named 'invoicing\.invoices\.touch'"):
            await uow.invoices.touch(invoice)
    await database.close()


def test_a_secret_column_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="SECRET_COLUMNS: 'pasword' is no column of contacts"):
        type("Spelt", (ContactRepository,), {"SECRET_COLUMNS": ("pasword",)})
    assert EntityRepository.SECRET_COLUMNS == ()
