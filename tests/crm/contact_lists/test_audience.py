"""Whom a list holds is what its rules say, alone and joined, and nobody beyond its tenant and project."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import asyncpg
import attrs
import psycopg
import pytest

from tests.support.audience_world import (
    AND,
    KEY,
    KIND,
    LATER,
    OP,
    OR,
    PIECES,
    VALUES,
    World,
    chosen,
    looked_at,
    make_world,
)
from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, UnitOfWork, ValidationError
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.audience_query import audience_of, page_of
from ventros.crm.contact_lists.values import (
    OPERATORS,
    ContactAttribute,
    FilterOperator,
    FilterRule,
    LogicalOperator,
)
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.errors import TenancyViolation
from ventros.kernel.ids import new_id
from ventros.kernel.lists.list_repository import MAX_LIMIT, call


def asked(operator_: FilterOperator, values: Iterable[Any], *, like: Iterable[str] = PIECES) -> list[Any]:
    """What a rule of that operator may compare with."""
    if not operator_.takes_value:
        return [None]
    if operator_ in {OP.STARTS_WITH, OP.ENDS_WITH, OP.CONTAINS, OP.NOT_CONTAINS}:
        return list(like)
    values_ = list(values)
    return [values_[:1], values_[1:3]] if operator_.takes_many else values_


def rules_on(
    make: Callable[..., FilterRule], values: Iterable[Any], *, like: Iterable[str]
) -> list[FilterRule]:
    """With every operator that its kind has."""
    kind = make(OP.IS_NULL, now=NOW).kind
    return [
        make(operator, value, now=NOW)
        for operator in FilterOperator
        if operator in OPERATORS[kind]
        for value in asked(operator, values, like=like)
    ]


def all_rules(world: World) -> Iterator[list[FilterRule]]:
    """By what they look at."""

    def on(kind: Callable[..., FilterRule], *subject: object) -> Callable[..., FilterRule]:
        return lambda *args, **options: kind(*subject, *args, **options)

    words = ("vip", "lead", "VIP", 'a"b', "nobody's")
    yield rules_on(FilterRule.tag, words, like=words)
    for field_type, values in VALUES.items():
        of_words = field_type in {KIND.MULTI_SELECT, KIND.LABEL}
        make = on(FilterRule.custom_field, KEY, field_type)
        yield rules_on(make, words if of_words else values, like=words if of_words else PIECES)
    for attribute in ContactAttribute:
        present = [
            looked_at(FilterRule.attribute(attribute, OP.IS_NULL, now=NOW), person) for person in world.people
        ]
        some = sorted({value for value in present if value is not None})[:5]
        yield rules_on(on(FilterRule.attribute, attribute), some, like=PIECES)
    for pipeline_id, statuses in world.statuses.items():
        yield rules_on(on(FilterRule.pipeline_status, pipeline_id), [*statuses, new_id()], like=())


def dynamic(seed: Seed, *rules: FilterRule, by: LogicalOperator = AND) -> ContactList:
    """Not stored: what is asked is whom it would hold."""
    made = ContactList.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name="List", logical_operator=by, now=NOW
    )
    return attrs.evolve(made, filter_rules=rules)


async def walk(uow: UnitOfWork, contact_list: ContactList, limit: int = MAX_LIMIT) -> list[UUID]:
    ids: list[UUID] = []
    after = None
    while True:
        page = await uow.contact_lists.contacts(contact_list, limit=limit, after=after)
        ids += page.items
        if page.next is None:
            return ids
        after = page.next


ALWAYS = {"name", "language", "created_at", "updated_at"}
"""Attributes that every contact has."""


async def test_each_rule_alone_means_what_it_says(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    world = await make_world(db, seed)
    await make_world(db, other_seed)
    everybody = {person.contact.id for person in world.people}
    seen = set()
    async with db.unit_of_work(TENANT) as uow:
        for rules in all_rules(world):
            for rule in rules:
                wanted = chosen(world.people, [rule], AND)
                audience_ids = await walk(uow, dynamic(seed, rule))
                assert set(audience_ids) == wanted, rule
                assert audience_ids == sorted(audience_ids)
                tells = set() < wanted < everybody
                seen.add((rule.filter_type, rule.kind, rule.field_type, rule.field_key, rule.operator, tells))
    telling = {case[:-1] for case in seen if case[-1]}
    silent = {case[:-1] for case in seen} - telling
    assert {case[3] for case in silent} <= ALWAYS, "everybody passes, or nobody, so the test shows nothing"
    assert {case[-1] for case in silent} <= {OP.IS_NULL, OP.IS_NOT_NULL}


async def test_rules_are_joined_by_and_or_by_or(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    world = await make_world(db, seed)
    await make_world(db, other_seed)
    kinds = list(all_rules(world))
    number = random.randrange(10**6)
    print(f"seed {number}")
    draw = random.Random(number)
    sizes = set()
    async with db.unit_of_work(TENANT) as uow:
        for _ in range(150):
            of = [draw.choice(kinds) for _ in range(draw.randint(1, 3))]
            rules = [draw.choice(draw.choice(of)) for _ in range(draw.randint(2, 5))]
            rules = [attrs.evolve(rule, id=new_id()) for rule in rules]
            by = draw.choice([AND, OR])
            contact_list = dynamic(seed, *rules, by=by)
            wanted = chosen(world.people, rules, by)
            assert set(await walk(uow, contact_list, limit=draw.choice([7, 50]))) == wanted, contact_list
            assert await uow.contact_lists.count_contacts(contact_list) == len(wanted)
            for person in draw.sample(world.people, 3):
                held = await uow.contact_lists.holds(contact_list, person.contact.id)
                assert held is (person.contact.id in wanted)
            sizes.add((by, len(wanted) > 0, len(wanted) < len(world.people)))
    assert sizes >= {(AND, True, True), (AND, False, True), (OR, True, True)}


async def test_a_list_without_rules_holds_the_whole_project_and_no_other(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    world, other = await make_world(db, seed, 12), await make_world(db, other_seed, 12)
    async with db.unit_of_work(TENANT) as uow:
        lists = uow.contact_lists
        for by in (AND, OR):
            assert set(await walk(uow, dynamic(seed, by=by), limit=3)) == chosen(world.people, [], by)
            elsewhere = attrs.evolve(dynamic(seed, by=by), project_id=other_seed.project_id)
            assert await walk(uow, elsewhere) == []
            assert await lists.count_contacts(elsewhere) == 0
            assert not await lists.holds(elsewhere, other.people[0].contact.id)
        for ask in (
            lists.contacts(dynamic(other_seed)),
            lists.count_contacts(dynamic(other_seed)),
            lists.holds(dynamic(other_seed), other.people[0].contact.id),
        ):
            with pytest.raises(TenancyViolation):
                await ask


async def test_or_does_not_reach_beyond_the_tenant_the_project_and_the_living(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, server: DevServer, superuser: psycopg.Connection
) -> None:
    """Asked as a superuser, whom row-level security spares. The control is the same without the brackets."""
    world = await make_world(db, seed)
    await make_world(db, other_seed)
    rules = (
        FilterRule.tag(OP.EQ, "vip", now=NOW),
        FilterRule.attribute(ContactAttribute.NAME, OP.CONTAINS, "al", now=NOW),
        FilterRule.custom_field("other", KIND.TEXT, OP.EQ, "alpha", now=NOW),
    )
    audience, arguments = audience_of(dynamic(seed, *rules, by=OR))
    statement, *args = call(page_of(audience), {**arguments, "limit": 1000})
    (line,) = (line for line in statement.text.splitlines() if " OR " in line)
    bare = statement.text.replace(line, f" AND {line.removeprefix(' AND (').removesuffix(')')}")
    driver = await asyncpg.connect(server.superuser_dsn(superuser.info.dbname))
    await prepare_driver(driver)
    try:
        audience_ids = [row["id"] for row in await driver.fetch(statement.text, *args)]
        leaked = [row["id"] for row in await driver.fetch(bare, *args)]
    finally:
        await driver.close()
    assert set(audience_ids) == chosen(world.people, rules, OR)
    tenants = superuser.execute(
        "SELECT DISTINCT tenant_id, deleted_at IS NULL FROM contacts WHERE id = ANY(%s)", [leaked]
    ).fetchall()
    assert set(tenants) == {(tenant, live) for tenant in (TENANT, OTHER_TENANT) for live in (True, False)}


async def test_a_cursor_belongs_to_its_list_and_its_rules(db: Database[UnitOfWork], seed: Seed) -> None:
    await make_world(db, seed, 12)
    rule, other = FilterRule.tag(OP.IS_NOT_NULL, now=NOW), FilterRule.tag(OP.NE, "vip", now=NOW)
    contact_list = dynamic(seed, rule, other)
    async with db.unit_of_work(TENANT) as uow:
        lists = uow.contact_lists
        first = await lists.contacts(contact_list, limit=1)
        assert first.next is not None
        turned = attrs.evolve(contact_list, name="Renamed", version=7, filter_rules=(other, rule))
        assert (await lists.contacts(turned, after=first.next)).items
        for changed in (
            dynamic(seed, rule, other),
            attrs.evolve(contact_list, filter_rules=(rule,)),
            attrs.evolve(contact_list, filter_rules=(rule, attrs.evolve(other, value="lead"))),
            attrs.evolve(contact_list, logical_operator=OR),
        ):
            with pytest.raises(ValidationError, match="another list"):
                await lists.contacts(changed, after=first.next)
        for limit in (0, MAX_LIMIT + 1):
            with pytest.raises(ValidationError, match="1 to 1000"):
                await lists.contacts(contact_list, limit=limit)


async def test_members_of_a_static_list_come_newest_first(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    world = await make_world(db, seed, 12)
    static = ContactList.create(
        project_id=seed.project_id, tenant_id=TENANT, name="Guests", is_static=True, now=NOW
    )
    added: list[tuple[datetime, UUID]] = []
    async with db.unit_of_work(TENANT) as uow:
        lists = uow.contact_lists
        await lists.add(static)
        for line, person in enumerate(world.people):
            at = NOW + timedelta(hours=line // 3)  # three at a time, so that the id decides among them
            assert await lists.add_members(static.id, [person.contact.id], now=at)
            added.append((at, person.contact.id))
        gone = world.people[1].contact
        await uow.contacts.save(gone.delete(now=LATER))
        wanted = [id_ for _, id_ in sorted(added, reverse=True) if id_ != gone.id]
        for limit in (1, 2, len(wanted), 100):
            assert await walk(uow, static, limit=limit) == wanted
        assert await lists.count_contacts(static) == len(wanted)
        assert await lists.holds(static, wanted[0])
        assert not await lists.holds(static, gone.id)
        assert not await lists.holds(static, new_id())
        saved = await lists.recalculate(static.id, now=LATER)
        assert (saved.contact_count, saved.last_calculated_at, saved.version) == (len(wanted), LATER, 2)


async def test_what_a_dynamic_list_holds_is_counted_and_saved(db: Database[UnitOfWork], seed: Seed) -> None:
    world = await make_world(db, seed, 24)
    rule = FilterRule.tag(OP.EQ, "vip", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        lists = uow.contact_lists
        stored = await lists.add(dynamic(seed, rule))
        saved = await lists.recalculate(stored.id, now=LATER)
        assert saved.contact_count == len(chosen(world.people, [rule], AND)) > 0
        assert await lists.get(stored.id) == saved


async def test_a_list_may_have_many_rules(db: Database[UnitOfWork], seed: Seed) -> None:
    world = await make_world(db, seed, 12)
    phones = [person.contact.phone.value for person in world.people if person.contact.phone]
    many = [f"5511{number:09}" for number in range(1000)] + phones
    rules = [FilterRule.attribute(ContactAttribute.PHONE, OP.EQ, phone, now=NOW) for phone in many]
    async with db.unit_of_work(TENANT) as uow:
        held = await walk(uow, dynamic(seed, *rules, by=OR))
        assert set(held) == chosen(world.people, rules, OR)
        assert len(held) == len(phones)
        assert await walk(uow, dynamic(seed, *rules)) == []


async def test_a_time_is_compared_whatever_its_zone(db: Database[UnitOfWork], seed: Seed) -> None:
    world = await make_world(db, seed)
    there = NOW.astimezone(timezone(timedelta(hours=-3)))
    rule = FilterRule.custom_field(KEY, KIND.DATE, OP.GTE, there, now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        audience_ids = await walk(uow, dynamic(seed, rule))
    wanted = {
        person.contact.id
        for person in world.people
        if KEY in person.fields
        and person.fields[KEY].field_type is KIND.DATE
        and person.fields[KEY].value >= NOW
    }
    assert set(audience_ids) == wanted
    assert wanted


async def test_equality_of_a_custom_field_goes_by_the_index_of_its_hash(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, owner_dsn: str
) -> None:
    """Of a role that row-level security holds for. Its control, a comparison with more, does not."""
    superuser.execute(
        "INSERT INTO contacts (tenant_id, id, project_id, name, language, tags, created_at, updated_at)"
        " SELECT %s, gen_random_uuid(), %s, 'Ada', 'en', '{}', now(), now() FROM generate_series(1, 5000)",
        [TENANT, seed.project_id],
    )
    superuser.execute(
        "INSERT INTO contact_custom_fields"
        " (tenant_id, id, contact_id, field_key, field_type, field_value, created_at, updated_at)"
        " SELECT tenant_id, id, id, 'key', 'number', to_jsonb(row_number() OVER ()), now(), now()"
        " FROM contacts"
    )
    superuser.execute("ANALYZE")
    driver = await asyncpg.connect(owner_dsn)
    plans = {}
    try:
        await prepare_driver(driver)
        await driver.execute(f"SET app.tenant_id = '{TENANT}'")
        for operator in (OP.EQ, OP.GT):
            rule = FilterRule.custom_field(KEY, KIND.NUMBER, operator, 4711, now=NOW)
            audience, arguments = audience_of(dynamic(seed, rule))
            statement, *args = call(page_of(audience), {**arguments, "limit": 20})
            rows = await driver.fetch(f"EXPLAIN {statement.text}", *args)
            plans[operator] = "\n".join(row[0] for row in rows)
    finally:
        await driver.close()
    by_hash = "(field_value_hash = "
    assert "contact_custom_fields_live_value_idx" in plans[OP.EQ]
    assert by_hash in plans[OP.EQ], plans[OP.EQ]
    assert by_hash not in plans[OP.GT]
