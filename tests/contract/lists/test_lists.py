"""Every list: filters mean what they say, pages neither repeat nor lose a row, cursors belong to one list."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import psycopg
import pytest

from tests.contract import lists
from tests.support.constants import OTHER_TENANT, TENANT
from tests.support.library import LIBRARY
from tests.support.list_case import Case
from ventros import Database, UnitOfWork, ValidationError
from ventros.demo.seed import Seed
from ventros.kernel.lists import Direction, ListQuery, Page, Sort
from ventros.kernel.lists.list_repository import MAX_LIMIT

CASES: dict[str, Case] = {
    module.name: importlib.import_module(f"tests.contract.lists.{module.name}").CASE
    for module in pkgutil.iter_modules(lists.__path__)
    if not module.name.startswith("test_")
}
ORDERS = [
    (name, sort, direction)
    for name, list_query in LIBRARY.list_queries.items()
    for sort in list_query.sorts
    for direction in Direction
]
each_list = pytest.mark.parametrize("name", sorted(CASES))
each_order = pytest.mark.parametrize(("name", "sort", "direction"), ORDERS, ids=str)


def test_every_list_has_a_case() -> None:
    assert sorted(CASES) == sorted(LIBRARY.list_queries)


def list_query_of(name: str) -> ListQuery[Any, Any]:
    return LIBRARY.list_queries[name]


async def page(db: Database[UnitOfWork], name: str, tenant: str = TENANT, **query: Any) -> Page[Any]:
    async with db.unit_of_work(tenant) as uow:
        return await CASES[name].repository(uow).page(**query)


async def stored(db: Database[UnitOfWork], name: str, seed: Seed) -> list[Any]:
    async with db.unit_of_work(seed.tenant) as uow:
        rows = await CASES[name].store(uow, seed)
        await uow.commit()
    return rows


@each_list
async def test_each_filter_passes_what_it_says(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, name: str
) -> None:
    rows = await stored(db, name, seed)
    await stored(db, name, other_seed)
    list_query = list_query_of(name)
    expected = CASES[name].expected(rows)
    assert set(expected) == {condition.name for condition in list_query.conditions}
    for field, cases in expected.items():
        passed = set()
        for filtered in cases:
            wanted = {row.id for row in rows if filtered.passes(row)}
            page_ = await page(
                db,
                name,
                filter=list_query.filter(**{field: filtered.value}),
                limit=MAX_LIMIT,
                with_total=True,
            )
            assert {row.id for row in page_.items} == wanted, (field, filtered.value)
            assert page_.total == len(wanted)
            passed |= wanted
        assert len(passed) > 0, f"nothing passes {field}, so the test shows nothing"
        assert any(not all(map(filtered.passes, rows)) for filtered in cases), (
            f"everything passes {field}, so the test shows nothing"
        )


@each_list
async def test_filters_are_joined_by_and(db: Database[UnitOfWork], seed: Seed, name: str) -> None:
    rows = await stored(db, name, seed)
    expected = CASES[name].expected(rows)
    for one, other in zip(expected, list(expected)[1:], strict=False):
        case, other_case = expected[one][0], expected[other][0]
        chosen = list_query_of(name).filter(**{one: case.value, other: other_case.value})
        page_ = await page(db, name, filter=chosen, limit=MAX_LIMIT)
        assert {row.id for row in page_.items} == {
            row.id for row in rows if case.passes(row) and other_case.passes(row)
        }, (one, other)


@each_list
async def test_what_is_listed_is_what_get_returns(db: Database[UnitOfWork], seed: Seed, name: str) -> None:
    rows = await stored(db, name, seed)
    page_ = await page(db, name, limit=MAX_LIMIT)
    async with db.unit_of_work(TENANT) as uow:
        repository: Any = CASES[name].repository(uow)
        assert [await repository.get(row.id) for row in page_.items] == list(page_.items)
    assert len(page_.items) == len(rows)


@each_order
async def test_pages_follow_each_other_in_the_order_that_was_asked_for(
    db: Database[UnitOfWork],
    superuser: psycopg.Connection,
    seed: Seed,
    other_seed: Seed,
    name: str,
    sort: Sort,
    direction: Direction,
) -> None:
    """The order as SQL says it without a cursor; a row that came and one that went change nothing else."""
    rows = await stored(db, name, seed)
    await stored(db, name, other_seed)
    list_query = list_query_of(name)
    column = psycopg.sql.Identifier(sort.value)
    keyword = psycopg.sql.SQL(direction.value)
    ids = [row.id for row in rows]
    ordered = [
        id_
        for (id_,) in superuser.execute(
            psycopg.sql.SQL(
                "SELECT id FROM {} WHERE tenant_id = %s AND id = ANY(%s) ORDER BY {} {} NULLS LAST, id {}"
            ).format(psycopg.sql.Identifier(list_query.table), column, keyword, keyword),
            [TENANT, ids],
        )
    ]
    assert len({getattr(row, sort.value) for row in rows}) > 1, "all alike, so the test shows nothing"
    for limit in (1, 2, 3, len(rows)):
        walked: list[Any] = []
        after = None
        while True:
            got = await page(db, name, sort=sort, direction=direction, limit=limit, after=after)
            walked += got.items
            assert len(got.items) <= limit
            if got.next is None:
                break
            after = got.next
        assert [row.id for row in walked] == ordered, limit


@each_list
async def test_a_cursor_belongs_to_its_list(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, name: str
) -> None:
    rows = await stored(db, name, seed)
    list_query = list_query_of(name)
    first = await page(db, name, limit=1)
    assert first.next is not None
    field, filtered = next(iter(CASES[name].expected(rows).items()))
    default = list_query.sorts[list_query.default].direction
    misuse: list[dict[str, Any]] = [
        {"filter": list_query.filter(**{field: filtered[0].value})},
        {"direction": Direction.DESC if default is Direction.ASC else Direction.ASC},
        {"tenant": OTHER_TENANT},
        *({"sort": sort} for sort in list_query.sorts if sort is not list_query.default),
    ]
    for query in misuse:
        with pytest.raises(ValidationError, match="cursor") as caught:
            await page(db, name, after=first.next, limit=1, **query)
        assert caught.value.field == "after"
    second = await page(db, name, after=first.next, limit=5, filter=list_query.filter())
    assert second.items
    assert first.items[0] not in second.items


async def test_the_values_of_a_filter_may_come_in_another_order_with_the_cursor(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    await stored(db, "contacts", seed)
    tags = ("vip", "lead")
    contact_filter = list_query_of("contacts").filter
    first = await page(db, "contacts", filter=contact_filter(tags=tags), limit=2)
    rest = await page(db, "contacts", filter=contact_filter(tags=tags[::-1]), after=first.next)
    assert (len(first.items), len(rest.items)) == (2, 2)
    assert not set(first.items) & set(rest.items)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "bnVsbA==", "WzEsMiwzXQ==", "é", "W" * 500])
async def test_a_damaged_cursor_is_refused(db: Database[UnitOfWork], seed: Seed, cursor: str) -> None:
    with pytest.raises(ValidationError, match="the cursor is damaged") as caught:
        await page(db, "contacts", after=cursor)
    assert caught.value.field == "after"


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
async def test_a_page_has_at_least_one_row_and_at_most_a_thousand(
    db: Database[UnitOfWork], seed: Seed, limit: int
) -> None:
    with pytest.raises(ValidationError, match="limit must be a whole number from 1 to 1000"):
        await page(db, "contacts", limit=limit)


async def test_what_no_list_knows_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    with pytest.raises(ValidationError, match="'phone' is no contact sort"):
        await page(db, "contacts", sort="phone")
    with pytest.raises(ValidationError, match="'up' is no direction"):
        await page(db, "contacts", direction="up")
    with pytest.raises(ValidationError, match="an empty text"):
        await page(db, "contacts", filter=list_query_of("contacts").filter(name=""))
    with pytest.raises(ValidationError, match="project_id"):
        await page(db, "contacts", filter=list_query_of("contacts").filter(project_id="acme"))


async def test_a_page_starts_after_its_cursor_even_when_that_row_is_gone(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    """With OFFSET, its control, the next page would lose the row that moved up."""
    await stored(db, "contacts", seed)
    all_rows = (await page(db, "contacts", limit=MAX_LIMIT)).items
    first = await page(db, "contacts", limit=2)
    async with db.unit_of_work(TENANT) as uow:
        for row in first.items:
            await uow.contacts.save(row.delete(now=row.updated_at))
        await uow.commit()
    second = await page(db, "contacts", limit=2, after=first.next)
    assert second.items == all_rows[2:4]
    left = (await page(db, "contacts", limit=MAX_LIMIT)).items
    assert left[2:4] != all_rows[2:4]
