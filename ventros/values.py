"""Value objects that more than one slice speaks of; each holds its value in one normal form."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

import attrs
import msgspec

from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ValidationError
from ventros.kernel.json_values import LARGEST, copied_json
from ventros.kernel.validators import require_indexable

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_NOT_IN_PHONE = re.compile(r"[^0-9+]")
_WITHOUT_NINTH_DIGIT = re.compile(r"(\+?55[1-9][1-9])([6-9][0-9]{7})")
_UNPRINTABLE = r"\x00-\x1f\x7f\ud800-\udfff"
_HTTP_URL = re.compile(rf"https?://[^\s/?#{_UNPRINTABLE}]+(?:[/?#][^{_UNPRINTABLE}]*)?", re.IGNORECASE)
PHONE_MIN_CHARACTERS = 8


def _email(text: str) -> str:
    value = text.lower().strip()
    if not _EMAIL.fullmatch(value) or "@." in value:
        raise ValidationError("email must have the form name@domain.tld", field="email")
    require_indexable(value, "email")
    return value


def _phone(text: str) -> str:
    value = _NOT_IN_PHONE.sub("", text)
    if len(value) < PHONE_MIN_CHARACTERS:
        raise ValidationError(
            f"phone must have at least {PHONE_MIN_CHARACTERS} digits, a leading + included", field="phone"
        )
    require_indexable(value, "phone")
    without = _WITHOUT_NINTH_DIGIT.fullmatch(value)
    return f"{without[1]}9{without[2]}" if without else value


@attrs.frozen
class Email:
    """Lower-case and trimmed. Raises ValidationError(field="email")."""

    value: str = attrs.field(converter=_email)

    def __str__(self) -> str:
        return self.value


@attrs.frozen
class Phone:
    """Digits and ``+`` only: ``(11) 99999-9999`` is ``11999999999``. Raises ValidationError(field="phone").

    A Brazilian mobile number has its ninth digit: ``55 41 8888-7777`` is ``5541988887777``. All got a 9 in
    front of their eight digits by 2016 (Anatel, resolution 553/2010), yet the WhatsApp ids of older accounts
    lack it. Mobile is what has ``55``, an area code without a 0, and eight digits of which the first is 6 to
    9; landlines, which begin with 2 to 5, keep eight. Without the 55 nobody knows that a number is Brazilian,
    so nothing is added. The table of contacts has a CHECK for the same form.

    ``+55…`` and ``55…`` are different values.
    """

    value: str = attrs.field(converter=_phone)

    def __str__(self) -> str:
        return self.value


@attrs.frozen
class MessageText:
    """1 to 65,536 code points, as WhatsApp delivers; an emoji counts as one.

    What we send has :data:`MAX_SENT` at most: see :meth:`to_send`. Raises ValidationError(field="text").
    """

    MAX = 65_536
    MAX_SENT = 4_096

    value: str = attrs.field()

    @value.validator
    def _check(self, _attribute: object, value: str) -> None:
        if not value:
            raise ValidationError("text must not be empty", field="text")
        if len(value) > self.MAX:
            raise ValidationError(f"text has {len(value)} characters, {self.MAX} are allowed", field="text")
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValidationError("text holds a NUL or half of a surrogate pair", field="text")

    def __str__(self) -> str:
        return self.value

    @classmethod
    def to_send(cls, text: str) -> Self:
        """A text for a command that sends: platforms refuse more than 4,096 code points."""
        if len(text) > cls.MAX_SENT:
            raise ValidationError(
                f"text has {len(text)} characters, {cls.MAX_SENT} can be sent", field="text"
            )
        return cls(text)

    def truncate(self, limit: int) -> str:
        """At most ``limit`` characters; where there is room, the last three of a cut text are ``...``."""
        if limit <= 0:
            return ""
        if len(self.value) <= limit:
            return self.value
        return self.value[:limit] if limit <= 3 else self.value[: limit - 3] + "..."

    def contains(self, part: str) -> bool:
        """Whether ``part``, when not empty, occurs."""
        return bool(part) and part in self.value


@attrs.frozen
class MediaUrl:
    """An absolute http or https address, kept verbatim. Raises ValidationError(field="media_url")."""

    value: str = attrs.field()

    @value.validator
    def _check(self, _attribute: object, value: str) -> None:
        # urlsplit alone drops line breaks and leading blanks before it looks.
        try:
            host = urlsplit(value).hostname if _HTTP_URL.fullmatch(value) else None
        except ValueError:
            host = None
        if not host:
            raise ValidationError("media_url must be an absolute http or https address", field="media_url")

    def __str__(self) -> str:
        return self.value

    @property
    def extension(self) -> str:
        """The lower-case text after the last dot of the path, ``""`` without one."""
        name = urlsplit(self.value).path.rpartition("/")[2]
        return name.rpartition(".")[2].lower() if "." in name else ""


class CustomFieldType(ValidatedEnum, field="field_type"):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    JSON = "json"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    SELECT = "select"
    MULTI_SELECT = "multi_select"
    LABEL = "label"

    def accepts(self, value: object) -> bool:
        """Whether ``value``, as :func:`settled` leaves it, is one of this type.

        The content of a url, an email, a phone and a select is not looked at; a bool is no number.
        """
        if self is CustomFieldType.NUMBER:
            return type(value) in {int, float} and -LARGEST <= value <= LARGEST  # type: ignore[operator]
        if self is CustomFieldType.BOOLEAN:
            return isinstance(value, bool)
        if self is CustomFieldType.DATE:
            return isinstance(value, datetime) and value.tzinfo is UTC
        if self is CustomFieldType.JSON:
            return isinstance(value, dict)
        if self in {CustomFieldType.MULTI_SELECT, CustomFieldType.LABEL}:
            return isinstance(value, tuple) and all(isinstance(text, str) for text in value)
        return isinstance(value, str)


def settled(value: object) -> Any:
    """``value`` so that nobody else can change it: lists as tuples, dicts copied, times in UTC.

    Raises ValidationError for a dict that is no JSON object.
    """
    if isinstance(value, list):
        return tuple(map(settled, value))
    if isinstance(value, dict):
        return copied_json(value, "value")
    if isinstance(value, datetime) and value.tzinfo is not None:
        with contextlib.suppress(OverflowError):  # out of what a datetime in UTC can be; refused later
            return value.astimezone(UTC)
    return value


def to_json(value: object) -> Any:
    """A settled value in its one JSON form, so that equal values are equal in the database too.

    A time is a text that sorts as the time does; a whole number has no fraction and no exponent.
    """
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: to_json(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value


def same_json(new: Mapping[str, Any], stored: Mapping[str, Any], field: str) -> bool:
    """Whether they are the same JSON object; to ``==`` 1, 1.0 and true would be one value.

    Raises ValidationError, naming ``field``, when ``new`` is no JSON.
    """
    copied_json(dict(new), field)
    texts = {msgspec.json.encode(dict(value), order="deterministic") for value in (new, stored)}
    return len(texts) == 1


def _json_text(value: object) -> bytes:
    """By which values are compared: ``1`` and ``true`` are equal in Python, and not in JSON."""
    return msgspec.json.encode(to_json(value), order="deterministic")


@attrs.frozen
class CustomField:
    """A value that a project keeps of something under a key of its own.

    ``value`` is a text, an int or float, a bool, an aware datetime (kept in UTC), a dict as of JSON, or a
    tuple of texts, as ``field_type`` demands. Raises ValidationError with the field that is wrong.
    """

    key: str = attrs.field()
    field_type: CustomFieldType = attrs.field(converter=CustomFieldType)
    value: Any = attrs.field(converter=settled, hash=False, eq=_json_text)

    @key.validator
    def _check_key(self, _attribute: object, key: str) -> None:
        if not key:
            raise ValidationError("the key of a custom field must not be empty", field="key")
        require_indexable(key, "key")

    @value.validator
    def _check_value(self, _attribute: object, value: object) -> None:
        if not self.field_type.accepts(value):
            raise ValidationError(
                f"a custom field of type {self.field_type} takes no such {type(value).__name__}",
                field="value",
            )

    @classmethod
    def from_json(cls, key: str, field_type: str, value: object) -> Self:
        """As :attr:`json_value` wrote it. Raises ValidationError."""
        if field_type == CustomFieldType.DATE and isinstance(value, str):
            with contextlib.suppress(ValueError):  # then it is still a text, which no date is
                value = datetime.fromisoformat(value)
        return cls(key, CustomFieldType(field_type), value)

    @property
    def json_value(self) -> Any:
        """See :func:`to_json`."""
        return to_json(self.value)

    @property
    def text(self) -> str:
        """The value of a text, url, email, phone or select. Raises ValidationError for any other type.

        So do the five below, each for what is not of its type.
        """
        return self._value_of("text", "url", "email", "phone", "select")  # type: ignore[no-any-return]

    @property
    def number(self) -> int | float:
        return self._value_of("number")  # type: ignore[no-any-return]

    @property
    def boolean(self) -> bool:
        return self._value_of("boolean")  # type: ignore[no-any-return]

    @property
    def date(self) -> datetime:
        return self._value_of("date")  # type: ignore[no-any-return]

    @property
    def json(self) -> dict[str, Any]:
        """A copy."""
        return settled(self._value_of("json"))  # type: ignore[no-any-return]

    @property
    def texts(self) -> tuple[str, ...]:
        """The value of a multi_select or label."""
        return self._value_of("multi_select", "label")  # type: ignore[no-any-return]

    def _value_of(self, *types: str) -> Any:
        if self.field_type not in types:
            raise ValidationError(f"{self.key!r} is a field of type {self.field_type}", field="field_type")
        return self.value

    def with_value(self, value: object) -> Self:
        """Another value under the same key, of the same type."""
        return attrs.evolve(self, value=value)


_HEX = re.compile(r"#?[0-9A-Fa-f]{6}")
DARK_BELOW = 128


def _hex(text: str) -> str:
    if not text:
        raise ValidationError("color must not be empty", field="color")
    value = text.strip()
    if not _HEX.fullmatch(value):
        raise ValidationError(
            "color must be six hexadecimal digits, with or without a leading #", field="color"
        )
    return f"#{value.removeprefix('#').upper()}"


@attrs.frozen
class HexColor:
    """``#`` and six upper-case hexadecimal digits. Raises ValidationError(field="color")."""

    value: str = attrs.field(converter=_hex)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def from_rgb(cls, red: int, green: int, blue: int) -> Self:
        """Raises ValidationError unless each is 0 to 255."""
        if any(not 0 <= part <= 255 for part in (red, green, blue)):
            raise ValidationError("red, green and blue must be from 0 to 255", field="color")
        return cls(f"#{red:02X}{green:02X}{blue:02X}")

    @property
    def rgb(self) -> tuple[int, int, int]:
        red, green, blue = bytes.fromhex(self.value[1:])
        return red, green, blue

    @property
    def brightness(self) -> int:
        """0 to 255, weighted as the eye does. In whole numbers: a float takes #808080 for 127."""
        red, green, blue = self.rgb
        return (299 * red + 587 * green + 114 * blue) // 1000

    @property
    def is_dark(self) -> bool:
        return self.brightness < DARK_BELOW

    @property
    def contrast(self) -> HexColor:
        """White on a dark colour, black on a light one."""
        return WHITE if self.is_dark else BLACK


RED = HexColor("#FF0000")
GREEN = HexColor("#00FF00")
BLUE = HexColor("#0000FF")
YELLOW = HexColor("#FFFF00")
WHITE = HexColor("#FFFFFF")
BLACK = HexColor("#000000")
