"""What each of PostgreSQL's error codes is to us, in one table: no failure has a rule elsewhere."""

from __future__ import annotations

from typing import NamedTuple

from ventros.kernel.errors import (
    AlreadyExists,
    ConnectionLost,
    ConstraintViolation,
    DatabaseError,
    DeadlockDetected,
    InsufficientPrivilege,
    IntegrityViolation,
    LockNotAvailable,
    LockTimeout,
    NumericOverflow,
    ReferenceNotFound,
    Said,
    SerializationFailure,
    ServerReadOnly,
    ServerUnreachable,
    StatementTimeout,
    StillReferenced,
    TenancyViolation,
    ValidationError,
    VentrosError,
)


class SentStatement(NamedTuple):
    """What is known of the statement that the server refused.

    Its name, whose it is, and of a reference that was broken, the argument that makes it.
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
