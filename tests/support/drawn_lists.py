"""Filters and rules of lists, put together at random."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.support.library import LIBRARY
from ventros.audit.shapes import positions
from ventros.crm.contact_lists.audience_query import Audience, shapes
from ventros.crm.contact_lists.values import LogicalOperator
from ventros.kernel.lists import Direction, ListQuery, Shape

each_list = pytest.mark.parametrize("name", sorted(LIBRARY.list_queries))
DRAWN = 60
"""Shapes of each list that are put together at random, beside all the committed ones."""


def drawn(list_query: ListQuery[Any, Any], generator: random.Random) -> list[Shape]:
    names = [condition.name for condition in list_query.conditions]
    shapes = []
    for _ in range(DRAWN):
        filters = tuple(name for name in names if generator.random() < 0.5)
        sort = generator.choice([None, *list_query.sorts])
        position = generator.choice(positions(list_query, sort)) if sort else ""
        shapes.append(Shape(filters, sort, generator.choice(list(Direction)), position))
    return shapes


def drawn_audiences(generator: random.Random) -> list[Audience]:
    known = list(shapes())
    return [
        Audience(
            tuple(sorted(generator.choices(known, k=generator.randint(2, 6)))),
            generator.choice(list(LogicalOperator)),
        )
        for _ in range(DRAWN)
    ]
