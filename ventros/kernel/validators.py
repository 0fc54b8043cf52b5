"""attrs validators that raise our ValidationError, so that a faulty field is named and not just refused."""

from __future__ import annotations

import functools
import math
import re
import reprlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import Attribute

from ventros.kernel.errors import ValidationError

MAX_INDEXED = 500
"""Characters of a text under a btree: its entries hold 2,704 bytes, 500 of four, a tenant and an id."""
_LABEL = re.compile(r"[A-Za-z0-9_.:@-]{1,100}")

USER_TENANT = "user:"
"""What the tenants of users begin with, and no other."""

LONGEST_WAIT = 2_147_483
"""Seconds. No timeout of PostgreSQL holds more milliseconds."""

MOST_CONNECTIONS = 262_143
"""The most that PostgreSQL's max_connections can be."""

_shortened = reprlib.Repr()
_shortened.maxstring = _shortened.maxother = 100


def shown(value: object) -> str:
    """A short repr for a message; the name of the type where there is none, as of an int of 5,000 digits."""
    try:
        return _shortened.repr(value)
    except Exception:  # noqa: BLE001 - whatever a repr raises
        return f"a value of type {type(value).__name__}"


def instance_of(kind: Any, value: object, field: str) -> None:
    """Raises ValidationError unless ``value`` is an instance of ``kind``, a class or a union of some."""
    if not isinstance(value, kind):
        name = str(kind).removeprefix("<class '").removesuffix("'>")
        raise ValidationError(f"{field} must be of type {name}, not {shown(value)}", field=field)


def function(value: object, field: str) -> None:
    """Raises ValidationError for what cannot be called."""
    if not callable(value):
        raise ValidationError(f"{field} must be a function, not {shown(value)}", field=field)


def bound(value: Any, field: str, *, zero: bool = False) -> None:
    """Raises ValidationError unless ``value`` is a finite number of seconds; 0 only where that means none."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= LONGEST_WAIT or not (value or zero):
        least = "0" if zero else "more than 0, which to PostgreSQL means no bound,"
        raise ValidationError(
            f"{field} must be a number of seconds, {least} to {LONGEST_WAIT}, not {shown(value)}: nothing "
            "waits without a bound",
            field=field,
        )


def whole_number(value: Any, field: str, least: int, most: float = math.inf) -> None:
    """Raises ValidationError unless ``value`` is an int, no bool, from ``least`` to ``most``."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValidationError(
            f"{field} must be a whole number from {least} to {most}, not {shown(value)}", field=field
        )


def attribute(check: Callable[..., object], **bounds: Any) -> Callable[..., Any]:
    """An attrs validator that makes the ``check`` of a value and a field's name, within ``bounds``."""
    check = functools.partial(check, **bounds) if bounds else check
    return lambda _instance, field, value: check(value, field.name)


def attribute_or_none(check: Callable[..., object]) -> Callable[..., Any]:
    """The same, but None passes. As attrs' own, and faster: some run for each row."""
    return lambda _instance, field, value: None if value is None else check(value, field.name)


seconds = attribute(bound)
seconds_or_zero = attribute(bound, zero=True)
boolean = attribute(lambda value, field: instance_of(bool, value, field))


def label(text: str, field: str, least: int = 1) -> str:
    """``text`` itself, when it is ``least`` to 100 characters of ``[A-Za-z0-9_.:@-]``; else ValidationError.

    The form makes it safe as an SQL literal: see :func:`ventros.kernel.transaction.begin.set_local`.
    """
    if not isinstance(text, str) or len(text) < least or not _LABEL.fullmatch(text):
        raise ValidationError(
            f"{shown(text)} is no {field}: {least} to 100 characters of A-Z a-z 0-9 _ . : @ - are allowed",
            field=field,
        )
    return text


def tenant_id(text: str) -> str:
    """A :func:`label` of 3 characters at least. An Enum, or another subclass of str, is refused.

    So is what begins with ``user:``, see :func:`user_tenant`.
    """
    if type(text) is not str:
        raise ValidationError(f"a tenant is a str, not {shown(text)}", field="tenant_id")
    return _tenant_id(text)


@functools.lru_cache(maxsize=1024)
def _tenant_id(text: str) -> str:
    if text.startswith(USER_TENANT):
        raise ValidationError(
            f"{shown(text)} is no tenant of a caller's: what begins with {USER_TENANT} belongs to a user; "
            "give the unit of work user= and no tenant",
            field="tenant_id",
        )
    return label(text, "tenant_id", 3)


def user_tenant(user: UUID) -> str:
    """The tenant of what belongs to a user and to no tenant: its events, and units of the user's own."""
    return f"{USER_TENANT}{user}"


def tenant_of_unit(tenant: str | None, user: UUID | None) -> str:
    """A tenant that a caller may name; without one the user's own."""
    return user_tenant(user) if tenant is None and user is not None else tenant_id(tenant)  # type: ignore[arg-type]


def named_for(tenant: str) -> tuple[str | None, UUID | None]:
    """The tenant and the user by which :func:`tenant_of_unit` makes it again."""
    try:
        user = UUID(tenant.removeprefix(USER_TENANT))
    except ValueError:
        return tenant, None
    return (None, user) if tenant == user_tenant(user) else (tenant, None)


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


def aware_time(value: object, field: str) -> None:
    """Raises ValidationError unless ``value`` is a datetime with a time zone, as every timestamptz needs."""
    instance_of(datetime, value, field)
    if value.tzinfo is None:  # type: ignore[attr-defined]
        raise ValidationError(f"{field} is a naive datetime; give it a time zone, best UTC", field=field)


aware = attribute(aware_time)
aware_or_none = attribute_or_none(aware_time)


def texts(_instance: object, attribute: Attribute[Any], value: Iterable[object]) -> None:
    """Each item of a text[]: PostgreSQL would take a None for NULL, and lists for dimensions."""
    for item in value:
        instance_of(str, item, attribute.name)


def ids(_instance: object, attribute: Attribute[Any], value: Iterable[UUID]) -> None:
    """Each item of a uuid[]."""
    for item in value:
        not_nil(_instance, attribute, item)


def require_indexable(text: str, field: str) -> None:
    """Raises ValidationError for more than :data:`MAX_INDEXED` characters."""
    if len(text) > MAX_INDEXED:
        raise ValidationError(
            f"{field} has {len(text)} characters; {MAX_INDEXED} are allowed, for it is indexed", field=field
        )


indexed = attribute_or_none(require_indexable)
