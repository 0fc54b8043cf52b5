"""A pipeline, not stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.support.constants import NOW
from ventros.crm.pipelines.aggregate import Pipeline

LATER = NOW + timedelta(hours=1)
PROJECT = uuid4()


def make_pipeline() -> Pipeline:
    """As loaded: without events."""
    pipeline = Pipeline.create(project_id=PROJECT, tenant_id="acme", name="Sales", now=NOW)
    return pipeline.clear_events()


def recorded(pipeline: Pipeline) -> list[tuple[str, dict[str, Any]]]:
    """Names and payloads of the events, each of which must name the pipeline first."""
    events = []
    for event in pipeline.domain_events:
        assert event.occurred_at == LATER
        payload = event.payload()
        assert payload.pop("pipeline_id") == pipeline.id
        events.append((event.event_name, payload))
    return events
