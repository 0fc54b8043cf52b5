"""Every error that leaves Ventros is one of these, so that callers need not know the driver's.

    VentrosError
    ├── ConfigurationError         a DSN, a setting, a file or a program that is wrong or missing
    │   ├── UnknownStatement       a statement name that no .sql file holds
    │   └── MigrationError         a migration that changed, failed, or is missing
    ├── UnitOfWorkError            the unit of work is used in a way that it cannot serve
    │   ├── UndoneWrite            an instance that came back from a write which was rolled back
    │   ├── NotNew                 add() of what has a version, or no event of its creation
    │   └── ChangeWithoutEvent     an instance that no command made and no read returned
    ├── AlreadyProcessed           a unit of work with this command_id was committed before (``marker``)
    ├── DomainError                the request breaks a rule of the domain
    │   ├── ValidationError        an argument is malformed (``field``)
    │   ├── InvariantViolation     the aggregate is in no state for this command
    │   ├── NotFound               gone, never there, or another tenant's: never told apart
    │   └── AlreadyExists          a uniqueness rule is broken (``constraint``)
    ├── Conflict                   retryable: roll back, load afresh, decide again
    │   ├── OptimisticLockError    somebody else saved first (``expected``, ``actual``)
    │   ├── OptimisticLockErrors   the same of several at once (``conflicts``); nothing was written
    │   ├── SerializationFailure   SQLSTATE 40001
    │   ├── DeadlockDetected       SQLSTATE 40P01
    │   └── SchemaChanged          a statement was prepared before a migration; the next run prepares it anew
    ├── MappingError               a stored row that is not a valid aggregate
    └── DatabaseError              the server, or the way to it, failed (``sqlstate``, ``table``)
        ├── ConstraintViolation    foreign key, check, not-null or exclusion
        ├── TenancyViolation       a row-level policy refused the write, or no tenant was set
        ├── ResultMismatch         a statement returned what its ``rows:`` header rules out
        ├── WriteSuppressed        the row was there at the expected version; something ate the write
        ├── OperationTimeout       nothing waits without a bound; this is the bound
        │   └── LockNotAvailable   somebody else holds the row, and nobody was to wait for it
        ├── NumericOverflow        a number outgrew its column, as a version at its greatest would
        ├── ConnectionLost         the connection is gone, or none is to be had; nothing was committed
        ├── TransactionRolledBack  the server answered COMMIT with ROLLBACK
        └── CommitInDoubt          COMMIT was sent and its answer never came (``marker``, to resolve it)

Messages name tables, constraints, statements and ids, never row values: the driver's own error,
which may quote them, stays reachable as ``__cause__``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple
from uuid import UUID

from ventros.kernel.outcome import CommitMarker


class VentrosError(Exception):
    """Root of the tree. ``code`` is stable and meant for machines; the text is meant for people."""

    code: ClassVar[str] = "VENTROS_ERROR"
    retryable: ClassVar[bool] = False


class ConfigurationError(VentrosError):
    code = "CONFIGURATION_ERROR"


class UnknownStatement(ConfigurationError):
    code = "UNKNOWN_STATEMENT"


class MigrationError(ConfigurationError):
    code = "MIGRATION_ERROR"


class UnitOfWorkError(VentrosError):
    code = "UNIT_OF_WORK_ERROR"


class UndoneWrite(UnitOfWorkError):
    code = "UNDONE_WRITE"


class NotNew(UnitOfWorkError):
    code = "NOT_NEW"


class ChangeWithoutEvent(UnitOfWorkError):
    code = "CHANGE_WITHOUT_EVENT"


class AlreadyProcessed(VentrosError):
    """The second unit stored nothing; what the first one did is stored."""

    code = "ALREADY_PROCESSED"

    def __init__(self, marker: CommitMarker) -> None:
        super().__init__(f"command {marker.id} of tenant {marker.tenant} was processed before")
        self.marker = marker


class DomainError(VentrosError):
    code = "DOMAIN_ERROR"


class ValidationError(DomainError):
    code = "VALIDATION_FAILED"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class InvariantViolation(DomainError):
    code = "INVARIANT_VIOLATION"


class NotFound(DomainError):
    """``resource`` is the aggregate's type, ``id`` the key it was sought by."""

    code = "RESOURCE_NOT_FOUND"

    def __init__(self, resource: str, id: object) -> None:  # noqa: A002 - the field's name everywhere
        super().__init__(f"{resource} {id} not found")
        self.resource = resource
        self.id = id


class AlreadyExists(DomainError):
    code = "RESOURCE_ALREADY_EXISTS"

    def __init__(self, resource: str, constraint: str | None) -> None:
        super().__init__(f"{resource}: such a row already exists (constraint {constraint})")
        self.resource = resource
        self.constraint = constraint


class Conflict(VentrosError):
    code = "CONFLICT"
    retryable = True


class OptimisticLockError(Conflict):
    """``expected`` is the version the aggregate was loaded with, ``actual`` the version that is stored now.

    ``actual`` is None when the aggregate is gone: removed, deleted, or never there for this tenant, which
    is never told apart.
    """

    code = "OPTIMISTIC_LOCK_CONFLICT"

    def __init__(self, resource: str, id: object, expected: int, actual: int | None) -> None:  # noqa: A002
        found = "is gone" if actual is None else f"is stored at version {actual}"
        super().__init__(
            f"{resource} {id} was expected at version {expected} but {found}: somebody else changed it in "
            "between; load it again and decide again"
        )
        self.resource = resource
        self.id = id
        self.expected = expected
        self.actual = actual


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


class OptimisticLockErrors(Conflict):
    """``conflicts`` are all of those that were to be saved or verified together and are stale."""

    code = "OPTIMISTIC_LOCK_CONFLICT"

    def __init__(self, conflicts: Sequence[StaleAggregate]) -> None:
        self.conflicts = tuple(conflicts)
        named = [
            f"{stale.resource} {stale.id} was loaded at version {stale.expected} and is "
            + ("gone" if stale.gone else f"stored at version {stale.actual}")
            for stale in self.conflicts[:_NAMED]
        ]
        unnamed = [f"and {len(self.conflicts) - _NAMED} more"] if len(self.conflicts) > _NAMED else []
        super().__init__(
            f"{len(self.conflicts)} stale, so nothing was written: {'; '.join(named + unnamed)}; "
            "load them again and decide again"
        )


_NAMED = 10
"""As many conflicts stand in a message; the error has them all."""


class SerializationFailure(Conflict):
    code = "SERIALIZATION_FAILURE"


class DeadlockDetected(Conflict):
    code = "DEADLOCK_DETECTED"


class SchemaChanged(Conflict):
    code = "SCHEMA_CHANGED"


class MappingError(VentrosError):
    code = "MAPPING_ERROR"


class DatabaseError(VentrosError):
    code = "DATABASE_ERROR"

    def __init__(
        self,
        message: str,
        *,
        sqlstate: str | None = None,
        constraint: str | None = None,
        table: str | None = None,
    ) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.constraint = constraint
        self.table = table


class ConstraintViolation(DatabaseError):
    code = "CONSTRAINT_VIOLATION"


class TenancyViolation(DatabaseError):
    code = "TENANCY_VIOLATION"


class ResultMismatch(DatabaseError):
    code = "RESULT_MISMATCH"


class WriteSuppressed(DatabaseError):
    code = "WRITE_SUPPRESSED"


class OperationTimeout(DatabaseError):
    code = "TIMEOUT"


class LockNotAvailable(OperationTimeout):
    code = "LOCK_NOT_AVAILABLE"


class NumericOverflow(DatabaseError):
    code = "NUMERIC_OVERFLOW"


class ConnectionLost(DatabaseError):
    code = "CONNECTION_LOST"


class TransactionRolledBack(DatabaseError):
    code = "TRANSACTION_ROLLED_BACK"


class CommitInDoubt(DatabaseError):
    """The work is stored wholly or not at all; ``await db.resolve(error.marker)`` finds out which."""

    code = "COMMIT_IN_DOUBT"

    def __init__(self, marker: CommitMarker) -> None:
        super().__init__(
            f"COMMIT was sent and its answer never came: ask for marker {marker.id} of tenant {marker.tenant}"
        )
        self.marker = marker


def error_for_sqlstate(
    sqlstate: str, constraint: str | None = None, table: str | None = None, statement: str | None = None
) -> VentrosError:
    """The Ventros error for a server error, by PostgreSQL's table of SQLSTATE codes (its appendix A)."""
    where = (f" on {table}" if table else "") + (f" in {statement}" if statement else "")
    named = f" (constraint {constraint})" if constraint else ""
    if sqlstate == "23505":
        return AlreadyExists(table or "row", constraint)
    if sqlstate == "40001":
        return SerializationFailure(f"the transaction could not be serialized{where}; run it again")
    if sqlstate == "40P01":
        return DeadlockDetected(f"the server broke a deadlock{where}; run the unit of work again")
    kind, text = _BY_SQLSTATE.get(sqlstate) or _BY_CLASS.get(sqlstate[:2]) or _OTHER
    return kind(
        f"{text}{where}{named} [SQLSTATE {sqlstate}]", sqlstate=sqlstate, constraint=constraint, table=table
    )


_OTHER: tuple[type[DatabaseError], str] = (DatabaseError, "the server refused the statement")
_BY_SQLSTATE: dict[str, tuple[type[DatabaseError], str]] = {
    "22003": (NumericOverflow, "a number outgrew its column, as a version at its greatest would"),
    "25006": (DatabaseError, "the unit of work is read-only"),
    "25P02": (DatabaseError, "an earlier statement of this transaction failed; roll back"),
    "25P03": (ConnectionLost, "the server ended the session: it was idle in a transaction for too long"),
    "25P04": (ConnectionLost, "the server ended the session: its transaction took too long"),
    "23502": (ConstraintViolation, "a required column is missing"),
    "23503": (ConstraintViolation, "a reference points to no row of this tenant, or the row is still in use"),
    "23514": (ConstraintViolation, "a value breaks a check"),
    "3D000": (ConnectionLost, "there is no such database"),
    "42501": (TenancyViolation, "the row belongs to another tenant, or the role may not touch it"),
    "42P01": (DatabaseError, "the schema lacks a table; bring it up to date with ventros migrate"),
    "42703": (DatabaseError, "the schema lacks a column; bring it up to date with ventros migrate"),
    "53300": (ConnectionLost, "the server takes no more connections"),
    "55P03": (OperationTimeout, "a lock was not to be had within its timeout"),
    "57014": (OperationTimeout, "the statement ran into its timeout, or was cancelled"),
    "57P01": (ConnectionLost, "the server is shutting down, or ended this session"),
    "57P02": (ConnectionLost, "the server crashed"),
    "57P03": (ConnectionLost, "the server does not accept connections yet"),
    "57P04": (ConnectionLost, "the database was dropped"),
    "57P05": (ConnectionLost, "the server ended the session: it was idle for too long"),
    "VT002": (
        ConstraintViolation,
        "the version guard refused an update that does not step the version by one",
    ),
    "VT001": (TenancyViolation, "no tenant is set for this transaction"),
}
_BY_CLASS: dict[str, tuple[type[DatabaseError], str]] = {
    "08": (ConnectionLost, "the connection to the server failed"),
    "23": (ConstraintViolation, "a constraint is broken"),
    "28": (ConnectionLost, "the server does not let this role in"),
    "53": (DatabaseError, "the server is out of a resource"),
}

CONNECTION_ENDING_SQLSTATES = frozenset(
    code for code, (kind, _) in _BY_SQLSTATE.items() if kind is ConnectionLost
)
"""SQLSTATEs after which the connection is gone: said in answer to COMMIT, they leave its effect open."""


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """``error`` and what it was raised from, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__


def is_optimistic_lock_error(error: BaseException | None) -> bool:
    """Whether ``error``, or anything it was raised from, is an optimistic locking conflict, or several."""
    return any(isinstance(link, OptimisticLockError | OptimisticLockErrors) for link in chain(error))
