"""What each of PostgreSQL's error codes is to us, in one table: no failure has a rule elsewhere."""

from __future__ import annotations

from ventros.kernel import errors
from ventros.kernel.statements.definition import Statement


def error_for_sqlstate(
    sqlstate: str,
    circumstance: str | None = None,
    constraint: str | None = None,
    table: str | None = None,
    *,
    statement: Statement | None = None,
    args: tuple[object, ...] = (),
) -> errors.VentrosError:
    """The Ventros error for a server error, by PostgreSQL's table of SQLSTATE codes (its appendix A).

    ``circumstance`` tells apart what has one code: the function of the server that raised it, or one of ours.
    ``args`` are what ``statement``, which was refused, was sent with.
    """
    where = (f" on {table}" if table else "") + (f" in {statement.name}" if statement else "")
    where += f" (constraint {constraint})" if constraint else ""
    keys = ((sqlstate, circumstance), sqlstate, sqlstate[:2])
    kind, text = next((_RULES[key] for key in keys if key in _RULES), _OTHER)
    error: errors.VentrosError
    if issubclass(kind, errors.IntegrityViolation):
        resource, id_, field = None, None, None
        if statement is not None:
            resource, id_ = statement.resource, statement.id_in(args)
            field = statement.field_of(constraint, table) if kind is errors.ReferenceNotFound else None
        error = kind(resource or table or "row", constraint, id_, field, table)
    else:
        error = kind(f"{text}{where} [SQLSTATE {sqlstate}]")
    error.sqlstate, error.constraint, error.table = sqlstate, constraint, table
    return error


REFERRING, REFERRED_TO = "the row that refers was written", "the row referred to was"
READ_ONLY_TRANSACTION = "the transaction was begun so"

_Rule = tuple[type[errors.VentrosError], str]
_OTHER: _Rule = (errors.DatabaseError, "the server refused the statement")
_LATE = "the server ended the session: "
OF_POOLERS = {"26000", "42P05"}
"""What comes of prepared statements behind a pooler that does not keep them apart."""
_POOLER = (
    "as behind a pooler in transaction mode: set Settings(statement_cache_size=0), or with PgBouncer 1.21 or "
    "later its own max_prepared_statements"
)
_RULES: dict[str | tuple[str, str | None], _Rule] = {
    "08": (errors.ConnectionLost, "the connection to the server failed"),
    "08001": (errors.ServerUnreachable, "the connection to the server could not be made"),
    "08004": (errors.ServerUnreachable, "the server refused the connection"),
    "08P01": (errors.ConnectionLost, f"a message was refused that is none of the protocol's, {_POOLER}"),
    ("0A000", "call_enum_check_hook"): (  # of BEGIN, for its isolation level
        errors.DatabaseError,
        "the server is a standby, which serves no serializable unit: isolation='repeatable read' does",
    ),
    "22": (errors.ValidationError, "a value is not one that the statement can take"),
    "22003": (errors.NumericOverflow, "a number outgrew its column, as a version at its greatest would"),
    "23": (errors.ConstraintViolation, "a constraint is broken"),
    "23001": (errors.StillReferenced, ""),
    "23502": (errors.ConstraintViolation, "a required column is missing"),
    "23503": (errors.ConstraintViolation, "a reference points to no row of this tenant, or its row is used"),
    ("23503", REFERRING): (errors.ReferenceNotFound, ""),
    ("23503", REFERRED_TO): (errors.StillReferenced, ""),
    "23505": (errors.AlreadyExists, ""),
    "23514": (errors.ConstraintViolation, "a value breaks a check"),
    "25006": (errors.ServerReadOnly, "the server takes no writes: it is a standby, or set to be read-only"),
    ("25006", READ_ONLY_TRANSACTION): (errors.DatabaseError, "the unit of work is read-only"),
    "25P02": (errors.DatabaseError, "an earlier statement of this transaction failed; roll back"),
    "25P03": (errors.ConnectionLost, f"{_LATE}it was idle in a transaction for too long"),
    "25P04": (errors.ConnectionLost, f"{_LATE}its transaction took too long"),
    "26000": (errors.DatabaseError, f"a prepared statement is not on this connection, {_POOLER}"),
    "28": (errors.ServerUnreachable, "the server does not let this role in"),
    "3D000": (errors.ServerUnreachable, "there is no such database"),
    "40001": (errors.SerializationFailure, "the transaction could not be serialized, run it again"),
    "40P01": (errors.DeadlockDetected, "the server broke a deadlock, run the unit of work again"),
    "42501": (
        errors.InsufficientPrivilege,
        "the role lacks a privilege: ventros sync, then ventros migrate roles",
    ),
    ("42501", "ExecWithCheckOptions"): (
        errors.TenancyViolation,
        "the row belongs to another tenant, or to another user",
    ),
    "42P05": (errors.DatabaseError, f"another has prepared a statement of this name here, {_POOLER}"),
    "42P01": (errors.DatabaseError, "the schema lacks a table; bring it up to date with ventros migrate"),
    "42703": (errors.DatabaseError, "the schema lacks a column; bring it up to date with ventros migrate"),
    "53": (errors.DatabaseError, "the server is out of a resource"),
    "53300": (errors.ServerUnreachable, "the server takes no more connections"),
    "54": (errors.ValidationError, "a value is larger than the server can take"),
    "55P03": (errors.LockNotAvailable, "a lock is held by another, and nobody was to wait for it"),
    ("55P03", "ProcessInterrupts"): (errors.LockTimeout, "a lock was not to be had within its timeout"),
    "57014": (errors.StatementTimeout, "the statement ran into its timeout, or was cancelled"),
    "57P01": (errors.ConnectionLost, "the server is shutting down, or ended this session"),
    "57P02": (errors.ConnectionLost, "the server crashed"),
    "57P03": (errors.ServerUnreachable, "the server does not accept connections yet"),
    "57P04": (errors.ConnectionLost, "the database was dropped"),
    "57P05": (errors.ConnectionLost, f"{_LATE}it was idle for too long"),
    "VT001": (errors.TenancyViolation, "no tenant is set for this transaction"),
    "VT004": (
        errors.TenancyViolation,
        "no user is set for this transaction: give its unit of work the one it is for, user=",
    ),
    "VT002": (errors.ConstraintViolation, "the version guard refused an update that does not step it by one"),
    "VT011": (errors.WriteSuppressed, "the write touched no row: a trigger or a policy suppressed it"),
    "VT012": (
        errors.ResultMismatch,
        "the write led to another version than the next: a trigger stepped it too",
    ),
}
"""By SQLSTATE and circumstance, else SQLSTATE, else its class. An IntegrityViolation has its own text."""

_ENDING = {errors.ConnectionLost, errors.ServerUnreachable}
CONNECTION_ENDING_SQLSTATES = frozenset(
    key for key, rule in _RULES.items() if len(key) == 5 and rule[0] in _ENDING
)
"""SQLSTATEs after which the connection is gone: said in answer to COMMIT, they leave its effect open."""


IN_FAILED_TRANSACTION = "25P02"
"""SQLSTATE of any statement but ROLLBACK after one of the transaction has failed."""
COMPLETION_UNKNOWN = "40003"
"""SQLSTATE statement_completion_unknown: whoever says so does not know it either."""


def is_decided_before_commit(sqlstate: str) -> bool:
    """Whether an ERROR in answer to COMMIT itself leaves nothing stored for certain.

    So it does for what a deferred constraint, a serializable transaction or a cancellation raises. Others, a
    coordinator's for one, may come after the decision.
    """
    if sqlstate == COMPLETION_UNKNOWN:
        return False
    return sqlstate[:2] in {"22", "23", "25", "40", "42", "44", "P0", "VT"} or sqlstate == "57014"
