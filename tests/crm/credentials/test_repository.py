"""What credentials are to the database: named once, found by what is due, used without a conflict."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.keys import OLD
from ventros import AlreadyExists, Database, UnitOfWork
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.repository import CredentialRepository
from ventros.crm.credentials.values import CredentialType
from ventros.demo.seed import Seed
from ventros.kernel.errors import DecryptionFailed, MappingError, ReferenceNotFound
from ventros.kernel.ids import new_id


def make_credential(
    name: str, credential_type: CredentialType = CredentialType.META_ADS, *, now: datetime = NOW
) -> Credential:
    return Credential.create(
        tenant_id=TENANT,
        credential_type=credential_type,
        name=name,
        secret=f"the secret of {name}",
        encryptor=OLD,
        now=now,
    )


def with_token(name: str, seconds: int) -> Credential:
    return make_credential(name).set_oauth_token(
        "access", "refresh", expires_in=seconds, encryptor=OLD, now=NOW
    )


async def stored(db: Database[UnitOfWork], credential: Credential) -> Credential:
    async with db.unit_of_work(TENANT) as uow:
        added = await CredentialRepository(uow).add(credential)
        await uow.commit()
    return added


async def test_a_name_is_taken_once_in_its_project(db: Database[UnitOfWork], seed: Seed) -> None:
    of_tenant = await stored(db, make_credential("ads"))
    of_project = await stored(db, make_credential("ads").set_project(seed.project_id, now=NOW))
    async with db.unit_of_work(TENANT) as uow:
        credentials = CredentialRepository(uow)
        assert await credentials.find_by_name("ads", project_id=None) == of_tenant
        assert await credentials.find_by_name("ads", project_id=seed.project_id) == of_project
        assert await credentials.find_by_name("other", project_id=None) is None
        inactive = await credentials.save(of_tenant.deactivate(now=NOW))
        await uow.commit()
    with pytest.raises(AlreadyExists) as caught:
        await stored(db, make_credential("ads"))
    assert caught.value.constraint == "credentials_name_key"
    async with db.unit_of_work(TENANT) as uow:
        await CredentialRepository(uow).remove(inactive)
        await uow.commit()
    await stored(db, make_credential("ads"))


async def test_the_lists_are_the_newest_first(db: Database[UnitOfWork], seed: Seed) -> None:
    first = await stored(db, make_credential("first").set_project(seed.project_id, now=NOW))
    second = await stored(db, make_credential("second", now=NOW + timedelta(days=1)).deactivate(now=NOW))
    other = await stored(db, make_credential("other", CredentialType.API_KEY))
    async with db.unit_of_work(TENANT) as uow:
        credentials = CredentialRepository(uow)
        assert await credentials.find_by_type(CredentialType.META_ADS) == [second, first]
        assert await credentials.find_by_type(CredentialType.GOOGLE_ADS) == []
        of_project = await credentials.find_by_project_and_type(seed.project_id, CredentialType.META_ADS)
        assert of_project == [first]
        assert await credentials.find_active() == [other, first]


@pytest.mark.usefixtures("seed")
async def test_what_expires_is_found_the_most_urgent_first(db: Database[UnitOfWork]) -> None:
    soon, sooner = await stored(db, with_token("soon", 120)), await stored(db, with_token("sooner", 60))
    await stored(db, with_token("late", 121))
    await stored(db, with_token("inactive", 60).deactivate(now=NOW))
    await stored(db, make_credential("without"))
    async with db.unit_of_work(TENANT) as uow:
        expiring = await CredentialRepository(uow).find_expiring(NOW + timedelta(seconds=120))
    assert expiring == [sooner, soon]


@pytest.mark.usefixtures("seed")
async def test_a_ciphertext_that_was_moved_by_hand_is_found_out(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    poor, rich = await stored(db, make_credential("poor")), await stored(db, make_credential("rich"))
    superuser.execute(
        "UPDATE credentials SET secret = (SELECT secret FROM credentials WHERE id = %s), "
        "version = version + 1 WHERE id = %s",
        [rich.id, poor.id],
    )
    async with db.unit_of_work(TENANT) as uow:
        moved = await CredentialRepository(uow).get(poor.id)
    assert moved.secret == rich.secret
    with pytest.raises(DecryptionFailed):
        moved.decrypt(OLD)


@pytest.mark.usefixtures("seed")
async def test_no_plain_text_gets_into_the_database(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    credential = await stored(db, make_credential("ads"))
    rows = superuser.execute(
        "SELECT c::text FROM credentials c UNION ALL SELECT e::text FROM outbox_events e"
    )
    assert "the secret of" not in "".join(row[0] for row in rows.fetchall())
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute(
            "UPDATE credentials SET secret = 'in plain', version = version + 1 WHERE id = %s", [credential.id]
        )


@pytest.mark.usefixtures("seed")
async def test_a_row_that_is_no_credential_is_not_loaded(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    credential = await stored(db, make_credential("ads"))
    superuser.execute("ALTER TABLE credentials DROP CONSTRAINT credentials_encrypted_check")
    superuser.execute("UPDATE credentials SET secret = 'in plain', version = version + 1")
    with pytest.raises(MappingError) as caught:
        async with db.unit_of_work(TENANT) as uow:
            await CredentialRepository(uow).get(credential.id)
    assert "in plain" not in str(caught.value)


@pytest.mark.usefixtures("seed")
async def test_a_use_is_noted_beside_the_credential(db: Database[UnitOfWork]) -> None:
    credential = await stored(db, make_credential("ads"))
    async with db.unit_of_work(TENANT) as uow:
        credentials = CredentialRepository(uow)
        assert await credentials.last_used_at(credential.id) is None
        for days in (1, 3, 2):
            await credentials.mark_used(credential.id, NOW + timedelta(days=days))
        assert await credentials.last_used_at(credential.id) == NOW + timedelta(days=3)
        assert await credentials.get(credential.id) == credential
        await credentials.remove(credential)
        assert await credentials.last_used_at(credential.id) is None


@pytest.mark.usefixtures("seed")
async def test_uses_do_not_conflict_with_a_refresh(db: Database[UnitOfWork]) -> None:
    credential = await stored(db, with_token("ads", 60))

    async def use(seconds: int) -> None:
        async with db.unit_of_work(TENANT) as uow:
            await CredentialRepository(uow).mark_used(credential.id, NOW + timedelta(seconds=seconds))
            await uow.commit()

    async def refresh() -> None:
        async with db.unit_of_work(TENANT) as uow:
            await CredentialRepository(uow).save(
                credential.refresh_oauth_token("second", expires_in=60, encryptor=OLD, now=NOW)
            )
            await uow.commit()

    await asyncio.gather(refresh(), *(use(seconds) for seconds in range(20)))
    async with db.unit_of_work(TENANT) as uow:
        assert (await CredentialRepository(uow).get(credential.id)).version == 2
        assert await CredentialRepository(uow).last_used_at(credential.id) == NOW + timedelta(seconds=19)


@pytest.mark.usefixtures("seed")
@pytest.mark.parametrize("project_id", [new_id()])
async def test_what_is_not_the_tenants_is_not_pointed_at(db: Database[UnitOfWork], project_id: UUID) -> None:
    with pytest.raises(ReferenceNotFound):
        await stored(db, make_credential("ads").set_project(project_id, now=NOW))
    with pytest.raises(ReferenceNotFound):
        async with db.unit_of_work(TENANT) as uow:
            await CredentialRepository(uow).mark_used(new_id(), NOW)
