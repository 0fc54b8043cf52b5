"""attrs validators that raise our ValidationError, so that a faulty field is named and not just refused."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import Attribute

from ventros.kernel.errors import ValidationError

_TENANT = re.compile(r"[A-Za-z0-9_.:@-]{3,100}")
_LABEL = re.compile(r"[A-Za-z0-9_.:@-]{1,100}")


def tenant_id(text: str) -> str:
    """``text`` itself, when it is 3 to 100 characters of ``[A-Za-z0-9_.:@-]``; else ValidationError.

    The form makes a tenant safe as an SQL literal: see :func:`ventros.kernel.transaction.identity`.
    """
    if not isinstance(text, str) or not _TENANT.fullmatch(text):
        raise ValidationError(
            f"{text!r} is no tenant: 3 to 100 characters of A-Z a-z 0-9 _ . : @ - are allowed",
            field="tenant_id",
        )
    return text


def label(text: str, field: str) -> str:
    """``text`` itself, when it is 1 to 100 characters of ``[A-Za-z0-9_.:@-]``; else ValidationError.

    Safe as an SQL literal for the same reason as a tenant.
    """
    if not isinstance(text, str) or not _LABEL.fullmatch(text):
        raise ValidationError(
            f"{text!r} is no {field}: 1 to 100 characters of A-Z a-z 0-9 _ . : @ - are allowed", field=field
        )
    return text


def tenant(_instance: object, _attribute: Attribute[str], value: str) -> None:
    """As :func:`tenant_id`."""
    tenant_id(value)


def not_empty(_instance: object, attribute: Attribute[Any], value: str) -> None:
    """At least one character, be it a space."""
    if not value:
        raise ValidationError(f"{attribute.name} must not be empty", field=attribute.name)


def not_nil(_instance: object, attribute: Attribute[Any], value: UUID) -> None:
    """A UUID, and not the nil one, whose bits are all 0 (RFC 9562, 5.9)."""
    if not isinstance(value, UUID) or value.int == 0:
        raise ValidationError(f"{attribute.name} must be a UUID, and not the nil one", field=attribute.name)


def aware(_instance: object, attribute: Attribute[Any], value: datetime) -> None:
    """A time with a time zone, as every timestamptz needs one."""
    if value.tzinfo is None:
        raise ValidationError(
            f"{attribute.name} is a naive datetime; give it a time zone, best datetime.UTC",
            field=attribute.name,
        )
