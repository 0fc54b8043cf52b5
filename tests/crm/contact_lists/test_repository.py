"""Rules are written with their list and only where they changed; members are rows beside it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, NotFound, OptimisticLockError, UnitOfWork
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.repository import ContactListRepository
from ventros.crm.contact_lists.values import FilterOperator, FilterRule, LogicalOperator
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, MappingError, ReferenceNotFound
from ventros.kernel.ids import new_id
from ventros.values import CustomFieldType

LATER = NOW + timedelta(hours=1)


def rule(text: str) -> FilterRule:
    return FilterRule.tag(FilterOperator.EQ, text, now=NOW)


async def stored_list(
    db: Database[UnitOfWork], seed: Seed, *rules: FilterRule, is_static: bool = False
) -> ContactList:
    contact_list = ContactList.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name="List", is_static=is_static, now=NOW
    )
    contact_list = attrs.evolve(contact_list, filter_rules=rules)
    async with db.unit_of_work(seed.tenant) as uow:
        added = await ContactListRepository(uow).add(contact_list)
        await uow.commit()
    return added


async def save(db: Database[UnitOfWork], contact_list: ContactList) -> ContactList:
    async with db.unit_of_work(contact_list.tenant_id) as uow:
        saved = await ContactListRepository(uow).save(contact_list)
        await uow.commit()
    return saved


async def load(db: Database[UnitOfWork], id_: UUID, tenant: str = TENANT) -> ContactList:
    async with db.unit_of_work(tenant) as uow:
        return await ContactListRepository(uow).get(id_)


async def stored_contact(db: Database[UnitOfWork], seed: Seed) -> Contact:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    async with db.unit_of_work(seed.tenant) as uow:
        contact = await uow.contacts.add(contact)
        await uow.commit()
    return contact


async def delete_contact(db: Database[UnitOfWork], contact: Contact) -> None:
    async with db.unit_of_work(contact.tenant_id) as uow:
        await uow.contacts.save(contact.delete(now=LATER))
        await uow.commit()


def row_versions(superuser: psycopg.Connection) -> dict[UUID, tuple[str, int]]:
    """Of each stored rule: the row version, which any write moves, and the position."""
    rows = superuser.execute("SELECT id, ctid::text, position FROM contact_list_filters").fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


async def test_what_comes_and_goes_elsewhere_leaves_a_rules_row_alone(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    a, b, c = rule("a"), rule("b"), rule("c")
    contact_list = await stored_list(db, seed, a, b)
    before = row_versions(superuser)
    contact_list = await save(db, contact_list.remove_filter_rule(a.id, now=LATER))
    contact_list = await save(db, contact_list.add_filter_rule(c, now=LATER))
    assert contact_list.version == 3
    assert (await load(db, contact_list.id)) == contact_list
    after = row_versions(superuser)
    assert after[b.id] == before[b.id]
    assert {id_: position for id_, (_, position) in after.items()} == {b.id: 1, c.id: 2}
    await save(db, contact_list.clear_filter_rules(now=LATER))
    assert row_versions(superuser) == {}


async def test_rules_change_places_and_content_in_their_rows(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    a, b, c = rule("a"), rule("b"), rule("c")
    contact_list = await stored_list(db, seed, a, b, c)
    other_b = attrs.evolve(b, operator=FilterOperator.NE, value="other")
    renamed = contact_list.rename("Other", now=LATER)
    for order in ((c, b, a), (c, a), (rule("x"), c, other_b), (other_b, c)):
        renamed = await save(db, attrs.evolve(renamed, filter_rules=order))
        assert await load(db, renamed.id) == renamed
        assert {contact_list.id for contact_list in order} == set(row_versions(superuser))
        renamed = renamed.rename(f"{renamed.name}!", now=LATER)


async def test_a_rule_on_a_pipeline_status_is_kept_by_ids(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    pipeline_id, one, two = new_id(), new_id(), new_id()
    superuser.execute(
        "INSERT INTO pipelines (tenant_id, id, project_id, name, description, position, active,"
        " enable_ai_summary, created_at, updated_at)"
        " VALUES (%s, %s, %s, 'Sales', '', 0, true, false, now(), now())",
        [TENANT, pipeline_id, seed.project_id],
    )
    rules = (
        FilterRule.pipeline_status(pipeline_id, FilterOperator.EQ, one, now=NOW),
        FilterRule.pipeline_status(pipeline_id, FilterOperator.NOT_IN, [one, two], now=NOW),
        FilterRule.pipeline_status(pipeline_id, FilterOperator.IS_NULL, now=NOW),
    )
    contact_list = await stored_list(db, seed, *rules)
    assert (await load(db, contact_list.id)).filter_rules == rules
    assert {type(value) for value in rules[1].value} == {UUID}
    with pytest.raises(ReferenceNotFound):
        await stored_list(db, seed, attrs.evolve(rules[0], pipeline_id=new_id()))


async def test_numbers_and_times_in_a_rule_come_back_as_they_were(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    def field(kind: CustomFieldType, value: object) -> FilterRule:
        return FilterRule.custom_field("key", kind, FilterOperator.EQ, value, now=NOW)

    numbers = (1, -(2**63), 2**70, 0.1, 1e-300, 1e22, 1.2345678901234567e18, 1e300)
    rules = (
        *(field(CustomFieldType.NUMBER, number) for number in numbers),
        field(CustomFieldType.DATE, NOW + timedelta(microseconds=1)),
        field(CustomFieldType.JSON, {"nested": [1, None, {"float": 1e100}]}),
        FilterRule.custom_field("key", CustomFieldType.NUMBER, FilterOperator.IN, [1, 0.5], now=NOW),
    )
    contact_list = await stored_list(db, seed, *rules)
    assert (await load(db, contact_list.id)).filter_rules == rules


async def test_a_lost_race_writes_no_rule(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    a = rule("a")
    contact_list = await stored_list(db, seed, a)
    await save(db, contact_list.set_logical_operator(LogicalOperator.OR, now=LATER))
    with pytest.raises(OptimisticLockError):
        await save(db, contact_list.clear_filter_rules(now=LATER))
    assert set(row_versions(superuser)) == {a.id}


async def test_a_deleted_list_is_stored_as_deleted_and_found_no_more(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact_list = await stored_list(db, seed, rule("a"))
    await save(db, contact_list.delete(now=LATER))
    with pytest.raises(NotFound):
        await load(db, contact_list.id)
    stored = superuser.execute("SELECT deleted_at, version FROM contact_lists").fetchone()
    assert stored == (LATER, 2)


async def test_removing_a_list_takes_its_rules_and_members_along(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored_contact(db, seed)
    dynamic, static = await stored_list(db, seed, rule("a")), await stored_list(db, seed, is_static=True)
    async with db.unit_of_work(TENANT) as uow:
        lists = ContactListRepository(uow)
        assert await lists.add_members(static.id, [contact.id], now=NOW)
        await lists.remove(dynamic)
        await lists.remove(static)
        await uow.commit()
    for table in ("contact_lists", "contact_list_filters", "contact_list_members"):
        assert superuser.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608


@pytest.mark.parametrize(
    "fault",
    [
        "operator = 'contains', field_type = 'number', filter_type = 'custom_field', value = '1'",
        "value = '5'",
        "value = '\"\"'",
        "filter_type = 'attribute', field_key = 'created_at', value = '\"soon\"'",
        "filter_type = 'custom_field', field_type = 'date', value = '\"2026-01-02T03:04:05\"'",
    ],
)
async def test_a_stored_rule_that_is_none_is_refused(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, fault: str
) -> None:
    contact_list = await stored_list(db, seed, rule("a"))
    superuser.execute(f"UPDATE contact_list_filters SET {fault}")  # noqa: S608
    with pytest.raises(MappingError, match=str(contact_list.filter_rules[0].id)):
        await load(db, contact_list.id)


@pytest.mark.parametrize(
    "fault",
    [
        "filter_type = 'event'",
        "operator = 'like'",
        "operator = 'is_null'",
        "operator = 'in'",
        "value = '[\"a\"]'",
        "value = 'null'",
        "value = NULL",
        "operator = 'in', value = '[]'",
        "field_key = 'other'",
        "field_type = 'text'",
        "filter_type = 'custom_field'",
        "filter_type = 'attribute', field_key = 'tenant_id'",
        "filter_type = 'pipeline_status', field_key = 'status'",
        "position = -1",
    ],
)
async def test_the_table_refuses_what_no_rule_is(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, fault: str
) -> None:
    await stored_list(db, seed, rule("a"))
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute(f"UPDATE contact_list_filters SET {fault}")  # noqa: S608


async def test_rules_of_a_static_list_are_seen_when_it_is_loaded(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact_list = await stored_list(db, seed, rule("a"))
    superuser.execute("UPDATE contact_lists SET is_static = true, version = version + 1")
    with pytest.raises(MappingError):
        await load(db, contact_list.id)


# Members


async def test_a_member_is_added_once_and_removed_once_and_the_version_stays(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored_contact(db, seed)
    contact_list = await stored_list(db, seed, is_static=True)
    seen = []
    async with db.unit_of_work(TENANT) as uow:
        lists = ContactListRepository(uow)
        for write in (lists.remove_members, lists.add_members, lists.add_members, lists.remove_members):
            done = await write(contact_list.id, [contact.id], now=LATER)
            member = await lists.holds(contact_list, contact.id)
            counts = await lists.count_contacts(contact_list), await lists.count_members(contact_list.id)
            seen.append((done, member, *counts))
        await uow.commit()
    one = (contact.id,)
    assert seen == [((), False, 0, 0), (one, True, 1, 1), ((), True, 1, 1), (one, False, 0, 0)]
    assert await load(db, contact_list.id) == contact_list
    events = superuser.execute(
        "SELECT event_name, aggregate_version, occurred_at, payload FROM outbox_events"
        " WHERE aggregate_type = 'contact_list' AND aggregate_version IS NULL ORDER BY position"
    ).fetchall()
    payload = {"contact_list_id": str(contact_list.id), "contact_id": str(contact.id)}
    assert events == [
        ("contact_list.contact_added", None, LATER, payload),
        ("contact_list.contact_removed", None, LATER, payload),
    ]


async def test_of_many_who_add_one_contact_one_does(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored_contact(db, seed)
    contact_list = await stored_list(db, seed, is_static=True)

    async def add() -> tuple[UUID, ...]:
        async with db.unit_of_work(TENANT) as uow:
            added = await ContactListRepository(uow).add_members(contact_list.id, [contact.id], now=NOW)
            await uow.commit()
        return added

    assert sorted(await asyncio.gather(*(add() for _ in range(6)))) == [()] * 5 + [(contact.id,)]
    assert superuser.execute("SELECT count(*) FROM contact_list_members").fetchone() == (1,)


async def test_only_a_live_contact_of_the_project_joins_only_a_live_static_list(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    contact, gone = await stored_contact(db, seed), await stored_contact(db, seed)
    stranger = await stored_contact(db, other_seed)
    await delete_contact(db, gone)
    static, dynamic = await stored_list(db, seed, is_static=True), await stored_list(db, seed)
    deleted = await stored_list(db, seed, is_static=True)
    await save(db, deleted.delete(now=LATER))
    async with db.unit_of_work(TENANT) as uow:
        lists = ContactListRepository(uow)
        for contact_id in (gone.id, stranger.id, new_id()):
            with pytest.raises(NotFound, match="contact "):
                await lists.add_members(static.id, [contact_id], now=NOW)
        for list_id in (deleted.id, new_id()):
            for write in (lists.add_members, lists.remove_members):
                with pytest.raises(NotFound, match="contact_list "):
                    await write(list_id, [contact.id], now=NOW)
        for write in (lists.add_members, lists.remove_members):
            with pytest.raises(InvariantViolation):
                await write(dynamic.id, [contact.id], now=NOW)
        await uow.commit()
    assert superuser.execute("SELECT count(*) FROM contact_list_members").fetchone() == (0,)


async def test_another_tenants_list_is_not_found(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    contact = await stored_contact(db, seed)
    contact_list = await stored_list(db, seed, is_static=True)
    async with db.unit_of_work(OTHER_TENANT) as uow:
        with pytest.raises(NotFound):
            await ContactListRepository(uow).add_members(contact_list.id, [contact.id], now=NOW)


async def test_a_deleted_contact_counts_no_more_and_can_still_be_taken_out(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    contact = await stored_contact(db, seed)
    contact_list = await stored_list(db, seed, is_static=True)
    async with db.unit_of_work(TENANT) as uow:
        await ContactListRepository(uow).add_members(contact_list.id, [contact.id], now=NOW)
        await uow.commit()
    await delete_contact(db, contact)
    async with db.unit_of_work(TENANT) as uow:
        lists = ContactListRepository(uow)
        assert not await lists.holds(contact_list, contact.id)
        assert await lists.count_contacts(contact_list) == 0
        assert await lists.remove_members(contact_list.id, [contact.id], now=LATER)


async def test_what_was_counted_is_saved_through_the_list(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = await stored_contact(db, seed)
    contact_list = await stored_list(db, seed, is_static=True)
    async with db.unit_of_work(TENANT) as uow:
        lists = ContactListRepository(uow)
        await lists.add_members(contact_list.id, [contact.id], now=NOW)
        saved = await lists.recalculate(contact_list.id, now=LATER)
        await uow.commit()
    stored = await load(db, contact_list.id)
    assert stored == saved
    assert (stored.contact_count, stored.last_calculated_at, stored.version) == (1, LATER, 2)
