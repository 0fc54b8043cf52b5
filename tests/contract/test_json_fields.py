"""JSON is demanded of every field that is stored as JSON, in aggregates and in what they are made of."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

import ventros
from tests.support.hostile_json import HOSTILE, json_fields, placed
from ventros.automation.campaigns.values import StepConfig
from ventros.automation.values import MessageTemplate, StepCondition, TemplateType
from ventros.kernel.errors import ValidationError
from ventros.kernel.events import DomainEvent
from ventros.testing import Subject
from ventros.values import CustomField, CustomFieldType


def kinds() -> Iterator[type[Any]]:
    """Every attrs class of the slices that is no event."""
    for module in pkgutil.walk_packages(ventros.__path__, "ventros."):
        if module.name.startswith(("ventros.core.", "ventros.crm.", "ventros.automation.")):
            for kind in vars(importlib.import_module(module.name)).values():
                if isinstance(kind, type) and attrs.has(kind) and kind.__module__ == module.name:
                    yield kind


def test_no_dict_is_kept_but_by_a_field_that_refuses_what_is_no_json() -> None:
    kept = {
        (kind.__name__, field.name)
        for kind in kinds()
        if not issubclass(kind, DomainEvent)
        for field in attrs.fields(kind)
        if str(field.type).startswith(("dict[", "Mapping["))
    }
    refusing = {(kind.__name__, name) for kind in kinds() for name in json_fields(kind)}
    assert kept - refusing == set()
    assert ("Channel", "config") in refusing
    assert len(refusing) > 15


async def test_what_json_would_bend_is_refused_by_field_and_path(subject: Subject) -> None:
    new = subject.new()
    for field in json_fields(type(new)):
        for value in HOSTILE.values():
            with pytest.raises(ValidationError, match=rf"^{field}: \$\.a\[3\]\.b") as caught:
                attrs.evolve(new, **{field: placed(value)})
            assert caught.value.field == field


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_so_is_it_in_what_aggregates_are_made_of(value: Any) -> None:
    makers: dict[str, Any] = {
        "condition_data": lambda: StepConfig(condition_data=placed(value)),
        "variables": lambda: MessageTemplate(type=TemplateType.TEXT, content="x", variables=placed(value)),
        "value": lambda: StepCondition(type="t", operator="o", value=placed(value)),
        "metadata": lambda: StepCondition(type="t", operator="o", metadata=placed(value)),
    }
    for field, make in makers.items():
        with pytest.raises(ValidationError, match=rf"^{field}: \$\.a\[3\]\.b") as caught:
            make()
        assert caught.value.field == field
    with pytest.raises(ValidationError, match=r"^value: \$\.a\[3\]\.b"):
        CustomField("key", CustomFieldType.JSON, placed(value))


async def test_what_is_accepted_comes_back_equal(subject: Subject) -> None:
    """Drawn documents stand in the contract of every column; these are at the limits."""
    new = subject.new()
    text = json_fields(type(new)) & {"headers"}  # of texts alone
    document: dict[str, Any] = {
        "": [{}, [], None, True, 2**70, -(10**300), 1e300, 5e-324, 0.1, -0.0, "\\u0000"],
        "é": {"": ""},
    }
    fields = {name: {"a": "b"} if name in text else document for name in json_fields(type(new))}
    async with subject.unit() as uow:
        added = await subject.repository(uow).add(attrs.evolve(new, **fields))
        loaded = await subject.repository(uow).get(added.id)
    assert loaded == added
    for name, value in fields.items():
        assert getattr(loaded, name) == value
