"""The stub that owners are referred to by; users, their passwords and their rights are managed elsewhere."""

from __future__ import annotations

from uuid import UUID

from ventros.kernel.ids import new_id
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.kernel.validators import require_indexable
from ventros.statements import statement

INSERT = statement("users.insert").of("user")


async def add(uow: UnitOfWork, email: str, *, role: str = "user") -> UUID:
    """The id of a new user. Raises AlreadyExists when the email is taken."""
    require_indexable(email, "email")
    id_ = new_id()
    await uow.connection.affected(INSERT, id_, email, role)
    return id_
