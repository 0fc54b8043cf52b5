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
    │   │   └── NumericOverflow    a number outgrew its column, as a version at its greatest would
    │   ├── InvariantViolation     the aggregate is in no state for this command
    │   ├── NotFound               gone, never there, or another tenant's: never told apart
    │   └── IntegrityViolation     other rows stand against it (``resource``, ``id``, ``constraint``)
    │       ├── AlreadyExists      another such row is there
    │       ├── ReferenceNotFound  the row that it refers to is not there for this tenant (``field``)
    │       └── StillReferenced    other rows refer to it, so it cannot go (``table``)
    ├── Conflict                   retryable: roll back, load afresh, decide again
    │   ├── OptimisticLockError    somebody else saved first (``expected``, ``actual``)
    │   ├── OptimisticLockErrors   the same of several at once (``conflicts``); nothing was written
    │   ├── SerializationFailure   SQLSTATE 40001
    │   ├── DeadlockDetected       SQLSTATE 40P01
    │   └── SchemaChanged          a statement was prepared before a migration; the next run prepares it anew
    ├── MappingError               a stored row that is not a valid aggregate
    └── DatabaseError              the server, or the way to it, failed (``sqlstate``, ``table``)
        ├── ConstraintViolation    check, not-null or exclusion; a foreign key of which no more is known
        ├── TenancyViolation       a row-level policy refused the write, or no tenant was set
        ├── InsufficientPrivilege  the role that is logged in may not do this, whoever's the row
        ├── ResultMismatch         a statement returned what its ``rows:`` header rules out
        ├── WriteSuppressed        the row was there at the expected version; something ate the write
        ├── OperationTimeout       nothing waits without a bound; this is the bound
        │   ├── StatementTimeout   the server ended the statement at its timeout, or was asked to
        │   ├── LockTimeout        somebody else held the lock for longer than the lock timeout
        │   ├── LockNotAvailable   somebody else holds the row, and nobody was to wait for it
        │   └── PoolExhausted      retryable: no connection became free in time; nothing was begun
        ├── ConnectionLost         the connection is gone; nothing was committed
        │   ├── ServerUnreachable  none is to be had: no answer, refused, full, not let in
        │   └── ServerReadOnly     the server takes no writes: a standby, or set so
        ├── TransactionRolledBack  the server answered COMMIT with ROLLBACK
        └── CommitInDoubt          COMMIT was sent and its answer never came (``marker``, to resolve it)

Messages name tables, constraints, statements and ids, never row values: the driver's own error,
which may quote them, stays reachable as ``__cause__``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple, TypedDict, Unpack
from uuid import UUID

from ventros.kernel.outcome import CommitMarker


class Said(TypedDict, total=False):
    """What the server says of an error: see :class:`VentrosError`."""

    sqlstate: str | None
    constraint: str | None
    table: str | None


class VentrosError(Exception):
    """Root of the tree. ``code`` is stable and meant for machines; the text is meant for people.

    ``retryable``: the same may succeed from the start, and ``db.run`` tries. ``sqlstate``, ``constraint`` and
    ``table`` are what the server said, if it was the server. Pickled or copied, an error keeps its text,
    attributes and notes, not its ``__cause__``, which may hold row values.
    """

    code: ClassVar[str] = "VENTROS_ERROR"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str = "", **said: Unpack[Said]) -> None:
        super().__init__(message)
        self.sqlstate = said.get("sqlstate")
        self.constraint = said.get("constraint")
        self.table = said.get("table")

    def __reduce__(self) -> tuple[Any, ...]:
        """Exception's own would call the class with the text alone, which is not what most take."""
        return _without_init, (type(self), self.args), self.__dict__


def _without_init(kind: type[VentrosError], args: tuple[object, ...]) -> VentrosError:
    return kind.__new__(kind, *args)


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

    def __init__(self, message: str, field: str = "args", **said: Unpack[Said]) -> None:
        super().__init__(message, **said)
        self.field = field


class NumericOverflow(ValidationError):
    code = "NUMERIC_OVERFLOW"


class InvariantViolation(DomainError):
    code = "INVARIANT_VIOLATION"


class NotFound(DomainError):
    """``resource`` is the aggregate's type, ``id`` the key it was sought by."""

    code = "RESOURCE_NOT_FOUND"

    def __init__(self, resource: str, id: object) -> None:  # noqa: A002 - the field's name everywhere
        super().__init__(f"{resource} {id} not found")
        self.resource = resource
        self.id = id


class IntegrityViolation(DomainError):
    """``resource`` and ``id`` are of the aggregate whose write was refused; its id is None where it is not
    known which of several it was. ``field`` is the argument that refers to nothing.
    """

    code = "INTEGRITY_VIOLATION"
    fault: ClassVar[str] = "other rows stand against it"

    def __init__(
        self,
        resource: str,
        constraint: str | None = None,
        id: object = None,  # noqa: A002 - the field's name everywhere
        field: str | None = None,
        *,
        table: str | None = None,
        sqlstate: str | None = None,
    ) -> None:
        fault = self.fault.format(field=field, table=table or "other tables")
        super().__init__(
            f"{resource}{'' if id is None else f' {id}'}: {fault} (constraint {constraint})",
            sqlstate=sqlstate,
            constraint=constraint,
            table=table,
        )
        self.resource = resource
        self.id = id
        self.field = field


class AlreadyExists(IntegrityViolation):
    code = "RESOURCE_ALREADY_EXISTS"
    fault = "such a row already exists"


class ReferenceNotFound(IntegrityViolation):
    code = "REFERENCE_NOT_FOUND"
    fault = "its {field} refers to nothing that is there for this tenant"


class StillReferenced(IntegrityViolation):
    code = "STILL_REFERENCED"
    fault = "rows of {table} still refer to it"


class Conflict(VentrosError):
    code = "CONFLICT"
    retryable = True


class OptimisticLockError(Conflict):
    """``expected`` is the version the aggregate was loaded with, ``actual`` the version now stored, None when
    it is gone: removed, deleted, or never there for this tenant, which is never told apart.
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


class ConstraintViolation(DatabaseError):
    code = "CONSTRAINT_VIOLATION"


class TenancyViolation(DatabaseError):
    code = "TENANCY_VIOLATION"


class InsufficientPrivilege(DatabaseError):
    code = "INSUFFICIENT_PRIVILEGE"


class ResultMismatch(DatabaseError):
    code = "RESULT_MISMATCH"


class WriteSuppressed(DatabaseError):
    code = "WRITE_SUPPRESSED"


class OperationTimeout(DatabaseError):
    code = "TIMEOUT"


class StatementTimeout(OperationTimeout):
    code = "STATEMENT_TIMEOUT"


class LockTimeout(OperationTimeout):
    code = "LOCK_TIMEOUT"


class LockNotAvailable(OperationTimeout):
    code = "LOCK_NOT_AVAILABLE"


class PoolExhausted(OperationTimeout):
    code = "POOL_EXHAUSTED"
    retryable = True


class ConnectionLost(DatabaseError):
    code = "CONNECTION_LOST"


class ServerUnreachable(ConnectionLost):
    code = "SERVER_UNREACHABLE"


class ServerReadOnly(ConnectionLost):
    code = "SERVER_READ_ONLY"


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


class SentStatement(NamedTuple):
    """What is known of the statement that the server refused: its name, whose it is, and of a reference that
    was broken, the argument that makes it.
    """

    name: str | None = None
    resource: str | None = None
    id: object = None
    field: str | None = None


def error_for_sqlstate(
    sqlstate: str,
    circumstance: str | None = None,
    *,
    constraint: str | None = None,
    table: str | None = None,
    sent: SentStatement = SentStatement(),  # noqa: B008 - immutable
) -> VentrosError:
    """The Ventros error for a server error, by PostgreSQL's table of SQLSTATE codes (its appendix A).

    ``circumstance`` tells apart what has one code: the function of the server that raised it, or one of ours.
    """
    keys = ((sqlstate, circumstance), sqlstate, sqlstate[:2])
    kind, text = next((_RULES[key] for key in keys if key in _RULES), _OTHER)
    said: Said = {"sqlstate": sqlstate, "constraint": constraint, "table": table}
    if issubclass(kind, IntegrityViolation):
        return kind(sent.resource or table or "row", id=sent.id, field=sent.field, **said)
    where = (f" on {table}" if table else "") + (f" in {sent.name}" if sent.name else "")
    named = f" (constraint {constraint})" if constraint else ""
    return kind(f"{text}{where}{named} [SQLSTATE {sqlstate}]", **said)


REFERRING, REFERRED_TO = "the row that refers was written", "the row referred to was"
READ_ONLY_TRANSACTION = "the transaction was begun so"

_Rule = tuple[type[VentrosError], str]
_OTHER: _Rule = (DatabaseError, "the server refused the statement")
_LATE = "the server ended the session: "
_RULES: dict[str | tuple[str, str | None], _Rule] = {
    "08": (ConnectionLost, "the connection to the server failed"),
    "08001": (ServerUnreachable, "the connection to the server could not be made"),
    "08004": (ServerUnreachable, "the server refused the connection"),
    "22": (ValidationError, "a value is not one that the statement can take"),
    "22003": (NumericOverflow, "a number outgrew its column, as a version at its greatest would"),
    "23": (ConstraintViolation, "a constraint is broken"),
    "23001": (StillReferenced, ""),
    "23502": (ConstraintViolation, "a required column is missing"),
    "23503": (ConstraintViolation, "a reference points to no row of this tenant, or the row is still in use"),
    ("23503", REFERRING): (ReferenceNotFound, ""),
    ("23503", REFERRED_TO): (StillReferenced, ""),
    "23505": (AlreadyExists, ""),
    "23514": (ConstraintViolation, "a value breaks a check"),
    "25006": (ServerReadOnly, "the server takes no writes: it is a standby, or set to be read-only"),
    ("25006", READ_ONLY_TRANSACTION): (DatabaseError, "the unit of work is read-only"),
    "25P02": (DatabaseError, "an earlier statement of this transaction failed; roll back"),
    "25P03": (ConnectionLost, f"{_LATE}it was idle in a transaction for too long"),
    "25P04": (ConnectionLost, f"{_LATE}its transaction took too long"),
    "28": (ServerUnreachable, "the server does not let this role in"),
    "3D000": (ServerUnreachable, "there is no such database"),
    "40001": (SerializationFailure, "the transaction could not be serialized, run it again"),
    "40P01": (DeadlockDetected, "the server broke a deadlock, run the unit of work again"),
    "42501": (InsufficientPrivilege, "the role lacks a privilege; ventros sql grants prints what it needs"),
    ("42501", "ExecWithCheckOptions"): (TenancyViolation, "the row belongs to another tenant"),
    "42P01": (DatabaseError, "the schema lacks a table; bring it up to date with ventros migrate"),
    "42703": (DatabaseError, "the schema lacks a column; bring it up to date with ventros migrate"),
    "53": (DatabaseError, "the server is out of a resource"),
    "53300": (ServerUnreachable, "the server takes no more connections"),
    "54": (ValidationError, "a value is larger than the server can take"),
    "55P03": (LockNotAvailable, "a lock is held by another, and nobody was to wait for it"),
    ("55P03", "ProcessInterrupts"): (LockTimeout, "a lock was not to be had within its timeout"),
    "57014": (StatementTimeout, "the statement ran into its timeout, or was cancelled"),
    "57P01": (ConnectionLost, "the server is shutting down, or ended this session"),
    "57P02": (ConnectionLost, "the server crashed"),
    "57P03": (ServerUnreachable, "the server does not accept connections yet"),
    "57P04": (ConnectionLost, "the database was dropped"),
    "57P05": (ConnectionLost, f"{_LATE}it was idle for too long"),
    "VT001": (TenancyViolation, "no tenant is set for this transaction"),
    "VT002": (
        ConstraintViolation,
        "the version guard refused an update that does not step the version by one",
    ),
}
"""By SQLSTATE and circumstance, else SQLSTATE, else its class. An IntegrityViolation has its own text."""

CONNECTION_ENDING_SQLSTATES = frozenset(
    key for key, (kind, _) in _RULES.items() if len(key) == 5 and kind in {ConnectionLost, ServerUnreachable}
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
