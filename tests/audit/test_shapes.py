"""What filters put together is committed, prepared, and nothing but its committed parts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from typing import Any

import psycopg

from tests.support.drawn_lists import drawn, drawn_audiences, each_list
from tests.support.library import CATALOGUE, LIBRARY
from ventros import CRM
from ventros.audit.shapes import page, shapes, statements
from ventros.crm.contact_lists.audience_query import Audience, RuleShape, count_of, statements_of
from ventros.crm.contact_lists.values import LogicalOperator
from ventros.kernel.lists import ListQuery, Shape
from ventros.kernel.resources import directory
from ventros.kernel.statements import Statement
from ventros.testing.statements import header_faults


def faults(dsn: str, statements: Iterable[Statement]) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return list(header_faults(connection, CRM, statements))


@each_list
def test_the_committed_texts_are_those_that_are_sent(name: str) -> None:
    """Else: ventros sql shapes TABLE > sql/shapes/TABLE.sql"""
    committed = (directory("sql") / "shapes" / f"{name}.sql").read_text(encoding="utf-8")
    assert committed == page(LIBRARY.list_queries[name])


def test_no_committed_text_is_left_over() -> None:
    assert {path.stem for path in (directory("sql") / "shapes").iterdir()} == set(LIBRARY.list_queries)


@each_list
def test_every_shape_is_prepared_and_agrees_with_its_header(owner_dsn: str, name: str) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    list_query = LIBRARY.list_queries[name]
    others = [list_query.statement(shape) for shape in drawn(list_query, random.Random(seed))]
    assert faults(owner_dsn, (*statements(list_query), *others)) == []


@each_list
def test_a_shape_is_the_committed_conditions_of_its_filters_in_their_order(name: str) -> None:
    list_query = LIBRARY.list_queries[name]
    alone = {
        shape.filters[0]: conditions(list_query, shape)
        for shape in shapes(list_query)
        if len(shape.filters) == 1
    }
    start = conditions(list_query, Shape((), list_query.default))
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    for shape in drawn(list_query, random.Random(seed)):
        parts = start + [alone[name][-1] for name in shape.filters]
        assert conditions(list_query, shape)[: len(parts)] == parts
        assert len(conditions(list_query, shape)) == len(parts) + bool(shape.position)


def conditions(list_query: ListQuery[Any, Any], shape: Shape) -> list[str]:
    return lines_of_where(list_query.statement(shape))


def lines_of_where(statement: Statement) -> list[str]:
    """Without the numbers of the parameters, but that of the tenant."""
    lines = [line for line in statement.text.splitlines() if line.startswith((" WHERE", " AND"))]
    return [re.sub(r"\$(?!1\b)\d+", "$n", line) for line in lines]


@each_list
def test_values_are_parameters_and_the_tenant_comes_first(name: str) -> None:
    for statement in statements(LIBRARY.list_queries[name]):
        assert " WHERE " in statement.text
        assert '"tenant_id"=$1' in statement.text.split("WHERE")[1].splitlines()[0]
        assert statement.params[0].name == "tenant_id"
        assert "'" not in statement.text.replace("#>>'{}'", ""), "a literal, but for JSON's way to its text"
        assert not re.search(r"(?<![$\w])\d", statement.text), "a number that is no parameter"
        assert "OFFSET" not in statement.text
        assert statement.name not in CATALOGUE


def test_rules_in_any_combination_are_prepared_and_agree_with_their_header(owner_dsn: str) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    drawn = drawn_audiences(random.Random(seed))
    assert faults(owner_dsn, (one for audience in drawn for one in statements_of(audience))) == []


def test_rules_that_are_joined_are_the_committed_ones_behind_tenant_and_project() -> None:
    def condition(shape: RuleShape) -> str:
        return lines_of_where(count_of(Audience((shape,))))[-1].removeprefix(" AND ")

    everybody = lines_of_where(count_of(Audience(())))
    assert len(everybody) == 3
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    for audience in drawn_audiences(random.Random(seed)):
        alone = list(map(condition, audience.rules))
        if audience.joined_by is LogicalOperator.OR:
            alone = [f"({' OR '.join(alone)})"]
        wanted = everybody + [f" AND {condition}" for condition in alone]
        for statement in statements_of(audience):
            assert lines_of_where(statement)[: len(wanted)] == wanted
