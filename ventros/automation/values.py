"""Value objects that campaigns, sequences and broadcasts share; each holds its value in one normal form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import attrs

from ventros.kernel import validators
from ventros.kernel.aggregate import or_none
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError
from ventros.kernel.json_values import json_object, json_value
from ventros.values import MediaUrl


def not_negative(_instance: object, attribute: attrs.Attribute[Any], value: int) -> None:
    """An attrs validator."""
    if value < 0:
        raise ValidationError(f"{attribute.name} must be at least 0", field=attribute.name)


def require_not_past(when: datetime, *, now: datetime, field: str) -> None:
    """Raises ValidationError, naming ``field``, when ``when`` is before ``now``; neither may be naive."""
    for name, time in ((field, when), ("now", now)):
        if time.tzinfo is None:
            raise ValidationError(
                f"{name} is a naive datetime; give it a time zone, best datetime.UTC", field=name
            )
    if when < now:
        raise ValidationError(f"{field} must not lie in the past", field=field)


class DelayUnit(ValidatedEnum, field="delay_unit"):
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"

    def delay(self, amount: int) -> timedelta:
        """``amount`` of this unit. Raises ValidationError when it is negative or beyond all dates."""
        if amount < 0:
            raise ValidationError("delay_amount must be at least 0", field="delay_amount")
        try:
            return timedelta(**{self.value: amount})
        except OverflowError as error:
            raise ValidationError("delay_amount is too large", field="delay_amount") from error


class WaitFor(ValidatedEnum, field="wait_for"):
    """What a contact is waited to do."""

    REPLY = "reply"
    CLICK = "click"
    OPEN = "open"


class TemplateType(ValidatedEnum, field="type"):
    TEXT = "text"
    TEMPLATE = "template"
    MEDIA = "media"


@attrs.frozen(kw_only=True)
class MessageTemplate:
    """What is sent: ``content``, or what ``template_id`` names at the platform, with ``variables`` filled in.

    Stricter than the older system: the type is one of three, and ``media_url`` is an absolute address.
    """

    type: TemplateType = attrs.field(converter=TemplateType)
    content: str = ""
    template_id: str | None = attrs.field(default=None, converter=or_none)
    variables: dict[str, str] = json_object()
    media_url: MediaUrl | None = None

    def __attrs_post_init__(self) -> None:
        if not self.content and self.template_id is None:
            raise ValidationError("a message template needs content or a template_id", field="content")

    @variables.validator
    def _check_variables(self, _attribute: object, value: dict[str, str]) -> None:
        if not all(isinstance(text, str) for pair in value.items() for text in pair):
            raise ValidationError("variables must be texts, by names that are texts", field="variables")


@attrs.frozen(kw_only=True)
class StepCondition:
    """What must hold of a contact for a step to be taken: ``operator`` compares ``field``, or what ``type``
    stands for, with ``value``, which is any JSON.
    """

    type: str = attrs.field(validator=validators.not_empty)
    operator: str = attrs.field(validator=validators.not_empty)
    value: Any = json_value()
    field: str | None = attrs.field(default=None, converter=or_none)
    metadata: dict[str, Any] = json_object()


def all_of(conditions: Iterable[StepCondition]) -> tuple[StepCondition, ...]:
    """An attrs converter."""
    return tuple(conditions)
