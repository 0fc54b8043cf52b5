"""What a webhook subscription is made of: patterns of event names, an address, HTTP headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import msgspec

from ventros.kernel import validators
from ventros.kernel.encryption import Plain, Secret
from ventros.kernel.errors import ValidationError
from ventros.values import MediaUrl

EVERYTHING = "*"
"""The pattern that matches every name."""
LONGEST = 100
"""Characters of a pattern. An event may have a longer name, of which no further prefix is looked for."""

_PATTERN = re.compile(r"\*|[\w-]+(?:\.[\w-]+)*(?:\.\*)?")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token of RFC 9110, section 5.6.2
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # section 5.5


def patterns_matching(event: str) -> tuple[str, ...]:
    """Every pattern that matches an event of that name: the name, ``*``, and each dotted prefix with ``.*``.

    The database and :meth:`WebhookSubscription.is_subscribed_to` both compare with these.
    """
    ends = (at for at, character in enumerate(event[: LONGEST - 1]) if character == ".")
    return (EVERYTHING, *(f"{event[:end]}.*" for end in ends), event)


def lets_through(
    types: Iterable[str] | None,
    categories: Iterable[str] | None,
    type: str,  # noqa: A002 - the field's name
    category: str,
) -> bool:
    """Whether filters of contact events do: without any, or when one of the two has it, or a bare ``*``."""
    if types is None and categories is None:
        return True
    by_type = not {type, EVERYTHING}.isdisjoint(types or ())
    return by_type or not {category, EVERYTHING}.isdisjoint(categories or ())


def check_pattern(text: str) -> None:
    """Raises ValidationError(field="events") unless it is ``*``, a dotted name, or a prefix with ``.*``.

    It has at most LONGEST characters.
    """
    if len(text) > LONGEST or not _PATTERN.fullmatch(text):
        raise ValidationError(
            f"{validators.shown(text)} is no event pattern: a dotted name, a dotted prefix with .* at its "
            f"end, or *, of at most {LONGEST} characters",
            field="events",
        )


def origin_of(url: Secret[str]) -> str:
    """Scheme, host and port of an address, in lower case: what of it may be shown.

    Raises ValidationError(field="url") unless it is an absolute http or https address.
    """
    origin = _origin(url)  # what is raised holds no variable with the address
    if origin is None:
        raise ValidationError("url must be an absolute http or https address", field="url")
    return origin


def _origin(url: Secret[str]) -> str | None:
    try:
        MediaUrl(url.reveal())
        parts = urlsplit(url.reveal())
        known = bool(parts.hostname) and parts.port != 0
    except (ValidationError, ValueError):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower() if known else None


def written_headers(headers: Mapping[str, Plain]) -> Secret[str]:
    """As the column holds them once they are encrypted.

    Raises ValidationError(field="headers") for what HTTP could not send, or not as one header.
    """
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ValidationError(f"{validators.shown(name)} is no name of an HTTP header", field="headers")
        if not isinstance(value, str | Secret) or not _can_be_sent(value):
            raise ValidationError(f"the value of {name} is none that HTTP can send", field="headers")
    return Secret(msgspec.json.encode({name: _text(value) for name, value in headers.items()}).decode())


def _text(value: Plain) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _can_be_sent(value: Plain) -> bool:
    return _HEADER_VALUE.fullmatch(_text(value)) is not None


def read_headers(text: Secret[str]) -> dict[str, Secret[str]]:
    """What :func:`written_headers` wrote, each value hidden."""
    return {name: Secret(value) for name, value in msgspec.json.decode(text.reveal()).items()}
