"""How WhatsApp names a contact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Self

import attrs

from ventros.kernel.errors import ValidationError
from ventros.values import CustomField, CustomFieldType

_SUFFIXES: Final = ("@c.us", "@s.whatsapp.net", "@lid", "@g.us")
_DIGITS: Final = re.compile(r"[0-9]+")
_KEY_PREFIX: Final = "waha_"


def _bare(text: str) -> str:
    text = text.strip()
    suffix = next((suffix for suffix in _SUFFIXES if text.endswith(suffix)), "")
    return text.removesuffix(suffix)


def _bare_or_none(text: str | None) -> str | None:
    return _bare(text) if text and text.strip() else None


def _digits(_instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    if value is not None and not _DIGITS.fullmatch(value):
        raise ValidationError(
            f"{attribute.name} must be digits, with or without a suffix such as @c.us", field=attribute.name
        )


@attrs.frozen(kw_only=True)
class WhatsAppIdentifiers:
    """Digits only: trimmed, and without one suffix of ``@c.us``, ``@s.whatsapp.net``, ``@lid``, ``@g.us``.

    An empty ``lid`` or ``jid`` is None, ``wid`` must not be empty. Raises ValidationError with the field.
    They are stored as custom fields of the contact, ``waha_wid`` and the like.
    """

    wid: str = attrs.field(converter=_bare, validator=_digits)
    lid: str | None = attrs.field(default=None, converter=_bare_or_none, validator=_digits)
    jid: str | None = attrs.field(default=None, converter=_bare_or_none, validator=_digits)

    @classmethod
    def of(cls, fields: Mapping[str, CustomField]) -> Self | None:
        """Those that the contact's custom fields hold; None when they hold none."""
        held = {name: fields.get(f"{_KEY_PREFIX}{name}") for name in ("wid", "lid", "jid")}
        if held["wid"] is None:
            return None
        return cls(**{name: str(field.value) for name, field in held.items() if field is not None})

    def custom_fields(self) -> tuple[CustomField, ...]:
        """``waha_wid`` always, ``waha_lid`` and ``waha_jid`` when present; each of type text."""
        return tuple(
            CustomField(f"{_KEY_PREFIX}{name}", CustomFieldType.TEXT, value)
            for name, value in (("wid", self.wid), ("lid", self.lid), ("jid", self.jid))
            if value is not None
        )
