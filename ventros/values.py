"""Value objects that more than one slice speaks of; each holds its value in one normal form."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import attrs

from ventros.kernel.errors import ValidationError

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_NOT_IN_PHONE = re.compile(r"[^0-9+]")
_UNPRINTABLE = r"\x00-\x1f\x7f\ud800-\udfff"
_HTTP_URL = re.compile(rf"https?://[^\s/?#{_UNPRINTABLE}]+(?:[/?#][^{_UNPRINTABLE}]*)?", re.IGNORECASE)
PHONE_MIN_CHARACTERS = 8


def _email(text: str) -> str:
    value = text.lower().strip()
    if not _EMAIL.fullmatch(value) or "@." in value:
        raise ValidationError("email must have the form name@domain.tld", field="email")
    return value


def _phone(text: str) -> str:
    value = _NOT_IN_PHONE.sub("", text)
    if len(value) < PHONE_MIN_CHARACTERS:
        raise ValidationError(
            f"phone must have at least {PHONE_MIN_CHARACTERS} digits, a leading + included", field="phone"
        )
    return value


@attrs.frozen
class Email:
    """Lower-case and trimmed. Raises ValidationError(field="email")."""

    value: str = attrs.field(converter=_email)

    def __str__(self) -> str:
        return self.value


@attrs.frozen
class Phone:
    """Digits and ``+`` only: ``(11) 99999-9999`` is ``11999999999``. Raises ValidationError(field="phone").

    ``+55…`` and ``55…`` are different values.
    """

    value: str = attrs.field(converter=_phone)

    def __str__(self) -> str:
        return self.value


@attrs.frozen
class MessageText:
    """1 to 4096 code points; an emoji counts as one. Raises ValidationError(field="text")."""

    MAX = 4096

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
