"""What is sent has a name, and a connection that a unit joins was prepared for it."""

from __future__ import annotations

from typing import Any

import asyncpg
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork, UnitOfWorkError, ValidationError
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.list_query import ContactFilter
from ventros.demo.seed import Seed
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.ids import new_id
from ventros.kernel.transaction import joined


@pytest.mark.parametrize("kind", ["one", "maybe", "many", "affected"])
async def test_sql_that_is_no_statement_is_refused(db: Database[UnitOfWork], kind: str) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError, match="SQL is sent by name") as refused:
            await getattr(uow.connection, kind)("select 1")
        with pytest.raises(ValidationError, match="SQL is sent by name"):
            await uow.connection.batch("select 1", [()])  # type: ignore[arg-type]
        await uow.contacts.page()
    assert refused.value.field == "statement"


async def test_what_is_no_connection_of_asyncpg_is_not_joined(superuser: psycopg.Connection) -> None:
    for driver in (superuser, None, object()):
        with pytest.raises(ValidationError, match=r"of type asyncpg\.connection\.Connection") as refused:
            UnitOfWork.join(driver, TENANT)  # type: ignore[arg-type]
        assert refused.value.field == "driver"


async def test_a_connection_that_was_not_prepared_is_not_joined(owner_dsn: str, seed: Seed) -> None:
    driver: asyncpg.Connection[Any] = await asyncpg.connect(owner_dsn)
    async with driver.transaction():
        with pytest.raises(UnitOfWorkError, match="prepare_driver"):
            async with UnitOfWork.join(driver, TENANT):
                pass
        await prepare_driver(driver)
        async with UnitOfWork.join(driver, TENANT) as uow:
            await uow.projects.get(seed.project_id)
    await driver.close()


async def test_control_without_the_question_the_row_is_blamed(
    owner_dsn: str, seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def caller_settings(*_: object) -> tuple[str, str, str, str]:
        return "", "", "", ""

    monkeypatch.setattr(joined, "caller_settings", caller_settings)
    driver: asyncpg.Connection[Any] = await asyncpg.connect(owner_dsn)
    async with driver.transaction(), UnitOfWork.join(driver, TENANT) as uow:
        await uow.connection.control(f"SET LOCAL app.tenant_id = '{TENANT}'")
        with pytest.raises(Exception, match="mend the row"):
            await uow.projects.get(seed.project_id)
    await driver.close()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (ContactFilter(text="\ud800"), "text"),
        (ContactFilter(text=5), "text"),  # type: ignore[arg-type]
        (ContactFilter(text=b"ali"), "text"),  # type: ignore[arg-type]
        (ContactFilter(tags=["vip", "\ud800"]), "tags"),
        (ContactFilter(tags=["vip", 5]), "tags"),  # type: ignore[list-item]
        (ContactFilter(tags=5), "tags"),  # type: ignore[arg-type]
        (ContactFilter(project_id=str(new_id())), "project_id"),  # type: ignore[arg-type]
        ("ali", "filter"),
    ],
)
async def test_a_filter_is_refused_by_the_name_of_its_field(
    db: Database[UnitOfWork], fields: Any, field: str
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError) as refused:
            await uow.contacts.page(fields)
    assert refused.value.field == field


@pytest.mark.parametrize("limit", [1.5, "5", True, float("inf"), None, 0, 1001, 10**5000], ids=type)
async def test_a_limit_is_a_whole_number(db: Database[UnitOfWork], limit: Any) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError) as refused:
            await uow.contacts.page(limit=limit)
    assert refused.value.field == "limit"


async def test_an_id_given_as_text_is_refused_everywhere(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(contact)
        text: Any = str(contact.id)
        with pytest.raises(ValidationError, match="must be a UUID"):
            await uow.contacts.get(text)
        with pytest.raises(ValidationError, match="must be a UUID"):
            await uow.contacts.get_many([text])
        with pytest.raises(ValidationError, match="must be a UUID"):
            await uow.contacts.apply(text, Contact.rename, "Bea", now=NOW)
        with pytest.raises(ValidationError, match="contact, not 'ali'"):
            await uow.contacts.save("ali")  # type: ignore[arg-type]
        with pytest.raises(ValidationError, match="expected_version must be a whole number"):
            await uow.contacts.get(contact.id, expected_version="7")  # type: ignore[arg-type]
        assert (await uow.contacts.get(contact.id, expected_version=1)).name == "Ada"
