"""attrs validators that raise our ValidationError, so that a faulty field is named and not just refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import Attribute

from ventros.kernel.errors import ValidationError

_TENANT = re.compile(r"[A-Za-z0-9_.:@-]{3,100}")
MAX_INDEXED = 500
"""Characters of a text under a btree: its entries hold 2,704 bytes, 500 of four, a tenant and an id."""
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
    tenant_id(value)


def not_empty(_instance: object, attribute: Attribute[Any], value: str) -> None:
    if not value:
        raise ValidationError(f"{attribute.name} must not be empty", field=attribute.name)


def not_nil(_instance: object, attribute: Attribute[Any], value: UUID) -> None:
    if not isinstance(value, UUID) or value.int == 0:
        raise ValidationError(f"{attribute.name} must be a UUID, and not the nil one", field=attribute.name)


def aware(_instance: object, attribute: Attribute[Any], value: datetime) -> None:
    if value.tzinfo is None:
        raise ValidationError(
            f"{attribute.name} is a naive datetime; give it a time zone, best datetime.UTC",
            field=attribute.name,
        )


def aware_or_none(_instance: object, attribute: Attribute[Any], value: datetime | None) -> None:
    if value is not None:
        aware(_instance, attribute, value)


def texts(_instance: object, attribute: Attribute[Any], value: Iterable[object]) -> None:
    """Of what is stored as text[]: PostgreSQL would take a None for NULL, and lists for dimensions."""
    for item in value:
        if not isinstance(item, str):
            raise ValidationError(
                f"{attribute.name} holds {type(item).__name__}, where each is a text", field=attribute.name
            )


def ids(_instance: object, attribute: Attribute[Any], value: Iterable[UUID]) -> None:
    """Of what is stored as uuid[]."""
    for item in value:
        not_nil(_instance, attribute, item)


def indexed(_instance: object, attribute: Attribute[Any], value: str | None) -> None:
    """Of a text under an index, or None."""
    if value is not None:
        require_indexable(value, attribute.name)


def require_indexable(text: str, field: str) -> None:
    """Raises ValidationError for more than :data:`MAX_INDEXED` characters."""
    if len(text) > MAX_INDEXED:
        raise ValidationError(
            f"{field} has {len(text)} characters; {MAX_INDEXED} are allowed, for it is indexed", field=field
        )
