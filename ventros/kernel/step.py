"""What a scheduler does to each thing that is due: how to find it, and what is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import attrs

from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Statement
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.kernel.validators import attribute, function

U = TypeVar("U", bound=UnitOfWork)

PARAMS: Final = ("timestamptz", "text", "uuid", "integer")
RETURNS: Final = "tenant_id text, id uuid"


@attrs.frozen(kw_only=True)
class Step(Generic[U]):
    """``find_due`` is executed by the scheduler for all tenants, ``work`` by the app in a unit of one tenant.

    ``find_due`` takes the present time, the key behind which it looks, tenant and id, and how many it may
    look at. It returns keys in their order; when it returns none, nothing is due behind that key.

    ``work`` decides by itself whether the item is still due. Its first statement locks the item with
    ``skip_locked``, so that of two schedulers one does the work. It returns None when it left the item alone,
    for it was not due any more; NotFound of the item itself, which is gone or held by another, is the same.
    It is run by ``db.run``, so its only effects are those on the unit.

    Raises ConfigurationError for a statement that is of another role or another form.
    """

    name: str
    find_due: Statement = attrs.field()
    work: Callable[[U, UUID, datetime], Awaitable[object]] = attrs.field(validator=attribute(function))

    @find_due.validator
    def _check_find_due(self, _attribute: attrs.Attribute[Any], statement: Statement) -> None:
        form = tuple(param.type for param in statement.params), statement.rows, statement.returns
        if statement.role != "scheduler" or form != (PARAMS, "many", RETURNS):
            raise ConfigurationError(
                f"{statement.path}:{statement.line}: {statement.name} is not what finds due things: it needs "
                f"role: scheduler, four params of the types {', '.join(PARAMS)}, rows: many, and "
                f"returns: {RETURNS}"
            )
