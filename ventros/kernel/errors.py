"""Every error that leaves Ventros is one of these, so that callers need not know the driver's.

    VentrosError
    ├── ConfigurationError         a DSN, a setting, a file or a program that is wrong or missing
    │   ├── UnknownStatement       a statement name that no .sql file holds
    │   ├── UnknownKey             a value was encrypted with a key that is not on the ring (``key_id``)
    │   └── MigrationError         a migration that changed, failed, or is missing
    ├── PositionOfAnotherCluster   the database was restored into another cluster: ventros outbox rebase
    ├── UnitOfWorkError            the unit of work is used in a way that it cannot serve
    │   ├── UndoneWrite            an instance that came back from a write which was rolled back
    │   ├── NotNew                 add() of what has a version, or no event of its creation
    │   └── ChangeWithoutEvent     an instance that no command made and no read returned
    ├── AlreadyProcessed           a unit of work with this command_id was committed before (``command_id``)
    ├── DomainError                the request breaks a rule of the domain
    │   ├── ValidationError        an argument is malformed (``field``)
    │   │   └── NumericOverflow    a number outgrew its column, as a version at its greatest would
    │   ├── InvariantViolation     the aggregate is in no state for this command
    │   ├── NotFound               gone, never there, or another tenant's or user's: never told apart
    │   └── IntegrityViolation     other rows stand against it (``resource``, ``id``, ``constraint``)
    │       ├── AlreadyExists      another such row is there
    │       ├── ReferenceNotFound  the row that it refers to is not there for this tenant (``field``)
    │       └── StillReferenced    other rows refer to it, so it cannot go (``table``)
    ├── Conflict                   retryable: roll back, load afresh, decide again
    │   ├── OptimisticLockError    somebody else saved first (``expected``, ``actual``)
    │   ├── OptimisticLockErrors   the same of several at once (``conflicts``); nothing was written
    │   ├── SerializationFailure   SQLSTATE 40001
    │   ├── DeadlockDetected       SQLSTATE 40P01
    │   ├── EventGap               an event came before one that is due first (``expected``, ``got``)
    │   └── SchemaChanged          a statement was prepared before a migration; the next run prepares it anew
    ├── MappingError               a stored row that is not a valid aggregate (``table``, ``id``, ``column``)
    │   └── DecryptionFailed       a value is not what its key made for its place (``key_id``)
    └── DatabaseError              the server, or the way to it, failed (``sqlstate``, ``table``)
        ├── ConstraintViolation    check, not-null or exclusion; a foreign key of which no more is known
        ├── TenancyViolation       a row-level policy refused the write, or no tenant, or no user, was set
        ├── InsufficientPrivilege  the role that is logged in may not do this, whoever's the row
        ├── ResultMismatch         a statement returned what its ``rows:`` header rules out
        ├── WriteSuppressed        the row was there at the expected version; something ate the write
        ├── OperationTimeout       nothing waits without a bound; this is the bound
        │   ├── StatementTimeout   the server ended the statement at its timeout, or was asked to
        │   ├── LockTimeout        somebody else held the lock for longer than the lock timeout
        │   ├── LockNotAvailable   somebody else holds the row, and nobody was to wait for it
        │   ├── PoolExhausted      retryable: no connection became free in time; nothing was begun
        │   └── ReplicaBehind      retryable: a replica does not have in time what is to be read
        ├── ConnectionLost         the connection is gone; nothing was committed
        │   ├── ServerUnreachable  none is to be had: no answer, refused, full, not let in
        │   └── ServerReadOnly     the server takes no writes: a standby, or set so
        ├── TransactionRolledBack  the server answered COMMIT with ROLLBACK
        └── CommitInDoubt          whether COMMIT was done is not known (``marker``, to resolve it)
            └── CommitUnconfirmed  it was done, and no synchronous standby has confirmed it

Messages name tables, constraints, statements and ids, never row values. The driver's own error stays
reachable as ``__cause__``; what it may say of values is a Secret, to be revealed: ``error.__cause__.detail``.
"""

from __future__ import annotations

import copyreg
import re
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from ventros.kernel.outcome import CommitMarker


class VentrosError(Exception):
    """Root of the tree. ``code`` is stable and meant for machines; the text is meant for people.

    It is the class's name in capitals, unless the class says another. ``retryable``: the same may succeed
    from the start; a Conflict ``db.run`` tries again by itself. ``sqlstate``, ``constraint`` and ``table``
    are what the server said, if it was the server. Pickled or copied, an error keeps its text, attributes
    and notes, not its ``__cause__``, which may hold row values.
    """

    code: ClassVar[str] = "VENTROS_ERROR"
    retryable: bool = False
    constraint: str | None = None

    def __init_subclass__(cls) -> None:
        if "code" not in vars(cls):
            cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).upper()

    def __init__(self, message: str = "", *, sqlstate: str | None = None, table: str | None = None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.table = table

    def __reduce__(self) -> tuple[Any, ...]:
        """Exception's own would call the class with the text alone, which is not what most take."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


# What adds nothing has one line, as in the drawing.
# fmt: off
class ConfigurationError(VentrosError): ...
class UnknownStatement(ConfigurationError): ...


class UnknownKey(ConfigurationError):
    """``table``, ``id`` and ``column`` say where the value is, ``key_id`` the key to put back on the ring."""

    def __init__(self, table: str, id: object, column: str, key_id: str) -> None:  # noqa: A002
        super().__init__(
            f"{table}.{column} of {id} is encrypted with the key {key_id!r}, which is not on the ring: put "
            "it back until all is rotated",
            table=table,
        )
        self.id, self.column, self.key_id = id, column, key_id


class MigrationError(ConfigurationError): ...
class PositionOfAnotherCluster(VentrosError): ...
class UnitOfWorkError(VentrosError): ...
class UndoneWrite(UnitOfWorkError): ...
class NotNew(UnitOfWorkError): ...
class ChangeWithoutEvent(UnitOfWorkError): ...


class AlreadyProcessed(VentrosError):
    """The second unit stored nothing; what the first one did is stored."""

    def __init__(self, tenant: str, command_id: UUID) -> None:
        super().__init__(f"command {command_id} of tenant {tenant} was processed before")
        self.tenant, self.command_id = tenant, command_id


class DomainError(VentrosError): ...


class ValidationError(DomainError):
    code = "VALIDATION_FAILED"

    def __init__(self, message: str, field: str = "args") -> None:
        super().__init__(message)
        self.field = field


class NumericOverflow(ValidationError): ...
class InvariantViolation(DomainError): ...


class NotFound(DomainError):
    """``resource`` is the aggregate's type, ``id`` the key it was sought by."""

    code = "RESOURCE_NOT_FOUND"

    def __init__(self, resource: str, id: object) -> None:  # noqa: A002 - the field's name everywhere
        super().__init__(f"{resource} {id} not found")
        self.resource = resource
        self.id = id


class IntegrityViolation(DomainError):
    """``resource`` and ``id`` are of the aggregate whose write was refused.

    The id is None where it is not known which of several it was. ``field`` is the argument that refers to
    nothing.
    """

    fault: ClassVar[str] = "other rows stand against it"

    def __init__(
        self,
        resource: str,
        constraint: str | None = None,
        id: object = None,  # noqa: A002 - the field's name everywhere
        field: str | None = None,
        table: str | None = None,
    ) -> None:
        fault = self.fault.format(field=field, table=table or "other tables")
        row = resource if id is None else f"{resource} {id}"
        super().__init__(f"{row}: {fault} (constraint {constraint})", table=table)
        self.constraint = constraint
        self.resource = resource
        self.id = id
        self.field = field


class AlreadyExists(IntegrityViolation):
    code = "RESOURCE_ALREADY_EXISTS"
    fault = "such a row already exists"


class ReferenceNotFound(IntegrityViolation):
    fault = "its {field} refers to nothing that is there for this tenant"


class StillReferenced(IntegrityViolation):
    fault = "rows of {table} still refer to it"


class Conflict(VentrosError):
    retryable = True


class StaleAggregate(NamedTuple):
    """An aggregate loaded at version ``expected`` and now stored at ``actual``; None when it is gone."""

    resource: str
    id: UUID
    expected: int
    actual: int | None

    @property
    def gone(self) -> bool:
        """Removed, deleted, or never there for this tenant: never told apart."""
        return self.actual is None

    def __str__(self) -> str:
        found = "is gone" if self.gone else f"is stored at version {self.actual}"
        return f"{self.resource} {self.id} was expected at version {self.expected} but {found}"


class OptimisticLockError(Conflict):
    """The fields of :class:`StaleAggregate`.

    Not ``retryable`` where the caller said which version it expects: the same again expects the same.
    """

    code = "OPTIMISTIC_LOCK_CONFLICT"

    def __init__(
        self,
        resource: str,
        id: UUID,  # noqa: A002
        expected: int,
        actual: int | None,
        *,
        retryable: bool = True,
    ) -> None:
        self.retryable = retryable
        stale = StaleAggregate(resource, id, expected, actual)
        super().__init__(f"{stale}: somebody else changed it in between; load it again and decide again")
        self.resource, self.id, self.expected, self.actual = stale


class OptimisticLockErrors(Conflict):
    """``conflicts`` are all of those that were to be saved or verified together and are stale."""

    code = "OPTIMISTIC_LOCK_CONFLICT"

    def __init__(self, conflicts: Sequence[StaleAggregate]) -> None:
        self.conflicts = tuple(conflicts)
        named = "; ".join(map(str, self.conflicts[:10]))
        unnamed = f"; and {len(self.conflicts) - 10} more" if len(self.conflicts) > 10 else ""
        super().__init__(
            f"{len(self.conflicts)} stale, so nothing was written: {named}{unnamed}; "
            "load them again and decide again"
        )


class SerializationFailure(Conflict): ...
class DeadlockDetected(Conflict): ...
class SchemaChanged(Conflict): ...


class EventGap(Conflict):
    """``expected`` and ``got`` are (version, sequence) of the ``aggregate``'s events; nothing was done.

    To wait is right while the missing one may be on its way; it is lost where an audit of the outbox says so.
    """

    def __init__(
        self, consumer: str, aggregate: str, expected: tuple[int, int], got: tuple[int, int]
    ) -> None:
        due, came = (f"event {sequence} of version {version}" for version, sequence in (expected, got))
        super().__init__(
            f"consumer {consumer} was given {came} of {aggregate}, and {due} is due before it: deliver that "
            "first, or this one with past_gap=True if that is lost"
        )
        self.consumer, self.aggregate, self.expected, self.got = consumer, aggregate, expected, got


class MappingError(VentrosError):
    """``table``, ``id`` and ``column`` say where, as far as it is known."""

    id: object = None
    column: str | None = None


class DecryptionFailed(MappingError):
    """``key_id`` is the key that the value names."""

    def __init__(self, table: str, id: object, column: str, key_id: str) -> None:  # noqa: A002
        super().__init__(
            f"{table}.{column} of {id} cannot be decrypted with the key {key_id!r}: it was altered or moved "
            "there, or that key is another now",
            table=table,
        )
        self.id, self.column, self.key_id = id, column, key_id


class DatabaseError(VentrosError): ...
class ConstraintViolation(DatabaseError): ...
class TenancyViolation(DatabaseError): ...
class InsufficientPrivilege(DatabaseError): ...
class ResultMismatch(DatabaseError): ...
class WriteSuppressed(DatabaseError): ...


class OperationTimeout(DatabaseError):
    code = "TIMEOUT"


class StatementTimeout(OperationTimeout): ...
class LockTimeout(OperationTimeout): ...
class LockNotAvailable(OperationTimeout): ...


class PoolExhausted(OperationTimeout):
    retryable = True


class ReplicaBehind(OperationTimeout):
    retryable = True


class ConnectionLost(DatabaseError): ...
class ServerUnreachable(ConnectionLost): ...
class ServerReadOnly(ConnectionLost): ...
class TransactionRolledBack(DatabaseError): ...


class CommitInDoubt(DatabaseError):
    """The work is stored wholly or not at all; ``await db.resolve(error.marker)`` finds out which."""

    fault: ClassVar[str] = "COMMIT was sent, and whether it was done is not known"

    def __init__(self, marker: CommitMarker) -> None:
        super().__init__(f"{self.fault}: ask for marker {marker.id} of tenant {marker.tenant}")
        self.marker = marker


class CommitUnconfirmed(CommitInDoubt):
    """The work is stored on the server that was asked, and is lost if a standby takes its place now.

    ``await db.resolve(error.marker)`` waits until a standby has confirmed it.
    """

    fault = "COMMIT was done, but no synchronous standby has confirmed it, so a failover may undo it"


# fmt: on


def invalid_row(table: str, id: object, column: str | None, fault: str) -> MappingError:  # noqa: A002
    """The error for a stored row that is not valid."""
    row = f"row {id} of {table}" if id is not None else f"a row of {table}"
    text = f"{row} is not valid: {fault}; mend the row, it can be neither read nor saved as it is"
    error = MappingError(text, table=table)
    error.id, error.column = id, column
    return error


def is_optimistic_lock_error(error: BaseException | None) -> bool:
    """Whether ``error``, or anything it was raised from, is an optimistic locking conflict, or several."""
    while error is not None:
        if isinstance(error, OptimisticLockError | OptimisticLockErrors):
            return True
        error = error.__cause__
    return False
