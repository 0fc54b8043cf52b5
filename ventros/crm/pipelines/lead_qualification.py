"""What a pipeline asks of a lead before it counts as one; asking and scoring is done elsewhere."""

from __future__ import annotations

import attrs

from ventros.kernel import validators
from ventros.kernel.errors import ValidationError

MAX_QUESTIONS = 5
DEFAULT_MIN_SCORE = 5
MAX_SCORE = 10


@attrs.frozen(kw_only=True)
class Question:
    """``weight`` is 1 to 10. ``options`` are the answers to choose from, none for a free answer."""

    key: str = attrs.field(validator=validators.not_empty)
    label: str = attrs.field(validator=validators.not_empty)
    description: str = attrs.field(validator=validators.not_empty)
    options: tuple[str, ...] = ()
    weight: int = attrs.field()

    @weight.validator
    def _check_weight(self, _attribute: object, value: int) -> None:
        if not 1 <= value <= 10:
            raise ValidationError("weight must be from 1 to 10", field="weight")


DEFAULT_QUESTIONS = (
    Question(
        key="product_interest",
        label="Product interest",
        description="Which product or service the contact is interested in.",
        weight=8,
    ),
    Question(
        key="ticket_size",
        label="Ticket size",
        description="How much the contact is likely to spend.",
        weight=10,
    ),
    Question(
        key="purchase_intent",
        label="Purchase intent",
        description="How firmly, and how soon, the contact means to buy.",
        weight=6,
    ),
    Question(
        key="persona",
        label="Persona",
        description="Which kind of customer the contact is.",
        weight=7,
    ),
    Question(
        key="visual_quality",
        label="Visual quality",
        description="How much the pictures that the contact sent show of the matter.",
        weight=5,
    ),
)
"""Keys and weights are the older system's."""


@attrs.frozen(kw_only=True)
class LeadQualificationConfig:
    """At most five questions with keys of their own. ``min_score``, 0 to 10, makes a lead qualified."""

    enabled: bool = False
    min_score: int = attrs.field(default=DEFAULT_MIN_SCORE)
    questions: tuple[Question, ...] = attrs.field(default=DEFAULT_QUESTIONS)

    @min_score.validator
    def _check_min_score(self, _attribute: object, value: int) -> None:
        if not 0 <= value <= MAX_SCORE:
            raise ValidationError(f"min_score must be from 0 to {MAX_SCORE}", field="min_score")

    @questions.validator
    def _check_questions(self, _attribute: object, value: tuple[Question, ...]) -> None:
        if len(value) > MAX_QUESTIONS:
            raise ValidationError(f"there may be at most {MAX_QUESTIONS} questions", field="questions")
        if len({question.key for question in value}) != len(value):
            raise ValidationError("two questions have the same key", field="questions")
