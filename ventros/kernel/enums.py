"""Enumerations of texts that name the faulty field, and the texts allowed, when they are given another."""

from __future__ import annotations

import re
from enum import EnumType, StrEnum
from typing import Any, ClassVar

from ventros.kernel.errors import ValidationError
from ventros.kernel.validators import shown

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class _Lookup(EnumType):
    """Finds the member by its text alone.

    The standard library's own way puts the repr of what is no member into a ValueError, and that repr may
    raise, as of a list 5,000 deep.
    """

    _field: str

    def __call__(cls, value: object, *_args: Any, **_options: Any) -> Any:
        try:
            return cls._value2member_map_[value]
        except (KeyError, TypeError):
            words = _WORD.sub(" ", cls.__name__).lower()
            fault = f"{shown(value)} is no {words}; there is {', '.join(cls)}"
            raise ValidationError(fault, field=cls._field) from None


class ValidatedEnum(StrEnum, metaclass=_Lookup):
    """A text that is none of its members raises ValidationError with the ``field`` that the class names.

    ``class EndReason(ValidatedEnum, field="reason")``.
    """

    _field: ClassVar[str]

    def __init_subclass__(cls, *, field: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        if field:
            cls._field = field
