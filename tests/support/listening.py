"""Which statements a unit of work sends, by name; the hook for telemetry tells."""

from __future__ import annotations

from ventros import Telemetry, UnitOfWork
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.observed import ObservedConnection


def listen(uow: UnitOfWork) -> list[str]:
    """The names of the statements that the unit sends from now on, over the connection that it has."""
    sent: list[str] = []
    observed, plain = ObservedConnection.__new__(ObservedConnection), uow.connection
    for name in Connection.__slots__:
        setattr(observed, name, getattr(plain, name))
    observed._telemetry = Telemetry(statement=lambda name, *_: sent.append(name))
    uow._connection = uow._transaction._connection = observed  # type: ignore[attr-defined]
    return sent
