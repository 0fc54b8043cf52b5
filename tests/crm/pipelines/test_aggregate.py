"""The rules of a pipeline and of its values, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.pipelines import LATER, PROJECT, make_pipeline, recorded
from ventros.crm.pipelines import mapper
from ventros.crm.pipelines.aggregate import Pipeline, PipelineCustomField
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.ids import new_id
from ventros.values import BLACK, BLUE, GREEN, RED, WHITE, YELLOW, CustomField, CustomFieldType, HexColor

TEXT = CustomFieldType.TEXT
JSON = CustomFieldType.JSON


def updated(field: str, old: object, new: object) -> tuple[str, dict[str, Any]]:
    return "pipeline.updated", {"field": field, "old_value": old, "new_value": new}


# Colours


@pytest.mark.parametrize("text", ["#a1B2c3", "a1b2c3", "  A1B2C3\n", " #A1B2C3"])
def test_a_colour_has_one_form(text: str) -> None:
    assert HexColor(text) == HexColor("#A1B2C3")
    assert str(HexColor(text)) == "#A1B2C3"


@pytest.mark.parametrize(
    "text", ["", " ", "#", "#FFF", "#FFFFFFFF", "##FFFFFF", "#GGGGGG", "red", "\ufb00FFFF"]
)
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        HexColor(text)
    assert raised.value.field == "color"


def test_red_green_and_blue() -> None:
    assert HexColor("#0A80FF").rgb == (10, 128, 255)
    assert HexColor.from_rgb(10, 128, 255) == HexColor("#0A80FF")
    for wrong in [(-1, 0, 0), (0, 256, 0), (0, 0, 256)]:
        with pytest.raises(ValidationError):
            HexColor.from_rgb(*wrong)


def test_the_contrast_to_a_colour_goes_by_its_brightness() -> None:
    assert [color.brightness for color in (RED, GREEN, BLUE, WHITE, BLACK)] == [76, 149, 29, 255, 0]
    assert HexColor("#808080").brightness == 128
    assert not HexColor("#808080").is_dark
    assert HexColor("#7F7F7F").is_dark
    assert (BLUE.contrast, YELLOW.contrast) == (WHITE, BLACK)


# The pipeline


def test_a_new_pipeline_is_active_and_has_one_event() -> None:
    pipeline = Pipeline.create(project_id=PROJECT, tenant_id="acme", name="Sales", now=NOW)
    assert (pipeline.version, pipeline.position, pipeline.active) == (1, 0, True)
    assert (pipeline.session_timeout_minutes, pipeline.lead_qualification) == (None, None)
    assert (pipeline.color, pipeline.description, pipeline.custom_fields) == (None, "", ())
    (created,) = pipeline.domain_events
    assert (created.event_name, created.occurred_at) == ("pipeline.created", NOW)
    assert created.payload() == {
        "pipeline_id": pipeline.id,
        "project_id": PROJECT,
        "tenant_id": "acme",
        "name": "Sales",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project_id", UUID(int=0)),
        ("tenant_id", ""),
        ("name", ""),
        ("session_timeout_minutes", 0),
        ("session_timeout_minutes", -10),
        ("session_timeout_minutes", 1441),
    ],
)
def test_a_faulty_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(make_pipeline(), **{field: value})
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("command", "field", "old", "new"),
    [
        (lambda p: p.rename("Support", now=LATER), "name", "Sales", "Support"),
        (lambda p: p.set_description("All of it", now=LATER), "description", "", "All of it"),
        (lambda p: p.set_color("ff0000", now=LATER), "color", None, "#FF0000"),
        (lambda p: p.set_color(RED, now=LATER), "color", None, "#FF0000"),
        (lambda p: p.set_position(-2, now=LATER), "position", 0, -2),
        (lambda p: p.set_session_timeout(1440, now=LATER), "session_timeout_minutes", None, 1440),
    ],
)
def test_a_change_of_a_field_has_one_event_and_its_repetition_none(
    command: Callable[[Pipeline], Pipeline], field: str, old: object, new: object
) -> None:
    pipeline = command(make_pipeline())
    assert recorded(pipeline) == [updated(field, old, new)]
    assert (pipeline.updated_at, pipeline.version) == (LATER, 1)
    assert command(pipeline) is pipeline


def test_colour_and_timeout_can_be_taken_back() -> None:
    pipeline = make_pipeline().set_color("#00FF00", now=NOW).set_session_timeout(5, now=NOW)
    bare = pipeline.clear_events().set_color(None, now=LATER).set_session_timeout(None, now=LATER)
    assert (bare.color, bare.session_timeout_minutes) == (None, None)
    assert recorded(bare) == [updated("color", "#00FF00", None), updated("session_timeout_minutes", 5, None)]


def test_what_is_refused_leaves_the_pipeline_as_it_was() -> None:
    pipeline = make_pipeline()
    commands: list[Callable[[], object]] = [
        lambda: pipeline.rename("", now=LATER),
        lambda: pipeline.set_color("", now=LATER),
        lambda: pipeline.set_session_timeout(0, now=LATER),
    ]
    for command in commands:
        with pytest.raises(ValidationError):
            command()
    assert pipeline == attrs.evolve(make_pipeline(), id=pipeline.id)


def test_the_flag_goes_up_and_down_and_repetition_is_no_change() -> None:
    pipeline = make_pipeline()
    assert pipeline.activate(now=LATER) is pipeline
    inactive = pipeline.deactivate(now=LATER)
    assert recorded(inactive) == [("pipeline.deactivated", {})]
    assert inactive.deactivate(now=LATER) is inactive
    assert recorded(inactive.clear_events().activate(now=LATER)) == [("pipeline.activated", {})]


def test_the_ai_summary_has_an_event_for_each_field_that_changed() -> None:
    pipeline = make_pipeline().set_ai_summary(enabled=True, provider="acme-ai", model="", now=LATER)
    assert (pipeline.enable_ai_summary, pipeline.ai_provider, pipeline.ai_model) == (True, "acme-ai", None)
    assert recorded(pipeline) == [
        updated("enable_ai_summary", False, True),
        updated("ai_provider", None, "acme-ai"),
    ]


def test_a_deleted_pipeline_takes_no_command() -> None:
    deleted = make_pipeline().delete(now=LATER)
    assert recorded(deleted) == [("pipeline.deleted", {"deleted_at": LATER})]
    for command in (deleted.delete, deleted.deactivate):
        with pytest.raises(InvariantViolation):
            command(now=LATER)
    with pytest.raises(InvariantViolation):
        deleted.rename("Support", now=LATER)


def test_the_time_of_the_last_change_does_not_go_back() -> None:
    changed = make_pipeline().rename("Support", now=NOW - timedelta(days=1))
    assert changed.updated_at == NOW


# Custom fields


def test_a_custom_field_is_set_changed_and_removed() -> None:
    pipeline = make_pipeline().set_custom_field(CustomField("region", TEXT, "south"), now=NOW)
    before = pipeline.clear_events()
    south = before.custom_fields[0]
    changed = before.set_custom_field(CustomField("region", TEXT, "north"), now=LATER)
    assert changed.custom_field("region").value == "north"
    assert changed.custom_fields == (
        attrs.evolve(south, field=changed.custom_field("region"), updated_at=LATER),
    )
    assert recorded(changed) == [updated("custom_fields.region", "south", "north")]
    removed = changed.clear_events().remove_custom_field("region", now=LATER)
    assert removed.custom_fields == ()
    assert recorded(removed) == [updated("custom_fields.region", "north", None)]


def test_the_same_value_again_is_no_change() -> None:
    pipeline = make_pipeline().set_custom_field(CustomField("vip", JSON, {"is": 1}), now=NOW)
    assert pipeline.set_custom_field(CustomField("vip", JSON, {"is": 1}), now=LATER) is pipeline


def test_true_in_an_object_is_not_1() -> None:
    pipeline = make_pipeline().set_custom_field(CustomField("vip", JSON, {"is": 1}), now=NOW)
    changed = pipeline.set_custom_field(CustomField("vip", JSON, {"is": True}), now=LATER)
    assert changed.custom_field("vip").value["is"] is True
    assert changed.custom_fields != pipeline.custom_fields


def test_a_custom_field_keeps_key_and_type() -> None:
    pipeline = make_pipeline().set_custom_field(CustomField("region", TEXT, "south"), now=NOW)
    with pytest.raises(InvariantViolation):
        pipeline.set_custom_field(CustomField("region", CustomFieldType.NUMBER, 1), now=LATER)
    with pytest.raises(InvariantViolation):
        pipeline.custom_fields[0].set_value(CustomField("country", TEXT, "south"), now=LATER)


def test_a_custom_field_that_is_not_there_is_not_found() -> None:
    for command in (
        lambda: make_pipeline().custom_field("region"),
        lambda: make_pipeline().remove_custom_field("region", now=LATER),
    ):
        with pytest.raises(NotFound):
            command()


def test_custom_fields_are_in_the_order_of_their_keys_and_each_key_is_there_once() -> None:
    pipeline = make_pipeline()
    for key in ("b", "é", "Z", "a"):
        pipeline = pipeline.set_custom_field(CustomField(key, TEXT, key), now=NOW)
    assert [field.field.key for field in pipeline.custom_fields] == ["Z", "a", "b", "é"]
    twice = (*pipeline.custom_fields, attrs.evolve(pipeline.custom_fields[0], id=new_id()))
    with pytest.raises(ValidationError) as raised:
        attrs.evolve(pipeline, custom_fields=twice)
    assert raised.value.field == "custom_fields"


def test_a_date_goes_to_the_event_and_to_the_row_as_text() -> None:
    field = CustomField("since", CustomFieldType.DATE, NOW)
    pipeline = make_pipeline().set_custom_field(field, now=LATER)
    text = "2026-01-02T03:04:05.000000+00:00"
    assert recorded(pipeline) == [updated("custom_fields.since", None, text)]
    child = pipeline.custom_fields[0]
    row = (pipeline.id, child.id, "since", "date", text, LATER, LATER)
    assert (
        mapper.custom_field_from_row(row)
        == child
        == PipelineCustomField(id=child.id, field=field, created_at=LATER, updated_at=LATER)
    )
