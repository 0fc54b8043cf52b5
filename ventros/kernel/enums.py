"""Enumerations of texts that name the faulty field, and the texts allowed, when they are given another."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, ClassVar, Self

from ventros.kernel.errors import ValidationError
from ventros.kernel.validators import shown

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class ValidatedEnum(StrEnum):
    """A text that is none of its members raises ValidationError with the ``field`` that the class names.

    ``class EndReason(ValidatedEnum, field="reason")``.
    """

    _field: ClassVar[str]

    def __init_subclass__(cls, *, field: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        if field:
            cls._field = field

    @classmethod
    def _missing_(cls, value: object) -> Self:
        words = _WORD.sub(" ", cls.__name__).lower()
        raise ValidationError(f"{shown(value)} is no {words}; there is {', '.join(cls)}", field=cls._field)
