"""Pipeline and its row, column by column, in the order of the statements in ``sql/pipelines.sql``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ventros.crm.pipelines.aggregate import Pipeline, PipelineCustomField
from ventros.crm.pipelines.lead_qualification import LeadQualificationConfig, Question
from ventros.values import CustomField, HexColor

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "project_id",
    "name",
    "description",
    "color",
    "position",
    "active",
    "session_timeout_minutes",
    "lead_qualification",
    "enable_ai_summary",
    "ai_provider",
    "ai_model",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Sequence[Any], custom_fields: Iterable[PipelineCustomField] = ()) -> Pipeline:
    """Raises ValidationError, LookupError or TypeError when the rows break a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        project_id,
        name,
        description,
        color,
        position,
        active,
        session_timeout_minutes,
        lead_qualification,
        enable_ai_summary,
        ai_provider,
        ai_model,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return Pipeline(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        project_id=project_id,
        name=name,
        description=description,
        color=None if color is None else HexColor(color),
        position=position,
        active=active,
        session_timeout_minutes=session_timeout_minutes,
        lead_qualification=None if lead_qualification is None else _lead_from_json(lead_qualification),
        enable_ai_summary=enable_ai_summary,
        ai_provider=ai_provider,
        ai_model=ai_model,
        custom_fields=custom_fields,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(pipeline: Pipeline) -> tuple[object, ...]:
    """pipelines.insert, from $1."""
    return (
        pipeline.tenant_id,
        pipeline.id,
        pipeline.project_id,
        pipeline.name,
        pipeline.description,
        pipeline.color.value if pipeline.color else None,
        pipeline.position,
        pipeline.active,
        pipeline.session_timeout_minutes,
        _lead_to_json(pipeline.lead_qualification) if pipeline.lead_qualification else None,
        pipeline.enable_ai_summary,
        pipeline.ai_provider,
        pipeline.ai_model,
        pipeline.created_at,
        pipeline.updated_at,
        pipeline.deleted_at,
    )


def update_args(pipeline: Pipeline) -> tuple[object, ...]:
    """pipelines.update, from $1."""
    return (
        pipeline.tenant_id,
        pipeline.id,
        pipeline.version,
        pipeline.name,
        pipeline.description,
        pipeline.color.value if pipeline.color else None,
        pipeline.position,
        pipeline.active,
        pipeline.session_timeout_minutes,
        _lead_to_json(pipeline.lead_qualification) if pipeline.lead_qualification else None,
        pipeline.enable_ai_summary,
        pipeline.ai_provider,
        pipeline.ai_model,
        pipeline.updated_at,
        pipeline.deleted_at,
    )


def custom_field_from_row(row: Iterable[Any]) -> PipelineCustomField:
    """A row of pipeline_custom_fields.find."""
    _pipeline_id, id_, field_key, field_type, field_value, created_at, updated_at = row
    return PipelineCustomField(
        id=id_,
        field=CustomField.from_json(field_key, field_type, field_value),
        created_at=created_at,
        updated_at=updated_at,
    )


def custom_field_insert_args(pipeline: Pipeline, child: PipelineCustomField) -> tuple[object, ...]:
    """pipeline_custom_fields.insert, from $1."""
    return (
        pipeline.tenant_id,
        child.id,
        pipeline.id,
        child.field.key,
        child.field.field_type,
        child.field.json_value,
        child.created_at,
        child.updated_at,
    )


def custom_field_update_args(pipeline: Pipeline, child: PipelineCustomField) -> tuple[object, ...]:
    """pipeline_custom_fields.update, from $1."""
    return (
        pipeline.tenant_id,
        child.id,
        child.field.json_value,
        child.updated_at,
    )


def _lead_to_json(config: LeadQualificationConfig) -> dict[str, Any]:
    return {
        "enabled": config.enabled,
        "min_score": config.min_score,
        "questions": [_question_to_json(question) for question in config.questions],
    }


def _lead_from_json(data: Mapping[str, Any]) -> LeadQualificationConfig:
    return LeadQualificationConfig(
        enabled=data["enabled"],
        min_score=data["min_score"],
        questions=tuple(_question_from_json(question) for question in data["questions"]),
    )


def _question_to_json(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "label": question.label,
        "description": question.description,
        "options": list(question.options),
        "weight": question.weight,
    }


def _question_from_json(data: Mapping[str, Any]) -> Question:
    return Question(
        key=data["key"],
        label=data["label"],
        description=data["description"],
        options=tuple(data["options"]),
        weight=data["weight"],
    )
