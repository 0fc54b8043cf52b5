"""The JSON form in which the shared value objects are stored: snake_case keys, what is not given left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ventros.automation.values import MessageTemplate, StepCondition, TemplateType
from ventros.values import MediaUrl


def template_to_json(template: MessageTemplate) -> dict[str, Any]:
    data: dict[str, Any] = {"type": template.type.value, "content": template.content}
    if template.template_id is not None:
        data["template_id"] = template.template_id
    if template.variables:
        data["variables"] = template.variables
    if template.media_url is not None:
        data["media_url"] = template.media_url.value
    return data


def template_from_json(data: Mapping[str, Any]) -> MessageTemplate:
    media_url = data.get("media_url")
    return MessageTemplate(
        type=TemplateType(data["type"]),
        content=data["content"],
        template_id=data.get("template_id"),
        variables=data.get("variables", {}),
        media_url=None if media_url is None else MediaUrl(media_url),
    )


def conditions_to_json(conditions: Iterable[StepCondition]) -> list[dict[str, Any]]:
    return [_condition_to_json(condition) for condition in conditions]


def conditions_from_json(data: Iterable[Mapping[str, Any]]) -> tuple[StepCondition, ...]:
    return tuple(map(_condition_from_json, data))


def _condition_to_json(condition: StepCondition) -> dict[str, Any]:
    data: dict[str, Any] = {
        "type": condition.type,
        "operator": condition.operator,
        "value": condition.value,
    }
    if condition.field is not None:
        data["field"] = condition.field
    if condition.metadata:
        data["metadata"] = condition.metadata
    return data


def _condition_from_json(data: Mapping[str, Any]) -> StepCondition:
    return StepCondition(
        type=data["type"],
        operator=data["operator"],
        value=data["value"],
        field=data.get("field"),
        metadata=data.get("metadata", {}),
    )
