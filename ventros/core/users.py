"""The stub that owners are referred to by; users, their passwords and their rights are managed elsewhere."""

from __future__ import annotations

from uuid import UUID

from ventros.kernel.errors import TenancyViolation, ValidationError
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.kernel.validators import require_indexable
from ventros.statements import statement

INSERT = statement("users.insert").of("user")


async def add(uow: UnitOfWork, email: str) -> UUID:
    """Make the unit's ``user``, whose id is returned. Raises AlreadyExists when the id or the email is taken.

    The email is kept trimmed and in lower case, so that one written otherwise is taken as well.
    TenancyViolation when the unit has no user, ValidationError for an empty email. Roles are for whoever
    manages users: the application's role cannot write them.
    """
    email = email.strip().lower()
    require_indexable(email, "email")
    if not email:
        raise ValidationError("email must not be empty", field="email")
    if uow.user is None:
        raise TenancyViolation("this unit of work is for no user: give it user=, the id of the new one")
    await uow.connection.affected(INSERT, uow.user, email)
    return uow.user
