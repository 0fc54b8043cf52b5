"""The text of BEGIN: how a transaction begins, for whom, and who does what in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Literal, TypedDict, get_args
from uuid import UUID

import attrs

from ventros.kernel.errors import ValidationError
from ventros.kernel.validators import boolean, label, seconds, shown

Isolation = Literal["read committed", "repeatable read", "serializable"]

_own_or_the_pools = attrs.validators.optional(seconds)


def _position(_context: object, _attribute: attrs.Attribute[str], value: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}", value):
        raise ValidationError(
            f"{shown(value)} is no position in the log, as UnitOfWork.lsn() returns it", field="after"
        )


class TransactionKeywords(TypedDict, total=False):
    """The fields of :class:`TransactionOptions` as keyword arguments."""

    isolation: Isolation | None
    read_only: bool
    deferrable: bool
    statement_timeout: float | None
    lock_timeout: float | None
    idle_in_transaction_timeout: float | None
    after: str | None


@attrs.frozen(kw_only=True)
class TransactionOptions:
    """How a unit of work's transaction begins; timeouts in seconds, None for those of the pool.

    0 and inf are refused, for nothing waits without a bound. ``deferrable`` waits for a snapshot that cannot
    fail; only a serializable read-only unit can. ``after``, for a read-only unit, is the position in the log
    that its server must have reached, as :meth:`UnitOfWork.lsn` returns it: "0/16B3748".
    """

    isolation: Isolation | None = None
    read_only: bool = attrs.field(default=False, validator=boolean)
    deferrable: bool = attrs.field(default=False, validator=boolean)
    statement_timeout: float | None = attrs.field(default=None, validator=_own_or_the_pools)
    lock_timeout: float | None = attrs.field(default=None, validator=_own_or_the_pools)
    idle_in_transaction_timeout: float | None = attrs.field(default=None, validator=_own_or_the_pools)
    after: str | None = attrs.field(default=None, validator=attrs.validators.optional(_position))

    def __attrs_post_init__(self) -> None:
        if self.isolation is not None and self.isolation not in get_args(Isolation):
            raise ValidationError(
                f"{shown(self.isolation)} is no isolation level; there is {', '.join(get_args(Isolation))}",
                field="isolation",
            )
        if self.deferrable and not (self.read_only and self.isolation == "serializable"):
            raise ValidationError(
                "deferrable does nothing but in a serializable read-only unit of work", field="deferrable"
            )

        if self.after is not None and not self.read_only:
            raise ValidationError("after is for a read-only unit of work: read_only=True", field="after")

    @functools.cached_property
    def begin(self) -> tuple[str, ...]:
        """BEGIN with the options that are not the default, then the timeouts: the first commands."""
        modes = (
            f" ISOLATION LEVEL {self.isolation.upper()}" if self.isolation else "",
            " READ ONLY" if self.read_only else "",
            " DEFERRABLE" if self.deferrable else "",
        )
        return (
            f"BEGIN{''.join(modes)}",
            *(
                f"SET LOCAL {name} = {max(1, round(seconds * 1000))}"
                for name, seconds in (
                    ("statement_timeout", self.statement_timeout and self.statement_timeout * 0.9),
                    ("lock_timeout", self.lock_timeout),
                    ("idle_in_transaction_session_timeout", self.idle_in_transaction_timeout),
                )
                if seconds
            ),
        )


DEFAULT_OPTIONS = TransactionOptions()


def _label_or_none(_context: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    if value is not None:
        label(value, attribute.name)


@attrs.frozen
class AuditContext:
    """Who does something and what, for the history: each 1 to 100 characters of ``[A-Za-z0-9_.:@-]``."""

    actor: str | None = attrs.field(default=None, validator=_label_or_none)
    use_case: str | None = attrs.field(default=None, validator=_label_or_none)


def set_local(
    tenant: str, audit: AuditContext = AuditContext(), user: UUID | str | None = None
) -> tuple[str, ...]:
    """The commands that set the tenant, the user, and who does what; a user of "" unsets him."""
    return _settings(
        label(tenant, "tenant_id", 3), user if user is None else str(user), audit.actor, audit.use_case
    )


def set_keys(keys: Mapping[str, str]) -> tuple[str, ...]:
    """The commands that set what a transaction without a tenant asks for: ``app.<name>`` for each."""
    return tuple(
        f"SET LOCAL app.{label(name, 'key')} = '{value and label(value, name)}'"
        for name, value in keys.items()
    )


def restore_local(settings: tuple[str, str, str, str], audit: AuditContext) -> tuple[str, ...]:
    """Sets the caller's tenant, user, actor and use case again, those of them that a joined unit changed."""
    tenant, user, actor, use_case = settings
    return _settings(
        tenant, user, None if audit.actor is None else actor, None if audit.use_case is None else use_case
    )


@functools.lru_cache(maxsize=1024)
def _settings(tenant: str, user: str | None, actor: str | None, use_case: str | None) -> tuple[str, ...]:
    """Set each to a text or to the empty one; None leaves it as it is.

    SET LOCAL takes no parameters; the literals are safe because of their form, which is checked here (see
    :func:`ventros.kernel.validators.label`). SET LOCAL rather than set_config(): Citus passes it on to its
    workers.
    """
    return tuple(
        f"SET LOCAL app.{name} = '{value and label(value, name, least)}'"
        for name, value, least in (
            ("tenant_id", tenant, 3),
            ("user_id", user, 36),
            ("actor", actor, 1),
            ("use_case", use_case, 1),
        )
        if value is not None
    )
