"""The rules of a pipeline's lead qualification and its questions, without a database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.support.pipelines import LATER, make_pipeline, recorded
from ventros.crm.pipelines import mapper
from ventros.crm.pipelines.lead_qualification import DEFAULT_QUESTIONS, LeadQualificationConfig, Question
from ventros.kernel.errors import ValidationError


def question(**changes: Any) -> Question:
    return Question(**{"key": "size", "label": "Size", "description": "How big?", "weight": 3, **changes})


def test_the_default_questions_are_those_of_the_older_system() -> None:
    config = LeadQualificationConfig()
    assert (config.enabled, config.min_score, config.questions) == (False, 5, DEFAULT_QUESTIONS)
    assert {default.key: default.weight for default in DEFAULT_QUESTIONS} == {
        "product_interest": 8,
        "ticket_size": 10,
        "purchase_intent": 6,
        "persona": 7,
        "visual_quality": 5,
    }


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: question(key=""), "key"),
        (lambda: question(label=""), "label"),
        (lambda: question(description=""), "description"),
        (lambda: question(weight=0), "weight"),
        (lambda: question(weight=11), "weight"),
        (lambda: LeadQualificationConfig(min_score=-1), "min_score"),
        (lambda: LeadQualificationConfig(min_score=11), "min_score"),
        (lambda: LeadQualificationConfig(questions=(question(), question())), "questions"),
        (lambda: LeadQualificationConfig(questions=(*DEFAULT_QUESTIONS, question())), "questions"),
    ],
)
def test_a_faulty_lead_qualification_is_refused(make: Callable[[], object], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make()
    assert raised.value.field == field


def test_enabling_lead_qualification_sets_it_up_and_disabling_keeps_it() -> None:
    enabled = make_pipeline().enable_lead_qualification(now=LATER)
    assert enabled.lead_qualification == LeadQualificationConfig(enabled=True)
    assert recorded(enabled) == [("pipeline.lead_qualification_enabled", {})]
    assert enabled.enable_lead_qualification(now=LATER) is enabled
    disabled = enabled.clear_events().disable_lead_qualification(now=LATER)
    assert disabled.lead_qualification == LeadQualificationConfig(enabled=False)
    assert recorded(disabled) == [("pipeline.lead_qualification_disabled", {})]
    assert disabled.disable_lead_qualification(now=LATER) is disabled
    assert make_pipeline().disable_lead_qualification(now=LATER).domain_events == ()


def test_enabling_keeps_the_questions_that_are_there() -> None:
    config = LeadQualificationConfig(min_score=9, questions=(question(),))
    pipeline = make_pipeline().set_lead_qualification(config, now=LATER)
    assert recorded(pipeline) == [("pipeline.lead_qualification_config_updated", {})]
    assert pipeline.set_lead_qualification(config, now=LATER) is pipeline
    enabled = pipeline.enable_lead_qualification(now=LATER)
    assert enabled.lead_qualification == attrs.evolve(config, enabled=True)
    assert enabled.set_lead_qualification(None, now=LATER).lead_qualification is None


def test_lead_qualification_is_stored_as_json() -> None:
    config = LeadQualificationConfig(enabled=True, questions=(question(options=("S", "L")),))
    at = mapper.COLUMNS.index("lead_qualification")
    row = attrs.evolve(make_pipeline(), lead_qualification=config)
    stored = mapper.insert_args(row)[at - 1]
    assert stored == {
        "enabled": True,
        "min_score": 5,
        "questions": [
            {"key": "size", "label": "Size", "description": "How big?", "options": ["S", "L"], "weight": 3}
        ],
    }
