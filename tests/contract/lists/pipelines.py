"""Pipelines, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.values import RED, CustomField, CustomFieldType, HexColor

FUNNELS = (
    # name, description, colour, active, position
    ("Sales", "new customers", RED, True, 0),
    ("sales abroad", "", HexColor("#00AA00"), True, 2),
    ("100% support", "for old customers", RED, False, 2),
    ("Return_s", "", None, True, 2),
    ("Élite", "sales to the few", HexColor("#00AA00"), False, -1),
    ("Sales", "", None, False, 2147483647),
)


async def store(uow: UnitOfWork, seed: Seed) -> list[Pipeline]:
    live = []
    for line, (name, description, color, active, position) in enumerate(FUNNELS):
        pipeline = Pipeline.create(
            project_id=seed.project_id,
            tenant_id=seed.tenant,
            name=name,
            now=NOW + timedelta(hours=line // 2),
        )
        pipeline = attrs.evolve(
            pipeline, description=description, color=color, active=active, position=position
        )
        for key in ("b", "a")[: line % 3]:
            field = CustomField(key, CustomFieldType.NUMBER, line)
            pipeline = pipeline.set_custom_field(field, now=pipeline.created_at)
        live.append(await uow.pipelines.add(pipeline))
    gone = Pipeline.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Sales", now=NOW)
    await uow.pipelines.save((await uow.pipelines.add(gone)).delete(now=NOW))
    return live


def expected(stored: list[Pipeline]) -> Mapping[str, list[Filtered]]:
    def says(text: str) -> Filtered:
        wanted = text.lower()
        return Filtered(value=text, passes=lambda p: wanted in p.name.lower() or wanted in p.description)

    return {
        "project_id": [
            Filtered(value=stored[0].project_id, passes=lambda _: True),
            Filtered(value=new_id(), passes=lambda _: False),
        ],
        "text": [says(text) for text in ("SALES", "customers", "%", "_")],
        "active": [
            Filtered(value=True, passes=lambda p: p.active),
            Filtered(value=False, passes=lambda p: not p.active),
        ],
        "color": [
            Filtered(value=RED, passes=lambda p: p.color == RED),
            Filtered(value="00aa00", passes=lambda p: p.color == HexColor("#00AA00")),
        ],
    }


CASE: Any = Case(repository=lambda uow: uow.pipelines, store=store, expected=expected)
