"""The text of BEGIN: how a transaction begins, for whom, and who does what in it."""

from __future__ import annotations

import functools
from typing import Literal, TypedDict, Unpack, get_args
from uuid import UUID

import attrs

from ventros.kernel.errors import ValidationError
from ventros.kernel.transaction.commit_markers import CLAIM
from ventros.kernel.validators import boolean, label, seconds, shown, tenant_id

Isolation = Literal["read committed", "repeatable read", "serializable"]


_own_or_the_pools = attrs.validators.optional(seconds)


class TransactionKeywords(TypedDict, total=False):
    """The fields of :class:`TransactionOptions` as keyword arguments."""

    isolation: Isolation | None
    read_only: bool
    deferrable: bool
    statement_timeout: float | None
    lock_timeout: float | None
    idle_in_transaction_timeout: float | None


@attrs.frozen(kw_only=True)
class TransactionOptions:
    """How a unit of work's transaction begins; timeouts in seconds, None for those of the pool.

    0 and inf are refused, for nothing waits without a bound. ``deferrable`` waits for a snapshot that cannot
    fail; only a serializable read-only unit can.
    """

    isolation: Isolation | None = None
    read_only: bool = attrs.field(default=False, validator=boolean)
    deferrable: bool = attrs.field(default=False, validator=boolean)
    statement_timeout: float | None = attrs.field(default=None, validator=_own_or_the_pools)
    lock_timeout: float | None = attrs.field(default=None, validator=_own_or_the_pools)
    idle_in_transaction_timeout: float | None = attrs.field(default=None, validator=_own_or_the_pools)

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

    @functools.cached_property
    def begin(self) -> str:
        """BEGIN with the options that are not the default, then the timeouts, in one message."""
        modes = (
            f" ISOLATION LEVEL {self.isolation.upper()}" if self.isolation else "",
            " READ ONLY" if self.read_only else "",
            " DEFERRABLE" if self.deferrable else "",
        )
        return f"BEGIN{''.join(modes)}" + "".join(
            f"; SET LOCAL {name} = {max(1, round(seconds * 1000))}"
            for name, seconds in (
                ("statement_timeout", self.statement_timeout and self.statement_timeout * 0.9),
                ("lock_timeout", self.lock_timeout),
                ("idle_in_transaction_session_timeout", self.idle_in_transaction_timeout),
            )
            if seconds
        )


_DEFAULT = TransactionOptions()


def transaction_options(**keywords: Unpack[TransactionKeywords]) -> TransactionOptions:
    """Raises ValidationError for a value that an option does not have."""
    return TransactionOptions(**keywords) if keywords else _DEFAULT


@attrs.frozen
class AuditContext:
    """Who does something and what, for the history: each 1 to 100 characters of ``[A-Za-z0-9_.:@-]``."""

    actor: str | None = None
    use_case: str | None = None


ANONYMOUS = AuditContext()


def audit_context(actor: str | None, use_case: str | None) -> AuditContext:
    """Raises ValidationError for an actor or a use case that is no label."""
    if actor is None and use_case is None:
        return ANONYMOUS
    return AuditContext(
        actor if actor is None else label(actor, "actor"),
        use_case if use_case is None else label(use_case, "use_case"),
    )


def set_local(tenant: str, command_id: UUID | None, audit: AuditContext = ANONYMOUS) -> str:
    """The tenant, who does what, the claim to the command if there is one: the end of the first message.

    SET LOCAL takes no parameters; the literals are safe because of the form of a tenant's name (see
    :func:`ventros.kernel.validators.tenant_id`) and of a label, which are checked here once more, and of
    a UUID's. SET LOCAL rather than set_config(): Citus passes it on to its workers.
    """
    settings = f"SET LOCAL app.tenant_id = '{tenant_id(tenant)}'"
    if audit.actor is not None:
        settings += f"; SET LOCAL app.actor = '{label(audit.actor, 'actor')}'"
    if audit.use_case is not None:
        settings += f"; SET LOCAL app.use_case = '{label(audit.use_case, 'use_case')}'"
    if command_id is None:
        return settings
    return f"{settings}; SET LOCAL app.command_id = '{UUID(int=command_id.int)}'; {CLAIM.text}"


def restore_local(caller: tuple[str, str, str], audit: AuditContext) -> str:
    """Sets the caller's tenant, actor and use case again, those of them that a joined unit changed."""
    tenant, actor, use_case = caller
    text = f"SET LOCAL app.tenant_id = '{tenant and tenant_id(tenant)}'"
    if audit.actor is not None:
        text += f"; SET LOCAL app.actor = '{actor and label(actor, 'actor')}'"
    if audit.use_case is not None:
        text += f"; SET LOCAL app.use_case = '{use_case and label(use_case, 'use_case')}'"
    return text
